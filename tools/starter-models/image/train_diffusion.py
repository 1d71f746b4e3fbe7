"""Trains the text encoder and the denoiser on latents of the trained autoencoder.

    python3 -m image.train_diffusion [--minutes 40] [--resume]
"""
import argparse
import copy

from common.process import prepare, seed_all

if __name__ == "__main__":
    prepare(threads=1)

import torch

from image.autoencoder import load_autoencoder
from image.captions import words
from image.coupling import couple
from image.masks import load_buckets
from image.models.diffusion import Diffusion
from image.paths import WORK
from image.run import Log, Run
from image.scenes import Batch, Scenes
from image.schedule import STEPS
from image.tokenizer import Tokenizer

CHECKPOINT = WORK / "diffusion.pt"
MOST, LATENTS = 32, 32768  # pictures and latents to a batch
PEAK_RATE = 1.5e-3
WARM_UP = 200  # steps
FIRST_STEP = 0.4  # of the batch is pure noise, where everything is decided
READABLE = 0.35  # from this much signal on, the picture can be read, and some have noise of their own, ...
FREE = 0.2  # ... this share, as in image-to-image
GUESSED = 0.8  # of the others are noised from the model's own guess


def noised(model: Diffusion, batch: Batch) -> tuple[torch.Tensor, torch.Tensor]:
    """Noisy latents and their timesteps."""
    size = len(batch.clean)
    timestep = torch.where(torch.rand(size) < FIRST_STEP, STEPS - 1, torch.randint(STEPS, (size,)))
    signal = model.unet.signal[timestep]
    free = (signal > READABLE) & (torch.rand(size) < FREE)
    noise = torch.randn_like(batch.clean)
    noise = couple(noise, batch.uniform, batch.known & ~free[:, None], model.unet.condition.directions)
    # In sampling, later steps see the model's own first guess, not the truth. As the noise and the text decide the
    # picture, the truth is still the right answer, and the model learns to mend its guesses.
    own = batch.answers.said & ~free & (torch.rand(size) < GUESSED)
    start = torch.where(own[:, None, None, None], first_guess(model, noise, batch.ids), batch.clean)
    signal = signal[:, None, None, None]
    return signal * start + (1 - signal.square()).sqrt() * noise, timestep


def first_guess(model: Diffusion, noise: torch.Tensor, ids: torch.Tensor) -> torch.Tensor:
    """The clean latents that the model makes of noise alone."""
    timestep = torch.full((len(noise),), STEPS - 1)
    with torch.no_grad(), torch.autocast("cpu", dtype=torch.bfloat16):
        return model.unet(noise, timestep, model.text_encoder(ids)[0]).float()


def follow(average: torch.nn.Module, model: torch.nn.Module, step: int) -> None:
    """Moves the averaged weights towards the model's."""
    share = 1 - min(0.998, (1 + step) / (10 + step))
    for kept, new in zip(average.parameters(), model.parameters()):
        kept.data.lerp_(new.data, share)


def train(minutes: float, resume: bool) -> None:
    seed_all(21)
    tokenizer = Tokenizer(words())
    autoencoder, scaling = load_autoencoder()
    scenes = Scenes(load_buckets(), autoencoder.encoder, scaling, tokenizer, seed=21)
    model = Diffusion(tokenizer)
    average = copy.deepcopy(model)
    optimizer = torch.optim.AdamW(model.parameters(), lr=PEAK_RATE, betas=(0.9, 0.99), weight_decay=1e-2)
    run = Run(CHECKPOINT, {"model": model, "average": average}, optimizer, minutes, resume)
    log = Log("diffusion", every=100)
    while run.goes_on(PEAK_RATE, WARM_UP):
        batch = scenes.batch(MOST, LATENTS)
        noisy, timestep = noised(model, batch)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            losses, hints = model(noisy, timestep, batch.ids, batch.clean, batch.answers)
        run.descend(losses.mean() + hints)
        follow(average, model, run.step)
        first = timestep == STEPS - 1
        log.add(run, first=losses[first], rest=losses[~first], hints=hints)
    run.save()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--minutes", type=float, default=40, help="processor minutes")
    parser.add_argument("--resume", action="store_true")
    args = parser.parse_args()
    train(args.minutes, args.resume)
