"""How parameters are moved, and how far, over one stage of the training."""
import math
from collections.abc import Iterable

import torch
from torch import nn

from vision.muon import Muon

WARM_UP = 0.02  # of a stage's budget
WEIGHT_DECAY = 0.05


class Optimizers:
    """Muon for the matrices and convolutions inside the network, AdamW for all else that is given."""

    def __init__(self, parameters: Iterable[nn.Parameter], outer: Iterable[nn.Parameter]) -> None:
        """`outer`: embeddings and heads among the parameters, which have the shape of matrices but are none inside."""
        parameters, outer = list(parameters), set(outer)
        inner = [parameter for parameter in parameters if parameter.dim() > 1 and parameter not in outer]
        others = [parameter for parameter in parameters if parameter.dim() <= 1 or parameter in outer]
        self.parameters = parameters
        self.muon = Muon(inner, WEIGHT_DECAY)
        self.adam = torch.optim.AdamW(others, betas=(0.9, 0.97), weight_decay=0.0, foreach=True)

    def step(self, loss: torch.Tensor, rate: float) -> None:
        for parameter in self.parameters:
            parameter.grad = None
        loss.backward()
        torch.nn.utils.clip_grad_norm_(self.parameters, 1.0)
        for group in self.adam.param_groups:
            group["lr"] = rate
        self.adam.step()
        self.muon.step(rate)


def rate_at(used: float) -> float:
    """Of the highest: up in a straight line, then down to nothing as a cosine."""
    return min(1.0, used / WARM_UP + 0.01) * (0.5 + 0.5 * math.cos(math.pi * used))
