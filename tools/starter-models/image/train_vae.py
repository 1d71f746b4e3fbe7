"""Trains the autoencoder on crops of pictures of all sizes, mostly in the world's colours.

    python3 -m image.train_vae [--minutes 6] [--resume | --from-exported]
"""
import argparse

from common.process import prepare, seed_all

if __name__ == "__main__":
    prepare(threads=1)

import numpy as np
import torch

from common.precision import mixed
from image import warm_start
from image.autoencoder import CHECKPOINT, Autoencoder, measure_scaling, save_scaling
from image.masks import PALETTE, Bucket, load_buckets
from image.run import Log, Run
from world.words import SHAPES

CROP = 64  # pixels
BATCH = 32
PEAK_RATE, FINE_RATE = 3e-3, 1e-3  # from random weights and from the published ones
POINTED = {SHAPES.index("star"), SHAPES.index("cross")}  # what comes out blunt first when a shape is small
WARM_UP = 100  # steps


def crop(random: np.random.Generator, mask: np.ndarray) -> np.ndarray:
    """`[64, 64]` of a mask, with an edge in it nine times of ten: flat areas are soon learnt."""
    height, width = mask.shape
    rows, columns = np.nonzero(np.diff(mask[::4].astype(np.int16)))
    if len(rows) and random.random() < 0.9:
        pick = random.integers(len(rows))
        row, column = rows[pick] * 4, columns[pick]
    else:
        row, column = random.integers(height), random.integers(width)
    top = int(np.clip(row - random.integers(CROP), 0, height - CROP))
    left = int(np.clip(column - random.integers(CROP), 0, width - CROP))
    return mask[top : top + CROP, left : left + CROP]


def draw_mask(random: np.random.Generator, bucket: Bucket) -> np.ndarray:
    """Half of those without a pointed shape are passed over."""
    drawn = bucket.draw(random)
    if POINTED.isdisjoint(drawn.kinds.tolist()) and random.random() < 0.5:
        drawn = bucket.draw(random)
    return drawn.mask


def colours(count: int) -> torch.Tensor:
    """`[count, 3]`: three in four from the palette, the rest any, so that other pictures survive encoding too."""
    named = PALETTE[torch.randint(len(PALETTE), (count,))]
    return torch.where(torch.rand(count, 1) < 0.75, named, torch.rand(count, 3) * 2 - 1)


def make_batch(random: np.random.Generator, buckets: list[Bucket], shares: np.ndarray) -> torch.Tensor:
    """`[batch, 3, 64, 64]`."""
    crops = []
    while len(crops) < BATCH:
        mask = draw_mask(random, buckets[random.choice(len(buckets), p=shares)])
        crops += [crop(random, mask) for _ in range(2)]
    share = torch.from_numpy(np.stack(crops)).float().div_(255)[:, None]
    above, below = colours(BATCH)[:, :, None, None], colours(BATCH)[:, :, None, None]
    return below + share * (above - below)


def train(minutes: float, resume: bool, from_exported: bool = False) -> None:
    """`from_exported` goes on from the published weights; the scale of their latents stays as it is."""
    seed_all(11)
    random = np.random.default_rng(11)
    buckets = load_buckets()
    # A crop of a large picture is mostly one straight edge; small pictures have everything that is hard.
    shares = np.array([len(bucket.masks) ** 0.5 / min(bucket.height, bucket.width) for bucket in buckets])
    shares /= shares.sum()
    model = Autoencoder()
    rate = FINE_RATE if from_exported else PEAK_RATE
    if from_exported:
        warm_start.load_autoencoder(model)
        model.encoder.unit.eval()
    optimizer = torch.optim.AdamW(model.parameters(), lr=rate, betas=(0.9, 0.98), weight_decay=1e-3)
    run = Run(CHECKPOINT, {"model": model}, optimizer, minutes, resume)
    log = Log("autoencoder", every=100)
    while run.goes_on(rate, WARM_UP):
        pixels = make_batch(random, buckets, shares)
        with mixed():
            seen = model(pixels)
        off = (seen.float() - pixels).abs()
        run.descend(off.mean() + off.square().mean())
        log.add(run, off=off.mean() * 127.5)
    run.save()
    small = [bucket for bucket in buckets if bucket.height * bucket.width <= 1024]
    save_scaling(measure_scaling(model.eval(), small, random))


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--minutes", type=float, default=6, help="processor minutes")
    parser.add_argument("--resume", action="store_true")
    parser.add_argument("--from-exported", action="store_true", help="start from the exported weights")
    args = parser.parse_args()
    train(args.minutes, args.resume, args.from_exported)
