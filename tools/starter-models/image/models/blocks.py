"""Parts of the UNet."""
import math

import torch
from torch import nn
from torch.nn import functional as F

GROUPS = 8


class Norm(nn.GroupNorm):
    """Group normalisation in single precision: torch 1.13 has none for bfloat16 on a CPU."""

    def __init__(self, channels: int) -> None:
        super().__init__(GROUPS, channels)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return super().forward(x.float())


class Modulated(nn.Module):
    """Group normalisation whose scale and shift come from the condition vector."""

    def __init__(self, channels: int, condition: int) -> None:
        super().__init__()
        self.norm = Norm(channels)
        self.affine = nn.Linear(condition, 2 * channels)

    def forward(self, x: torch.Tensor, condition: torch.Tensor) -> torch.Tensor:
        scale, shift = self.affine(condition)[..., None, None].chunk(2, 1)
        return self.norm(x) * (1 + scale) + shift


class ResidualBlock(nn.Module):
    def __init__(self, before: int, channels: int, condition: int) -> None:
        super().__init__()
        self.norm = Norm(before)
        self.first = nn.Conv2d(before, channels, 3, padding=1)
        self.modulated = Modulated(channels, condition)
        self.second = nn.Conv2d(channels, channels, 3, padding=1)
        self.skip = nn.Conv2d(before, channels, 1) if before != channels else nn.Identity()
        nn.init.zeros_(self.second.weight)

    def forward(self, x: torch.Tensor, condition: torch.Tensor) -> torch.Tensor:
        inner = self.first(F.silu(self.norm(x)))
        return self.skip(x) + self.second(F.silu(self.modulated(inner, condition)))


class Attention(nn.Module):
    """Cells attend to all cells and to the text at once."""

    def __init__(self, channels: int, text: int, heads: int = 4) -> None:
        super().__init__()
        self.heads = heads
        self.norm = Norm(channels)
        self.qkv = nn.Linear(channels, 3 * channels)
        self.text = nn.Linear(text, 2 * channels)
        self.out = nn.Linear(channels, channels)
        nn.init.zeros_(self.out.weight)

    def forward(self, x: torch.Tensor, text: torch.Tensor) -> torch.Tensor:
        """`x [batch, channels, h, w]`, `text [batch, length, text]`."""
        channels = x.shape[1]
        cells = self.norm(x).flatten(2).transpose(1, 2)
        query, key, value = self.qkv(cells).chunk(3, 2)
        text_key, text_value = self.text(text).chunk(2, 2)
        query, key, value = (
            self._split(part) for part in (query, torch.cat([key, text_key], 1), torch.cat([value, text_value], 1))
        )
        scores = query @ key.transpose(2, 3) * (channels // self.heads) ** -0.5
        heard = (scores.softmax(-1) @ value).transpose(1, 2).flatten(2)
        return x + self.out(heard).transpose(1, 2).reshape(x.shape)

    def _split(self, x: torch.Tensor) -> torch.Tensor:
        """`[batch, length, channels]` to `[batch, heads, length, channels / heads]`."""
        return x.view(x.shape[0], x.shape[1], self.heads, -1).transpose(1, 2)


class Readout(nn.Module):
    """Learned questions that read the text: `[batch, length, text]` to `[batch, questions * 32]`."""

    def __init__(self, text: int, questions: int = 8, width: int = 32) -> None:
        super().__init__()
        self.questions = nn.Parameter(torch.randn(questions, width))
        self.key, self.value = nn.Linear(text, width), nn.Linear(text, width)

    def forward(self, text: torch.Tensor) -> torch.Tensor:
        scores = self.questions @ self.key(text).transpose(1, 2) * self.questions.shape[1] ** -0.5
        return (scores.softmax(-1) @ self.value(text)).flatten(1)


class Waves(nn.Module):
    """Smooth maps painted from the condition vector: a sum of cosines over the plane, whose weights it gives."""

    def __init__(self, condition: int, maps: int = 10, frequencies: int = 8) -> None:
        super().__init__()
        self.maps, self.frequencies = maps, frequencies
        self.weights = nn.Linear(condition, maps * frequencies * frequencies)
        self.register_buffer("turns", torch.arange(frequencies) * (math.pi / 2), persistent=False)

    def forward(self, condition: torch.Tensor, down: torch.Tensor, across: torch.Tensor) -> torch.Tensor:
        """`[batch, maps, len(down), len(across)]` at coordinates in shorter sides, which count from -1 to 1."""
        weights = self.weights(condition).view(-1, self.maps, self.frequencies, self.frequencies)
        rows, columns = (torch.cos((at.clamp(-1, 1)[:, None] + 1) * self.turns) for at in (down, across))
        return rows @ weights @ columns.t()
