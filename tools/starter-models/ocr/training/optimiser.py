"""AdamW for vectors and the outer layers, Muon for the weight matrices between them, under one learning rate."""
import math

import torch
from torch import Tensor, nn

LARGEST_GRADIENT = 5.0
WARM_UP = 0.02  # share of the budget
MOMENTUM = 0.95


class Optimiser:
    def __init__(self, model: nn.Module, outer: list[nn.Parameter], peak: float, decay: float = 0.02) -> None:
        """`outer`: matrices that AdamW trains, those next to the input and the output."""
        self.peak, self.decay = peak, decay
        self.parameters = list(model.parameters())
        skip = {id(parameter) for parameter in outer}
        self.matrices = [p for p in self.parameters if p.dim() > 1 and id(p) not in skip]
        self.momenta = [torch.zeros_like(p) for p in self.matrices]
        vectors = [p for p in self.parameters if p.dim() == 1]
        groups = [{"params": outer, "weight_decay": decay}, {"params": vectors, "weight_decay": 0.0}]
        self.adamw = torch.optim.AdamW(groups, lr=peak, betas=(0.9, 0.98))

    def step(self, used: float) -> None:
        """One update; `used` is the share of the budget spent, which sets the learning rate: warm-up, then a cosine."""
        rate = self.peak * min(1.0, (used + 1e-4) / WARM_UP, 0.5 + 0.5 * math.cos(math.pi * used))
        nn.utils.clip_grad_norm_(self.parameters, LARGEST_GRADIENT)
        for group in self.adamw.param_groups:
            group["lr"] = rate
        self.adamw.step()
        self._muon(rate)
        for parameter in self.parameters:
            parameter.grad = None

    @torch.no_grad()
    def _muon(self, rate: float) -> None:
        for parameter, momentum in zip(self.matrices, self.momenta):
            momentum.lerp_(parameter.grad, 1 - MOMENTUM)
            update = _orthogonal(torch.lerp(parameter.grad, momentum, MOMENTUM).flatten(1))
            # This factor makes an update as large as AdamW's would be.
            scale = 0.2 * max(update.shape) ** 0.5
            parameter.mul_(1 - rate * self.decay).add_(update.view_as(parameter), alpha=-rate * scale)

    def state_dict(self) -> dict:
        return {"adamw": self.adamw.state_dict(), "momenta": self.momenta}

    def load_state_dict(self, state: dict) -> None:
        self.adamw.load_state_dict(state["adamw"])
        self.momenta = state["momenta"]


def _orthogonal(matrix: Tensor) -> Tensor:
    """The same singular vectors with singular values near 1, by five Newton-Schulz steps."""
    tall = matrix.shape[0] > matrix.shape[1]
    x = (matrix.t() if tall else matrix).bfloat16()
    x = x / (x.norm() + 1e-7)
    for _ in range(5):
        square = x @ x.t()
        x = 3.4445 * x + (-4.7750 * square + 2.0315 * square @ square) @ x
    return (x.t() if tall else x).float()
