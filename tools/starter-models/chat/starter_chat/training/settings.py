"""What the command line decides about a training run."""
from dataclasses import dataclass

from starter_chat.model.shape import ModelShape


@dataclass(frozen=True)
class TrainingSettings:
    out: str                # the GGUF file to write; vocab.json is written next to it
    minutes: float          # budget; the learning rate follows the clock
    steps: int              # train exactly this many steps instead, 0 for the clock
    vocabulary: int         # pieces
    bf16: bool              # mixed precision
    tokens: int             # per micro-batch
    accumulate: int         # micro-batches per step
    learning_rate: float
    optimizer: str          # "muon" or "adamw"
    seed: int
    threads: int
    shape: ModelShape
    log_every: int          # steps
    eval_every: int         # steps
    checkpoint: str         # where to save the weights at every evaluation and at the end, "" for nowhere
