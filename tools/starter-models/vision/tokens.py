"""Sequences as the tensors of one batch."""
from dataclasses import dataclass

import torch
from torch import Tensor

from vision.sequence import EVERYWHERE, Sequence
from vision.tokenizer import IMAGE, PAD, Tokenizer

NOTHING = -1  # the part of padding, which nothing sees


@dataclass(frozen=True)
class Tokens:
    ids: Tensor  # int [sequences, tokens]
    positions: Tensor  # int [sequences, tokens]
    visible: Tensor  # bool [sequences, 1, tokens, tokens]
    image_at: Tensor  # flat places of the image tokens
    answer_at: Tensor  # flat places from which an answer's tokens are foretold
    wanted: Tensor  # those tokens


def tokens_of(sequences: list[Sequence], tokenizer: Tokenizer) -> Tokens:
    ids = _padded([sequence.ids for sequence in sequences], tokenizer.special[PAD])
    is_answer = _padded([sequence.is_answer for sequence in sequences], 0).bool()
    answer_at = is_answer[:, 1:].flatten().nonzero().flatten()
    answer_at = answer_at + answer_at // (ids.shape[1] - 1)  # places among rows one shorter, to places among whole rows
    return Tokens(
        ids=ids,
        positions=_padded([sequence.positions for sequence in sequences], 0),
        visible=_visible(_padded([sequence.parts for sequence in sequences], NOTHING)),
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
