"""A training run on disk, so that a stop loses nothing."""
import os
from pathlib import Path

import torch
from torch import nn

from common.process import Budget
from ocr.training.optimiser import Optimiser


def save(path: Path, model: nn.Module, optimiser: Optimiser, budget: Budget) -> None:
    state = {"model": model.state_dict(), "optimiser": optimiser.state_dict(), "used": budget.used()}
    torch.save(state, path.with_suffix(".new"))
    os.replace(path.with_suffix(".new"), path)  # a run that is killed while writing keeps the last one


def resume(path: Path, model: nn.Module, optimiser: Optimiser, budget: Budget) -> None:
    """Goes on where the run stopped: the share of the budget that was used then counts as used."""
    state = torch.load(path)
    model.load_state_dict(state["model"])
    optimiser.load_state_dict(state["optimiser"])
    budget.started -= state["used"] * budget.seconds


def load_model(path: Path, model: nn.Module) -> nn.Module:
    """The trained weights, ready to be run or exported."""
    model.load_state_dict(torch.load(path)["model"])
    return model.eval()
