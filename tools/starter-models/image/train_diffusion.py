"""Trains the text encoder and the denoiser on latents of the trained autoencoder.

    python3 -m image.train_diffusion [--minutes 54] [--resume | --from-exported]

The draft learns alone first: its steps take a third of the time, and the UNet learns faster beside a good draft.
"""
import argparse
import copy

from common.process import prepare, seed_all

if __name__ == "__main__":
    prepare(threads=1)

import torch

from common.precision import mixed
from image import warm_start
from image.autoencoder import load_autoencoder
from image.captions import words
from image.coupling import couple
from image.masks import load_buckets
from image.models.diffusion import Diffusion
from image.noising import LAST, Noised, noised
from image.paths import WORK
from image.run import Log, Run
from image.scenes import Batch, Scenes
from image.tokenizer import Tokenizer

CHECKPOINT, DRAFT_CHECKPOINT = WORK / "diffusion.pt", WORK / "draft.pt"
MOST, LATENTS = 32, 32768  # pictures and latents to a batch
DRAFT_SHARE = 0.25  # of the minutes
PEAK_RATE, DRAFT_RATE = 1.5e-3, 2e-3
WARM_UP = 200  # steps


def pure_noise(model: Diffusion, batch: Batch) -> Noised:
    """What the draft is trained on."""
    size = len(batch.clean)
    noise = couple(torch.randn_like(batch.clean), batch.uniform, batch.known, model.unet.directions)
    return Noised(noise, torch.full((size,), LAST), batch.ids, torch.ones(size, dtype=torch.bool))


def follow(average: torch.nn.Module, model: torch.nn.Module, step: int) -> None:
    """Moves the averaged weights towards the model's."""
    share = 1 - min(0.998, (1 + step) / (10 + step))
    for kept, new in zip(average.parameters(), model.parameters()):
        kept.data.lerp_(new.data, share)


def optimizer_of(model: Diffusion, rate: float) -> torch.optim.Optimizer:
    return torch.optim.AdamW(model.parameters(), lr=rate, betas=(0.9, 0.99), weight_decay=1e-2)


def train_draft(model: Diffusion, scenes: Scenes, minutes: float, resume: bool) -> None:
    run = Run(DRAFT_CHECKPOINT, {"model": model}, optimizer_of(model, DRAFT_RATE), minutes, resume)
    log = Log("draft", every=100)
    while run.goes_on(DRAFT_RATE, WARM_UP):
        batch = scenes.batch(MOST, LATENTS)
        given = pure_noise(model, batch)
        losses = model(
            given.latents, given.timestep, given.ids, batch.clean, batch.answers, given.readable, draft_only=True
        )
        run.descend(losses.draft.mean() + losses.hints)
        log.add(run, draft=losses.draft, hints=losses.hints)
    run.save()


def train_whole(model: Diffusion, scenes: Scenes, minutes: float, resume: bool) -> None:
    average = copy.deepcopy(model)
    run = Run(CHECKPOINT, {"model": model, "average": average}, optimizer_of(model, PEAK_RATE), minutes, resume)
    log = Log("diffusion", every=100)
    while run.goes_on(PEAK_RATE, WARM_UP):
        batch = scenes.batch(MOST, LATENTS)
        given = noised(model, batch)
        with mixed():
            losses = model(given.latents, given.timestep, given.ids, batch.clean, batch.answers, given.readable)
        run.descend(losses.picture.mean() + 0.5 * losses.draft.mean() + losses.hints)
        follow(average, model, run.step)
        first = given.timestep == LAST
        log.add(run, first=losses.picture[first], rest=losses.picture[~first], draft=losses.draft, hints=losses.hints)
    run.save()


def train(minutes: float, resume: bool, from_exported: bool = False) -> None:
    """`from_exported` starts from the published weights instead of from random ones."""
    seed_all(21)
    tokenizer = Tokenizer(words())
    model = Diffusion(tokenizer)
    if from_exported:
        warm_start.load_diffusion(model)
    autoencoder, scaling = load_autoencoder()
    scenes = Scenes(load_buckets(), autoencoder.encoder, scaling, tokenizer, seed=21)
    train_draft(model, scenes, minutes * DRAFT_SHARE, resume)
    train_whole(model, scenes, minutes * (1 - DRAFT_SHARE), resume)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--minutes", type=float, default=54, help="processor minutes")
    parser.add_argument("--resume", action="store_true")
    parser.add_argument("--from-exported", action="store_true", help="start from the exported weights")
    args = parser.parse_args()
    train(args.minutes, args.resume, args.from_exported)
