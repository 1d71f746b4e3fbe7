"""What both networks are built of: residual convolutions over a sequence, and keeping the wanted items of one."""
import torch
from torch import Tensor, nn

KERNEL = 5


class ConvBlock(nn.Module):
    """x + W relu(conv(norm(x))): looks `2 * dilation` places to either side."""

    def __init__(self, width: int, dilation: int) -> None:
        super().__init__()
        self.norm = nn.LayerNorm(width)
        self.conv = nn.Conv1d(width, width, KERNEL, padding=KERNEL // 2 * dilation, dilation=dilation)
        self.out = nn.Linear(width, width)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        """`x` [B, T, width], `mask` [B, T, 1]: zero beyond a sequence's end."""
        near = self.conv((self.norm(x) * mask).transpose(1, 2)).transpose(1, 2)
        return x + self.out(torch.relu(near))


class ConvStack(nn.Module):
    def __init__(self, width: int, dilations: tuple[int, ...]) -> None:
        super().__init__()
        self.blocks = nn.ModuleList(ConvBlock(width, dilation) for dilation in dilations)
        self.norm = nn.LayerNorm(width)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        for block in self.blocks:
            x = block(x, mask)
        return self.norm(x)


def keep_only(items: Tensor, keep: Tensor) -> tuple[Tensor, Tensor]:
    """Each row's items where `keep`, moved together: `items` int64 [B, T], `keep` bool [B, T].

    Returns them [B, longest], zeros after a row's last, and how many each row has [B]. Longest is at least 1.
    """
    counts = keep.long().sum(1)
    longest = torch.clamp_min(counts.max(), 1)
    place = torch.where(keep, keep.long().cumsum(1) - 1, longest)
    room = torch.zeros_like(items[:, :1]).repeat(1, longest + 1)
    return room.scatter(1, place, items)[:, :-1], counts


def mask_of(counts: Tensor, longest: Tensor) -> Tensor:
    """float [B, longest, 1]: one at a row's first `counts` places."""
    return (torch.arange(longest, device=counts.device)[None, :] < counts[:, None]).float()[..., None]
