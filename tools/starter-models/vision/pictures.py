"""Training pictures: scenes as they may arrive (any size and filter, soft, wobbly, off-colour), squashed to SIDE."""
import io
from random import Random

import numpy as np
from PIL import Image, ImageFilter

from vision.shape import SIDE
from world.draw import draw
from world.scene import Scene, random_scene

COUNTS = {0: 0.03, 1: 0.31, 2: 0.31, 3: 0.35}
SHORTER_SIDES = (64, 256)  # pixels, drawn log-uniformly
FILTERS = [Image.Resampling.LANCZOS] * 5 + [Image.Resampling.BICUBIC, Image.Resampling.BILINEAR, Image.Resampling.BOX]


def random_aspect(random: Random) -> float:
    """Width over height: often a square, else 1:2 to 2:1."""
    return 1.0 if random.random() < 0.35 else 2 ** random.uniform(-1, 1)


def any_scene(random: Random, aspect: float) -> Scene:
    """Also now and then a plain background, which the world itself does not have."""
    count = random.choices(list(COUNTS), list(COUNTS.values()))[0]
    if count == 0:
        return Scene(random_scene(random, 1).background, ())
    return random_scene(random, count, aspect)


def size_of(random: Random, aspect: float, shorter: tuple[int, int]) -> tuple[int, int]:
    """Width and height in pixels."""
    side = shorter[0] * (shorter[1] / shorter[0]) ** random.random()
    return round(side * max(aspect, 1)), round(side * max(1 / aspect, 1))


def picture_of(random: Random, scene: Scene, aspect: float) -> np.ndarray:
    """`uint8 [SIDE, SIDE, 3]`"""
    picture = Image.fromarray(draw(scene, *size_of(random, aspect, SHORTER_SIDES)))
    if random.random() < 0.3:
        picture = picture.filter(ImageFilter.GaussianBlur(random.uniform(0, 0.012) * min(picture.size)))
    if random.random() < 0.25:
        picture = _through_jpeg(picture, quality=random.randint(40, 95))
    pixels = squashed(random, picture)
    if random.random() < 0.4:
        pixels = _off_colour(random, pixels)
    return _wobbly(random, pixels) if random.random() < 0.3 else pixels


def squashed(random: Random, picture: Image.Image) -> np.ndarray:
    return np.asarray(picture.resize((SIDE, SIDE), random.choice(FILTERS)))


def _through_jpeg(picture: Image.Image, quality: int) -> Image.Image:
    file = io.BytesIO()
    picture.save(file, "JPEG", quality=quality)
    return Image.open(file)


def _off_colour(random: Random, pixels: np.ndarray) -> np.ndarray:
    """Adds up to 12 levels to each channel, changing slowly over the picture, as a decoder of latents does."""
    shift = _slow_field(random, cells=3, depth=3, size=random.uniform(0, 12))
    return np.clip(pixels + shift, 0, 255).astype(np.uint8)


def _wobbly(random: Random, pixels: np.ndarray) -> np.ndarray:
    """Moves every pixel by up to about two, in a slowly changing direction, so that outlines are not quite straight."""
    field = _slow_field(random, cells=random.choice((5, 8, 12)), depth=2, size=random.uniform(0.3, 1.8))
    y, x = np.mgrid[:SIDE, :SIDE].astype(np.float32)
    return _bilinear(pixels, np.clip(x + field[..., 0], 0, SIDE - 1.01), np.clip(y + field[..., 1], 0, SIDE - 1.01))


def _slow_field(random: Random, cells: int, depth: int, size: float) -> np.ndarray:
    """`float [SIDE, SIDE, depth]`, up to `size` either way, interpolated between cells x cells random values."""
    values = np.random.default_rng(random.getrandbits(32)).uniform(-size, size, (depth, cells, cells))
    layers = [Image.fromarray(layer.astype(np.float32)) for layer in values]
    return np.stack([np.asarray(layer.resize((SIDE, SIDE), Image.Resampling.BICUBIC)) for layer in layers], -1)


def _bilinear(pixels: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    left, top = x.astype(int), y.astype(int)
    right_share, low_share = (x - left)[..., None], (y - top)[..., None]
    upper = pixels[top, left] * (1 - right_share) + pixels[top, left + 1] * right_share
    lower = pixels[top + 1, left] * (1 - right_share) + pixels[top + 1, left + 1] * right_share
    return np.rint(upper * (1 - low_share) + lower * low_share).astype(np.uint8)
