"""A second task for the encoder while it trains: say for every cell what stands there. Dropped on export.

It teaches the encoder shapes and colours from the first step, long before the decoder has learnt to look.
"""
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from vision.collection import Labelled
from vision.shape import GRID, IMAGE_TOKENS, WIDTH
from world.words import COLOURS, SHAPES

SHAPE_NUMBERS = {kind: i for i, kind in enumerate(SHAPES)}
COLOUR_NUMBERS = {colour: i for i, colour in enumerate(COLOURS)}
MOST_SHAPES = 3
# Of every cell: is a shape's centre here? If so: which shape, which colour, the how-manieth from the left, and where in
# the cell? Answers list shapes from left to right, so a cell that knows its rank spares the decoder a search.
OUTPUTS = (1, len(SHAPES), len(COLOURS), MOST_SHAPES, 2)
PRESENT_WEIGHT = 4.0
PLACE_WEIGHT = 4.0


class AuxiliaryHead(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.cells = nn.Linear(WIDTH, sum(OUTPUTS))
        self.background = nn.Linear(WIDTH, len(COLOURS))
        self.count = nn.Linear(WIDTH, 1 + MOST_SHAPES)

    def forward(self, tokens: Tensor, labels: list[Labelled]) -> Tensor:
        """The loss of image tokens `[pictures, IMAGE_TOKENS, WIDTH]`; pictures without positions count for less."""
        outputs = self.cells(tokens).float().split(OUTPUTS, -1)
        whole = tokens.mean(1)
        backgrounds = torch.tensor([COLOUR_NUMBERS[label.scene.background] for label in labels])
        counts = torch.tensor([len(label.scene.shapes) for label in labels])
        loss = F.cross_entropy(self.background(whole).float(), backgrounds)
        return loss + F.cross_entropy(self.count(whole).float(), counts) + _cells_loss(outputs, labels)


def _cells_loss(outputs: tuple[Tensor, ...], labels: list[Labelled]) -> Tensor:
    present, kinds, colours, ranks, places = outputs
    located = [i for i, label in enumerate(labels) if label.aspect is not None]
    centres = [(i, *centre) for i in located for centre in _centres(labels[i])]
    truth = torch.zeros(len(labels), IMAGE_TOKENS)
    loss = torch.zeros(())
    if centres:
        pictures, cells, *numbers, across, down = zip(*centres)
        at = (torch.tensor(pictures), torch.tensor(cells))
        truth[at] = 1.0
        for scores, wanted in zip((kinds, colours, ranks), numbers):
            loss = loss + F.cross_entropy(scores[at], torch.tensor(wanted))
        loss = loss + PLACE_WEIGHT * F.mse_loss(places[at], torch.tensor(list(zip(across, down))))
    if located:
        scores = present[located].squeeze(-1)
        loss = loss + PRESENT_WEIGHT * F.binary_cross_entropy_with_logits(scores, truth[located])
    return loss


def _centres(labelled: Labelled) -> list[tuple[int, int, int, int, float, float]]:
    """Of every shape: cell, shape, colour, rank, and its centre's place in the cell (0 to 1 each way)."""
    across_side, down_side = max(labelled.aspect, 1.0), max(1 / labelled.aspect, 1.0)
    found = []
    for rank, shape in enumerate(labelled.scene.shapes):
        x, y = (0.5 + shape.x / across_side) * GRID, (0.5 + shape.y / down_side) * GRID
        cell = int(y) * GRID + int(x)
        found.append((cell, SHAPE_NUMBERS[shape.kind], COLOUR_NUMBERS[shape.colour], rank, x % 1, y % 1))
    return found
