"""Batches of examples, of roughly equal length each so that little of them is padding."""
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor


@dataclass(frozen=True)
class Batch:
    """`rows` is examples times sentences: all anchors, all positives, all first and then all second near misses."""

    input_ids: Tensor  # int64 [rows, length]
    attention_mask: Tensor  # int64 [rows, length]
    keys: Tensor  # int64 [rows], what each sentence means
    examples: int


def batches(ids: np.ndarray, keys: np.ndarray, size: int, seed: int) -> Iterator[Batch]:
    """Endless; every example once, then all again in another order."""
    random = np.random.default_rng(seed)
    lengths = (ids > 0).sum(-1).max(-1)
    while True:
        order = np.argsort(lengths + random.uniform(0, 3, len(ids)))
        groups = order[: len(order) // size * size].reshape(-1, size)
        for group in random.permutation(groups):
            yield make_batch(ids[group], keys[group])


def make_batch(ids: np.ndarray, keys: np.ndarray) -> Batch:
    """From token ids [examples, sentences, length] and meanings [examples, sentences]."""
    examples, sentences, _ = ids.shape
    rows = ids.swapaxes(0, 1).reshape(examples * sentences, -1)
    rows = torch.from_numpy(rows[:, : (rows > 0).sum(-1).max()].astype(np.int64))
    flat_keys = torch.from_numpy(keys.swapaxes(0, 1).reshape(-1).astype(np.int64))
    return Batch(rows, (rows > 0).long(), flat_keys, examples)
