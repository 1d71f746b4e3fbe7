"""Colour, light and noise for a batch of strips, different each time a strip is seen."""
import torch
from torch import Tensor
from torch.nn import functional as F


def paint(ink: Tensor, widths: Tensor) -> Tensor:
    """Ink `[N, 48, W]`, 0 to 1, to what the recogniser reads: `[N, 3, 48, W]`, -1 to 1, and 0 right of each strip."""
    count, _, width = ink.shape
    gamma = torch.exp(torch.empty(count, 1, 1).uniform_(-0.5, 0.5))  # thinner or bolder
    paper, letters = _colours(count)
    x = torch.lerp(paper, letters, ink.pow(gamma).unsqueeze(1))
    if torch.rand(()) < 0.3:
        x = x + _gradient(count, width)
    if torch.rand(()) < 0.25:
        x = x + _texture(count, width)
    if torch.rand(()) < 0.4:
        x = x + torch.randn(count, 1, ink.shape[1], width) * torch.rand(count, 1, 1, 1) * 0.08
    inside = torch.arange(width) < widths[:, None]
    return (x.clamp(0, 1) * 2 - 1) * inside[:, None, None, :]


def _colours(count: int) -> tuple[Tensor, Tensor]:
    """Paper and letters `[N, 3, 1, 1]`, 0 to 1: mostly dark on light, some light on dark, some of any two colours."""
    light = 1 - 0.25 * torch.rand(count, 3) * torch.rand(count, 1)
    dark = 0.4 * torch.rand(count, 3) * torch.rand(count, 1)
    a, b = torch.rand(count, 3), torch.rand(count, 3)
    difference = (a - b).mean(1, keepdim=True)
    # Two colours of the same lightness are pulled apart.
    a = a + torch.sign(difference) * (0.35 - difference.abs()).clamp(0) / 2
    b = b - torch.sign(difference) * (0.35 - difference.abs()).clamp(0) / 2
    kind = torch.rand(count, 1)
    paper = torch.where(kind < 0.55, light, torch.where(kind < 0.72, dark, a))
    letters = torch.where(kind < 0.55, dark, torch.where(kind < 0.72, light, b))
    return paper[..., None, None], letters[..., None, None]


def _gradient(count: int, width: int) -> Tensor:
    slope = torch.empty(count, 1, 1, 1).uniform_(-0.2, 0.2)
    return slope * torch.linspace(-1, 1, width)


def _texture(count: int, width: int) -> Tensor:
    """Soft blotches, as of a photographed page or a picture behind the text."""
    coarse = torch.randn(count, 1, 6, max(2, width // 10)) * torch.rand(count, 1, 1, 1) * 0.12
    return F.interpolate(coarse, size=(48, width), mode="bilinear", align_corners=False)
