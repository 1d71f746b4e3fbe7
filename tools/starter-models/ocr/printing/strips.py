"""One line of text as the recogniser gets it: a strip 48 pixels high, cropped as well or badly as detectors crop.

A strip is the ink's coverage, 0 to 255; colours and noise are put on it while training (augment.py).
"""
import io
import math
from dataclasses import dataclass
from random import Random

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from ocr.printing.fonts import Face, band, features, load

HEIGHT = 48


@dataclass(frozen=True)
class Look:
    """How a line is set and cropped. Lengths are fractions of the line's height unless they say otherwise."""

    size: int = 32  # of the font, in pixels
    top: float = 0.0  # room above the line's band; negative cuts into it
    bottom: float = 0.0
    left: float = 0.12
    right: float = 0.12
    tight: bool = False  # crop at the ink instead of the line's band
    slant: float = 0.0  # pixels to the right for each pixel up
    angle: float = 0.0  # radians
    stretch: float = 1.0  # width over natural width
    blur: float = 0.0  # pixels at 48 pixels of height
    jpeg: int | None = None  # quality
    neighbours: tuple[str, str] | None = None  # the lines above and below, which a loose crop shows in part
    rule: str | None = None  # "above", "below" or "box"


def random_look(random: Random) -> Look:
    """Mostly plain; each flaw on its own in a part of the lines."""

    def sometimes(chance: float, value, otherwise=None):
        return value if random.random() < chance else otherwise

    fit = random.random()
    low, high = (-0.04, 0.12) if fit < 0.65 else (0.0, 0.25) if fit < 0.85 else (-0.1, 0.4)
    return Look(
        size=round(math.exp(random.uniform(math.log(11), math.log(52)))),
        top=random.uniform(low, high),
        bottom=random.uniform(low, high),
        left=random.uniform(0.0, 0.3),
        right=random.uniform(0.0, 0.3),
        tight=fit >= 0.65 and random.random() < 0.6,
        slant=sometimes(0.12, random.uniform(-0.12, 0.25), 0.0),
        angle=sometimes(0.25, random.gauss(0, 0.012), 0.0),
        stretch=sometimes(0.4, random.uniform(0.82, 1.2), 1.0),
        blur=sometimes(0.2, random.uniform(0.3, 1.4), 0.0),
        jpeg=sometimes(0.15, random.randint(25, 80)),
        rule=sometimes(0.08, random.choice(("above", "below", "below", "box"))),
    )


def draw_strip(text: str, face: Face, look: Look) -> np.ndarray:
    """Ink as `uint8 [48, width]`."""
    font, off = load(face, look.size), features(face)
    top, bottom = band(face, look.size)
    height = bottom - top
    width = math.ceil(font.getlength(text, features=off))
    pad = 2 * height
    page = Image.new("L", (width + 2 * pad, 5 * height))
    pen, baseline = ImageDraw.Draw(page), 2 * height - top
    pen.text((pad, baseline), text, 255, font, anchor="ls", features=off)
    ink = page.getbbox() or (pad, 2 * height, pad + width, 3 * height)
    if look.neighbours:
        for line, place in zip(look.neighbours, (-1.12, 1.12)):
            pen.text((pad, baseline + place * height), line, 255, font, anchor="ls", features=off)
    upper, lower = (ink[1], ink[3]) if look.tight else (2 * height, 3 * height)
    box = (
        min(pad, ink[0]) - look.left * height,
        upper - look.top * height,
        max(pad + width, ink[2]) + look.right * height,
        lower + look.bottom * height,
    )
    if look.rule:
        _draw_rule(pen, look.rule, box)
    return _finish(_crop(page, box, look), look)


def _draw_rule(pen: ImageDraw.ImageDraw, rule: str, box: tuple[float, float, float, float]) -> None:
    """A line of a form or a table that the crop caught."""
    left, top, right, bottom = box
    inset = 0.03 * (bottom - top)
    thick = max(1, round(inset))
    if rule == "box":
        pen.rectangle((left + inset, top + inset, right - inset, bottom - inset), outline=255, width=thick)
    else:
        y = top + inset if rule == "above" else bottom - inset
        pen.line((left, y, right, y), 255, thick)


def _crop(page: Image.Image, box: tuple[float, float, float, float], look: Look) -> Image.Image:
    """The box out of the page at 48 pixels of height, slanted and turned about its centre."""
    left, top, right, bottom = box
    width, height = right - left, max(3.0, bottom - top)
    out_width = max(6, round(width * look.stretch * HEIGHT / height))
    if look.slant or look.angle:
        cos, sin = math.cos(look.angle), math.sin(look.angle)
        cx, cy = (left + right) / 2, (top + bottom) / 2
        a, b, d, e = cos, look.slant - sin, sin, cos
        matrix = (a, b, cx - a * cx - b * cy, d, e, cy - d * cx - e * cy)
        page = page.transform(page.size, Image.AFFINE, matrix, Image.BILINEAR)
    inside = (max(0, left), max(0, top), min(page.width, right), min(page.height, top + height))
    return page.resize((out_width, HEIGHT), Image.BILINEAR, inside)


def _finish(strip: Image.Image, look: Look) -> np.ndarray:
    if look.blur:
        strip = strip.filter(ImageFilter.GaussianBlur(look.blur))
    if look.jpeg:
        file = io.BytesIO()
        strip.save(file, "JPEG", quality=look.jpeg)
        strip = Image.open(file)
    return np.asarray(strip)
