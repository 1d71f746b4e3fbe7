"""Batches for the denoiser: clean latents, their captions, and the layout numbers that the noise must hold."""
from dataclasses import dataclass
from random import Random

import numpy as np
import torch

from common.precision import mixed
from image.captions import NULL, caption, unnamed_background
from image.coupling import DIRECTIONS
from image.layout import MAX_SHAPES, NUMBERS_PER_SHAPE
from image.masks import PALETTE, Bucket, Masked
from image.models.hints import Answers
from image.models.vae import Encoder
from image.tokenizer import Tokenizer
from world.scene import Scene, Shape
from world.words import COLOURS, SHAPES

NAMES = list(COLOURS)
NO_SHAPE = -100  # the class that a cross entropy leaves out
DROPPED = 0.08  # captions left out, for the unconditional half of guidance
UNNAMED = 0.12  # captions that leave the background out
EDITED = 0.4  # of a batch also comes in other colours, for image-to-image


@dataclass
class Batch:
    clean: torch.Tensor  # [batch, 4, h, w]
    recoloured: torch.Tensor  # [less, 4, h, w], the first of them in other colours
    ids: torch.Tensor  # [batch, 77]
    uniform: torch.Tensor  # [batch, 12], the layout's numbers
    known: torch.Tensor  # bool [batch, 12], which of them the picture has
    answers: Answers


class Scenes:
    """Draws batches from the cached masks."""

    def __init__(
        self, buckets: list[Bucket], encoder: Encoder, scaling: float, tokenizer: Tokenizer, seed: int
    ) -> None:
        self.buckets, self.encoder, self.scaling, self.tokenizer = buckets, encoder.eval(), scaling, tokenizer
        self.random, self.words = np.random.default_rng(seed), Random(seed)
        shares = np.array([len(bucket.masks) ** 0.8 for bucket in buckets])
        self.shares = shares / shares.sum()

    def batch(self, most: int, latents: int) -> Batch:
        """Up to `most` pictures of one size, fewer when they are long or hold more than `latents` latents together."""
        bucket = self.buckets[self.random.choice(len(self.buckets), p=self.shares)]
        short, long = sorted((bucket.height, bucket.width))
        size = max(4, min(most * short // long, latents // (short * long)))
        drawn = [bucket.draw(self.random) for _ in range(size)]
        masks, counts = [one.mask for one in drawn], [len(one.kinds) for one in drawn]
        scenes, texts = zip(*(self._words(one) for one in drawn))
        answers = describe(scenes, texts, bucket.cover(masks, counts, (bucket.height, bucket.width)))
        # Where there is no shape there is no mask either, so any colour does.
        pixels = bucket.colour(masks, counts, PALETTE[answers.colours.clamp(min=0)], PALETTE[answers.ground])
        uniform = torch.full((size, DIRECTIONS), 0.5)
        for row, one in zip(uniform, drawn):
            row[: one.uniform.size] = torch.from_numpy(one.uniform.reshape(-1))
        known = torch.arange(DIRECTIONS) < NUMBERS_PER_SHAPE * torch.tensor(counts)[:, None]
        ids = torch.tensor([self.tokenizer.encode(text) for text in texts])
        recoloured = self._recoloured(bucket, drawn[: round(size * EDITED)])
        return Batch(self._encode(pixels), recoloured, ids, uniform, known, answers)

    def _recoloured(self, bucket: Bucket, drawn: list[Masked]) -> torch.Tensor:
        """The same masks in colours of their own."""
        picks = torch.from_numpy(self.random.integers(len(PALETTE), size=(len(drawn), MAX_SHAPES + 1)))
        masks, counts = [one.mask for one in drawn], [len(one.kinds) for one in drawn]
        return self._encode(bucket.colour(masks, counts, PALETTE[picks[:, 1:]], PALETTE[picks[:, 0]]))

    def _words(self, one: Masked) -> tuple[Scene, str]:
        """Colours for the shapes and the background, and a caption that says them."""
        named = self.words.random() >= UNNAMED
        background = self.words.choice(NAMES)
        others = [name for name in NAMES if name != background]
        colours = [self.words.choice(others) for _ in one.kinds]
        if not named:
            background = unnamed_background(colours)
        # A caption does not say where a shape stands, so the place is left at the centre here.
        shapes = tuple(Shape(SHAPES[kind], colour, 0, 0, 0, 0) for kind, colour in zip(one.kinds, colours))
        scene = Scene(background, shapes)
        text = NULL if self.words.random() < DROPPED else caption(self.words, scene, named)
        return scene, text

    def _encode(self, pixels: torch.Tensor) -> torch.Tensor:
        with torch.no_grad(), mixed():
            return self.encoder(pixels).float() * self.scaling


def describe(scenes: tuple[Scene, ...], texts: tuple[str, ...], cover: torch.Tensor) -> Answers:
    """What the auxiliary heads are asked about a batch."""
    colours = torch.full((len(scenes), MAX_SHAPES), NO_SHAPE)
    kinds = colours.clone()
    for i, scene in enumerate(scenes):
        for j, shape in enumerate(scene.shapes):
            colours[i, j] = NAMES.index(shape.colour)
            kinds[i, j] = SHAPES.index(shape.kind)
    ground = torch.tensor([NAMES.index(scene.background) for scene in scenes])
    return Answers(ground, colours, kinds, torch.tensor([text != NULL for text in texts]), cover)
