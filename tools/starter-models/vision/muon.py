"""Muon: momentum whose update is orthogonalized, for the weight matrices and convolutions inside the network."""
import torch
from torch import Tensor, nn

from common.precision import HAS_BFLOAT16

MOMENTUM = 0.95
NEWTON_SCHULZ_STEPS = 5
NEWTON_SCHULZ = (3.4445, -4.7750, 2.0315)  # the usual coefficients: steep at zero, singular values end near one
ADAM_SIZE = 0.2  # the usual root mean square of AdamW's update, so that both can share a learning rate


class Muon:
    def __init__(self, parameters: list[nn.Parameter], weight_decay: float) -> None:
        self.parameters = parameters
        self.momenta = [torch.zeros_like(parameter) for parameter in parameters]
        self.weight_decay = weight_decay

    @torch.no_grad()
    def step(self, rate: float) -> None:
        for parameter, momentum in zip(self.parameters, self.momenta):
            momentum.mul_(MOMENTUM).add_(parameter.grad)
            update = _orthogonalized((parameter.grad + MOMENTUM * momentum).flatten(1))
            size = ADAM_SIZE * max(update.shape) ** 0.5
            parameter.mul_(1 - rate * self.weight_decay).add_(update.view_as(parameter), alpha=-rate * size)


def _orthogonalized(gradient: Tensor) -> Tensor:
    """Newton-Schulz iteration: the matrix with the singular vectors of the gradient and singular values near 1."""
    x = gradient.bfloat16() if HAS_BFLOAT16 else gradient
    tall = x.shape[0] > x.shape[1]
    if tall:
        x = x.t()
    x = x / (x.norm() + 1e-7)
    first, third, fifth = NEWTON_SCHULZ
    for _ in range(NEWTON_SCHULZ_STEPS):
        square = x @ x.t()
        x = first * x + (third * square + fifth * (square @ square)) @ x
    return (x.t() if tall else x).float()
