"""Batches of what make_data kept: rows of about the same length together, in a new order every time round."""
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

HELD_OUT_READING = 400  # texts at the end of each file are not learned from
HELD_OUT_SPEAKING = 40
ROWS_SORTED_TOGETHER = 50  # batches


@dataclass(frozen=True)
class Inventory:
    labels: list[list[str]]
    phonemes: list[str]

    @staticmethod
    def load(folder: Path) -> "Inventory":
        return Inventory(**json.loads((folder / "inventory.json").read_text()))


def batches(lengths: np.ndarray, rows: np.ndarray, items: int, random: np.random.Generator) -> Iterator[np.ndarray]:
    """Row numbers, in batches of about `items` items with padding, for ever."""
    while True:
        order = random.permutation(rows)
        size = max(1, int(items / lengths[rows].mean()))
        chunk = size * ROWS_SORTED_TOGETHER
        for start in range(0, len(order), chunk):
            near = order[start : start + chunk]
            near = near[np.argsort(lengths[near], kind="stable")]
            groups = _cut(near, lengths, items)
            for index in random.permutation(len(groups)):
                yield groups[index]


def _cut(rows: np.ndarray, lengths: np.ndarray, items: int) -> list[np.ndarray]:
    groups, start = [], 0
    for end in range(1, len(rows) + 1):
        if end == len(rows) or (end + 1 - start) * lengths[rows[end]] > items:
            groups.append(rows[start:end])
            start = end
    return groups


class Rows:
    """An array of rows of different lengths, stored one after the other."""

    def __init__(self, data: np.ndarray, lengths: np.ndarray) -> None:
        self._data, self.lengths = data, lengths
        self._starts = np.concatenate([[0], np.cumsum(lengths)])

    def padded(self, rows: np.ndarray, dtype: torch.dtype) -> Tensor:
        """[len(rows), longest, ...], zeros after a row's end."""
        longest = self.lengths[rows].max()
        out = np.zeros((len(rows), longest, *self._data.shape[1:]), self._data.dtype)
        for place, row in enumerate(rows):
            out[place, : self.lengths[row]] = self._data[self._starts[row] : self._starts[row + 1]]
        return torch.from_numpy(out).to(dtype)

    def counts(self, rows: np.ndarray) -> Tensor:
        return torch.from_numpy(self.lengths[rows].astype(np.int64))


class ReadingLessons:
    def __init__(self, folder: Path) -> None:
        data = np.load(folder / "reading.npz")
        self.characters = Rows(data["characters"], data["lengths"])
        self.labels = Rows(data["labels"], data["lengths"])
        self.learned, self.held_out = _split(len(data["lengths"]), HELD_OUT_READING)


class SpeakingLessons:
    def __init__(self, folder: Path) -> None:
        data = np.load(folder / "speaking.npz")
        phonemes, frames = data["lengths"].T
        self.phonemes = Rows(data["phonemes"], phonemes)
        self.durations = Rows(data["durations"], phonemes)
        self.pitch = Rows(data["pitch"], frames)
        self.voiced = Rows(data["voiced"], frames)
        self.envelope = Rows(data["envelope"], frames)
        self.noise = Rows(data["noise"], frames)
        envelope = data["envelope"][::7].astype(np.float32)
        self.envelope_mean, self.envelope_scale = envelope.mean(0), envelope.std(0)
        self.learned, self.held_out = _split(len(frames), HELD_OUT_SPEAKING)


def _split(count: int, held_out: int) -> tuple[np.ndarray, np.ndarray]:
    return np.arange(count - held_out), np.arange(count - held_out, count)
