"""Draws the training pictures' masks: which share of each pixel its shape covers. Colours are laid on in training.

    python3 -m image.make_data [--scale 1.0] [--seed 1]
"""
import argparse
from random import Random

import numpy as np
import torch

from image.layout import MAX_SHAPES, NUMBERS_PER_SHAPE, place
from image.paths import WORK
from world.draw import draw
from world.scene import Scene, Shape
from world.words import COLOURS, SHAPES

CELL = 8  # pixels to a latent
# (height, width) in latents and how many masks: many small ones, which are cheap to train on.
BUCKETS = {
    (8, 8): 2400, (8, 12): 500, (12, 8): 500, (8, 16): 300, (16, 8): 300, (12, 12): 800, (12, 16): 500, (16, 12): 500,
    (9, 11): 300, (13, 10): 300, (8, 40): 150, (40, 8): 150, (16, 16): 2400, (16, 24): 500, (24, 16): 500,
    (16, 32): 250, (32, 16): 250, (24, 24): 800, (24, 32): 300, (32, 24): 300, (27, 21): 200, (32, 32): 900,
    (48, 48): 250, (64, 64): 250, (64, 96): 60, (96, 64): 60, (128, 128): 80, (72, 128): 40, (128, 72): 40,
}
COUNTS = (1,) * 9 + (2,) * 8 + (3,) * 3  # how often a picture holds one, two and three shapes


def make_mask(kinds: list[str], uniform: np.ndarray, width: int, height: int) -> np.ndarray:
    """`uint8 [height, width]`, 255 inside a shape, of `uniform [3, 4]`."""
    places = place(torch.from_numpy(uniform), len(kinds), torch.tensor([height // CELL, width // CELL]))
    shapes = tuple(Shape(kind, "white", *where) for kind, where in zip(kinds, places.tolist()))
    low, high = COLOURS["black"][0], COLOURS["white"][0]
    grey = draw(Scene("black", shapes), width, height)[..., 0].astype(np.float32)
    return np.rint((grey - low) * (255 / (high - low))).astype(np.uint8)


def make_bucket(random: Random, height: int, width: int, size: int) -> dict[str, np.ndarray]:
    bucket = {
        "masks": np.zeros((size, height * CELL, width * CELL), np.uint8),
        "counts": np.zeros(size, np.int64),
        "kinds": np.zeros((size, MAX_SHAPES), np.int64),
        "uniform": np.zeros((size, MAX_SHAPES, NUMBERS_PER_SHAPE), np.float32),
    }
    for i in range(size):
        count = random.choice(COUNTS)
        kinds = [random.randrange(len(SHAPES)) for _ in range(count)]
        for shape in bucket["uniform"][i, :count]:
            shape[:] = [random.random() for _ in range(NUMBERS_PER_SHAPE)]
        bucket["masks"][i] = make_mask(
            [SHAPES[k] for k in kinds], bucket["uniform"][i], width * CELL, height * CELL
        )
        bucket["counts"][i] = count
        bucket["kinds"][i, :count] = kinds
    return bucket


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--scale", type=float, default=1.0, help="draw this many times the usual number of masks")
    parser.add_argument("--seed", type=int, default=1)
    args = parser.parse_args()
    random = Random(args.seed)
    folder = WORK / "masks"
    folder.mkdir(parents=True, exist_ok=True)
    for (height, width), size in BUCKETS.items():
        bucket = make_bucket(random, height, width, max(4, round(size * args.scale)))
        for name, array in bucket.items():
            np.save(folder / f"{height}x{width}.{name}.npy", array)
        print(f"{width * CELL}x{height * CELL}: {len(bucket['masks'])} masks", flush=True)


if __name__ == "__main__":
    main()
