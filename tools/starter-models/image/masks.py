"""The cached masks as training pictures: buckets of one size each, coloured when they are used."""
from dataclasses import dataclass

import numpy as np
import torch
from torch.nn import functional as F

from image.layout import MAX_SHAPES, column_of_pixels, mirrored
from image.make_data import BUCKETS
from image.paths import WORK
from world.words import COLOURS

PALETTE = torch.tensor(list(COLOURS.values()), dtype=torch.float32) / 127.5 - 1  # [10, 3]


@dataclass
class Masked:
    """One mask with what is drawn in it."""

    mask: np.ndarray  # uint8 [height, width]
    kinds: np.ndarray  # int [count], from left to right
    uniform: np.ndarray  # float32 [count, 4], see layout.place


class Bucket:
    """All masks of one size."""

    def __init__(self, height: int, width: int) -> None:
        stem = str(WORK / "masks" / f"{height}x{width}.")
        self.height, self.width = height, width  # in latents
        self.masks = np.load(stem + "masks.npy", mmap_mode="r")
        self.counts = np.load(stem + "counts.npy")
        self.kinds, self.uniform = np.load(stem + "kinds.npy"), np.load(stem + "uniform.npy")
        columns = [column_of_pixels(count, *self.masks.shape[:0:-1]) for count in range(1, MAX_SHAPES + 1)]
        self.columns = torch.from_numpy(np.stack(columns))  # [3, width]: the shape of each column by count - 1

    def draw(self, random: np.random.Generator) -> Masked:
        """A random mask, half of the time mirrored."""
        i = random.integers(len(self.masks))
        count = self.counts[i]
        mask, kinds, uniform = self.masks[i], self.kinds[i, :count], self.uniform[i, :count]
        if random.random() < 0.5:
            mask, kinds, uniform = mask[:, ::-1], kinds[::-1], mirrored(uniform)
        return Masked(np.ascontiguousarray(mask), kinds, uniform)

    def colour(
        self, masks: list[np.ndarray], counts: list[int], shapes: torch.Tensor, ground: torch.Tensor
    ) -> torch.Tensor:
        """Pictures `[batch, 3, height, width]` in -1..1, of `shapes [batch, 3, rgb]` on `ground [batch, rgb]`."""
        share = torch.from_numpy(np.stack(masks)).float().div_(255)[:, None]  # [batch, 1, height, width]
        columns = self.columns[torch.tensor(counts) - 1]  # [batch, width]
        above = torch.gather(shapes, 1, columns[..., None].expand(-1, -1, 3)).transpose(1, 2)[:, :, None]
        below = ground[:, :, None, None]
        return below + share * (above - below)

    def cover(self, masks: list[np.ndarray], counts: list[int], grid: tuple[int, int]) -> torch.Tensor:
        """`[batch, 3, rows, columns]`: the share of each cell of a grid that each shape covers."""
        share = torch.from_numpy(np.stack(masks)).float().div_(255)
        share = F.adaptive_avg_pool2d(share[:, None], (grid[0], share.shape[2]))  # rows first: fewer numbers to part
        columns = self.columns[torch.tensor(counts) - 1]
        parted = share * (columns[:, None] == torch.arange(MAX_SHAPES)[:, None])[:, :, None]
        return F.adaptive_avg_pool2d(parted, grid)


def load_buckets() -> list[Bucket]:
    return [Bucket(height, width) for height, width in BUCKETS]
