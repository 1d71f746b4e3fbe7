"""Generated conversations as batches of tokens."""
from collections.abc import Iterator
from random import Random

import torch
from torch import Tensor

from starter_chat.conversations.conversation import conversation
from starter_chat.conversations.plain_text import plain_text
from starter_chat.randomness import Pool
from starter_chat.tokenizer.pieces import IM_END_ID
from starter_chat.tokenizer.tokenizer import Tokenizer

TEXTS_SORTED_TOGETHER = 12000

# token ids, and for each whether the model has to produce it
Row = tuple[list[int], list[bool]]


def batches(tokenizer: Tokenizer, seed: int, tokens: int, context: int) -> Iterator[list[Row]]:
    """Endless batches of rows of roughly equal length, about `tokens` tokens each with padding."""
    rng = Random(seed)
    pool = Pool(rng)
    while True:
        rows = [_row(rng, pool, tokenizer, context) for _ in range(TEXTS_SORTED_TOGETHER)]
        # A little disorder, so that the same lengths do not always meet in a batch.
        rows.sort(key=lambda row: len(row[0]) + rng.random() * 8)
        groups, group, width = [], [], 0
        for row in rows:
            width = max(width, len(row[0]))
            if group and width * (len(group) + 1) > tokens:
                groups.append(group)
                group, width = [], len(row[0])
            group.append(row)
        groups.append(group)
        rng.shuffle(groups)
        yield from groups


def _row(rng: Random, pool: Pool, tokenizer: Tokenizer, context: int) -> Row:
    if rng.random() < .02:
        ids = tokenizer.encode(plain_text(rng)) + [IM_END_ID]
        produced = [True] * len(ids)
    else:
        ids, produced, _ = tokenizer.encode_chat(conversation(rng, pool))
    return ids[:context], produced[:context]


def collate(rows: list[Row]) -> tuple[Tensor, Tensor, Tensor]:
    """ids (rows, longest) padded with 0, the flat positions whose next token the model has to produce, those tokens."""
    longest = max(len(ids) for ids, _ in rows)
    ids = torch.zeros(len(rows), longest, dtype=torch.long)
    predicts = torch.zeros(len(rows), longest, dtype=torch.bool)
    for i, (row_ids, produced) in enumerate(rows):
        ids[i, :len(row_ids)] = torch.tensor(row_ids)
        predicts[i, :len(row_ids) - 1] = torch.tensor(produced[1:])
    pick = predicts.view(-1).nonzero().view(-1)
    following = torch.roll(ids, -1, 1)
    return ids, pick, following.view(-1)[pick]
