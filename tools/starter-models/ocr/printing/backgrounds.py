"""What lies behind text, and what is not text: papers, gradients, blurred pictures, shapes, bar codes."""
import math
from random import Random

import numpy as np
from PIL import Image, ImageDraw


def background(random: Random, size: tuple[int, int]) -> Image.Image:
    kind = random.random()
    if kind < 0.5:
        return Image.new("RGB", size, _light(random) if random.random() < 0.85 else _dark(random))
    if kind < 0.7:
        return blotches(random, size, cells=2, contrast=random.uniform(10, 60))
    return blotches(random, size, cells=random.choice((3, 6, 12, 40)), contrast=random.uniform(15, 70))


def _light(random: Random) -> tuple[int, int, int]:
    shade = random.randint(205, 255)
    if random.random() < 0.5:
        return (shade,) * 3
    return tuple(random.randint(max(170, shade - 30), shade) for _ in range(3))


def _dark(random: Random) -> tuple[int, int, int]:
    return tuple(random.randint(0, 70) for _ in range(3))


def blotches(random: Random, size: tuple[int, int], cells: int, contrast: float) -> Image.Image:
    """Soft patches of colour, as an out-of-focus photograph has; mostly light or mostly dark."""
    generator = np.random.default_rng(random.getrandbits(32))
    base = np.array(_light(random) if random.random() < 0.7 else _dark(random))
    coarse = base + generator.normal(0, contrast, (cells, cells, 3))
    return Image.fromarray(coarse.clip(0, 255).astype(np.uint8)).resize(size, Image.BICUBIC)


def shapes(random: Random, image: Image.Image, count: int) -> None:
    """Things that are no text: lines, boxes, discs, polygons, bar codes, rows of dots."""
    for _ in range(count):
        random.choice((_line, _box, _box, _disc, _polygon, _bars, _dots))(random, ImageDraw.Draw(image), image.size)


def _colour(random: Random) -> tuple[int, int, int]:
    return tuple(random.randint(0, 255) for _ in range(3))


def _place(random: Random, size: tuple[int, int], largest: float = 0.4) -> tuple[float, float, float, float]:
    width, height = (random.uniform(6, side * largest) for side in size)
    x, y = random.uniform(0, size[0] - width), random.uniform(0, size[1] - height)
    return x, y, x + width, y + height


def _line(random: Random, pen: ImageDraw.ImageDraw, size: tuple[int, int]) -> None:
    x, y, right, bottom = _place(random, size, 0.9)
    level, upright, aslant = (x, y, right, y), (x, y, x, bottom), (x, y, right, bottom)
    pen.line(random.choice((level, level, upright, aslant)), _colour(random), random.randint(1, 5))


def _box(random: Random, pen: ImageDraw.ImageDraw, size: tuple[int, int]) -> None:
    filled = random.random() < 0.4
    radius = random.choice((0, 0, 4, 10))
    place = _place(random, size)
    if min(place[2] - place[0], place[3] - place[1]) > 2 * radius:
        fill = _colour(random) if filled else None
        pen.rounded_rectangle(place, radius, fill, _colour(random), random.randint(1, 4))


def _disc(random: Random, pen: ImageDraw.ImageDraw, size: tuple[int, int]) -> None:
    fill = _colour(random) if random.random() < 0.5 else None
    pen.ellipse(_place(random, size, 0.3), fill, _colour(random), random.randint(1, 5))


def _polygon(random: Random, pen: ImageDraw.ImageDraw, size: tuple[int, int]) -> None:
    left, top, right, bottom = _place(random, size, 0.3)
    turns = sorted(random.uniform(0, 2 * math.pi) for _ in range(random.randint(3, 7)))
    middle, half = ((left + right) / 2, (top + bottom) / 2), ((right - left) / 2, (bottom - top) / 2)
    points = [(middle[0] + half[0] * math.cos(t), middle[1] + half[1] * math.sin(t)) for t in turns]
    pen.polygon(points, _colour(random))


def _bars(random: Random, pen: ImageDraw.ImageDraw, size: tuple[int, int]) -> None:
    left, top, right, bottom = _place(random, size, 0.3)
    x = left
    while x < right:
        thick = random.choice((1, 2, 3, 4))
        pen.rectangle((x, top, x + thick, bottom), (15, 15, 15))
        x += thick + random.choice((2, 3, 5))


def _dots(random: Random, pen: ImageDraw.ImageDraw, size: tuple[int, int]) -> None:
    x, y, right, _ = _place(random, size, 0.6)
    step, dot = random.randint(4, 12), random.uniform(0.5, 2)
    while x < right:
        pen.ellipse((x - dot, y - dot, x + dot, y + dot), (60, 60, 60))
        x += step
