"""Muon: momentum whose update is orthogonalized, for the weight matrices inside the blocks."""
import torch
from torch import Tensor, nn

MOMENTUM = .95
WEIGHT_DECAY = .1
NEWTON_SCHULZ_STEPS = 5


class Muon:
    def __init__(self, parameters: list[nn.Parameter]):
        self.parameters = parameters
        self.momenta = [torch.zeros_like(parameter) for parameter in parameters]

    def step(self, learning_rate: float) -> None:
        with torch.no_grad():
            for parameter, momentum in zip(self.parameters, self.momenta):
                momentum.mul_(MOMENTUM).add_(parameter.grad)
                update = _orthogonalized(parameter.grad + MOMENTUM * momentum)
                # The factor gives the update the size that AdamW's has, so that both can share a learning rate.
                size = .2 * max(parameter.shape) ** .5
                parameter.mul_(1 - learning_rate * WEIGHT_DECAY).add_(update, alpha=-learning_rate * size)


def _orthogonalized(gradient: Tensor) -> Tensor:
    """Newton-Schulz iteration: the matrix with the singular vectors of the gradient and singular values near 1."""
    x = gradient.bfloat16()
    is_tall = x.shape[0] > x.shape[1]
    if is_tall:
        x = x.t()
    x = x / (x.norm() + 1e-7)
    for _ in range(NEWTON_SCHULZ_STEPS):
        a = x @ x.t()
        x = 3.4445 * x + (-4.7750 * a + 2.0315 * (a @ a)) @ x
    return (x.t() if is_tall else x).float()
