"""Triplet accuracy in torch, to watch a training run; the figures that count come from `evaluate.mjs`."""
from collections import defaultdict

import torch
from torch import Tensor

from embed.network import Encoder, sentence_vectors
from embed.settings import EVALUATION
from embed.tokenizer.wordpiece import PAD, WordPiece


def triplet_accuracy(encoder: Encoder, tokenizer: WordPiece) -> dict[str, float]:
    """By kind: how often the anchor is nearer to the positive than to the negative."""
    lines = (EVALUATION / "triplets.tsv").read_text("utf-8").splitlines()
    kinds, *columns = zip(*(line.split("\t") for line in lines))
    with torch.no_grad():
        anchors, positives, negatives = (_vectors(encoder, tokenizer, texts) for texts in columns)
    right = (anchors * positives).sum(-1) > (anchors * negatives).sum(-1)
    by_kind: dict[str, list[bool]] = defaultdict(list)
    for kind, correct in zip(kinds, right.tolist()):
        by_kind[kind].append(correct)
    return {kind: round(sum(values) / len(values), 3) for kind, values in by_kind.items()}


def _vectors(encoder: Encoder, tokenizer: WordPiece, texts: tuple[str, ...]) -> Tensor:
    rows = [tokenizer.encode(text) for text in texts]
    ids = torch.full((len(rows), max(map(len, rows))), PAD)
    for number, row in enumerate(rows):
        ids[number, : len(row)] = torch.tensor(row)
    return sentence_vectors(encoder, ids, (ids != PAD).long())
