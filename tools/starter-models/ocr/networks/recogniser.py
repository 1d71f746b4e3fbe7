"""The recogniser: a strip of text to CTC classes, one step for every 4 pixels of width."""
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ocr.charset import BLANK, CLASSES
from ocr.networks.layers import Residual, convolution

WIDTHS = (24, 48, 96, 128)
MIXED = 160


class Attention(nn.Module):
    """Self-attention over the whole line, no positions: what the neighbours say settles the alphabet and the case."""

    def __init__(self, channels: int, heads: int = 4) -> None:
        super().__init__()
        self.heads = heads
        self.norm = nn.LayerNorm(channels)
        self.query_key_value = nn.Linear(channels, 3 * channels)
        self.out = nn.Linear(channels, channels)

    def forward(self, x: Tensor) -> Tensor:
        """`[N, T, channels]` to the same."""
        n, t, channels = x.shape
        heads = self.query_key_value(self.norm(x.float())).reshape(n, t, 3, self.heads, channels // self.heads)
        query, key, value = heads.permute(2, 0, 3, 1, 4)
        weights = (query @ key.transpose(-1, -2) * (channels // self.heads) ** -0.5).softmax(-1)
        return x + self.out((weights @ value).transpose(1, 2).reshape(n, t, channels))


class Recogniser(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        a, b, c, d = WIDTHS
        self.look = nn.Sequential(  # 48 x W
            convolution(3, a, stride=2),  # 24 x W/2
            convolution(a, b, stride=2),  # 12 x W/4
            Residual(b),
            convolution(b, c, stride=(2, 1)),  # 6 x W/4
            Residual(c),
            convolution(c, d, stride=(2, 1)),  # 3 x W/4
            Residual(d),
            nn.Conv2d(d, MIXED, (3, 1), bias=False),  # 1 x W/4
            nn.BatchNorm2d(MIXED),
            nn.ReLU(),
            Residual(MIXED, size=(1, 5)),
        )
        self.attend = Attention(MIXED)
        self.settle = Residual(MIXED, size=(1, 3))
        self.classify = nn.Linear(MIXED, CLASSES)

    def forward(self, x: Tensor) -> Tensor:
        """`[N, 3, 48, W]`, -1 to 1, to logits `[N, T, CLASSES]` with T = W / 4 rounded up."""
        seen = self.look(x).squeeze(2)  # [N, MIXED, T]
        attended = self.attend(seen.transpose(1, 2)).transpose(1, 2)
        settled = self.settle(attended.unsqueeze(2)).squeeze(2)
        return _blank_in_padding(x, self.classify(settled.transpose(1, 2)))


def _blank_in_padding(x: Tensor, logits: Tensor) -> Tensor:
    """Nothing is read where a strip is padded: no byte normalises to exactly 0, so a column of zeros is padding."""
    inked = F.max_pool1d(x.abs().amax((1, 2)).unsqueeze(1), 4, ceil_mode=True).squeeze(1) > 0  # [N, T]
    blank = torch.zeros(CLASSES).index_fill(0, torch.tensor([BLANK]), 1e4)
    return logits + (~inked).float().unsqueeze(-1) * blank
