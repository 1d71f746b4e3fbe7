"""Scenes as pixels, at any size, from signed distances: the same edge at 64 pixels and at 1024."""
import math

import numpy as np

from world.scene import Scene, Shape
from world.words import COLOURS


def draw(scene: Scene, width: int, height: int) -> np.ndarray:
    """`uint8 [height, width, 3]` sRGB, edges antialiased over one pixel."""
    side = min(width, height)
    x = ((np.arange(width) + 0.5 - width / 2) / side)[None, :].astype(np.float32)
    y = ((np.arange(height) + 0.5 - height / 2) / side)[:, None].astype(np.float32)
    picture = np.empty((height, width, 3), np.float32)
    picture[:] = COLOURS[scene.background]
    for shape in scene.shapes:
        inside = np.clip(0.5 - _distance(shape, x, y) * side, 0, 1)[..., None]
        picture += inside * (np.array(COLOURS[shape.colour], np.float32) - picture)
    return np.rint(picture).astype(np.uint8)


def _distance(shape: Shape, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Signed distance to the shape's edge in fractions of the shorter side, negative inside."""
    cos, sin = math.cos(shape.angle), math.sin(shape.angle)
    dx, dy = x - shape.x, y - shape.y
    across = (dx * cos - dy * sin) / shape.radius
    down = (dx * sin + dy * cos) / shape.radius
    return DISTANCES[shape.kind](across, down) * shape.radius


def _circle(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return np.hypot(x, y) - 1


def _square(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    return np.maximum(np.abs(x), np.abs(y)) - 0.75


def _cross(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """A plus sign: two bars."""
    x, y = np.abs(x), np.abs(y)
    upright = np.maximum(x - 0.3, y - 1)
    level = np.maximum(x - 1, y - 0.3)
    return np.minimum(upright, level)


def _polygon(corners: list[tuple[float, float]]):
    """The exact signed distance to a polygon (even-odd inside)."""

    def distance(x: np.ndarray, y: np.ndarray) -> np.ndarray:
        nearest = np.full(np.broadcast(x, y).shape, np.inf, np.float32)
        sign = np.ones(nearest.shape, np.float32)
        for (ax, ay), (bx, by) in zip(corners, corners[1:] + corners[:1]):
            ex, ey, px, py = bx - ax, by - ay, x - ax, y - ay
            along = np.clip((px * ex + py * ey) / (ex * ex + ey * ey), 0, 1)
            nearest = np.minimum(nearest, (px - ex * along) ** 2 + (py - ey * along) ** 2)
            above, below = y >= ay, y < by
            left = ex * py > ey * px
            crossed = (above & below & left) | (~above & ~below & ~left)
            sign = np.where(crossed, -sign, sign)
        return sign * np.sqrt(nearest)

    return distance


def _on_circle(count: int, radius: float, start: float) -> list[tuple[float, float]]:
    """Points on a circle from straight up (y is downwards), `start` in turns."""
    angles = [2 * math.pi * (start + i / count) for i in range(count)]
    return [(radius * math.sin(a), -radius * math.cos(a)) for a in angles]


def _star_corners() -> list[tuple[float, float]]:
    outer, inner = _on_circle(5, 1, 0), _on_circle(5, 0.42, 0.1)
    return [corner for pair in zip(outer, inner) for corner in pair]


def _heart_corners() -> list[tuple[float, float]]:
    """Two lobes and a point, as a fine polygon of the usual heart curve, scaled into the unit circle."""
    turns = [2 * math.pi * i / 32 for i in range(32)]
    curve = [
        (16 * math.sin(t) ** 3, -(13 * math.cos(t) - 5 * math.cos(2 * t) - 2 * math.cos(3 * t) - math.cos(4 * t)))
        for t in turns
    ]
    return [(x / 17, (y - 2.5) / 17) for x, y in curve]


CORNERS = {"triangle": _on_circle(3, 1, 0), "star": _star_corners(), "heart": _heart_corners()}
DISTANCES = {
    "circle": _circle,
    "square": _square,
    "triangle": _polygon(CORNERS["triangle"]),
    "star": _polygon(CORNERS["star"]),
    "heart": _polygon(CORNERS["heart"]),
    "cross": _cross,
}
