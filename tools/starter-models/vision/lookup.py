"""A task for the decoder while it trains: the word that names a shape or a colour finds what it names.

"What colour is the star?" needs the word "star" to look for stars among the cells. From answers alone the decoder takes
long to discover that, because with one shape in the picture it need not look. Here its first layer is asked outright.
Dropped on export.
"""
from collections.abc import Sequence as Many
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from vision.auxiliary import COLOUR_NUMBERS, MOST_SHAPES, SHAPE_NUMBERS
from vision.sequence import Sequence
from vision.shape import WIDTH
from vision.tokenizer import IMAGE, Tokenizer
from world.scene import Scene


@dataclass
class Found:
    """What words of one sort find: the picture's shapes from left to right, each slot a number of its colour (or its
    kind), or `nothing` where the word does not name that shape or there is none."""

    nothing: int
    at: list[int] = field(default_factory=list)  # flat places of the words among the batch's tokens
    slots: list[list[int]] = field(default_factory=list)

    def add(self, place: int, shapes: list[tuple[bool, int]]) -> None:
        """`shapes`: whether the word names it, and its number."""
        slots = [number if named else self.nothing for named, number in shapes]
        self.at.append(place)
        self.slots.append(slots + [self.nothing] * (MOST_SHAPES - len(slots)))


class Words:
    """The tokens that name shapes and colours. Names of several tokens, if a vocabulary has such, are left out."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        names = {kind + ending: kind for kind in SHAPE_NUMBERS for ending in ("", "s", "es")}
        self.shapes = _single_tokens(tokenizer, names)
        self.colours = _single_tokens(tokenizer, {colour: colour for colour in COLOUR_NUMBERS})
        self.image = tokenizer.special[IMAGE]

    def found(self, sequences: list[Sequence], scenes: Many[Scene | None]) -> tuple[Found, Found]:
        """What the names of shapes find in the questions, and what those of colours do. `scenes`: what each sequence's
        one picture shows, or None for a sequence to leave out; sequences beyond the scenes are left out."""
        by_shape, by_colour = Found(nothing=len(COLOUR_NUMBERS)), Found(nothing=len(SHAPE_NUMBERS))
        width = max(len(sequence.ids) for sequence in sequences)
        for row, (sequence, scene) in enumerate(zip(sequences, scenes)):
            if scene is None:
                continue
            for place in range(sequence.ids.index(self.image), len(sequence.ids)):
                token = sequence.ids[place]
                if sequence.is_answer[place]:
                    continue
                if kind := self.shapes.get(token):
                    colours = [(shape.kind == kind, COLOUR_NUMBERS[shape.colour]) for shape in scene.shapes]
                    by_shape.add(row * width + place, colours)
                elif colour := self.colours.get(token):
                    kinds = [(shape.colour == colour, SHAPE_NUMBERS[shape.kind]) for shape in scene.shapes]
                    by_colour.add(row * width + place, kinds)
        return by_shape, by_colour


def _single_tokens(tokenizer: Tokenizer, names: dict[str, str]) -> dict[int, str]:
    encoded = {name: tokenizer.encode(" " + name) for name in names}
    return {ids[0]: names[name] for name, ids in encoded.items() if len(ids) == 1}


class LookUpHead(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.colours = nn.Linear(WIDTH, MOST_SHAPES * (len(COLOUR_NUMBERS) + 1))
        self.kinds = nn.Linear(WIDTH, MOST_SHAPES * (len(SHAPE_NUMBERS) + 1))

    def forward(self, states: Tensor, found: tuple[Found, Found]) -> Tensor:
        """The loss of states `[sequences, tokens, WIDTH]` after the decoder's first layer."""
        flat = states.flatten(0, 1).float()
        loss = torch.zeros(())
        for head, words in zip((self.colours, self.kinds), found):
            if words.at:
                scores = head(flat[words.at]).view(len(words.at) * MOST_SHAPES, -1)
                loss = loss + F.cross_entropy(scores, torch.tensor(words.slots).flatten())
        return loss
