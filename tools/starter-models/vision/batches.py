"""Batches: pictures slightly changed anew each time they are seen, and conversations about them as tensors."""
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

import numpy as np
import torch
from torch import Tensor

from vision.collection import Collection, Labelled, mirrored
from vision.conversation import about_none, about_one, about_two
from vision.sequence import EVERYWHERE, Sequence, sequence_of
from vision.tokenizer import IMAGE, Tokenizer

NOTHING = -1  # the part of padding, which nothing sees


@dataclass(frozen=True)
class Batch:
    pictures: Tensor  # float [pictures, 3, SIDE, SIDE], -1 to 1, in the order of the sequences' image tokens
    labels: list[Labelled]
    ids: Tensor  # int [sequences, tokens]
    positions: Tensor  # int [sequences, tokens]
    visible: Tensor  # bool [sequences, 1, tokens, tokens]
    image_at: Tensor  # flat places of the image tokens
    answer_at: Tensor  # flat places from which an answer's tokens are foretold
    wanted: Tensor  # those tokens


def batches(collection: Collection, tokenizer: Tokenizer, random: Random, pictures: int) -> Iterator[Batch]:
    """Endless. About a twelfth of the pictures come in pairs, and a few sequences have none."""
    while True:
        order = random.sample(range(len(collection)), len(collection))
        for start in range(0, len(order) - pictures + 1, pictures):
            yield _batch(collection, order[start : start + pictures], tokenizer, random)


def _batch(collection: Collection, numbers: list[int], tokenizer: Tokenizer, random: Random) -> Batch:
    seen = [_seen(collection, number, random) for number in numbers]
    labels = [label for _, label in seen]
    paired = len(labels) // 8 // 2 * 2
    pairs = zip(labels[0:paired:2], labels[1:paired:2])
    conversations = [about_two(random, first.scene, second.scene) for first, second in pairs]
    conversations += [about_one(random, label.scene) for label in labels[paired:]]
    conversations += [about_none(random) for _ in range(1 + len(labels) // 16)]
    sequences = [sequence_of(conversation, tokenizer) for conversation in conversations]
    return _collated(_normalized([pixels for pixels, _ in seen], random), labels, sequences, tokenizer)


def _seen(collection: Collection, number: int, random: Random) -> tuple[np.ndarray, Labelled]:
    pixels, label = collection.pixels[number], collection.labels[number]
    if random.random() < 0.5:
        return pixels[:, ::-1], mirrored(label)
    return pixels, label


def _normalized(pixels: list[np.ndarray], random: Random) -> Tensor:
    """To -1..1, with a little noise on half of the pictures, and lighter or darker by a few levels."""
    pictures = torch.from_numpy(np.stack(pixels)).permute(0, 3, 1, 2).float() / 127.5 - 1
    noise = torch.tensor([random.uniform(0, 0.08) if random.random() < 0.5 else 0.0 for _ in pixels])
    light = torch.tensor([random.uniform(-0.05, 0.05) for _ in pixels])
    pictures = pictures + torch.randn_like(pictures) * noise.view(-1, 1, 1, 1) + light.view(-1, 1, 1, 1)
    return pictures.clamp(-1, 1)


def _collated(pictures: Tensor, labels: list[Labelled], sequences: list[Sequence], tokenizer: Tokenizer) -> Batch:
    ids = _padded([sequence.ids for sequence in sequences], tokenizer.special["<pad>"])
    parts = _padded([sequence.parts for sequence in sequences], NOTHING)
    is_answer = _padded([sequence.is_answer for sequence in sequences], 0).bool()
    answer_at = is_answer[:, 1:].flatten().nonzero().flatten()
    answer_at = answer_at + answer_at // (ids.shape[1] - 1)  # places among rows one shorter, to places among whole rows
    return Batch(
        pictures=pictures.contiguous(memory_format=torch.channels_last),
        labels=labels,
        ids=ids,
        positions=_padded([sequence.positions for sequence in sequences], 0),
        visible=_visible(parts),
        image_at=(ids.flatten() == tokenizer.special[IMAGE]).nonzero().flatten(),
        answer_at=answer_at,
        wanted=ids.flatten()[answer_at + 1],
    )


def _padded(rows: list[list[int]], filler: int) -> Tensor:
    width = max(map(len, rows))
    return torch.tensor([[*row, *[filler] * (width - len(row))] for row in rows])


def _visible(parts: Tensor) -> Tensor:
    query, key = parts.unsqueeze(2), parts.unsqueeze(1)
    earlier = torch.ones(parts.shape[1], parts.shape[1], dtype=torch.bool).tril()
    return (earlier & ((key == query) | (key == EVERYWHERE))).unsqueeze(1)
