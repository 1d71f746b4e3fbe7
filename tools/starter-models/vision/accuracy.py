"""How many answers about pictures not trained on are exact, by kind of question."""
from collections import defaultdict
from dataclasses import dataclass
from itertools import islice
from random import Random

import torch
from torch import Tensor

from common.precision import mixed
from vision.batches import Batch, batches
from vision.collection import Collection
from vision.model import VisionModel, exact_answers
from vision.tokenizer import END, Tokenizer

PICTURES = 24  # at a time


@dataclass(frozen=True)
class Answered:
    logits: Tensor  # of the answers' tokens
    image_tokens: Tensor
    early: Tensor  # states after the decoder's first layer
    exact: list[bool]  # of every answer, whether greedy decoding would give it word for word


def answered(model: VisionModel, batch: Batch, tokenizer: Tokenizer) -> Answered:
    with mixed():
        image_tokens = model.encoder(batch.pictures)
        decoded = model(batch.tokens, image_tokens)
        logits = model.decoder.logits(decoded.states.flatten(0, 1)[batch.tokens.answer_at]).float()
    ends = batch.tokens.wanted == tokenizer.special[END]
    exact = exact_answers(logits.detach(), batch.tokens.wanted, ends)
    return Answered(logits, image_tokens.float(), decoded.early, exact)


@torch.no_grad()
def accuracy(model: VisionModel, collection: Collection, tokenizer: Tokenizer, pictures: int) -> dict[str, float]:
    """The share of exact answers by kind of question."""
    training = model.encoder.training  # only its batch norm behaves otherwise in training
    model.encoder.eval()
    right: dict[str, list[bool]] = defaultdict(list)
    for batch in islice(batches(collection, tokenizer, Random(7), PICTURES), pictures // PICTURES):
        for kind, exact in zip(batch.kinds, answered(model, batch, tokenizer).exact):
            right[kind].append(exact)
    model.encoder.train(training)
    return {kind: sum(exact) / len(exact) for kind, exact in sorted(right.items())}


def as_line(shares: dict[str, float]) -> str:
    mean = sum(shares.values()) / len(shares)
    return f"held out {mean:.4f}: " + ", ".join(f"{kind} {share:.3f}" for kind, share in shares.items())
