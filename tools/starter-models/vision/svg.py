"""Scenes as SVG, so that evaluate.mjs can have them drawn by another program than the one that drew the training set."""
import math

from world import draw
from world.scene import Scene, Shape
from world.words import COLOURS

CROSS = [(0.3, -1), (0.3, -0.3), (1, -0.3), (1, 0.3), (0.3, 0.3), (0.3, 1),
         (-0.3, 1), (-0.3, 0.3), (-1, 0.3), (-1, -0.3), (-0.3, -0.3), (-0.3, -1)]  # fmt: skip
SQUARE = [(-0.75, -0.75), (0.75, -0.75), (0.75, 0.75), (-0.75, 0.75)]
CORNERS = {**draw.CORNERS, "square": SQUARE, "cross": CROSS}


def svg(scene: Scene, width: int, height: int) -> str:
    """A drawing of `width` x `height` pixels. Its user unit is the shorter side, its origin the centre."""
    side = min(width, height)
    box = f"{-width / side / 2:.4f} {-height / side / 2:.4f} {width / side:.4f} {height / side:.4f}"
    parts = [f'<rect x="-50%" y="-50%" width="100%" height="100%" fill="{_rgb(scene.background)}"/>']
    parts += [_element(shape) for shape in scene.shapes]
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="{box}">'
        + "".join(parts)
        + "</svg>"
    )


def _element(shape: Shape) -> str:
    turn = f"rotate({-math.degrees(shape.angle):.2f})"  # SVG turns clockwise
    place = f'transform="translate({shape.x:.4f} {shape.y:.4f}) {turn} scale({shape.radius:.4f})"'
    fill = f'fill="{_rgb(shape.colour)}"'
    if shape.kind == "circle":
        return f'<circle r="1" {fill} {place}/>'
    points = " ".join(f"{x:.3g},{y:.3g}" for x, y in CORNERS[shape.kind])
    return f'<polygon points="{points}" {fill} {place}/>'


def _rgb(colour: str) -> str:
    return "#" + "".join(f"{level:02x}" for level in COLOURS[colour])
