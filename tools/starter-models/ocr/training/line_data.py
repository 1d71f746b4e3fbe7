"""Strips and their texts on disk: one flat array of bytes, opened without reading it all."""
import json
from dataclasses import replace
from pathlib import Path
from random import Random

import numpy as np

from ocr.printing.fonts import Fonts
from ocr.printing.strips import HEIGHT, draw_strip, random_look
from ocr.printing.text import line_text

# Half of the lines are words or so: the loss starts to fall on short lines, and they cost little.
LONGEST = (6, 12, 12, 20, 30, 60)
WIDEST = 1600


class LineData:
    """`strip(i)` is uint8 [48, widths[i]], `texts[i]` what it says."""

    def __init__(self, folder: Path) -> None:
        index = json.loads((folder / "lines.json").read_text("utf-8"))
        self.texts: list[str] = index["texts"]
        self.widths = np.array(index["widths"])
        self._ends = np.cumsum(self.widths)
        # Column after column, so that one strip is one run of the file.
        self._columns = np.load(folder / "lines.npy", mmap_mode="r")

    def __len__(self) -> int:
        return len(self.texts)

    def strip(self, i: int) -> np.ndarray:
        return self._columns[self._ends[i] - self.widths[i] : self._ends[i]].T


def make_lines(folder: Path, fonts: Fonts, count: int, random: Random) -> None:
    """Draws `count` lines, about two milliseconds each."""
    columns, texts = [], []
    while len(texts) < count:
        text = line_text(random, random.choice(LONGEST))
        face = fonts.choose(random, text)
        if face is None:
            continue
        look = random_look(random)
        if random.random() < 0.15:
            look = replace(look, neighbours=(line_text(random, len(text) + 3), line_text(random, len(text) + 3)))
        strip = draw_strip(text, face, look)
        if strip.shape[1] <= WIDEST and strip.max() > 60:
            columns.append(np.ascontiguousarray(strip.T))
            texts.append(text)
    folder.mkdir(parents=True, exist_ok=True)
    np.save(folder / "lines.npy", np.concatenate(columns))
    index = {"height": HEIGHT, "widths": [len(strip) for strip in columns], "texts": texts}
    (folder / "lines.json").write_text(json.dumps(index, ensure_ascii=False), "utf-8")
