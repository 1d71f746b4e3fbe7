"""Scenes: one to three shapes that do not touch, on a plain background, and the sentence that says so."""
from dataclasses import dataclass
from random import Random

from world.words import COLOURS, SHAPES, article


@dataclass(frozen=True)
class Shape:
    """One shape. Coordinates are fractions of the picture's shorter side, (0, 0) its centre, y downwards."""

    kind: str
    colour: str
    x: float
    y: float
    radius: float
    angle: float  # radians, counter-clockwise


@dataclass(frozen=True)
class Scene:
    background: str
    shapes: tuple[Shape, ...]

    def phrase(self) -> str:
        """`a red circle and a blue star on a green background`; shapes from left to right."""
        nouns = [article(f"{shape.colour} {shape.kind}") for shape in self.shapes]
        listed = nouns[0] if len(nouns) == 1 else ", ".join(nouns[:-1]) + " and " + nouns[-1]
        return f"{listed} on {article(self.background)} background"

    def sentence(self) -> str:
        """The phrase as a sentence: `A red circle on a blue background.`"""
        phrase = self.phrase()
        return phrase[0].upper() + phrase[1:] + "."


# Radius of the largest and smallest shape by how many there are.
RADII = {1: (0.20, 0.40), 2: (0.13, 0.21), 3: (0.10, 0.15)}
GAP = 0.03
TILT = 0.2  # radians either way


def random_scene(random: Random, count: int, aspect: float = 1.0) -> Scene:
    """A scene of `count` shapes; `aspect` is width over height. Shapes stand from left to right, clear of each other."""
    background, *colours = _colours(random, count)
    kinds = [random.choice(SHAPES) for _ in range(count)]
    places = _places(random, count, max(aspect, 1.0) / 2, max(1 / aspect, 1.0) / 2)
    shapes = [
        Shape(kind, colour, x, y, radius, random.uniform(-TILT, TILT))
        for kind, colour, (x, y, radius) in zip(kinds, colours, sorted(places))
    ]
    return Scene(background, tuple(shapes))


def _colours(random: Random, count: int) -> list[str]:
    """A background, then each shape's colour: never the background's, though shapes may share one."""
    background = random.choice(list(COLOURS))
    others = [colour for colour in COLOURS if colour != background]
    return [background] + [random.choice(others) for _ in range(count)]


def _places(random: Random, count: int, half_width: float, half_height: float) -> list[tuple[float, float, float]]:
    low, high = RADII[count]
    while True:
        places: list[tuple[float, float, float]] = []
        for _ in range(count):
            radius = random.uniform(low, high)
            room_x, room_y = half_width - radius - GAP, half_height - radius - GAP
            places.append((random.uniform(-room_x, room_x), random.uniform(-room_y, room_y), radius))
        if all(_apart(a, b) for i, a in enumerate(places) for b in places[:i]):
            return places


def _apart(a: tuple[float, float, float], b: tuple[float, float, float]) -> bool:
    """Clear of each other, and one plainly left of the other, so that "from left to right" has one answer."""
    distance = ((a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2) ** 0.5
    return distance > a[2] + b[2] + GAP and abs(a[0] - b[0]) > 0.1
