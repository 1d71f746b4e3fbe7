"""The denoiser: a UNet on a small grid decides what is where; a few convolutions carry it to the latent's own size.

The grid has 16 cells along the shorter side whatever the picture's size, and reads one latent from the middle of each
cell. Reading one, not averaging them, keeps the noise as strong as the scheduler says at every size (an average over
k x k would be k times cleaner, and the first steps would be wasted on large pictures).
"""
import torch
from torch import nn
from torch.nn import functional as F

from image import coupling
from image.layout import REACH
from image.models.blocks import Attention, Readout, ResidualBlock, Waves
from image.models.text_encoder import WIDTH as TEXT
from image.schedule import STEPS, signal_table

LATENT = 4
GRID = 16  # cells along the shorter side; even
OUTER = 48  # channels on the grid
CONDITION = 192  # width of the condition vector


class Condition(nn.Module):
    """One vector of what the text asks, where the noise puts it, how noisy it is and the picture's size."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.readout = Readout(TEXT)
        self.register_buffer("directions", coupling.directions(), persistent=False)
        self.facts = nn.Linear(2 * coupling.DIRECTIONS + 10, 96)
        self.mix = nn.Sequential(nn.SiLU(), nn.Linear(96 + 256, 208), nn.SiLU(), nn.Linear(208, width), nn.SiLU())

    def forward(
        self, sample: torch.Tensor, text: torch.Tensor, signal: torch.Tensor, size: torch.Tensor
    ) -> torch.Tensor:
        """`[batch, width]` of `sample [batch, 4, h, w]`, `text [batch, length, TEXT]`, `signal [batch, 1]`, `size [2]`.

        `signal` is the share of the clean latent; `size` is (h, w).
        """
        noise = coupling.read(sample, self.directions)
        uniform = torch.erf(noise * 0.5**0.5)  # -1..1, as the layout's numbers are spread
        strength = (1 - signal.square()).sqrt()
        size = size.to(torch.float32)
        half = (size / size.min() / 2).clamp(max=REACH)
        shape = torch.cat([(size / GRID).log2(), half]).expand(sample.shape[0], 4)
        bends = [((signal - at) * 8).tanh() for at in (0.1, 0.4, 0.8)]
        level = torch.cat([signal, strength, signal * strength, *bends], 1)
        facts = self.facts(torch.cat([noise, uniform, level, shape], 1))
        return self.mix(torch.cat([facts, self.readout(text)], 1))


class UNet(nn.Module):
    """Predicts the clean latent (`prediction_type: sample`)."""

    def __init__(self, outer: int = OUTER, inner: int = 96, condition: int = CONDITION, fine: int = 32) -> None:
        super().__init__()
        self.register_buffer("signal", signal_table())
        self.condition = Condition(condition)
        self.waves = Waves(condition)
        self.enter = nn.Conv2d(LATENT + self.waves.maps + 2, outer, 3, padding=1)
        self.down = nn.ModuleList(ResidualBlock(outer, outer, condition) for _ in range(2))
        self.halve = nn.Conv2d(outer, inner, 3, stride=2, padding=1)
        self.middle = nn.ModuleList(ResidualBlock(inner, inner, condition) for _ in range(3))
        self.attend = nn.ModuleList(Attention(inner, TEXT) for _ in range(2))
        widths = (inner + outer, outer)
        self.up = nn.ModuleList(ResidualBlock(width, outer, condition) for width in widths)
        self.widen = nn.Conv2d(outer, 4 * fine, 1)
        self.sharpen = ResidualBlock(fine, fine, condition)
        self.refine = Refine(fine, condition)

    def forward(
        self, sample: torch.Tensor, timestep: torch.Tensor, encoder_hidden_states: torch.Tensor
    ) -> torch.Tensor:
        """Clean from noisy latents `[batch, 4, h, w]`; `timestep [1]` or `[batch]`, states `[batch, length, TEXT]`."""
        return self.inspect(sample, timestep, encoder_hidden_states)[0]

    def inspect(self, sample: torch.Tensor, timestep: torch.Tensor, text: torch.Tensor) -> tuple[torch.Tensor, ...]:
        """Also the condition vector `[batch, condition]` and the layout's features `[batch, outer, rows, columns]`."""
        signal = self.signal[timestep.clamp(0, STEPS - 1)][:, None].expand(sample.shape[0], 1)
        size = torch._shape_as_tensor(sample)[2:]
        condition = self.condition(sample, text, signal, size)
        layout = self._layout(sample, size, condition, text)
        cells = self.sharpen(F.pixel_shuffle(self.widen(layout), 2), condition)
        made = torch._shape_as_tensor(cells)[2:]
        rows, columns = (resampling(size[i], made[i]).to(cells.dtype) for i in (0, 1))
        return self.refine(rows @ cells @ columns.t(), sample, condition), condition, layout

    def _layout(
        self, sample: torch.Tensor, size: torch.Tensor, condition: torch.Tensor, text: torch.Tensor
    ) -> torch.Tensor:
        """What is where, `[batch, outer, 16.., 16..]`."""
        short = size.min()
        rows, columns = grid_of(size).unbind(0)
        read = sample.index_select(2, coupling.spread(rows, size[0])).index_select(3, coupling.spread(columns, size[1]))
        down, across = centres(rows, size[0], short), centres(columns, size[1], short)
        place = torch.stack([down[:, None] + 0 * across, 0 * down[:, None] + across])
        place = place.expand(sample.shape[0], -1, -1, -1)
        outer = self.enter(torch.cat([read, self.waves(condition, down, across), place], 1))
        for block in self.down:
            outer = block(outer, condition)
        inner = self.halve(outer)
        for i, block in enumerate(self.middle):
            inner = block(inner, condition)
            if i < len(self.attend):
                inner = self.attend[i](inner, text)
        x = torch.cat([F.interpolate(inner, scale_factor=2.0, mode="nearest"), outer], 1)
        for block in self.up:
            x = block(x, condition)
        return x


