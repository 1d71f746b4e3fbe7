"""The evaluation set: lines and pages in fonts that training never saw, as pictures with their texts beside them."""
import json
from pathlib import Path
from random import Random

import numpy as np
from PIL import Image

from ocr.printing.canvas import Canvas
from ocr.charset import SIGNS
from ocr.printing.figures import figure
from ocr.printing.fonts import Fonts, held_out_fonts, load
from ocr.printing.strips import Look, draw_strip
from ocr.printing.text import LISTS, prose

KINDS = ("serif", "sans", "mono")
LINES = 50  # of each group and kind of font
PAGES = 3  # of each kind of font, clean and noisy
PAGE = (960, 1280)


def make_evaluation(folder: Path, random: Random) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    lines = _lines(folder, random)
    pages = [_page(folder, random, kind, i, noisy) for kind in KINDS for i in range(PAGES) for noisy in (False, True)]
    answers = {"lines": lines, "pages": pages}
    (folder / "answers.json").write_text(json.dumps(answers, ensure_ascii=False, indent=1), "utf-8")


def _lines(folder: Path, random: Random) -> list[dict]:
    """Clean print, black on white, cropped as a good detector does."""
    answers = []
    for kind in KINDS:
        fonts = held_out_fonts(kind)
        for group in (*LISTS, "figures", "long"):
            for i in range(LINES if group != "long" else LINES // 5):
                text = _text(random, group)
                above, below = random.uniform(-0.02, 0.1), random.uniform(-0.02, 0.1)
                look = Look(size=random.randint(20, 44), top=above, bottom=below)
                strip = draw_strip(text, _face(random, fonts, text), look)
                file = f"line-{kind}-{group}-{i:02}.png"
                Image.fromarray(255 - strip).save(folder / file)
                answers.append({"file": file, "font": kind, "group": group, "text": text})
    return answers


def _text(random: Random, group: str) -> str:
    if group == "long":
        return prose(random, random.choice(list(LISTS)), 30) + " " + prose(random, "english", 80)
    while True:
        text = prose(random, group, 45) if group in LISTS else _figures(random)
        if 2 <= len(text) <= 60:
            return text


def _figures(random: Random) -> str:
    """Digits and punctuation: figures, or one with a few marks."""
    text = " ".join(figure(random) for _ in range(random.randint(1, 2)))
    return text if random.random() < 0.8 else f"{text} {random.choice(SIGNS)} ({random.randint(0, 999)})"


def _face(random: Random, fonts: Fonts, text: str):
    face = fonts.choose(random, text)
    if face is None:
        raise ValueError(f"no held-out font draws {text!r}")
    return face


def _page(folder: Path, random: Random, kind: str, number: int, noisy: bool) -> dict:
    """A 960x1280 page of 15 to 45 lines: a heading, paragraphs in one or two columns, a table of prices."""
    canvas = Canvas(Image.new("RGB", PAGE, "white"))
    face = held_out_fonts(kind).choose(random, "Жé")
    size = random.randint(16, 30)
    canvas.write(_fitting(random, face, size * 2, 840), face, size * 2, (50, 40), (20, 20, 20))
    y = 40 + size * 4
    columns = random.choice((1, 2))
    width = (PAGE[0] - 60 - 40 * columns) / columns
    pitch = size * random.uniform(1.35, 1.8)
    while y < PAGE[1] * 0.72:
        for column in range(columns):
            text = _fitting(random, face, size, width)
            canvas.write(text, face, size, (50 + column * (width + 40), y), (20, 20, 20))
        y += pitch
    y += pitch / 2
    canvas.pen.line((50, y, 910, y), (60, 60, 60), 2)
    while (y := y + pitch * 1.1) < PAGE[1] - 60:
        canvas.write(_fitting(random, face, size, 500), face, size, (50, y), (30, 30, 110))
        price = f"{random.uniform(1, 2000):.2f}"
        canvas.write(price, face, size, (880 - load(face, size).getlength(price), y), (110, 20, 20))
    name = f"page-{kind}-{number}{'-noisy' if noisy else ''}.png"
    _save(canvas, folder / name, random, noisy)
    lines = [{"text": line.text, "quad": np.round(line.quad, 1).tolist()} for line in canvas.lines]
    return {"file": name, "font": kind, "noisy": noisy, "lines": lines}


def _fitting(random: Random, face, size: int, width: float) -> str:
    """Words of one language as wide as there is room, at least one of them."""
    language = random.choice(list(LISTS))
    text = prose(random, language, 60)
    while load(face, size).getlength(text) > width and " " in text:
        text = text.rsplit(" ", 1)[0]
    while load(face, size).getlength(text) > width:
        text = text[:-1]
    return text if any(symbol.isalnum() for symbol in text) else "Total"


def _save(canvas: Canvas, path: Path, random: Random, noisy: bool) -> None:
    pixels = np.asarray(canvas.image, np.float32)
    if noisy:
        generator = np.random.default_rng(random.getrandbits(32))
        shade = np.linspace(0, random.uniform(10, 60), pixels.shape[1])[None, :, None]
        pixels = pixels - shade + generator.normal(0, 10, pixels.shape[:2])[..., None]
    Image.fromarray(pixels.clip(0, 255).astype(np.uint8)).save(path)
