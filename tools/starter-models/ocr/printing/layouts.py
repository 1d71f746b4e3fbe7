"""How lines stand on a page: running text in columns, receipts, forms, and lines strewn about a picture."""
import math
from random import Random

from ocr.printing.backgrounds import background, blotches, shapes
from ocr.printing.canvas import Canvas
from ocr.printing.fonts import Face, Fonts, band, load
from ocr.printing.text import line_text

SMALLEST, LARGEST = 9, 64  # of a font, in pixels


def random_page(random: Random, fonts: Fonts, side: int) -> Canvas:
    """A square page; at times drawn larger and scaled down, at times turned a little."""
    zoom = random.choice((1.0, 1.0, 1.35, 1.7))
    size = round(side * zoom)
    canvas = Canvas(background(random, (size, size)))
    layout = random.choice((document, document, receipt, form, strewn, strewn))
    layout(random, fonts, canvas, zoom)
    if random.random() < 0.4:
        canvas = canvas.turned(random.gauss(0, math.radians(4)))
    return canvas.scaled((side, side)) if zoom > 1 else canvas


def font_size(random: Random, zoom: float, largest: float = LARGEST) -> int:
    return round(math.exp(random.uniform(math.log(SMALLEST), math.log(largest))) * zoom)


def words_for(random: Random, face: Face, size: int, width: float) -> str:
    """A line that `face` can draw and that is at most so wide; it has a letter or a digit, not only marks."""
    longest = max(1, int(width / size * 2.5))
    for _ in range(30):
        text = line_text(random, min(longest, 60))
        while len(text) < longest and random.random() < 0.7:
            text += " " + line_text(random, 40)
        while load(face, size).getlength(text) > width - size / 2 and len(text) > 1:
            text = text[:-1].rstrip()
        if face.can_draw(text) and any(symbol.isalnum() for symbol in text):
            return text
    return "1"


def document(random: Random, fonts: Fonts, canvas: Canvas, zoom: float) -> None:
    """One to three columns of paragraphs under a heading, with a picture here and there."""
    width, height = canvas.image.size
    face, y = fonts.choose(random, "Ab"), random.uniform(8, 40) * zoom
    if random.random() < 0.7:
        size = font_size(random, zoom)
        canvas.write(words_for(random, face, size, width - 40), face, size, (20, y), canvas.ink(random, (20, y)))
        y += size * 1.8
    columns = random.choice((1, 1, 2, 3))
    gap = random.uniform(20, 50) * zoom
    column = (width - gap * (columns + 1)) / columns
    size = font_size(random, zoom, 34 / columns**0.5)
    for i in range(columns):
        _column(random, fonts, canvas, (gap + i * (column + gap), y, column), face, size)


def _column(random: Random, fonts: Fonts, canvas: Canvas, place: tuple[float, ...], face: Face, size: int) -> None:
    """`place`: left, top and width."""
    x, y, width = place
    top, bottom = band(face, size)
    pitch = (bottom - top) * random.uniform(1.02, 1.5)
    centred = random.random() < 0.15
    colour = canvas.ink(random, (x + 5, y + 5))
    while y < canvas.image.height - pitch:
        chance = random.random()
        if chance < 0.08:
            y += pitch * random.uniform(0.5, 2)  # between paragraphs
            face = face if random.random() < 0.7 else fonts.choose(random, "Ab")
        elif chance < 0.11 and y + 4 * pitch < canvas.image.height:
            picture = blotches(random, (int(width), int(3 * pitch)), 8, 80)
            canvas.image.paste(picture, (int(x), int(y)))
            y += 3.5 * pitch
        text = words_for(random, face, size, width * random.choice((1, 1, 1, 0.6, 0.3)))
        indent = (width - load(face, size).getlength(text)) / 2 if centred else 0
        canvas.write(text, face, size, (x + indent, y), colour)
        y += pitch


def receipt(random: Random, fonts: Fonts, canvas: Canvas, zoom: float) -> None:
    """Names at the left, prices at the right, rules between groups."""
    width, height = canvas.image.size
    face, size = fonts.choose(random, "Ab"), font_size(random, zoom, 28)
    top, bottom = band(face, size)
    pitch = (bottom - top) * random.uniform(1.05, 1.5)
    left = random.uniform(10, width * 0.25)
    right = random.uniform(width * 0.7, width - 10)
    y, colour = pitch, canvas.ink(random, (left, pitch))
    while y < height - 2 * pitch:
        if random.random() < 0.12:
            canvas.pen.line((left, y + pitch / 2, right, y + pitch / 2), colour, random.randint(1, 3))
        else:
            canvas.write(words_for(random, face, size, (right - left) * 0.55), face, size, (left, y), colour)
            price = f"{random.uniform(0, 900):.2f}" if random.random() < 0.7 else str(random.randint(1, 99))
            start = right - load(face, size).getlength(price) - size / 2
            canvas.write(price, face, size, (start, y), colour)
        y += pitch


def form(random: Random, fonts: Fonts, canvas: Canvas, zoom: float) -> None:
    """A table or a form: every field in a frame, some empty, some with a tick box."""
    width, height = canvas.image.size
    face, size = fonts.choose(random, "Ab"), font_size(random, zoom, 32)
    rows = max(2, min(14, int(height / (size * random.uniform(2, 3.5)))))
    columns = random.randint(1, 4)
    cell, row = (width - 30) / columns, (height - 30) / rows
    colour = canvas.ink(random, (20, 20))
    framed = random.random() < 0.75
    for i in range(rows * columns):
        x, y = 15 + i % columns * cell, 15 + i // columns * row
        if framed:
            canvas.pen.rectangle((x, y, x + cell, y + row), outline=colour, width=random.choice((1, 1, 2)))
        if random.random() < 0.15:
            canvas.pen.rectangle((x + 8, y + row / 2 - size / 2, x + 8 + size, y + row / 2 + size / 2), outline=colour)
        elif random.random() < 0.85:
            text = words_for(random, face, size, cell - size)
            canvas.write(text, face, size, (x + random.uniform(3, 10), y + (row - size * 1.2) / 2), colour)


def strewn(random: Random, fonts: Fonts, canvas: Canvas, zoom: float) -> None:
    """Lines of any size, colour and slope over a picture with shapes."""
    width, height = canvas.image.size
    shapes(random, canvas.image, random.randint(0, 14))
    sloped = random.random() < 0.6
    for _ in range(random.randint(4, 30)):
        face, size = fonts.choose(random, "Ab"), font_size(random, zoom)
        text = words_for(random, face, size, random.uniform(0.1, 0.8) * width)
        at = (random.uniform(0, width * 0.9), random.uniform(0, height * 0.95))
        angle = random.uniform(-1, 1) * math.radians(15) if sloped else 0.0
        length = load(face, size).getlength(text)
        middle = (at[0] + length / 2, at[1] + size / 2)
        canvas.write(text, face, size, at, canvas.ink(random, middle), angle)
