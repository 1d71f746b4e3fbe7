"""The vision encoder: a small residual convolutional net, then one block of attention over its 6 x 6 cells."""
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from vision.shape import HEADS, IMAGE_TOKENS, WIDTH

CHANNELS = (48, 96)  # at 24 x 24 and at 12 x 12
BLOCKS = 2  # residual blocks at either size


class VisionEncoder(nn.Module):
    """Pictures `[pictures, 3, SIDE, SIDE]`, -1 to 1, to tokens `[pictures, IMAGE_TOKENS, WIDTH]`, row by row."""

    def __init__(self) -> None:
        super().__init__()
        fine, coarse = CHANNELS
        self.convolutions = nn.Sequential(
            nn.PixelUnshuffle(2),
            _Convolution(12, fine, stride=2),
            nn.ReLU(),
            *(_Residual(fine) for _ in range(BLOCKS)),
            _Convolution(fine, coarse, stride=2),
            nn.ReLU(),
            *(_Residual(coarse) for _ in range(BLOCKS)),
            _Convolution(coarse, WIDTH, stride=2),
        )
        self.positions = nn.Parameter(torch.randn(1, IMAGE_TOKENS, WIDTH) * 0.1)
        self.attention = _Attention()
        self.norm = nn.LayerNorm(WIDTH)
        self.projection = nn.Linear(WIDTH, WIDTH)

    def forward(self, pictures: Tensor) -> Tensor:
        cells = self.convolutions(pictures).flatten(2).transpose(1, 2)
        return self.projection(self.norm(self.attention(cells + self.positions)))


class _Convolution(nn.Sequential):
    """3 x 3, with batch norm, which the export folds into the weights."""

    def __init__(self, inputs: int, outputs: int, stride: int = 1) -> None:
        super().__init__(nn.Conv2d(inputs, outputs, 3, stride, padding=1, bias=False), nn.BatchNorm2d(outputs))


class _Residual(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.first = _Convolution(channels, channels)
        self.second = _Convolution(channels, channels)

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(x + self.second(F.relu(self.first(x))))


class _Attention(nn.Module):
    """A pre-norm transformer block over the cells, so that each can know of the others."""

    def __init__(self) -> None:
        super().__init__()
        self.norm_attention, self.norm_mlp = nn.LayerNorm(WIDTH), nn.LayerNorm(WIDTH)
        self.query_key_value = nn.Linear(WIDTH, 3 * WIDTH)
        self.output = nn.Linear(WIDTH, WIDTH)
        self.mlp = nn.Sequential(nn.Linear(WIDTH, 2 * WIDTH), nn.GELU(), nn.Linear(2 * WIDTH, WIDTH))

    def forward(self, x: Tensor) -> Tensor:
        heads = self.query_key_value(self.norm_attention(x)).view(-1, IMAGE_TOKENS, 3, HEADS, WIDTH // HEADS)
        query, key, value = heads.permute(2, 0, 3, 1, 4)
        weights = (query @ key.transpose(-1, -2) * (WIDTH // HEADS) ** -0.5).softmax(-1)
        x = x + self.output((weights @ value).transpose(1, 2).reshape(-1, IMAGE_TOKENS, WIDTH))
        return x + self.mlp(self.norm_mlp(x))
