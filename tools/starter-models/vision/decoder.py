"""The language model: a llama-type decoder (RMS norm, RoPE, SwiGLU) with a KV cache."""
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from vision.shape import FEED_FORWARD, HEAD_WIDTH, HEADS, LAYERS, ROPE_BASE, WIDTH

Cache = tuple[Tensor, Tensor]  # keys and values of one layer, each [sequences, HEADS, past, HEAD_WIDTH]
Rotation = tuple[Tensor, Tensor]  # cosines and sines of RoPE's angles
MASKED = -1e9  # not -inf: a row with nothing to see must not become NaN


class Decoded(NamedTuple):
    states: Tensor  # after all layers, normed; `Decoder.logits` turns them into scores
    early: Tensor  # after the first layer
    present: list[Cache]  # the cache with the new tokens in it


class Decoder(nn.Module):
    """Embedded tokens to logits. The embedding is tied to the output layer."""

    def __init__(self, vocabulary: int) -> None:
        super().__init__()
        self.embedding = nn.Embedding(vocabulary, WIDTH)
        nn.init.normal_(self.embedding.weight, std=WIDTH**-0.5)
        self.layers = nn.ModuleList(_Layer() for _ in range(LAYERS))
        self.norm = _RMSNorm()
        frequencies = ROPE_BASE ** (-torch.arange(0, HEAD_WIDTH, 2).float() / HEAD_WIDTH)
        self.register_buffer("frequencies", frequencies, persistent=False)

    def forward(
        self, embedded: Tensor, positions: Tensor, visible: Tensor, past: list[Cache] | None = None
    ) -> Decoded:
        """
        `embedded` [sequences, tokens, WIDTH], `positions` int [sequences, tokens] for RoPE, `visible` bool
        [sequences, 1, tokens, past + tokens]: which key each query may see.
        """
        rotation, bias = self._rotation(positions), _bias(visible)
        states, after, present = embedded, [], []
        for layer, cache in zip(self.layers, past or [empty_cache(len(embedded))] * LAYERS):
            states, cache = layer(states, rotation, bias, cache)
            after.append(states)
            present.append(cache)
        return Decoded(self.norm(states), after[0], present)

    def early(self, embedded: Tensor, positions: Tensor, visible: Tensor) -> Tensor:
        """`Decoded.early` alone, at the cost of one layer."""
        states, _ = self.layers[0](embedded, self._rotation(positions), _bias(visible), empty_cache(len(embedded)))
        return states

    def _rotation(self, positions: Tensor) -> Rotation:
        angles = positions.unsqueeze(-1).float() * self.frequencies
        angles = torch.cat([angles, angles], -1).unsqueeze(1)
        return angles.cos(), angles.sin()

    def logits(self, states: Tensor) -> Tensor:
        return F.linear(states, self.embedding.weight)


def empty_cache(sequences: int) -> Cache:
    nothing = torch.zeros(sequences, HEADS, 0, HEAD_WIDTH)
    return nothing, nothing


def _bias(visible: Tensor) -> Tensor:
    return (~visible).float() * MASKED


class _RMSNorm(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(WIDTH))

    def forward(self, x: Tensor) -> Tensor:
        return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-6) * self.weight


class _Layer(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.norm_attention, self.norm_mlp = _RMSNorm(), _RMSNorm()
        self.query, self.key, self.value, self.output = (_linear(WIDTH, WIDTH) for _ in range(4))
        self.gate, self.up = _linear(WIDTH, FEED_FORWARD), _linear(WIDTH, FEED_FORWARD)
        self.down = _linear(FEED_FORWARD, WIDTH)

    def forward(self, x: Tensor, rotation: Rotation, bias: Tensor, cache: Cache) -> tuple[Tensor, Cache]:
        normed = self.norm_attention(x)
        query = _rotated(_split(self.query(normed)), rotation) * HEAD_WIDTH**-0.5
        key = torch.cat([cache[0], _rotated(_split(self.key(normed)), rotation)], 2)
        value = torch.cat([cache[1], _split(self.value(normed))], 2)
        scores = query @ key.transpose(-1, -2)
        weights = (scores + bias.to(scores.dtype)).softmax(-1)
        x = x + self.output((weights @ value).transpose(1, 2).flatten(2))
        normed = self.norm_mlp(x)
        gate = self.gate(normed)
        return x + self.down(gate * gate.sigmoid() * self.up(normed)), (key, value)  # F.silu is slow in bfloat16


def _linear(inputs: int, outputs: int) -> nn.Linear:
    return nn.Linear(inputs, outputs, bias=False)


def _split(x: Tensor) -> Tensor:
    """[sequences, tokens, WIDTH] to [sequences, HEADS, tokens, HEAD_WIDTH]."""
    return x.view(x.shape[0], x.shape[1], HEADS, HEAD_WIDTH).transpose(1, 2)


def _rotated(x: Tensor, rotation: Rotation) -> Tensor:
    cos, sin = rotation
    left, right = x[..., : HEAD_WIDTH // 2], x[..., HEAD_WIDTH // 2 :]
    return x * cos + torch.cat([-right, left], -1) * sin
