"""Where shapes stand, as a function of independent uniform numbers.

The world's own `random_scene` draws until the shapes are clear of each other. Here each shape has a column of its own,
so that any vector of uniform numbers is a valid layout: training can then tie each number to a direction of the noise
(see `coupling.py`), and the network can work the places out again from the noise it is given (`models/draft.py`).
"""
import numpy as np
import torch

from world.scene import GAP, TILT

MAX_SHAPES = 3
NUMBERS_PER_SHAPE = 4  # across, down, radius, angle
REACH = 1.0  # shapes stay this near to the centre, in shorter sides, however long the picture
# Smallest and largest radius by how many shapes there are; the smallest of the world's own are left out.
RADII = {1: (0.24, 0.40), 2: (0.16, 0.21), 3: (0.12, 0.15)}
LEAST_ALONE = 2.6  # latents: a star of a smaller radius has no room for its points, so small pictures hold large shapes


def half_extent(size: torch.Tensor) -> torch.Tensor:
    """`[2]`: half the usable height and width in shorter sides, for latents of `size [2]` = (h, w)."""
    return (size / size.min() / 2).clamp(max=REACH)


def place(uniform: torch.Tensor, count: int, size: torch.Tensor) -> torch.Tensor:
    """(x, y, radius, angle) of each of `count` shapes from left to right, `[..., 3, 4]`, of as many numbers in 0..1.

    `size [2]` is (h, w) in latents. The rows from `count` on mean nothing.
    """
    size = size.to(torch.float32)
    half = half_extent(size)
    across, down, large, turn = uniform.unbind(-1)
    column = 2 * half[1] / count
    low, high = RADII[count]
    if count == 1:
        low = (LEAST_ALONE / size.min()).clamp(min=low)
    margin = GAP if count == 1 else GAP / 2
    radius = low + (high - low) * large
    x = (torch.arange(MAX_SHAPES) + 0.5) * column - half[1] + (2 * across - 1) * (column / 2 - radius - margin)
    y = (2 * down - 1) * (half[0] - radius - GAP)
    return torch.stack([x, y, radius, (2 * turn - 1) * TILT], -1)


def column_of_pixels(count: int, width: int, height: int) -> np.ndarray:
    """`int [width]`: which shape's column each column of pixels belongs to."""
    half_width = half_extent(torch.tensor([height, width]))[1].item()
    x = (np.arange(width) + 0.5 - width / 2) / min(width, height)
    return np.clip(np.floor((x + half_width) / (2 * half_width) * count), 0, count - 1).astype(np.int64)


def mirrored(uniform: np.ndarray) -> np.ndarray:
    """The numbers of the same picture seen in a mirror: every shape of the world is its own mirror image."""
    flipped = uniform[::-1].copy()
    flipped[:, 0] = 1 - flipped[:, 0]
    flipped[:, 3] = 1 - flipped[:, 3]
    return flipped
