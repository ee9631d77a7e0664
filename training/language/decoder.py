"""A Llama decoder in PyTorch: what the target and every drafter are made of.

Differences from transformers' Llama: q, k, v are one product, gate and up are another; no dropout, no biases. Rotation is over
halves, as there. Rows: B sequences, T new tokens, H heads of D.
"""
from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import nn

from training.language.sizes import Sizes


def rotary_tables(sizes: Sizes, length: int | None = None) -> tuple[torch.Tensor, torch.Tensor]:
    """cos, sin [length, D / 2]."""
    frequency = sizes.rope_base ** (-torch.arange(0, sizes.head_size, 2, dtype=torch.float64) / sizes.head_size)
    angle = torch.arange(length or sizes.context, dtype=torch.float64)[:, None] * frequency
    return angle.cos().float(), angle.sin().float()


def rotate(x: torch.Tensor, cos: torch.Tensor, sin: torch.Tensor) -> torch.Tensor:
    """x (B, H, T, D); cos, sin broadcast to (B, 1, T, D / 2)."""
    a, b = x.chunk(2, dim=-1)
    cos, sin = cos.to(x.dtype), sin.to(x.dtype)
    return torch.cat([a * cos - b * sin, b * cos + a * sin], dim=-1)


def project(linear: nn.Linear, x: torch.Tensor) -> torch.Tensor:
    """The product in the weight's own type: frozen layers are kept in bfloat16, under a float32 residual stream."""
    return linear(x.to(linear.weight.dtype))


class RMSNorm(nn.Module):
    def __init__(self, width: int, epsilon: float):
        super().__init__()
        self.weight, self.epsilon = nn.Parameter(torch.ones(width)), epsilon

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return F.rms_norm(x.float(), (x.shape[-1],), self.weight, self.epsilon)


class Layer(nn.Module):
    def __init__(self, sizes: Sizes):
        super().__init__()
        self.sizes = sizes
        self.attention_norm = RMSNorm(sizes.hidden, sizes.epsilon)
        self.qkv = nn.Linear(sizes.hidden, sizes.query_width + 2 * sizes.key_value_width, bias=False)
        self.out = nn.Linear(sizes.query_width, sizes.hidden, bias=False)
        self.feed_forward_norm = RMSNorm(sizes.hidden, sizes.epsilon)
        self.gate_up = nn.Linear(sizes.hidden, 2 * sizes.feed_forward, bias=False)
        self.down = nn.Linear(sizes.feed_forward, sizes.hidden, bias=False)

    def heads(self, x: torch.Tensor, cos: torch.Tensor, sin: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """x (B, T, hidden) -> q (B, H, T, D), k and v (B, Hkv, T, D), q and k rotated."""
        s = self.sizes
        q, k, v = project(self.qkv, self.attention_norm(x)).split([s.query_width, s.key_value_width, s.key_value_width], dim=-1)
        q, k, v = (t.unflatten(-1, (-1, s.head_size)).transpose(1, 2) for t in (q, k, v))
        return rotate(q, cos, sin), rotate(k, cos, sin), v

    def after_attention(self, x: torch.Tensor, mixed: torch.Tensor) -> torch.Tensor:
        """mixed (B, H, T, D)."""
        x = x + project(self.out, mixed.transpose(1, 2).flatten(2))
        gate, up = project(self.gate_up, self.feed_forward_norm(x)).chunk(2, dim=-1)
        return x + project(self.down, F.silu(gate) * up)

    def forward(self, x: torch.Tensor, cos: torch.Tensor, sin: torch.Tensor, mask: torch.Tensor | None = None) -> torch.Tensor:
        """Without a cache; causal where no mask is given."""
        q, k, v = self.heads(x, cos, sin)
        mixed = F.scaled_dot_product_attention(q, k, v, attn_mask=mask, is_causal=mask is None, enable_gqa=True)
        return self.after_attention(x, mixed)


class Decoder(nn.Module):
    """The whole target; its head is the embedding."""

    def __init__(self, sizes: Sizes):
        super().__init__()
        self.sizes = sizes
        self.embedding = nn.Embedding(sizes.vocabulary, sizes.hidden)
        self.layers = nn.ModuleList(Layer(sizes) for _ in range(sizes.layers))
        self.norm = RMSNorm(sizes.hidden, sizes.epsilon)
        cos, sin = rotary_tables(sizes)
        self.register_buffer("cos", cos, persistent=False)
        self.register_buffer("sin", sin, persistent=False)

    def forward(self, ids: torch.Tensor, exit_layers: int | None = None) -> tuple[torch.Tensor, torch.Tensor | None]:
        """ids (B, T) -> hidden after the norm (B, T, hidden), and the stream after exit_layers layers."""
        x, exit_hidden = self.embedding(ids).float(), None
        cos, sin = self.cos[: ids.shape[1]], self.sin[: ids.shape[1]]
        for i, layer in enumerate(self.layers):
            x = layer(x, cos, sin)
            if exit_layers == i + 1:
                exit_hidden = x
        return self.norm(x), exit_hidden

    def logits(self, hidden: torch.Tensor) -> torch.Tensor:
        return F.linear(hidden.to(self.embedding.weight.dtype), self.embedding.weight)

    def half(self) -> "Decoder":
        """Matrices in bfloat16, norms in float32."""
        for module in self.modules():
            if isinstance(module, nn.Linear | nn.Embedding):
                module.to(torch.bfloat16)
        return self
