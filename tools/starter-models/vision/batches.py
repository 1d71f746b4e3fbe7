"""Batches: pictures slightly changed anew each time they are seen, and conversations about them as tensors."""
from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

import numpy as np
import torch
from torch import Tensor

from vision.collection import Collection, Labelled, mirrored
from vision.conversation import about_none, about_one, about_two
from vision.lookup import Found, Words
from vision.sequence import sequence_of
from vision.tokenizer import Tokenizer
from vision.tokens import Tokens, tokens_of


@dataclass(frozen=True)
class Batch:
    pictures: Tensor  # float [pictures, 3, SIDE, SIDE], -1 to 1, in the order of the sequences' image tokens
    labels: list[Labelled]
    tokens: Tokens
    kinds: list[str]  # of question, for every answer
    found: tuple[Found, Found]  # by the words that name shapes and by those that name colours


def batches(collection: Collection, tokenizer: Tokenizer, random: Random, pictures: int) -> Iterator[Batch]:
    """Endless. A third of the pictures come in pairs, and a few sequences have none."""
    words = Words(tokenizer)
    while True:
        order = random.sample(range(len(collection)), len(collection))
        for start in range(0, len(order) - pictures + 1, pictures):
            yield _batch(collection, order[start : start + pictures], tokenizer, words, random)


def _batch(collection: Collection, numbers: list[int], tokenizer: Tokenizer, words: Words, random: Random) -> Batch:
    pictures, labels = seen(collection, numbers, random)
    paired = len(labels) // 3 // 2 * 2
    pairs = zip(labels[0:paired:2], labels[1:paired:2])
    conversations = [about_two(random, first.scene, second.scene) for first, second in pairs]
    conversations += [about_one(random, label.scene) for label in labels[paired:]]
    conversations += [about_none(random) for _ in range(1 + len(labels) // 16)]
    sequences = [sequence_of(conversation, tokenizer) for conversation in conversations]
    scenes = [None] * (paired // 2) + [label.scene for label in labels[paired:]]
    return Batch(
        pictures=pictures,
        labels=labels,
        tokens=tokens_of(sequences, tokenizer),
        kinds=[turn.kind for conversation in conversations for turn in conversation.turns],
        found=words.found(sequences, scenes),
    )


def seen(collection: Collection, numbers: list[int], random: Random) -> tuple[Tensor, list[Labelled]]:
    """Pictures by number as the encoder takes them, half of them mirrored, and what they show now."""
    looks = [_seen(collection, number, random) for number in numbers]
    pictures = _normalized([pixels for pixels, _ in looks], random)
    return pictures.contiguous(memory_format=torch.channels_last), [label for _, label in looks]


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
