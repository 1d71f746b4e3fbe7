"""The draft: the picture shape by shape, from the words and the noise alone, before the UNet looks at any pixel.

Each shape has a slot of its own: questions that read the text for "the second shape's kind and colour", a place that
follows from the noise by `layout.place`, and a small network that paints the shape in coordinates of its own (its
centre is the origin, its radius 1, its tilt undone). So what is learnt about a star holds for every star, wherever it
stands, however large, and whichever shape of the picture it is. Without slots a denoiser of this size learnt one shape
in its training time and never the second.
"""
from dataclasses import dataclass

import torch
from torch import nn
from torch.nn import functional as F

from image.layout import MAX_SHAPES, NUMBERS_PER_SHAPE, place
from image.models.blocks import Readout

QUESTIONS = 2  # to the text, for each shape and for the picture as a whole
ANSWER = 32
WORDS = QUESTIONS * ANSWER
MAPS = 24  # painted channels
LATENT = 4
FARTHEST = 4.0  # radii from its centre: nothing of a shape is there


@dataclass
class Drafted:
    maps: torch.Tensor  # [batch, MAPS, h, w]
    latents: torch.Tensor  # [batch, 4, h, w], the guess
    words: torch.Tensor  # [batch, 3, WORDS], what the text says of each shape
    ground: torch.Tensor  # [batch, WORDS], what it says of the picture
    counts: torch.Tensor  # [batch, 3], logits of there being one, two or three shapes
    covers: torch.Tensor  # [batch, 3, h, w], logits of each shape covering each latent


class Draft(nn.Module):
    def __init__(self, text: int, lines: int = 64, inner: int = 32) -> None:
        super().__init__()
        self.readout = Readout(text, QUESTIONS * (MAX_SHAPES + 1), ANSWER)
        self.counts = nn.Sequential(nn.Linear((MAX_SHAPES + 1) * WORDS, 64), nn.SiLU(), nn.Linear(64, MAX_SHAPES))
        self.kind = nn.Sequential(nn.Linear(WORDS, 64), nn.SiLU(), nn.Linear(64, 2 * inner))
        self.colour = nn.Sequential(nn.Linear(2 * WORDS, 64), nn.SiLU(), nn.Linear(64, MAPS))
        self.lines = nn.Conv2d(4, lines, 1)
        nn.init.normal_(self.lines.weight)
        nn.init.uniform_(self.lines.bias, -1, 1)
        self.join = nn.Conv2d(lines, inner, 1)
        self.paint = nn.Conv2d(inner, MAPS, 1)
        self.cover = nn.Conv2d(inner, 1, 1)
        self.first = nn.Conv2d(MAPS, inner, 3, padding=1)
        self.affine = nn.Linear(WORDS, 2 * inner)
        self.second = nn.Conv2d(inner, LATENT, 3, padding=1)

    def forward(self, text: torch.Tensor, uniform: torch.Tensor, size: torch.Tensor) -> Drafted:
        """Of `text [batch, length, text]`, the noise's numbers `uniform [batch, 12]` in 0..1, `size [2]` = (h, w)."""
        batch, rows, columns = text.shape[0], size[0], size[1]
        told = self.readout(text).view(-1, MAX_SHAPES + 1, WORDS)
        words, ground = told[:, :MAX_SHAPES], told[:, MAX_SHAPES]
        counts = self.counts(told.flatten(1))
        places = self._places(counts.softmax(1), uniform, size)
        # From here on every shape is a picture of its own: [batch * 3, channels, h, w].
        own, cell = own_coordinates(places.flatten(0, 1), size)
        lines = torch.tanh(self.lines(own) / cell)  # which side of a line a latent is on, soft over one latent
        scale, shift = self.kind(words).flatten(0, 1)[..., None, None].chunk(2, 1)
        inside = F.silu(self.join(lines) * (1 + scale) + shift)
        colour = self.colour(torch.cat([words, ground[:, None].expand_as(words)], 2))
        painted = self.paint(inside) * colour.flatten(0, 1)[..., None, None]
        painted = painted.reshape(batch, MAX_SHAPES, MAPS, rows, columns)
        maps = (painted * there(counts)[..., None, None, None]).sum(1)
        covers = self.cover(inside).reshape(batch, MAX_SHAPES, rows, columns)
        return Drafted(maps, self._latents(maps, ground), words, ground, counts, covers)

    @staticmethod
    def _places(share: torch.Tensor, uniform: torch.Tensor, size: torch.Tensor) -> torch.Tensor:
        """`[batch, 3, 4]`: the places for one, two and three shapes, weighted by how likely the text asks for each."""
        uniform = uniform.view(-1, MAX_SHAPES, NUMBERS_PER_SHAPE)
        options = torch.stack([place(uniform, count + 1, size) for count in range(MAX_SHAPES)], 1)
        return (options * share[..., None, None]).sum(1)

    def _latents(self, maps: torch.Tensor, ground: torch.Tensor) -> torch.Tensor:
        scale, shift = self.affine(ground)[..., None, None].chunk(2, 1)
        return self.second(F.silu(self.first(maps) * (1 + scale) + shift))


def there(counts: torch.Tensor) -> torch.Tensor:
    """`[batch, 3]`: how likely there is a first, second and third shape."""
    one, two, three = counts.softmax(1).unbind(1)
    return torch.stack([one + two + three, two + three, three], 1)


def own_coordinates(places: torch.Tensor, size: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Each latent's place as its shape sees it, `[shapes, 4, h, w]`, and a latent's width, `[shapes, 1, 1, 1]`.

    The four are: to the side, to either side, down, and how far away; all in radii.
    """
    middle, short = size.to(torch.float32) / 2, size.min().to(torch.float32)
    x, y, radius, angle = places[..., None, None].unbind(1)
    across = ((torch.arange(size[1]) + 0.5 - middle[1]) / short)[None, None, :] - x
    down = ((torch.arange(size[0]) + 0.5 - middle[0]) / short)[None, :, None] - y
    side = (across * angle.cos() - down * angle.sin()) / radius
    below = (across * angle.sin() + down * angle.cos()) / radius
    far = (side.square() + below.square() + 1e-6).sqrt()
    own = torch.stack([side, side.abs(), below, far], 1).clamp(-FARTHEST, FARTHEST)
    return own, (1 / (radius * short))[:, None]
