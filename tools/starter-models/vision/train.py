"""Trains starter-vision on the pictures that make_data made.

    python3 -m vision.train --minutes 45

Writes data/starter-models/vision/model.pt now and then and at the end. `--resume` goes on from there for that many
minutes more, with a learning rate that starts anew.
"""
import argparse
import math
from itertools import islice
from pathlib import Path
from random import Random

from common.process import Budget, prepare, seed_all

if __name__ == "__main__":
    prepare(threads=1)

import torch
from torch import Tensor
from torch.nn import functional as F

from vision.batches import Batch, batches
from vision.collection import Collection
from vision.model import VisionModel, exact_answers
from vision.muon import Muon
from vision.shape import DATA
from vision.tokenizer import END, Tokenizer

PICTURES = 24  # a step
WARM_UP = 0.02  # of the budget
WEIGHT_DECAY = 0.05
AUXILIARY_WEIGHT = 0.3
LOG_EVERY, SAVE_EVERY = 50, 500  # steps


def main() -> None:
    options = _options()
    seed_all(options.seed)
    random = Random(options.seed)
    tokenizer = Tokenizer.load(options.data / "merges.json")
    collections = [Collection(options.data / name) for name in options.collections]
    held_out = Collection(options.data / "held_out")
    model = VisionModel(len(tokenizer))
    checkpoint = options.data / "model.pt"
    if options.resume:
        model.load_state_dict(torch.load(checkpoint))
    model.encoder.to(memory_format=torch.channels_last)
    train(model, _mixed(collections, tokenizer, random), held_out, tokenizer, checkpoint, options)
    torch.save(model.state_dict(), checkpoint)
    print(f"held out: {accuracy(model, held_out, tokenizer, 600):.4f} of the answers exact")


def train(model, stream, held_out, tokenizer, checkpoint: Path, options: argparse.Namespace) -> None:
    optimizers = Optimizers(model)
    end = tokenizer.special[END]
    budget, step, recent = Budget(options.minutes), 0, []
    while not budget.spent():
        answer_loss, auxiliary_loss, exact = _step(model, next(stream), end)
        model.zero_grad(set_to_none=True)
        (answer_loss + AUXILIARY_WEIGHT * auxiliary_loss).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizers.step(options.rate * _schedule(budget.used()))
        step += 1
        recent.append((float(answer_loss.detach()), float(auxiliary_loss.detach()), exact))
        if step % LOG_EVERY == 0:
            loss, extra, share = (sum(column) / len(recent) for column in zip(*recent))
            print(f"{budget.used():6.1%} step {step} answers {loss:.4f} cells {extra:.3f} exact {share:.3f}", flush=True)
            recent.clear()
        if step % SAVE_EVERY == 0:
            torch.save(model.state_dict(), checkpoint)
            print(f"held out {accuracy(model, held_out, tokenizer, 96):.4f}", flush=True)


def _step(model: VisionModel, batch: Batch, end: int) -> tuple[Tensor, Tensor, float]:
    """The loss of the answers, of the auxiliary head, and the share of answers that are exact."""
    with torch.autocast("cpu", dtype=torch.bfloat16):
        image_tokens = model.encoder(batch.pictures)
        states = model(batch.ids, batch.positions, batch.visible, image_tokens, batch.image_at)
        logits = model.decoder.logits(states.flatten(0, 1)[batch.answer_at])
    logits = logits.float()
    right, asked = exact_answers(logits.detach(), batch.wanted, batch.wanted == end)
    return F.cross_entropy(logits, batch.wanted), model.auxiliary(image_tokens.float(), batch.labels), right / asked


@torch.no_grad()
def accuracy(model: VisionModel, collection: Collection, tokenizer: Tokenizer, pictures: int) -> float:
    """The share of answers about unseen pictures that are exact: greedy decoding would give them word for word."""
    model.eval()
    stream = batches(collection, tokenizer, Random(7), PICTURES)
    shares = [_step(model, batch, tokenizer.special[END])[2] for batch in islice(stream, pictures // PICTURES)]
    model.train()
    return sum(shares) / len(shares)


def _mixed(collections: list[Collection], tokenizer: Tokenizer, random: Random):
    """Batches from every collection, as often as it has pictures."""
    streams = [batches(collection, tokenizer, random, PICTURES) for collection in collections]
    while True:
        yield next(random.choices(streams, [len(collection) for collection in collections])[0])


class Optimizers:
    """Muon for the matrices and convolutions, AdamW for embeddings, norms and the auxiliary head."""

    def __init__(self, model: VisionModel) -> None:
        outer = {model.decoder.embedding.weight, model.encoder.positions, *model.auxiliary.parameters()}
        inner = [parameter for parameter in model.parameters() if parameter.dim() > 1 and parameter not in outer]
        others = [parameter for parameter in model.parameters() if parameter.dim() <= 1 or parameter in outer]
        self.muon = Muon(inner, WEIGHT_DECAY)
        self.adam = torch.optim.AdamW(others, betas=(0.9, 0.97), weight_decay=0.0, foreach=True)

    def step(self, rate: float) -> None:
        for group in self.adam.param_groups:
            group["lr"] = rate
        self.adam.step()
        self.muon.step(rate)


def _schedule(used: float) -> float:
    """Up in a straight line, then down to nothing as a cosine."""
    return min(1.0, used / WARM_UP + 0.01) * (0.5 + 0.5 * math.cos(math.pi * used))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--minutes", type=float, default=45, help="processor minutes of one thread")
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--collections", nargs="+", default=["training"], help="folders of pictures within the data")
    parser.add_argument("--rate", type=float, default=2e-3, help="the highest learning rate")
    parser.add_argument("--resume", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


if __name__ == "__main__":
    main()
