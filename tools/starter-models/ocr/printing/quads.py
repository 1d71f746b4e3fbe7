"""Boxes of lines and their DB kernels."""
import math

import numpy as np

UNCLIP = 1.5  # config.json's unclip_ratio: the growth that leads from a kernel back to its line


def rectangle(cx: float, cy: float, width: float, height: float, angle: float) -> np.ndarray:
    """Corners `[4, 2]` from the top left clockwise; `angle` in radians, clockwise as y points down."""
    along = np.array([math.cos(angle), math.sin(angle)])
    across = np.array([-along[1], along[0]])
    signs = np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]]) / 2
    return np.array([cx, cy]) + signs[:, :1] * width * along + signs[:, 1:] * height * across


def shrink(width: float, height: float) -> float:
    """How far inside its box a kernel's edges lie, so that DB's unclip returns the box.

    Unclipping moves every edge out by area * ratio / perimeter of the kernel; the distance d that is its own
    inverse solves d = ratio * (w - 2d) * (h - 2d) / (2 * (w - 2d + h - 2d)), a quadratic.
    """
    # (4 * ratio + 8) d^2 - 2 (ratio + 1) (w + h) d + ratio * w * h = 0
    a, b, c = 4 * UNCLIP + 8, -2 * (UNCLIP + 1) * (width + height), UNCLIP * width * height
    return (-b - math.sqrt(b * b - 4 * a * c)) / (2 * a)


def kernel(quad: np.ndarray) -> np.ndarray:
    """The shrunk box `[4, 2]` of a box."""
    along, across = quad[1] - quad[0], quad[3] - quad[0]
    width, height = np.linalg.norm(along), np.linalg.norm(across)
    d = shrink(width, height)
    in_x, in_y = along / width * d, across / height * d
    return quad + np.array([in_x + in_y, -in_x + in_y, -in_x - in_y, in_x - in_y])
