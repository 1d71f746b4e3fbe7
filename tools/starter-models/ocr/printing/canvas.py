"""A page that lines are written on, and that remembers where they are."""
import math
from dataclasses import dataclass, field
from random import Random

import numpy as np
from PIL import Image, ImageDraw

from ocr.printing.fonts import Face, band, features, load
from ocr.printing.quads import rectangle

# A box reaches a little further than the ink at both ends, and even a lone `I` is almost as wide as high: the
# pipeline takes a crop half as high again as wide for vertical text and turns it.
SIDE, NARROWEST = 0.12, 0.8


@dataclass
class Line:
    text: str
    quad: np.ndarray  # [4, 2] pixels, clockwise from the top left


@dataclass
class Canvas:
    image: Image.Image
    lines: list[Line] = field(default_factory=list)

    @property
    def pen(self) -> ImageDraw.ImageDraw:
        return ImageDraw.Draw(self.image)

    def write(self, text: str, face: Face, size: int, at: tuple[float, float], colour, angle: float = 0.0) -> bool:
        """One line, its box's top left corner at `at`, turned about its middle; False if there is no room."""
        font, off = load(face, size), features(face)
        top, bottom = band(face, size)
        height = bottom - top
        left, _, right, _ = font.getbbox(text, anchor="ls", features=off)
        width = max(right - left + 2 * SIDE * height, NARROWEST * height)
        middle = (at[0] + width / 2, at[1] + height / 2)
        quad = rectangle(*middle, width, height, angle)
        if right <= left or not self._free(quad):
            return False
        # The ink stands in the middle of its box; accents and swashes may reach beyond it.
        mask = Image.new("L", (math.ceil(width) + 2 * height, 3 * height))
        start = (mask.width / 2 - (left + right) / 2, mask.height / 2 - (top + bottom) / 2)
        ImageDraw.Draw(mask).text(start, text, 255, font, anchor="ls", features=off)
        if angle:
            mask = mask.rotate(-math.degrees(angle), Image.BICUBIC, expand=True)
        corner = (round(middle[0] - mask.width / 2), round(middle[1] - mask.height / 2))
        self.image.paste(colour, corner, mask)
        self.lines.append(Line(text, quad))
        return True

    def _free(self, quad: np.ndarray) -> bool:
        """Inside the page and clear of the lines there are."""
        low, high = quad.min(0), quad.max(0)
        if (low < 1).any() or (high > np.array(self.image.size) - 1).any():
            return False
        return not any((line.quad.min(0) < high).all() and (line.quad.max(0) > low).all() for line in self.lines)

    def ink(self, random: Random, at: tuple[float, float]) -> tuple[int, int, int]:
        """A colour that can be read on what lies at a place: dark on light or light on dark, at times coloured."""
        x, y = (min(max(0, int(v)), side - 1) for v, side in zip(at, self.image.size))
        ground = sum(self.image.getpixel((x, y))) / 3
        strength = random.choice((0.0, 0.0, 0.2, 0.5))
        tint = [random.uniform(-110, 110) * strength for _ in range(3)]
        base = random.uniform(0, 60) if ground > 120 else random.uniform(200, 255)
        return tuple(max(0, min(255, int(base + t))) for t in tint)

    def turned(self, angle: float) -> "Canvas":
        """The whole page turned about its centre; lines that leave the page in part are painted over."""
        width, height = self.image.size
        fill = self.image.getpixel((2, 2))
        image = self.image.rotate(-math.degrees(angle), Image.BICUBIC, fillcolor=fill)
        cos, sin = math.cos(angle), math.sin(angle)
        centre, matrix = np.array([width / 2, height / 2]), np.array([[cos, sin], [-sin, cos]])
        page = Canvas(image)
        for line in self.lines:
            quad = (line.quad - centre) @ matrix + centre
            if (quad >= 0).all() and (quad <= [width, height]).all():
                page.lines.append(Line(line.text, quad))
            else:
                page.pen.polygon([tuple(p) for p in quad], fill)
        return page

    def scaled(self, size: tuple[int, int]) -> "Canvas":
        factors = np.array(size) / self.image.size
        page = Canvas(self.image.resize(size, Image.BILINEAR))
        page.lines = [Line(line.text, line.quad * factors) for line in self.lines]
        return page
