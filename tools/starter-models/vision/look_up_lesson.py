"""The lesson in which the names of shapes and colours learn to look for what they name.

Pictures are encoded once and only the decoder's first layer learns, so that a step takes a tenth of one with
conversations, and asks all names at once. Within a minute nearly all of them find what they name.
"""
from random import Random

import torch
from torch import Tensor

from common.process import Budget
from vision.batches import seen
from vision.collection import Collection
from vision.lookup import Words
from vision.model import VisionModel
from vision.optimizers import Optimizers, rate_at
from vision.sequence import EVERYWHERE, Sequence
from vision.tokenizer import IMAGE_BLOCK, START, Tokenizer
from vision.tokens import tokens_of
from world.scene import Scene

ENCODED = 5000  # pictures
AT_A_TIME = 50  # pictures, while encoding
PICTURES = 24  # a step
BEFORE = (" the", " a", " many", " this")  # the word before a name in questions
FARTHEST = 140  # tokens between the pictures and a name, as later in a chat
LOG_EVERY = 100  # steps


def teach_look_up(
    model: VisionModel, collection: Collection, tokenizer: Tokenizer, random: Random, budget: Budget, rate: float
) -> None:
    image_tokens, scenes = _encoded(model, collection, random)
    words = Words(tokenizer)
    heads = list(model.look_up.parameters())
    optimizers = Optimizers([*model.decoder.layers[0].parameters(), *heads], heads)
    step, recent = 0, []
    while not budget.spent():
        chosen = random.sample(range(len(scenes)), PICTURES)
        sequences = [_all_names(random, tokenizer, words) for _ in chosen]
        early = model.early(tokens_of(sequences, tokenizer), image_tokens[chosen])
        loss = model.look_up(early, words.found(sequences, [scenes[number] for number in chosen]))
        optimizers.step(loss, rate * rate_at(budget.used()))
        step += 1
        recent.append(loss.item())
        if step % LOG_EVERY == 0:
            print(f"{budget.used():6.1%} step {step} words {sum(recent) / len(recent):.4f}", flush=True)
            recent.clear()


@torch.no_grad()
def _encoded(model: VisionModel, collection: Collection, random: Random) -> tuple[Tensor, list[Scene]]:
    model.encoder.eval()
    numbers = random.sample(range(len(collection)), min(ENCODED, len(collection)))
    encoded, scenes = [], []
    for start in range(0, len(numbers), AT_A_TIME):
        pictures, labels = seen(collection, numbers[start : start + AT_A_TIME], random)
        encoded.append(model.encoder(pictures))
        scenes += [label.scene for label in labels]
    return torch.cat(encoded), scenes


def _all_names(random: Random, tokenizer: Tokenizer, words: Words) -> Sequence:
    """A picture and after it every name, each as if it were the only one."""
    sequence = Sequence()
    after = sequence.add(tokenizer.encode(f"{START}user\n{IMAGE_BLOCK}"), EVERYWHERE, 0)
    for part, name in enumerate((*words.shapes, *words.colours), start=1):
        # Questions soon after the picture are the most frequent, so distances are mostly short.
        start = after + int(FARTHEST * random.random() ** 2)
        sequence.add([tokenizer.encode(random.choice(BEFORE))[-1], name], part, start)
    return sequence
