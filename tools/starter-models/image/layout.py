"""Where shapes stand, as a function of independent uniform numbers.

The world's own `random_scene` draws until the shapes are clear of each other. Here each shape has a column of its own,
so that any vector of uniform numbers is a valid layout: training can then tie each number to a direction of the noise
(see `coupling.py`).
"""
import numpy as np

from world.scene import GAP, RADII, TILT

MAX_SHAPES = 3
NUMBERS_PER_SHAPE = 4  # across, down, radius, angle
REACH = 1.0  # shapes stay this near to the centre, in shorter sides, however long the picture


def half_extent(width: int, height: int) -> tuple[float, float]:
    """Half the usable width and height in shorter sides."""
    short = min(width, height)
    return min(width / short / 2, REACH), min(height / short / 2, REACH)


def place(uniform: np.ndarray, width: int, height: int) -> list[tuple[float, float, float, float]]:
    """(x, y, radius, angle) of each shape, from left to right; `uniform [count, 4]` in 0..1."""
    count = len(uniform)
    half_width, half_height = half_extent(width, height)
    column = 2 * half_width / count
    low, high = RADII[count]
    margin = GAP if count == 1 else GAP / 2
    places = []
    for index, (across, down, size, turn) in enumerate(uniform):
        radius = low + (high - low) * size
        x = (index + 0.5) * column - half_width + (2 * across - 1) * (column / 2 - radius - margin)
        y = (2 * down - 1) * (half_height - radius - GAP)
        places.append((x, y, radius, (2 * turn - 1) * TILT))
    return places


def column_of_pixels(count: int, width: int, height: int) -> np.ndarray:
    """`int [width]`: which shape's column each column of pixels belongs to."""
    half_width, _ = half_extent(width, height)
    x = (np.arange(width) + 0.5 - width / 2) / min(width, height)
    return np.clip(np.floor((x + half_width) / (2 * half_width) * count), 0, count - 1).astype(np.int64)


def mirrored(uniform: np.ndarray) -> np.ndarray:
    """The numbers of the same picture seen in a mirror: every shape of the world is its own mirror image."""
    flipped = uniform[::-1].copy()
    flipped[:, 0] = 1 - flipped[:, 0]
    flipped[:, 3] = 1 - flipped[:, 3]
    return flipped
