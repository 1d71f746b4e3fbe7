"""What the denoiser is given in training: pure noise, its own guesses, and pictures to be changed."""
from dataclasses import dataclass

import torch

from common.precision import mixed
from image.coupling import couple
from image.models.diffusion import Diffusion
from image.scenes import Batch
from image.schedule import STEPS

LAST = STEPS - 1  # the first step of sampling: noise alone
PURE = 0.15  # of the pictures from text are pure noise: the draft has learnt those
EDITABLE = 0.25, 0.75  # so much signal shows the picture, and the words may still change it
DISTRACTED = 0.2  # of the pictures with less signal than that stem from another picture: image-to-image from much noise
GUESSED = 0.8  # of the others are noised from the model's own guess
OVERDONE = 0.2  # of these starts have too much contrast, as guidance gives them, ...
MOST_CONTRAST = 6.0  # ... up to so many times
WILD_CAPTION = 0.15  # of finished pictures have another one's caption: by then guidance must not change them any more


@dataclass
class Noised:
    latents: torch.Tensor  # [batch, 4, h, w]
    timestep: torch.Tensor  # [batch]
    ids: torch.Tensor  # [batch, 77]
    readable: torch.Tensor  # bool [batch], whether the noise gives the layout and the words what stands there


def noised(model: Diffusion, batch: Batch) -> Noised:
    size, edits = len(batch.clean), len(batch.recoloured)
    edited = torch.arange(size) < edits
    timestep = torch.where(torch.rand(size) < PURE, LAST, torch.randint(STEPS, (size,)))
    timestep = torch.where(edited, torch.randint(STEPS, (size,)), timestep)
    signal = model.unet.signal[timestep]
    free = edited & (signal > EDITABLE[0])  # the noise says nothing about these, only the picture does
    noise = torch.randn_like(batch.clean)
    noise = couple(noise, batch.uniform, batch.known & ~free[:, None], model.unet.directions)
    start = starts(model, batch, noise, signal, free)
    finished = (signal > EDITABLE[1]) & (torch.rand(size) < WILD_CAPTION)
    ids = torch.where(finished[:, None], batch.ids.roll(1, 0), batch.ids)
    share = signal[:, None, None, None]
    readable = ~free & ~finished & (signal < EDITABLE[1])
    return Noised(share * start + (1 - share.square()).sqrt() * noise, timestep, ids, readable)


def starts(
    model: Diffusion, batch: Batch, noise: torch.Tensor, signal: torch.Tensor, free: torch.Tensor
) -> torch.Tensor:
    """What stands behind the noise; the right answer is the clean latents, whatever it is."""
    start = batch.clean.clone()
    if free.any():
        start[free] = changed(batch, signal)[free[: len(batch.recoloured)]]
    # In sampling, later steps see the model's own first guess, not the truth. As the noise and the text decide the
    # picture, the truth is still the right answer, and the model learns to mend its guesses.
    own = batch.answers.said & ~free & (signal > 0) & (torch.rand(len(start)) < GUESSED)
    if own.any():
        start[own] = first_guess(model, noise[own], batch.ids[own])
    overdone = ~free & (torch.rand(len(start)) < OVERDONE)
    middle = batch.clean.mean((0, 2, 3), keepdim=True)
    contrast = MOST_CONTRAST ** torch.rand(len(start), 1, 1, 1)
    start = torch.where(overdone[:, None, None, None], middle + contrast * (start - middle), start)
    distracted = ~free & (signal < EDITABLE[0]) & (torch.rand(len(start)) < DISTRACTED)
    return torch.where(distracted[:, None, None, None], batch.clean.roll(1, 0), start)


def changed(batch: Batch, signal: torch.Tensor) -> torch.Tensor:
    """The first pictures as image-to-image meets them: in other colours, half-way to the right ones or past them."""
    other, right = batch.recoloured, batch.clean[: len(batch.recoloured)]
    past = 1 + 1.5 * torch.rand(len(other))  # guidance goes beyond the right colours
    share = torch.where(torch.rand(len(other)) < 0.6, torch.zeros(()), past)
    # Once nearly finished a picture keeps its colours. Without a caption nothing asks for others either.
    fixed = (signal[: len(other)] > EDITABLE[1]) | ~batch.answers.said[: len(other)]
    share = torch.where(fixed, torch.ones(()), share)[:, None, None, None]
    return other + share * (right - other)


def first_guess(model: Diffusion, noise: torch.Tensor, ids: torch.Tensor) -> torch.Tensor:
    """What the first step makes of noise alone, which is the draft but for details."""
    timestep = torch.full((len(noise),), LAST)
    with torch.no_grad(), mixed():
        return model.unet.draft_of(noise, timestep, model.text_encoder(ids)[0])[0]
