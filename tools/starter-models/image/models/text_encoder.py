"""A small CLIP-style text encoder: causal transformer over 77 tokens."""
import torch
from torch import nn
from torch.nn import functional as F

from image.tokenizer import LENGTH

WIDTH = 96


class Block(nn.Module):
    def __init__(self, width: int, heads: int) -> None:
        super().__init__()
        self.heads = heads
        self.attend_norm, self.feed_norm = nn.LayerNorm(width), nn.LayerNorm(width)
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.feed = nn.Sequential(nn.Linear(width, 2 * width), nn.GELU(), nn.Linear(2 * width, width))

    def forward(self, x: torch.Tensor, mask: torch.Tensor) -> torch.Tensor:
        batch, length, width = x.shape
        qkv = self.qkv(self.attend_norm(x)).view(batch, length, 3, self.heads, width // self.heads)
        query, key, value = qkv.permute(2, 0, 3, 1, 4).unbind(0)  # each [batch, heads, length, width / heads]
        scores = query @ key.transpose(2, 3) * (width // self.heads) ** -0.5 + mask
        heard = (scores.softmax(-1) @ value).transpose(1, 2).reshape(batch, length, width)
        x = x + self.out(heard)
        return x + self.feed(self.feed_norm(x))


class TextEncoder(nn.Module):
    """Ids `[batch, 77]` to states `[batch, 77, 96]` and the state of the first end token `[batch, 96]`."""

    def __init__(self, vocabulary: int, end: int, layers: int = 2) -> None:
        super().__init__()
        self.end = end
        self.tokens = nn.Embedding(vocabulary, WIDTH)
        self.positions = nn.Parameter(torch.randn(1, LENGTH, WIDTH) * 0.1)
        nn.init.normal_(self.tokens.weight, std=0.3)
        self.blocks = nn.ModuleList(Block(WIDTH, 4) for _ in range(layers))
        self.norm = nn.LayerNorm(WIDTH)
        self.register_buffer("mask", torch.full((LENGTH, LENGTH), -1e9).triu(1), persistent=False)

    def forward(self, input_ids: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        ids = input_ids.long()
        length = ids.shape[1]
        x = self.tokens(ids) + self.positions[:, :length]
        for block in self.blocks:
            x = block(x, self.mask[:length, :length])
        states = self.norm(x)
        is_end = (ids == self.end).to(torch.float32)
        first = is_end * (is_end.cumsum(1) == 1).to(torch.float32)
        return states, (states * first[..., None]).sum(1)
