"""The encoder: a small pre-norm transformer with rotary positions and BERT's inputs.

Each layer begins by giving every piece something of its neighbours. Who does it to whom hangs on the words beside the
names ("by Anna", "Anna's", "Anna gave"); attention alone finds that out too, but in many more steps.
"""
import torch
from torch import Tensor, nn

from embed.settings import Shape

ROTARY_BASE = 10000.0
MASKED = -1e9  # finite: a row of -inf would give NaN
REACH = 2  # how many pieces to each side a piece learns its neighbours from, in each layer


class Encoder(nn.Module):
    """`input_ids`, `attention_mask`, `token_type_ids` [batch, length] -> [batch, length, hidden_size]."""

    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.words = nn.Embedding(shape.vocab_size, shape.hidden_size)
        self.types = nn.Embedding(shape.type_vocab_size, shape.hidden_size)
        self.layers = nn.ModuleList(Layer(shape) for _ in range(shape.num_hidden_layers))
        self.norm = nn.LayerNorm(shape.hidden_size)
        nn.init.normal_(self.words.weight, std=0.1)
        nn.init.zeros_(self.types.weight)
        cos, sin = rotation(shape.max_position_embeddings, shape.hidden_size // shape.num_attention_heads)
        self.register_buffer("cos", cos, persistent=False)
        self.register_buffer("sin", sin, persistent=False)

    def forward(self, input_ids: Tensor, attention_mask: Tensor, token_type_ids: Tensor) -> Tensor:
        hidden = self.words(input_ids) + self.types(token_type_ids)
        bias = (1 - attention_mask[:, None, None, :].to(hidden.dtype)) * MASKED
        cos, sin = self.cos[: input_ids.shape[1]], self.sin[: input_ids.shape[1]]
        kept = attention_mask[..., None].to(hidden.dtype)
        for layer in self.layers:
            hidden = layer(hidden, kept, bias, cos, sin)
        return self.norm(hidden)


class Layer(nn.Module):
    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.heads = shape.num_attention_heads
        self.neighbours = Neighbours(shape.hidden_size)
        self.attention_norm = nn.LayerNorm(shape.hidden_size)
        self.query_key_value = nn.Linear(shape.hidden_size, 3 * shape.hidden_size)
        self.attention_out = nn.Linear(shape.hidden_size, shape.hidden_size)
        self.feed_forward_norm = nn.LayerNorm(shape.hidden_size)
        self.feed_forward = nn.Sequential(
            nn.Linear(shape.hidden_size, shape.intermediate_size),
            nn.GELU(),
            nn.Linear(shape.intermediate_size, shape.hidden_size),
        )

    def forward(self, hidden: Tensor, kept: Tensor, bias: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
        hidden = hidden + self.neighbours(hidden * kept)
        hidden = hidden + self._attend(self.attention_norm(hidden), bias, cos, sin)
        return hidden + self.feed_forward(self.feed_forward_norm(hidden))

    def _attend(self, hidden: Tensor, bias: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
        batch, length, width = hidden.shape
        split = self.query_key_value(hidden).view(batch, length, 3 * self.heads, width // self.heads)
        query, key, value = split.transpose(1, 2).chunk(3, dim=1)  # each [batch, heads, length, head width]
        query, key = rotate(query, cos, sin), rotate(key, cos, sin)
        weights = (query @ key.transpose(-1, -2) * (width // self.heads) ** -0.5 + bias).softmax(-1)
        mixed = (weights.to(value.dtype) @ value).transpose(1, 2).reshape(batch, length, width)
        return self.attention_out(mixed)


class Neighbours(nn.Module):
    """A weighted sum of the pieces nearby, each number of the vector by itself; padding has to be zero."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.weights = nn.Parameter(0.3 * torch.randn(2 * REACH + 1, width))

    def forward(self, hidden: Tensor) -> Tensor:
        length = hidden.shape[1]
        padded = nn.functional.pad(hidden, (0, 0, REACH, REACH))
        return sum(padded[:, offset : offset + length] * self.weights[offset] for offset in range(2 * REACH + 1))


def rotation(length: int, width: int) -> tuple[Tensor, Tensor]:
    """Cosines and sines of the rotary positions, each [length, width]."""
    frequencies = ROTARY_BASE ** (-torch.arange(0, width, 2).float() / width)
    angles = torch.arange(length).float()[:, None] * frequencies.repeat(2)[None, :]
    return angles.cos(), angles.sin()


def rotate(vectors: Tensor, cos: Tensor, sin: Tensor) -> Tensor:
    first, second = vectors.chunk(2, dim=-1)
    return vectors * cos.to(vectors.dtype) + torch.cat((-second, first), dim=-1) * sin.to(vectors.dtype)


def sentence_vectors(encoder: Encoder, input_ids: Tensor, attention_mask: Tensor) -> Tensor:
    """Unit vectors [batch, hidden_size]: the mean over the pieces that are not padding, as transformers.js pools."""
    hidden = encoder(input_ids, attention_mask, torch.zeros_like(input_ids)).float()
    mask = attention_mask[..., None].float()
    return nn.functional.normalize((hidden * mask).sum(1) / mask.sum(1), dim=-1)
