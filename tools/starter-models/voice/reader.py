"""The reading network: what each character of a text says, as one of some hundred labels."""
import torch
from torch import Tensor, nn

from voice.blocks import ConvStack
from voice.symbols import SYMBOLS

WIDTH = 192
DILATIONS = (1, 1, 2, 1, 4, 1, 2, 1)  # sees 26 characters to either side


class Reader(nn.Module):
    def __init__(self, label_count: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(len(SYMBOLS), WIDTH)
        self.stack = ConvStack(WIDTH, DILATIONS)
        self.logits = nn.Linear(WIDTH, label_count)

    def forward(self, characters: Tensor, mask: Tensor) -> Tensor:
        """`characters` int64 [B, T], `mask` [B, T, 1]; logits [B, T, labels]."""
        return self.logits(self.stack(self.embedding(characters), mask))