class Refine(nn.Module):
    """The layout brought to the latent's size, beside the noisy latent itself, to sharp clean latents."""

    def __init__(self, channels: int, condition: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(channels + LATENT, channels, 3, padding=1)
        self.affine = nn.Linear(condition, 2 * channels)
        self.second = nn.Conv2d(channels, channels, 3, padding=1)
        self.third = nn.Conv2d(channels, LATENT, 3, padding=1)

    def forward(self, layout: torch.Tensor, sample: torch.Tensor, condition: torch.Tensor) -> torch.Tensor:
        scale, shift = self.affine(condition)[..., None, None].chunk(2, 1)
        x = F.silu(self.first(torch.cat([layout, sample], 1)) * (1 + scale) + shift)
        return self.third(F.silu(x + self.second(x)))


def grid_of(size: torch.Tensor) -> torch.Tensor:
    """Rows and columns of the grid for latents of `size [2]` = (h, w): square cells, even counts."""
    short = size.min()
    return 2 * torch.div(size * (GRID // 2) + short // 2, short, rounding_mode="floor")


def centres(cells: torch.Tensor, length: torch.Tensor, short: torch.Tensor) -> torch.Tensor:
    """Coordinates of the middle of each cell in shorter sides, 0 in the picture's middle."""
    at = (torch.arange(cells) + 0.5) / cells.to(torch.float32) - 0.5
    return at * (length.to(torch.float32) / short.to(torch.float32))


def resampling(wanted: torch.Tensor, cells: torch.Tensor) -> torch.Tensor:
    """`[wanted, cells]`: linear interpolation as a matrix; where it shrinks, each row averages what it covers."""
    ratio = cells.to(torch.float32) / wanted.to(torch.float32)
    at = (torch.arange(wanted) + 0.5) * ratio - 0.5
    weights = F.relu(1 - (at[:, None] - torch.arange(cells)[None, :]).abs() / ratio.clamp(min=1))
    return weights / weights.sum(1, keepdim=True)
