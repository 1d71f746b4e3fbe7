"""The detector: how likely each pixel of a page is in the kernel of a text line (DB without its threshold map)."""
import torch
from torch import Tensor, nn
from torch.nn import functional as F

from ocr.networks.layers import Residual, convolution

WIDTHS = (16, 32, 48, 64, 64)  # at 1/2, 1/4, 1/8, 1/16 and 1/32 of the page's resolution
JOINED = 32


class Detector(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        a, b, c, d, e = WIDTHS
        self.stem = convolution(3, a, stride=2)
        self.stages = nn.ModuleList(
            nn.Sequential(convolution(inside, outside, stride=2), Residual(outside))
            for inside, outside in ((a, b), (b, c), (c, d), (d, e))
        )
        self.join = nn.ModuleList(nn.Conv2d(channels, JOINED, 1) for channels in (b, c, d, e))
        self.smooth = convolution(JOINED, JOINED)
        self.head = nn.Conv2d(JOINED, 4, 3, padding=1)

    def forward(self, x: Tensor) -> Tensor:
        """`[N, 3, H, W]`, normalised, sides multiples of 32, to logits `[N, 1, H/2, W/2]`."""
        x = self.stem(x)
        joined = []
        for stage, join in zip(self.stages, self.join):
            x = stage(x)
            joined.append(join(x))
        top = joined.pop()
        while joined:
            top = F.interpolate(top, scale_factor=2.0, mode="nearest") + joined.pop()
        # Four values for each quarter-resolution cell: kernels of small print are finer than the cells.
        return F.pixel_shuffle(self.head(self.smooth(top)), 2)


def kernel_loss(logits: Tensor, kernels: Tensor) -> Tensor:
    """Cross entropy over kernels and the three times as many hardest other pixels, and dice; both `[N, 1, h, w]`."""
    entropy = F.binary_cross_entropy_with_logits(logits, kernels, reduction="none")
    inside = kernels > 0.5
    count = int(inside.sum())
    others = entropy[~inside]
    hardest = others.topk(min(others.numel(), max(3 * count, 1000))).values
    balanced = (entropy[inside].sum() + hardest.sum()) / (count + hardest.numel())
    probability = logits.sigmoid()
    dice = 1 - 2 * (probability * kernels).sum() / (probability.sum() + kernels.sum() + 1)
    return 2 * balanced + dice
