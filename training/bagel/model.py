"""BAGEL: one decoder with two experts, read and drawn through one shared attention.

What is special: every row belongs to the understanding expert (text, ViT patches, all boundary tokens) or to the generation
expert (VAE latents), each with its own weights in every layer; queries, keys and values of both meet in one attention.
Rows are kept as [all understanding rows | all generation rows], so that each expert works on one contiguous slice: order
does not matter to attention once positions and mask are given. q, k and v are one matrix here, gate and up another
(`weights.py` splits them under the official names).
"""
from __future__ import annotations

import torch
from torch import nn
import torch.nn.functional as F

from training.bagel.sizes import Sizes
from training.bagel.tables import position_table, rotary, timestep_features

EPSILON = 1e-6


class Expert(nn.Module):
    """One expert's weights of one layer."""

    def __init__(self, sizes: Sizes):
        super().__init__()
        width, head = sizes.hidden, sizes.head_size
        self.input_norm = nn.Parameter(torch.ones(width))
        self.qkv = nn.Linear(width, (sizes.heads + 2 * sizes.key_value_heads) * head)
        self.q_norm = nn.Parameter(torch.ones(head))
        self.k_norm = nn.Parameter(torch.ones(head))
        self.out = nn.Linear(sizes.heads * head, width, bias=False)
        self.post_norm = nn.Parameter(torch.ones(width))
        self.gate_up = nn.Linear(width, 2 * sizes.mlp, bias=False)
        self.down = nn.Linear(sizes.mlp, width, bias=False)
        self.heads, self.key_value_heads = sizes.heads, sizes.key_value_heads

    def project(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
        """x [B, L, width] -> normalised q and k in one tensor [B, L, heads + kv heads, head], and v [B, L, kv heads, head]."""
        qkv = self.qkv(F.rms_norm(x, x.shape[-1:], self.input_norm, EPSILON))
        qkv = qkv.unflatten(-1, (-1, self.q_norm.shape[0]))
        rotated = self.heads + self.key_value_heads
        scale = torch.cat([self.q_norm.expand(self.heads, -1), self.k_norm.expand(self.key_value_heads, -1)])
        return F.rms_norm(qkv[:, :, :rotated], qkv.shape[-1:], None, EPSILON) * scale, qkv[:, :, rotated:]

    def finish(self, x: torch.Tensor, mixed: torch.Tensor) -> torch.Tensor:
        """Adds the attention's output and the MLP. mixed [B, L, heads * head]."""
        x = x + self.out(mixed)
        gate, up = self.gate_up(F.rms_norm(x, x.shape[-1:], self.post_norm, EPSILON)).chunk(2, -1)
        return x + self.down(F.silu(gate) * up)


def rotate(x: torch.Tensor, cos: torch.Tensor, sin: torch.Tensor) -> torch.Tensor:
    """Half-split rotation. x [B, S, heads, head]; cos, sin [B, S, 1, head / 2]."""
    a, b = x.chunk(2, -1)
    return torch.cat([a * cos - b * sin, b * cos + a * sin], -1)


def attend(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor, bias: torch.Tensor) -> torch.Tensor:
    """q [B, S, heads, head], k and v [B, S, kv heads, head], bias [B, 1, S, S] (0 or -inf) -> [B, S, heads * head]."""
    groups = q.shape[2] // k.shape[2]
    q, k, v = (t.transpose(1, 2) for t in (q, k.repeat_interleave(groups, 2), v.repeat_interleave(groups, 2)))
    if q.is_cuda:
        mixed = F.scaled_dot_product_attention(q, k, v, attn_mask=bias.expand(-1, q.shape[1], -1, -1))
    else:  # by hand: on a CPU the backward pass of masked attention in bf16 is several times slower
        scores = torch.baddbmm(
            bias.expand(-1, q.shape[1], -1, -1).reshape(-1, *bias.shape[2:]), q.reshape(-1, *q.shape[2:]), k.reshape(-1, *k.shape[2:]).mT,
            alpha=q.shape[-1] ** -0.5)
        mixed = torch.bmm(scores.softmax(-1), v.reshape(-1, *v.shape[2:])).view_as(q)
    return mixed.transpose(1, 2).flatten(2)


class Layer(nn.Module):
    def __init__(self, sizes: Sizes):
        super().__init__()
        self.und, self.gen = Expert(sizes), Expert(sizes)

    def forward(self, und, gen, cos, sin, bias):
        """und [B, U, width], gen [B, G, width] or None; cos, sin [B, U + G, 1, head / 2]; bias [B, 1, U + G, U + G]."""
        heads = self.und.heads
        qk, v = self.und.project(und)
        if gen is not None:
            qk_gen, v_gen = self.gen.project(gen)
            qk, v = torch.cat([qk, qk_gen], 1), torch.cat([v, v_gen], 1)
        qk = rotate(qk, cos, sin)
        mixed = attend(qk[:, :, :heads], qk[:, :, heads:], v, bias)
        rows = und.shape[1]
        return self.und.finish(und, mixed[:, :rows]), None if gen is None else self.gen.finish(gen, mixed[:, rows:])


class VisionLayer(nn.Module):
    def __init__(self, sizes: Sizes):
        super().__init__()
        width = sizes.vision_hidden
        self.norm1, self.norm2 = nn.LayerNorm(width, eps=EPSILON), nn.LayerNorm(width, eps=EPSILON)
        self.qkv, self.out = nn.Linear(width, 3 * width), nn.Linear(width, width)
        self.fc1, self.fc2 = nn.Linear(width, sizes.vision_mlp), nn.Linear(sizes.vision_mlp, width)
        self.heads = sizes.vision_heads

    def forward(self, x):
        """x [B, P, width]: full attention inside one picture."""
        q, k, v = self.qkv(self.norm1(x)).unflatten(-1, (3, self.heads, -1)).permute(2, 0, 3, 1, 4)
        x = x + self.out(F.scaled_dot_product_attention(q, k, v).transpose(1, 2).flatten(2))
        return x + self.fc2(F.gelu(self.fc1(self.norm2(x)), approximate="tanh"))


class Vision(nn.Module):
    """SigLIP's tower without its last layer, then the connector and the second, fixed position table."""

    def __init__(self, sizes: Sizes):
        super().__init__()
        width = sizes.vision_hidden
        self.patch = nn.Linear(3 * sizes.patch**2, width)
        self.position = nn.Parameter(0.02 * torch.randn(sizes.vision_side**2, width))
        self.layers = nn.ModuleList(VisionLayer(sizes) for _ in range(sizes.vision_layers))
        self.norm = nn.LayerNorm(width, eps=EPSILON)
        self.fc1, self.fc2 = nn.Linear(width, sizes.hidden), nn.Linear(sizes.hidden, sizes.hidden)
        self.register_buffer("table", position_table(sizes.vision_side, sizes.hidden), persistent=False)

    def forward(self, patches: torch.Tensor, places: torch.Tensor) -> torch.Tensor:
        """patches [B, P, 588] ordered (row, column, channel); places [P] = row * side + column -> [B, P, hidden]."""
        x = self.patch(patches) + self.position[places]
        for layer in self.layers:
            x = layer(x)
        return self.fc2(F.gelu(self.fc1(self.norm(x)), approximate="tanh")) + self.table[places]


class Bagel(nn.Module):
    def __init__(self, sizes: Sizes):
        super().__init__()
        self.sizes = sizes
        self.embed = nn.Embedding(sizes.vocabulary, sizes.hidden)
        self.layers = nn.ModuleList(Layer(sizes) for _ in range(sizes.layers))
        self.und_norm, self.gen_norm = nn.Parameter(torch.ones(sizes.hidden)), nn.Parameter(torch.ones(sizes.hidden))
        self.head = nn.Linear(sizes.hidden, sizes.vocabulary, bias=False)
        self.vision = Vision(sizes)
        self.latent_in = nn.Linear(sizes.latent_width, sizes.hidden)
        self.latent_out = nn.Linear(sizes.hidden, sizes.latent_width)
        self.time = nn.Sequential(nn.Linear(256, sizes.hidden), nn.SiLU(), nn.Linear(sizes.hidden, sizes.hidden))
        self.register_buffer("table", position_table(sizes.latent_side, sizes.hidden), persistent=False)
        self.initialise()

    def initialise(self) -> None:
        """Normal weights of standard deviation 1 / sqrt(inputs), outputs of the residual branches smaller with depth."""
        for name, module in self.named_modules():
            if isinstance(module, nn.Linear):
                std = module.in_features**-0.5
                if name.endswith((".out", ".down", ".fc2")) and "layers" in name:
                    std *= (2 * self.sizes.layers) ** -0.5
                nn.init.normal_(module.weight, std=std)
                if module.bias is not None:
                    nn.init.zeros_(module.bias)
        nn.init.normal_(self.embed.weight, std=0.5)
        nn.init.normal_(self.head.weight, std=0.01)
        nn.init.normal_(self.latent_out.weight, std=0.01)

    def latents(self, tokens: torch.Tensor, t: torch.Tensor, places: torch.Tensor) -> torch.Tensor:
        """tokens [B, N, 64], t [B] in 0..1, places [N] -> rows of the generation expert [B, N, hidden]."""
        weight = self.latent_in.weight
        time = self.time(timestep_features(t).to(weight.dtype))
        return self.latent_in(tokens.to(weight.dtype)) + time[:, None] + self.table[places]

    def decode(self, und: torch.Tensor, gen: torch.Tensor | None, positions: torch.Tensor, bias: torch.Tensor):
        """Hidden rows before the final norms. positions [B, U + G] integers; bias [B, 1, U + G, U + G]."""
        cos, sin = (t.to(und.dtype) for t in rotary(positions, self.sizes.head_size, self.sizes.rope_theta))
        for layer in self.layers:
            und, gen = layer(und, gen, cos, sin, bias)
        return und, gen

    def logits(self, und: torch.Tensor) -> torch.Tensor:
        return self.head(F.rms_norm(und, und.shape[-1:], self.und_norm, EPSILON))

    def velocity(self, gen: torch.Tensor) -> torch.Tensor:
        return self.latent_out(F.rms_norm(gen, gen.shape[-1:], self.gen_norm, EPSILON))

    @torch.no_grad()
    def copy_understanding(self) -> None:
        """The generation expert starts as a copy of the understanding expert, as the official one did."""
        for layer in self.layers:
            layer.gen.load_state_dict(layer.und.state_dict())
        self.gen_norm.copy_(self.und_norm)
