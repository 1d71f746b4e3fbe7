"""Trains the reading and the speaking network, one after the other, within a budget of processor minutes.

Each keeps its checkpoint (`reader.pt`, `speaker.pt`), so that one can be trained again without the other.
"""
import argparse
import math
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from common.process import Budget, prepare, seed_all

if __name__ == "__main__":
    prepare(threads=1)

import numpy as np
import torch
from torch import Tensor, nn

from voice.lessons import Inventory, ReadingLessons, SpeakingLessons, batches
from voice.losses import reading_loss, speaking_losses
from voice.reader import Reader
from voice.settings import WORK
from voice.speaker import Speaker

SHARE_OF_READING = 0.55
READING_BATCH, SPEAKING_BATCH = 3000, 5000  # characters, frames
LEARNING_RATE = {"reader": 2e-3, "speaker": 2e-3}
WARM_UP_STEPS = 200
WEIGHT_DECAY = 0.02
LOG_SECONDS, SAVE_SECONDS = 20, 120
SEED = 21

Losses = dict[str, Tensor]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=60, help="processor minutes for both networks together")
    parser.add_argument("--only", choices=["reader", "speaker"], help="with all the minutes for it")
    parser.add_argument("--data", type=Path, default=WORK)
    parser.add_argument("--resume", action="store_true", help="go on from the checkpoint, with a new schedule")
    options = parser.parse_args()
    share = 1.0 if options.only else SHARE_OF_READING
    if options.only != "speaker":
        train_reader(options.data, options.minutes * share, options.resume)
    if options.only != "reader":
        train_speaker(options.data, options.minutes * (1.0 if options.only else 1 - share), options.resume)


def train_reader(folder: Path, minutes: float, resume: bool) -> None:
    seed_all(SEED)
    lessons, inventory = ReadingLessons(folder), Inventory.load(folder)
    reader = Reader(len(inventory.labels))
    order = batches(lessons.characters.lengths, lessons.learned, READING_BATCH, np.random.default_rng(SEED))
    run(reader, "reader", folder, minutes, resume, lambda: {"labels": reading_loss(reader, lessons, next(order))})


def train_speaker(folder: Path, minutes: float, resume: bool) -> None:
    seed_all(SEED + 1)
    lessons, inventory = SpeakingLessons(folder), Inventory.load(folder)
    speaker = Speaker(len(inventory.phonemes))
    speaker.envelope_mean.copy_(torch.from_numpy(lessons.envelope_mean))
    speaker.envelope_scale.copy_(torch.from_numpy(lessons.envelope_scale))
    order: Iterator[np.ndarray] = batches(
        lessons.pitch.lengths, lessons.learned, SPEAKING_BATCH, np.random.default_rng(SEED)
    )
    run(speaker, "speaker", folder, minutes, resume, lambda: speaking_losses(speaker, lessons, next(order)))


def run(
    model: nn.Module, name: str, folder: Path, minutes: float, resume: bool, next_losses: Callable[[], Losses]
) -> None:
    """Warm-up, then a cosine to zero over the budget. The losses of a step are added up."""
    checkpoint = folder / f"{name}.pt"
    if resume:
        model.load_state_dict(torch.load(checkpoint))
    print(f"{name}: {sum(p.numel() for p in model.parameters()) / 1e6:.2f} M parameters", flush=True)
    optimizer = torch.optim.AdamW(model.parameters(), betas=(0.9, 0.98), weight_decay=WEIGHT_DECAY)
    budget, step = Budget(minutes), 0
    logged = saved = time.process_time()
    means: dict[str, list[float]] = {}
    while not budget.spent():
        cosine = 0.5 + 0.5 * math.cos(math.pi * budget.used())
        for group in optimizer.param_groups:
            group["lr"] = LEARNING_RATE[name] * min(1.0, (step + 1) / WARM_UP_STEPS) * cosine
        with torch.autocast("cpu", dtype=torch.bfloat16):
            losses = next_losses()
        sum(losses.values()).backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        step += 1
        for part, loss in losses.items():
            means.setdefault(part, []).append(loss.item())
        if time.process_time() - logged > LOG_SECONDS:
            shown = " ".join(f"{part} {np.mean(values):.4f}" for part, values in means.items())
            print(f"{name} {budget.used():5.1%} step {step} {shown}", flush=True)
            means, logged = {}, time.process_time()
        if time.process_time() - saved > SAVE_SECONDS:
            torch.save(model.state_dict(), checkpoint)
            saved = time.process_time()
    torch.save(model.state_dict(), checkpoint)
    print(f"{name}: {step} steps in {minutes:g} processor minutes, saved to {checkpoint}", flush=True)


if __name__ == "__main__":
    main()
