"""Where this model's working files and its exported files go."""
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[3]
WORK = REPOSITORY / "data" / "starter-models" / "image"
EXPORTED = REPOSITORY / "models" / "starter" / "starter-image"
