"""Ties the layout of a training picture to its noise.

Ordinary diffusion pairs every picture with any noise, so that from pure noise the best guess is the blurred mean of all
layouts, and it takes many steps to settle on one. Here twelve fixed directions of the noise say where the shapes stand
(as rectified flow does after it is straightened), so even the first step can draw a sharp picture, and which layout
comes out depends on the seed alone. The noise stays exactly Gaussian, so any sampler that starts from Gaussian noise
can use the model.
"""
import math

import torch

from image.layout import MAX_SHAPES, NUMBERS_PER_SHAPE

CHANNELS = 4
PATCH = 8  # the directions read 8 x 8 latents, spread over the picture: the smallest picture has no more
DIRECTIONS = MAX_SHAPES * NUMBERS_PER_SHAPE


def directions() -> torch.Tensor:
    """`[12, 256]` orthonormal rows: the finest cosine waves of each channel.

    Pictures of flat areas hold next to nothing of such waves, so the noise can be read behind the picture at any step.
    """
    at = (torch.arange(PATCH) + 0.5) * math.pi / PATCH
    waves = [torch.cos(at * turns) * (2 / PATCH) ** 0.5 for turns in range(PATCH)]
    finest = [(7, 7), (7, 6), (6, 7)]
    rows = torch.zeros(DIRECTIONS, CHANNELS, PATCH, PATCH)
    for i, row in enumerate(rows):
        down, across = finest[i // CHANNELS]
        row[i % CHANNELS] = waves[down][:, None] * waves[across]
    return rows.flatten(1)


def spread(cells: torch.Tensor | int, length: torch.Tensor | int) -> torch.Tensor:
    """Indices of `cells` latents spread evenly over `length`, one in the middle of each cell."""
    return torch.div((2 * torch.arange(cells) + 1) * length, 2 * cells, rounding_mode="floor")


def read(latents: torch.Tensor, rows: torch.Tensor) -> torch.Tensor:
    """`[batch, 12]`: the latents `[batch, 4, h, w]` along the directions; standard normal for noise."""
    return _patch(latents).flatten(1) @ rows.t()


def couple(noise: torch.Tensor, uniform: torch.Tensor, known: torch.Tensor, rows: torch.Tensor) -> torch.Tensor:
    """The noise `[batch, 4, h, w]` changed so that it reads as `uniform [batch, 12]` where `known [batch, 12]`."""
    wanted = torch.erfinv((2 * uniform - 1).clamp(-0.9995, 0.9995)) * 2**0.5
    change = torch.where(known, wanted - read(noise, rows), torch.zeros(()))
    patch = _patch(noise) + (change @ rows).view(-1, CHANNELS, PATCH, PATCH)
    coupled = noise.clone()
    down, across = spread(PATCH, noise.shape[2]), spread(PATCH, noise.shape[3])
    coupled[:, :, down[:, None], across[None, :]] = patch
    return coupled


def _patch(latents: torch.Tensor) -> torch.Tensor:
    down, across = spread(PATCH, latents.shape[2]), spread(PATCH, latents.shape[3])
    return latents.index_select(2, down).index_select(3, across)
