"""The sizes of the transformer."""
from dataclasses import dataclass


@dataclass(frozen=True)
class ModelShape:
    width: int = 256            # numbers per token between the blocks
    layers: int = 6
    heads: int = 8
    kv_heads: int = 4           # each is shared by heads / kv_heads query heads
    ffn: int = 512              # width inside the feed-forward part
    context: int = 1024         # tokens
    norm_epsilon: float = 1e-5
    rope_base: float = 10000.0

    @property
    def head_width(self) -> int:
        return self.width // self.heads
