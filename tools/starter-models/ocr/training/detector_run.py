"""Trains the detector on crops of the pages that make_data drew."""
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from common.process import Budget
from ocr.training import checkpoint
from ocr.networks.detector import Detector, kernel_loss
from ocr.training.optimiser import Optimiser
from ocr.training.page_data import PageData

PEAK_RATE = 3e-3
CROP = 352  # pixels, a multiple of 32
BATCH = 8
MEAN = torch.tensor([0.485, 0.456, 0.406])[:, None, None]  # in PaddleOCR's order of channels, BGR
STD = torch.tensor([0.229, 0.224, 0.225])[:, None, None]


def train_detector(data: Path, path: Path, minutes: float, resume: bool, log_every: int = 50) -> None:
    pages = PageData(data / "pages")
    generator = np.random.default_rng(3)
    model = Detector()
    optimiser = Optimiser(model, [model.stem[0].weight, model.head.weight], PEAK_RATE)
    losses: list[float] = []
    budget = Budget(minutes)
    if resume:
        checkpoint.resume(path, model, optimiser, budget)
    print(f"{sum(p.numel() for p in model.parameters()) / 1e6:.2f} M parameters, {len(pages.pixels)} pages", flush=True)
    while not budget.spent():
        pixels, kernels = batch(pages, generator)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            logits = model(pixels)
        loss = kernel_loss(logits.float(), kernels)
        loss.backward()
        losses.append(loss.item())
        optimiser.step(budget.used())
        if len(losses) % log_every == 0:
            print(f"{budget.used():.1%} step {len(losses)} loss {np.mean(losses[-log_every:]):.4f}", flush=True)
            checkpoint.save(path, model, optimiser, budget)
    checkpoint.save(path, model, optimiser, budget)


def batch(pages: PageData, generator: np.random.Generator) -> tuple[Tensor, Tensor]:
    """Normalised crops `[N, 3, 352, 352]` and kernels `[N, 1, 176, 176]`."""
    pixels, kernels = [], []
    for _ in range(BATCH):
        page = generator.integers(len(pages.pixels))
        x, y = 2 * generator.integers((pages.pixels.shape[1] - CROP) // 2 + 1, size=2)
        pixels.append(pages.pixels[page, y : y + CROP, x : x + CROP])
        kernels.append(pages.kernels[page, y // 2 : (y + CROP) // 2, x // 2 : (x + CROP) // 2])
    x = torch.from_numpy(np.stack(pixels)).permute(0, 3, 1, 2).float() / 255
    return (_recoloured(x, generator) - MEAN) / STD, torch.from_numpy(np.stack(kernels))[:, None].float() / 255


def _recoloured(x: Tensor, generator: np.random.Generator) -> Tensor:
    """Channels in any order, at times negative, brighter or duller, and grainy."""
    x = x[:, generator.permutation(3)]
    negative = torch.from_numpy(generator.random((BATCH, 1, 1, 1)) < 0.2)
    x = torch.where(negative, 1 - x, x)
    contrast = torch.from_numpy(generator.uniform(0.6, 1.1, (BATCH, 1, 1, 1))).float()
    x = (x - 0.5) * contrast + 0.5 + torch.from_numpy(generator.uniform(-0.1, 0.1, (BATCH, 1, 1, 1))).float()
    if generator.random() < 0.5:
        grain = torch.from_numpy(generator.uniform(0, 0.08, (BATCH, 1, 1, 1))).float()
        x = x + torch.randn(BATCH, 1, CROP, CROP) * grain
    return x.clamp(0, 1)
