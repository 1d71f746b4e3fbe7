"""What only training asks of the draft, besides the picture: the words' content and each shape's outline, apart.

Where a shape stands, what it is and which colour it has multiply in the picture: before all are known none helps the
denoising loss, and training stays on a plateau.
"""
from dataclasses import dataclass

import torch
from torch import nn
from torch.nn import functional as F

from image.models.draft import WORDS, Drafted
from world.words import COLOURS, SHAPES


@dataclass
class Answers:
    """What the picture and its caption hold."""

    ground: torch.Tensor  # int [batch], background colour
    colours: torch.Tensor  # int [batch, 3], -100 where there is no such shape
    kinds: torch.Tensor  # int [batch, 3], likewise
    said: torch.Tensor  # bool [batch], whether there is a caption at all
    cover: torch.Tensor  # [batch, 3, h, w] in 0..1, the share of each latent that each shape covers


class Hints(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.ground = nn.Linear(WORDS, len(COLOURS))
        self.colours, self.kinds = nn.Linear(WORDS, len(COLOURS)), nn.Linear(WORDS, len(SHAPES))

    def forward(self, draft: Drafted, answers: Answers, readable: torch.Tensor) -> torch.Tensor:
        """The loss; `readable [batch]` says of which pictures the noise gives the layout and the caption is true."""
        said = answers.said & readable
        ground = F.cross_entropy(self.ground(draft.ground[said]), answers.ground[said])
        colours = choice(self.colours(draft.words[said]), answers.colours[said])
        kinds = choice(self.kinds(draft.words[said]), answers.kinds[said])
        counts = F.cross_entropy(draft.counts[said], (answers.kinds[said] >= 0).sum(1) - 1)
        seen = said[:, None, None, None] & (answers.kinds >= 0)[..., None, None]
        off = F.binary_cross_entropy_with_logits(draft.covers, answers.cover, reduction="none")
        cover = (off * seen).sum() / seen.expand_as(off).sum().clamp(min=1)
        return 0.05 * (ground + colours + kinds + counts) + cover


def choice(logits: torch.Tensor, right: torch.Tensor) -> torch.Tensor:
    return F.cross_entropy(logits.flatten(0, 1), right.flatten())
