"""The words of the world of shapes: what can be drawn, and how English names it.

starter-image and starter-vision share this world, so that one can be judged by the other.
"""

SHAPES = ("circle", "square", "triangle", "star", "heart", "cross")

# sRGB, 0-255. No two are nearer than about 90 in RGB, so plain pixel statistics can tell them apart.
COLOURS = {
    "red": (220, 30, 35),
    "orange": (250, 140, 10),
    "yellow": (250, 225, 40),
    "green": (30, 150, 55),
    "blue": (30, 70, 210),
    "purple": (125, 40, 165),
    "pink": (250, 145, 195),
    "brown": (115, 65, 25),
    "black": (18, 18, 18),
    "white": (245, 245, 245),
}

NUMBERS = ("zero", "one", "two", "three")


def article(noun_phrase: str) -> str:
    return ("an " if noun_phrase[0] in "aeiou" else "a ") + noun_phrase
