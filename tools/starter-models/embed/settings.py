"""Sizes, seeds and folders."""
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[3]
DATA = REPOSITORY / "data/starter-models/embed"
EXPORT = REPOSITORY / "models/starter/starter-embed"
EVALUATION = Path(__file__).parent / "evaluation"

SEED = 1
EVALUATION_SEED = 77


@dataclass(frozen=True)
class Shape:
    """The network's shape, named as in BERT's `config.json`."""

    vocab_size: int = 2000
    hidden_size: int = 128
    num_hidden_layers: int = 3
    num_attention_heads: int = 4
    intermediate_size: int = 384
    max_position_embeddings: int = 256
    type_vocab_size: int = 2
