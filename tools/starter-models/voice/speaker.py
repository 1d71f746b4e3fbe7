"""The speaking network: how long each phoneme lasts, and the vocoder's parameters frame by frame."""
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from voice.blocks import ConvStack
from voice.settings import ENVELOPE_BANDS, NOISE_BANDS

WIDTH = 192
PHONEME_DILATIONS = (1, 2, 4, 8, 1)  # sees 32 phonemes to either side: most clauses, for their melody
FRAME_DILATIONS = (1, 2, 4, 1, 1)
NEAR = 16.0  # frames: how far a frame can tell its distance from its phoneme's edges
USUAL_PITCH = 100.0  # Hz


@dataclass(frozen=True)
class Frames:
    """The vocoder's input."""

    pitch: Tensor  # Hz [B, frames]
    envelope: Tensor  # [B, frames, ENVELOPE_BANDS], natural log of amplitude density
    noise: Tensor  # [B, frames, NOISE_BANDS], 0 to 1


class Speaker(nn.Module):
    def __init__(self, phoneme_count: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(phoneme_count, WIDTH)
        self.phoneme_stack = ConvStack(WIDTH, PHONEME_DILATIONS)
        self.log_duration = nn.Linear(WIDTH, 1)
        self.place = nn.Linear(5, WIDTH)
        self.frame_stack = ConvStack(WIDTH, FRAME_DILATIONS)
        self.out = nn.Linear(WIDTH, ENVELOPE_BANDS + NOISE_BANDS + 1)
        self.register_buffer("envelope_mean", torch.zeros(ENVELOPE_BANDS))
        self.register_buffer("envelope_scale", torch.ones(ENVELOPE_BANDS))

    def encode(self, phonemes: Tensor, mask: Tensor) -> tuple[Tensor, Tensor]:
        """`phonemes` int64 [B, P] to their encoding [B, P, WIDTH] and durations as log(1 + frames) [B, P]."""
        encoding = self.phoneme_stack(self.embedding(phonemes), mask)
        return encoding, self.log_duration(encoding)[..., 0]

    def decode(self, encoding: Tensor, durations: Tensor, mask: Tensor) -> Frames:
        """`durations` in frames [B, P], not rounded, zero beyond a row's end; `mask` [B, frames, 1]."""
        spread, place = spread_over_frames(encoding, durations, mask.shape[1])
        out = self.out(self.frame_stack(spread + self.place(place), mask)).float()
        envelope = out[..., :ENVELOPE_BANDS] * self.envelope_scale + self.envelope_mean
        noise = torch.sigmoid(out[..., ENVELOPE_BANDS:-1])
        pitch = USUAL_PITCH * torch.exp(0.2 * out[..., -1])
        return Frames(pitch, envelope, noise)


def spread_over_frames(encoding: Tensor, durations: Tensor, frames: Tensor) -> tuple[Tensor, Tensor]:
    """Each frame's phoneme (the one that sounds at its middle): encoding [B, frames, WIDTH] and place in it [.., 5]."""
    ends = durations.cumsum(1)
    middle = torch.arange(frames, device=durations.device).float() + 0.5
    index = (ends[:, None, :] <= middle[None, :, None]).long().sum(2)
    index = torch.minimum(index, torch.zeros_like(index) + durations.shape[1] - 1)
    length = durations.gather(1, index)
    since = middle[None, :] - (ends - durations).gather(1, index)
    left = length - since
    share = (since / (length + 1e-3)).clamp(0, 1)
    edges = [(distance / NEAR).clamp(-1, 1) for distance in (since, left)]
    place = torch.stack([share, torch.sin(torch.pi * share), *edges, torch.log(1 + length) - 2.5], 2)
    spread = encoding.gather(1, index[..., None].expand(-1, -1, encoding.shape[2]))
    return spread, place
