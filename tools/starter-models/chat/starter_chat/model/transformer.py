"""The llama architecture in torch.

Trained with layer norm without bias. Centring is linear, so subtracting the mean from everything that is written to
the residual stream at export makes that exactly an RMS norm, and torch has one fused kernel for layer norm.

Shapes in comments: B conversations, T tokens, D width, H heads, K key/value heads, W head width.
"""
import math

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from starter_chat.model.shape import ModelShape


class Block(nn.Module):
    def __init__(self, shape: ModelShape):
        super().__init__()
        self.shape = shape
        kv_width = shape.kv_heads * shape.head_width
        self.norm1 = nn.Parameter(torch.ones(shape.width))
        self.norm2 = nn.Parameter(torch.ones(shape.width))
        self.qkv = nn.Linear(shape.width, shape.width + 2 * kv_width, bias=False)
        self.wo = nn.Linear(shape.width, shape.width, bias=False)
        self.gate_up = nn.Linear(shape.width, 2 * shape.ffn, bias=False)
        self.down = nn.Linear(shape.ffn, shape.width, bias=False)

    def forward(self, x: Tensor, cos: Tensor, sin: Tensor, mask: Tensor) -> Tensor:
        """x: (B, T, D); cos, sin: (T, 1, W / 2); mask: (T, T), 0 where a token may look and -inf elsewhere."""
        x = x + self.wo(self._attention(self.qkv(self._norm(x, self.norm1)), cos, sin, mask))
        gate, up = self.gate_up(self._norm(x, self.norm2)).chunk(2, -1)
        return x + self.down(F.silu(gate) * up)

    def _norm(self, x: Tensor, weight: Tensor) -> Tensor:
        return F.layer_norm(x, (self.shape.width,), weight, None, self.shape.norm_epsilon)

    def _attention(self, qkv: Tensor, cos: Tensor, sin: Tensor, mask: Tensor) -> Tensor:
        """qkv: (B, T, D + 2 K W) -> (B, T, D)"""
        B, T, _ = qkv.shape
        D, H, K, W = self.shape.width, self.shape.heads, self.shape.kv_heads, self.shape.head_width
        sharing = H // K
        # RoPE rotates the first half of a head against the second; llama.cpp wants pairs, export interleaves them.
        halves = qkv[..., :D + K * W].view(B, T, H + K, 2, W // 2)
        a, b = halves[:, :, :, 0], halves[:, :, :, 1]
        qk = torch.cat([a * cos - b * sin, a * sin + b * cos], -1)                  # (B, T, H + K, W)
        v = qkv[..., D + K * W:].reshape(B, T, K, W).transpose(1, 2)                # (B, K, T, W)
        q = qk[:, :, :H].reshape(B, T, K, sharing, W).permute(0, 2, 3, 1, 4).reshape(B, K, sharing * T, W)
        k = qk[:, :, H:].permute(0, 2, 3, 1)                                        # (B, K, W, T)
        scores = torch.matmul(q, k) * W ** -0.5
        weights = torch.softmax(scores.view(B, K, sharing, T, T) + mask, -1).view(B, K, sharing * T, T)
        heads = torch.matmul(weights, v).view(B, K, sharing, T, W)
        return heads.permute(0, 3, 1, 2, 4).reshape(B, T, D)


class Model(nn.Module):
    def __init__(self, shape: ModelShape, vocabulary: int):
        super().__init__()
        self.shape = shape
        self.emb = nn.Parameter(torch.randn(vocabulary, shape.width) * 0.02)
        self.blocks = nn.ModuleList(Block(shape) for _ in range(shape.layers))
        self.norm = nn.Parameter(torch.ones(shape.width))
        for name, weight in self.named_parameters():
            if weight.dim() == 2 and name != "emb":
                writes_to_residual = name.endswith(("wo.weight", "down.weight"))
                std = 0.02 / math.sqrt(2 * shape.layers) if writes_to_residual else 0.02
                nn.init.normal_(weight, std=std * math.sqrt(768 / shape.width))
        position = torch.arange(shape.context).float()[:, None]
        frequency = shape.rope_base ** (-torch.arange(0, shape.head_width, 2).float() / shape.head_width)[None]
        self.register_buffer("cos", torch.cos(position * frequency)[:, None])
        self.register_buffer("sin", torch.sin(position * frequency)[:, None])
        self.register_buffer("mask", torch.full((shape.context, shape.context), float("-inf")).triu(1))

    def forward(self, ids: Tensor, pick: Tensor | None = None) -> Tensor:
        """Logits (positions, vocabulary) for ids (B, T), at the flat positions `pick`, at all of them when None."""
        T = ids.shape[1]
        embeddings = self.emb - self.emb.mean(1, keepdim=True)
        x = F.embedding(ids, embeddings)
        for block in self.blocks:
            x = block(x, self.cos[:T], self.sin[:T], self.mask[:T, :T])
        x = x.reshape(-1, self.shape.width)
        if pick is not None:
            x = x[pick]
        x = F.layer_norm(x, (self.shape.width,), self.norm, None, self.shape.norm_epsilon)
        return x @ embeddings.t()
