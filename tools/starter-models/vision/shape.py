"""The network's sizes and the folders that the commands share."""
from pathlib import Path

SIDE = 96  # pixels; every picture is squashed to a square of this side
GRID = 6  # the encoder's last feature map is GRID x GRID
IMAGE_TOKENS = GRID * GRID

WIDTH = 160  # of tokens, in the encoder's last stage and in the decoder
HEADS = 5
HEAD_WIDTH = WIDTH // HEADS
LAYERS = 3
FEED_FORWARD = 336
ROPE_BASE = 10000.0
CONTEXT = 1024  # positions: RoPE has no table, so this is what config.json promises, not a limit of the files

MODEL_ID = "starter-vision"
REPOSITORY = Path(__file__).resolve().parents[3]
DATA = REPOSITORY / "data" / "starter-models" / "vision"
EXPORTED = REPOSITORY / "models" / "starter" / MODEL_ID
CASES = Path(__file__).resolve().parent / "evaluation" / "cases.json"
