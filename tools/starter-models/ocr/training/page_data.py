"""Pages and their kernel maps on disk."""
import io
from pathlib import Path
from random import Random

import numpy as np
from PIL import Image, ImageDraw

from ocr.printing.canvas import Canvas
from ocr.printing.fonts import Fonts
from ocr.printing.layouts import random_page
from ocr.printing.quads import kernel

SIDE = 640
MAP = SIDE // 2  # kernels are learned at half the page's resolution
FINER = 4  # and drawn at twice the page's, for PIL's polygons have no antialiasing


class PageData:
    """`pixels` uint8 [count, 640, 640, 3], `kernels` uint8 [count, 320, 320], 255 inside."""

    def __init__(self, folder: Path) -> None:
        self.pixels = np.load(folder / "pixels.npy", mmap_mode="r")
        self.kernels = np.load(folder / "kernels.npy", mmap_mode="r")


def make_pages(folder: Path, fonts: Fonts, count: int, random: Random) -> None:
    """Draws `count` pages, about a tenth of a second each."""
    folder.mkdir(parents=True, exist_ok=True)
    pixels = np.lib.format.open_memmap(folder / "pixels.npy", "w+", np.uint8, (count, SIDE, SIDE, 3))
    kernels = np.lib.format.open_memmap(folder / "kernels.npy", "w+", np.uint8, (count, MAP, MAP))
    for i in range(count):
        canvas = random_page(random, fonts, SIDE)
        pixels[i] = np.asarray(_compressed(random, canvas.image))
        kernels[i] = kernel_map(canvas)


def kernel_map(canvas: Canvas) -> np.ndarray:
    """`uint8 [320, 320]`: how much of a pixel lies in a kernel, 0 to 255. A pixel too many would be 2.5 more in a box."""
    image = Image.new("L", (MAP * FINER, MAP * FINER))
    pen = ImageDraw.Draw(image)
    for line in canvas.lines:
        pen.polygon([tuple(corner) for corner in kernel(line.quad) * MAP * FINER / SIDE - 0.5], 255)
    return np.asarray(image.resize((MAP, MAP), Image.BOX))


def _compressed(random: Random, image: Image.Image) -> Image.Image:
    if random.random() < 0.6:
        return image
    file = io.BytesIO()
    image.save(file, "JPEG", quality=random.randint(30, 85))
    return Image.open(file)
