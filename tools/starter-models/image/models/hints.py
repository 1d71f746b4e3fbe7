"""Auxiliary heads that only training has.

Where a shape stands and which colour it has multiply in the picture: before both are known neither helps the denoising
loss, and training stays on a plateau. So two heads ask for them apart: for the words' content from the condition
vector, and for the shapes' place from the layout's features.
"""
from dataclasses import dataclass

import torch
from torch import nn
from torch.nn import functional as F

from image.layout import MAX_SHAPES
from world.words import COLOURS, SHAPES


@dataclass
class Answers:
    """What the picture and its caption hold."""

    ground: torch.Tensor  # int [batch], background colour
    colours: torch.Tensor  # int [batch, 3], -100 where there is no such shape
    kinds: torch.Tensor  # int [batch, 3], likewise
    said: torch.Tensor  # bool [batch], whether there is a caption at all
    cover: torch.Tensor  # [batch, 3, rows, columns] in 0..1, the share of each grid cell that each shape covers


class Hints(nn.Module):
    def __init__(self, condition: int, channels: int) -> None:
        super().__init__()
        self.ground = nn.Linear(condition, len(COLOURS))
        self.colours = nn.Linear(condition, MAX_SHAPES * len(COLOURS))
        self.kinds = nn.Linear(condition, MAX_SHAPES * len(SHAPES))
        self.cover = nn.Conv2d(channels, MAX_SHAPES, 1)

    def forward(self, condition: torch.Tensor, cells: torch.Tensor, answers: Answers) -> torch.Tensor:
        """The loss, weighted to be of the denoising loss's size at first."""
        condition = condition[answers.said]
        ground = F.cross_entropy(self.ground(condition).float(), answers.ground[answers.said])
        colours = self._choice(self.colours(condition), answers.colours[answers.said])
        kinds = self._choice(self.kinds(condition), answers.kinds[answers.said])
        place = F.binary_cross_entropy_with_logits(self.cover(cells).float(), answers.cover)
        return 0.05 * (ground + colours + kinds) + 1.5 * place

    @staticmethod
    def _choice(logits: torch.Tensor, right: torch.Tensor) -> torch.Tensor:
        return F.cross_entropy(logits.float().view(right.numel(), -1), right.flatten())
