"""The denoiser: a draft and a UNet on a small grid decide what is where; a few convolutions make it sharp.

The grid has 16 cells along the shorter side whatever the picture's size, and reads one latent from the middle of each
cell. Reading one, not averaging them, keeps the noise as strong as the scheduler says at every size (an average over
k x k would be k times cleaner, and the first steps would be wasted on large pictures).
"""
import torch
from torch import nn
from torch.nn import functional as F

from image import coupling
from image.layout import half_extent
from image.models.blocks import Attention, Readout, ResidualBlock, Waves
from image.models.draft import MAPS, Draft, Drafted
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
        self.facts = nn.Linear(2 * coupling.DIRECTIONS + 10, 96)
        self.mix = nn.Sequential(nn.SiLU(), nn.Linear(96 + 256, 208), nn.SiLU(), nn.Linear(208, width), nn.SiLU())

    def forward(
        self, noise: torch.Tensor, text: torch.Tensor, signal: torch.Tensor, size: torch.Tensor
    ) -> torch.Tensor:
        """`[batch, width]` of `noise [batch, 12]`, `text [batch, length, TEXT]`, `signal [batch, 1]`, `size [2]`.

        `noise` is what the noisy latents read along the layout's directions, `signal` the share of the clean latent.
        """
        uniform = torch.erf(noise * 0.5**0.5)  # -1..1, as the layout's numbers are spread
        strength = (1 - signal.square()).sqrt()
        size = size.to(torch.float32)
        shape = torch.cat([(size / GRID).log2(), half_extent(size)]).expand(noise.shape[0], 4)
        bends = [((signal - at) * 8).tanh() for at in (0.1, 0.4, 0.8)]
        level = torch.cat([signal, strength, signal * strength, *bends], 1)
        facts = self.facts(torch.cat([noise, uniform, level, shape], 1))
        return self.mix(torch.cat([facts, self.readout(text)], 1))


class UNet(nn.Module):
    """Predicts the clean latent (`prediction_type: sample`)."""

    def __init__(self, outer: int = OUTER, inner: int = 96, condition: int = CONDITION, fine: int = 32) -> None:
        super().__init__()
        self.register_buffer("signal", signal_table())
        self.register_buffer("directions", coupling.directions(), persistent=False)
        self.draft = Draft(TEXT)
        self.condition = Condition(condition)
        self.waves = Waves(condition)
        self.enter = nn.Conv2d(LATENT + self.waves.maps + 2, outer, 3, padding=1)
        self.enter_draft = nn.Conv2d(MAPS, outer, 3, padding=1, bias=False)
        nn.init.zeros_(self.enter_draft.weight)
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

    def inspect(
        self, sample: torch.Tensor, timestep: torch.Tensor, text: torch.Tensor
    ) -> tuple[torch.Tensor, Drafted]:
        """Also the draft."""
        signal, size = self._signal(sample, timestep), torch._shape_as_tensor(sample)[2:]
        noise = coupling.read(sample, self.directions)
        draft = self._draft(noise, signal, text, size)
        condition = self.condition(noise, text, signal, size)
        layout = self._layout(sample, draft.maps, size, condition, text)
        cells = self.sharpen(F.pixel_shuffle(self.widen(layout), 2), condition)
        made = torch._shape_as_tensor(cells)[2:]
        rows, columns = (resampling(size[i], made[i]) for i in (0, 1))
        return self.refine(rows @ cells @ columns.t(), sample, draft, condition, signal), draft

    def draft_of(
        self, sample: torch.Tensor, timestep: torch.Tensor, text: torch.Tensor
    ) -> tuple[torch.Tensor, Drafted]:
        """The draft alone, with its guess in the place of the picture."""
        signal, size = self._signal(sample, timestep), torch._shape_as_tensor(sample)[2:]
        draft = self._draft(coupling.read(sample, self.directions), signal, text, size)
        return draft.latents, draft

    def _signal(self, sample: torch.Tensor, timestep: torch.Tensor) -> torch.Tensor:
        return self.signal[timestep.clamp(0, STEPS - 1)][:, None].expand(sample.shape[0], 1)

    def _draft(self, noise: torch.Tensor, signal: torch.Tensor, text: torch.Tensor, size: torch.Tensor) -> Drafted:
        strength = (1 - signal.square()).sqrt().clamp(min=0.3)
        uniform = torch.erf(noise / strength * 0.5**0.5) * 0.5 + 0.5
        # A latent's place among a thousand needs more digits than bfloat16 has.
        with torch.autocast("cpu", enabled=False):
            return self.draft(text.float(), uniform, size)

    def _layout(
        self, sample: torch.Tensor, maps: torch.Tensor, size: torch.Tensor, condition: torch.Tensor, text: torch.Tensor
    ) -> torch.Tensor:
        """What is where, `[batch, outer, 16.., 16..]`."""
        short = size.min()
        rows, columns = grid_of(size).unbind(0)
        picked = coupling.spread(rows, size[0]), coupling.spread(columns, size[1])
        read, drafted = (x.index_select(2, picked[0]).index_select(3, picked[1]) for x in (sample, maps))
        down, across = centres(rows, size[0], short), centres(columns, size[1], short)
        place = torch.stack([down[:, None] + 0 * across, 0 * down[:, None] + across])
        place = place.expand(sample.shape[0], -1, -1, -1)
        outer = self.enter(torch.cat([read, self.waves(condition, down, across), place], 1))
        outer = outer + self.enter_draft(drafted)
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
    """The layout brought to the latent's size, beside draft and noisy latent, to sharp clean latents.

    Where `gate` opens the draft stands as it is: everywhere at first, nowhere once the picture itself can be seen.
    """

    def __init__(self, channels: int, condition: int) -> None:
        super().__init__()
        self.first = nn.Conv2d(channels + LATENT, channels, 3, padding=1)
        self.draft = nn.Conv2d(MAPS + LATENT, channels, 3, padding=1, bias=False)
        self.affine = nn.Linear(condition, 2 * channels)
        self.second = nn.Conv2d(channels, channels, 3, padding=1)
        self.third = nn.Conv2d(channels, LATENT, 3, padding=1)
        self.gate, self.level = nn.Conv2d(channels, 1, 1), nn.Linear(1, 1)
        for zero in (self.draft.weight, self.gate.weight, self.gate.bias):
            nn.init.zeros_(zero)
        nn.init.constant_(self.level.weight, -8)
        nn.init.constant_(self.level.bias, 2)

    def forward(
        self, layout: torch.Tensor, sample: torch.Tensor, draft: Drafted, condition: torch.Tensor, signal: torch.Tensor
    ) -> torch.Tensor:
        scale, shift = self.affine(condition)[..., None, None].chunk(2, 1)
        x = self.first(torch.cat([layout, sample], 1)) + self.draft(torch.cat([draft.maps, draft.latents], 1))
        x = F.silu(x * (1 + scale) + shift)
        x = F.silu(x + self.second(x))
        gate = torch.sigmoid(self.gate(x) + self.level(signal)[..., None, None])
        made = self.third(x)
        return made + gate * (draft.latents - made)


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
