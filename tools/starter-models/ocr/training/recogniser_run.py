"""Trains the recogniser with CTC on the strips that make_data drew."""
from pathlib import Path
from random import Random
from typing import Iterator

import numpy as np
import torch
from torch import Tensor, nn

from common.process import Budget
from ocr.training import checkpoint
from ocr.training.augment import paint
from ocr.charset import BLANK, decode, encode
from ocr.training.line_data import LineData
from ocr.training.optimiser import Optimiser
from ocr.networks.recogniser import Recogniser
from ocr.training.scores import distance

PEAK_RATE = 3e-3
COLUMNS = 8192  # pixels of width in a batch: 32 lines of 256, or fewer longer ones
MOST_LINES = 96
POOL = 4096  # lines that are sorted by width together
VALIDATION = 400  # lines at the end of the data that are not trained on
# Up to which share of the budget lines may be how wide: CTC finds the letters of short ones soonest.
CURRICULUM = ((0.08, 200), (0.25, 400), (0.6, 800), (1.0, 1600))


def train_recogniser(data: Path, path: Path, minutes: float, resume: bool, log_every: int = 50) -> None:
    lines = LineData(data / "lines")
    model = Recogniser()
    optimiser = Optimiser(model, [model.look[0][0].weight, model.classify.weight], PEAK_RATE)
    losses: list[float] = []
    budget = Budget(minutes)
    if resume:
        checkpoint.resume(path, model, optimiser, budget)
    stream = batches(lines, Random(2), lambda: next(w for share, w in CURRICULUM if budget.used() <= share))
    print(f"{sum(p.numel() for p in model.parameters()) / 1e6:.2f} M parameters, {len(lines)} lines", flush=True)
    while not budget.spent():
        ink, widths, texts = next(stream)
        losses.append(_learn(model, paint(ink, widths), texts))
        optimiser.step(budget.used())
        if len(losses) % log_every == 0:
            print(f"{budget.used():.1%} step {len(losses)} loss {np.mean(losses[-log_every:]):.4f}", flush=True)
        if len(losses) % (10 * log_every) == 0:
            print(f"validation: character error {validate(model, lines):.2%}", flush=True)
            checkpoint.save(path, model, optimiser, budget)
    checkpoint.save(path, model, optimiser, budget)
    print(f"{len(losses)} steps; validation: character error {validate(model, lines):.2%}", flush=True)


def _learn(model: nn.Module, x: Tensor, texts: list[str]) -> float:
    """Adds the gradients of one batch: CTC loss for each symbol."""
    with torch.autocast("cpu", dtype=torch.bfloat16):
        logits = model(x)
    scores = logits.float().log_softmax(-1).transpose(0, 1)
    targets = [encode(text) for text in texts]
    lengths = torch.tensor([len(target) for target in targets])
    flat = torch.tensor([symbol for target in targets for symbol in target])
    steps = torch.full((len(texts),), len(scores))
    total = nn.functional.ctc_loss(scores, flat, steps, lengths, BLANK, "sum", zero_infinity=True)
    loss = total / lengths.sum()
    loss.backward()
    return loss.item()


def batches(lines: LineData, random: Random, widest) -> Iterator[tuple[Tensor, Tensor, list[str]]]:
    """Endless batches of lines about as wide: ink `[N, 48, W]` 0 to 1, widths `[N]`, texts.

    `widest()`, in pixels, is asked again for every pool.
    """
    count = len(lines) - VALIDATION
    while True:
        limit = widest()
        pool = [i for i in random.sample(range(count), min(POOL, count)) if lines.widths[i] <= limit]
        pool.sort(key=lambda i: lines.widths[i])
        cuts = []
        while pool:
            size = max(1, min(MOST_LINES, len(pool), COLUMNS // int(lines.widths[pool[-1]])))
            cuts.append(pool[-size:])
            del pool[-size:]
        random.shuffle(cuts)
        for cut in cuts:
            yield collate(lines, cut, random.randint(0, 160) if random.random() < 0.3 else 0)


def collate(lines: LineData, chosen: list[int], extra: int) -> tuple[Tensor, Tensor, list[str]]:
    """`extra` columns stay empty at the right, as in a service that pads to 320."""
    widths = lines.widths[chosen]
    ink = np.zeros((len(chosen), 48, (int(widths.max()) + extra + 7) // 8 * 8), np.uint8)
    for row, i in zip(ink, chosen):
        row[:, : lines.widths[i]] = lines.strip(i)
    return torch.from_numpy(ink).float() / 255, torch.from_numpy(widths), [lines.texts[i] for i in chosen]


@torch.no_grad()
def validate(model: nn.Module, lines: LineData) -> float:
    """Character error on lines that are not trained on, in training's fonts, dark on light."""
    model.eval()
    chosen = sorted(range(len(lines) - VALIDATION, len(lines)), key=lambda i: lines.widths[i])
    wrong = total = 0
    for start in range(0, VALIDATION, 20):
        ink, widths, texts = collate(lines, chosen[start : start + 20], 0)
        x = (1 - 2 * ink[:, None]).expand(-1, 3, -1, -1) * (torch.arange(ink.shape[2]) < widths[:, None])[:, None, None]
        for best, text in zip(model(x).argmax(-1), texts):
            wrong += distance(decode(best.tolist()), text)
            total += len(text)
    model.train()
    return wrong / total
