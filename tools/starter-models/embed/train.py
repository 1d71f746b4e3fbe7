"""Trains the encoder on the examples that `make_data` wrote.

    python3 -m embed.train --minutes 20 [--resume]
"""
import argparse
import json
import math
from dataclasses import asdict

from common.process import Budget, prepare, seed_all

if __name__ == "__main__":
    prepare(threads=1)

import numpy as np
import torch
from torch import nn

from common.precision import mixed
from embed.accuracy import triplet_accuracy
from embed.batches import Batch, batches
from embed.loss import contrastive_loss
from embed.network import Encoder, sentence_vectors
from embed.settings import DATA, SEED, Shape
from embed.tokenizer.wordpiece import WordPiece

CHECKPOINT = DATA / "checkpoint.pt"
BATCH = 32  # examples, of four sentences each; roles take many steps to learn, so more small ones beat fewer big ones
PEAK_RATE = 2e-3
WARM_UP = 0.05  # of the budget
WEIGHT_DECAY = 0.05
LOG_EVERY = 50
SAVE_EVERY = 200


class Run:
    """One training run: the network, its optimiser and how much of the budget earlier runs used."""

    def __init__(self, pieces: list[str], resume: bool) -> None:
        self.pieces = pieces
        self.shape = Shape(vocab_size=len(pieces))
        self.encoder = Encoder(self.shape)
        self.optimizer = _optimizer(self.encoder)
        self.step, self.done_before = 0, 0.0
        if resume:
            self._load()

    def train_on(self, batch: Batch, done: float) -> float:
        """One step at the learning rate for `done`, 0 to 1; the loss."""
        for group in self.optimizer.param_groups:
            group["lr"] = learning_rate(done)
        with mixed():
            vectors = sentence_vectors(self.encoder, batch.input_ids, batch.attention_mask)
        loss = contrastive_loss(vectors.float(), batch.keys, batch.examples)
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        nn.utils.clip_grad_norm_(self.encoder.parameters(), 1.0)
        self.optimizer.step()
        self.step += 1
        return loss.item()

    def save(self, done: float) -> None:
        state = {
            "shape": asdict(self.shape), "pieces": self.pieces, "encoder": self.encoder.state_dict(),
            "optimizer": self.optimizer.state_dict(), "step": self.step, "done": done,
        }
        torch.save(state, CHECKPOINT)

    def _load(self) -> None:
        state = torch.load(CHECKPOINT)
        if state["pieces"] != self.pieces:
            raise ValueError("the checkpoint was trained with another vocabulary; train without --resume")
        self.encoder.load_state_dict(state["encoder"])
        self.optimizer.load_state_dict(state["optimizer"])
        self.step, self.done_before = state["step"], state["done"]


def learning_rate(done: float) -> float:
    """Linear warm-up, then a cosine to zero at the end of the budget."""
    return PEAK_RATE * min(1.0, (done + 1e-4) / WARM_UP) * (0.5 + 0.5 * math.cos(math.pi * done))


def _optimizer(encoder: Encoder) -> torch.optim.AdamW:
    """Weight decay on the matrices only: pieces that training rarely meets keep their vectors."""
    decayed = [weight for weight in encoder.layers.parameters() if weight.dim() > 1]
    others = [weight for weight in encoder.parameters() if all(weight is not other for other in decayed)]
    groups = [{"params": decayed, "weight_decay": WEIGHT_DECAY}, {"params": others, "weight_decay": 0.0}]
    return torch.optim.AdamW(groups, lr=PEAK_RATE, betas=(0.9, 0.98), foreach=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--minutes", type=float, default=20, help="processor minutes of one thread")
    parser.add_argument("--resume", action="store_true", help="go on from the last checkpoint to the end of the budget")
    options = parser.parse_args()
    seed_all(SEED)
    tokenizer = WordPiece(json.loads((DATA / "pieces.json").read_text("utf-8")))
    with np.load(DATA / "train.npz") as data:
        ids, keys = data["ids"], data["keys"]
    run = Run(tokenizer.pieces, options.resume)
    print(f"{sum(weight.numel() for weight in run.encoder.parameters())} parameters, {len(ids)} examples", flush=True)
    train(run, batches(ids, keys, BATCH, SEED + run.step), options.minutes)
    print(triplet_accuracy(run.encoder, tokenizer), flush=True)


def train(run: Run, source, minutes: float) -> None:
    """Trains until the budget is spent; a checkpoint every few hundred steps."""
    left = 1 - run.done_before
    budget = Budget(minutes * left)
    losses: list[float] = []
    while not budget.spent():
        done = run.done_before + left * budget.used()
        losses.append(run.train_on(next(source), done))
        if run.step % LOG_EVERY == 0:
            print(f"step {run.step} loss {sum(losses) / len(losses):.4f} {done:.1%}", flush=True)
            losses.clear()
        if run.step % SAVE_EVERY == 0:
            run.save(done)
    run.save(1.0)


if __name__ == "__main__":
    main()
