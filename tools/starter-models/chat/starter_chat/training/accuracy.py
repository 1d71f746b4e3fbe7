"""How often the model would answer held-out conversations word for word."""
from collections import Counter
from random import Random

import torch

from starter_chat.conversations.conversation import conversation
from starter_chat.model.transformer import Model
from starter_chat.randomness import Pool
from starter_chat.tokenizer.tokenizer import Tokenizer
from starter_chat.training.batches import collate

BATCH = 24      # conversations


def accuracy(model: Model, tokenizer: Tokenizer, seed: int, conversations: int) -> dict[str, float]:
    """Share of answers that greedy decoding would give exactly, by skill.

    The reference answer is fed in place of the decoded one, which comes to the same for an exact match.
    """
    rng = Random(seed)
    pool = Pool(rng, held_out=True)
    chats = sorted((tokenizer.encode_chat(conversation(rng, pool)) for _ in range(conversations)),
                   key=lambda chat: len(chat.ids))
    chats = [chat for chat in chats if len(chat.ids) <= model.shape.context]
    right, total = Counter(), Counter()
    model.eval()
    with torch.no_grad():
        for first in range(0, len(chats), BATCH):
            batch = chats[first:first + BATCH]
            ids, _, _ = collate([(chat.ids, chat.answered) for chat in batch])
            best = model(ids).argmax(-1).view(ids.shape)
            for row, chat in enumerate(batch):
                for skill, start, end in chat.spans:
                    total[skill] += 1
                    right[skill] += bool((best[row, start - 1:end - 1] == ids[row, start:end]).all())
    model.train()
    return {skill: right[skill] / total[skill] for skill in sorted(total)}
