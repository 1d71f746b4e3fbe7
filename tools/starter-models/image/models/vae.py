"""The autoencoder: 8 x 8 pixels to a latent of 4 channels. Convolutions only, so it works at any size.

Few channels where there are many pixels: the decoder works on 1/8 and 1/4 of the size and unfolds the last factor of 4
out of channels, which keeps 1024 x 1024 below half a second on one core.
"""
import torch
from torch import nn
from torch.nn import functional as F

CHANNELS = 4


class Residual(nn.Module):
    def __init__(self, channels: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(channels, channels, 3, padding=1)
        self.second = nn.Conv2d(channels, channels, 3, padding=1)
        nn.init.zeros_(self.second.weight)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x + self.second(F.silu(self.first(F.silu(x))))


class Encoder(nn.Module):
    """Pixels `[batch, 3, 8h, 8w]` in -1..1 to latents `[batch, 4, h, w]` of mean 0 and variance 1."""

    def __init__(self, width: int = 64) -> None:
        super().__init__()
        self.quarter = nn.Conv2d(3, width // 2, 8, stride=4, padding=2)
        self.eighth = nn.Conv2d(width // 2, width, 4, stride=2, padding=1)
        self.body = Residual(width)
        self.out = nn.Conv2d(width, CHANNELS, 1)
        self.unit = nn.BatchNorm2d(CHANNELS, affine=False, momentum=0.01)  # in place of a KL term: fixes the scale

    def forward(self, sample: torch.Tensor) -> torch.Tensor:
        x = self.eighth(F.silu(self.quarter(sample)))
        return self.unit(self.out(F.silu(self.body(x))))


class Decoder(nn.Module):
    """Latents `[batch, 4, h, w]` to pixels `[batch, 3, 8h, 8w]` in -1..1."""

    def __init__(self, width: int = 64) -> None:
        super().__init__()
        self.inner = nn.Conv2d(CHANNELS, width, 3, padding=1)
        self.body = nn.Sequential(Residual(width), Residual(width))
        self.quarter = nn.Conv2d(width, width * 2, 1)
        self.detail = Residual(width // 2)
        self.out = nn.Conv2d(width // 2, 3 * 16, 3, padding=1)

    def forward(self, latent_sample: torch.Tensor) -> torch.Tensor:
        x = self.body(self.inner(latent_sample))
        x = self.detail(F.pixel_shuffle(self.quarter(F.silu(x)), 2))
        return F.pixel_shuffle(self.out(F.silu(x)), 4)
