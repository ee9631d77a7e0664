"""The denoiser: SD3's MMDiT with QK normalisation, written for fast training on a CPU.

Parameter names are those of diffusers' SD3Transformer2DModel, so a state dict loads there unchanged.
"""
from __future__ import annotations

import math

import torch
from torch import nn
import torch.nn.functional as F

CONFIG = {
    "sample_size": 16, "patch_size": 2, "in_channels": 16, "out_channels": 16, "num_layers": 8, "attention_head_dim": 64,
    "num_attention_heads": 4, "joint_attention_dim": 320, "caption_projection_dim": 256, "pooled_projection_dim": 320,
    "pos_embed_max_size": 32, "qk_norm": "rms_norm", "dual_attention_layers": [],
}


def position_table(width: int, side: int) -> torch.Tensor:
    """[1, side * side, width]: [sin(x w), cos(x w), sin(y w), cos(y w)], unit spacing, wavelengths from 2 pi to about 4 sides.

    diffusers' own formula moves only a quarter of a radian per patch at this size; the table is stored with the weights,
    so one that tells neighbours apart costs nothing.
    """
    quarter = width // 4
    omega = torch.exp(-math.log(128.0) * torch.arange(quarter) / quarter)
    angle = (torch.arange(side) - side // 2)[:, None] * omega[None]
    axis = torch.cat([angle.sin(), angle.cos()], 1)
    x = axis[None].expand(side, side, -1)
    y = axis[:, None].expand(side, side, -1)
    return torch.cat([x, y], -1).reshape(1, side * side, width)


class PatchEmbed(nn.Module):
    """[B, 16, h, w] -> [B, (h/2)(w/2), width], with the centre crop of the position table added."""

    def __init__(self, channels: int, width: int, side: int):
        super().__init__()
        self.side = side
        self.proj = nn.Conv2d(channels, width, 2, 2)
        self.register_buffer("pos_embed", position_table(width, side))

    def forward(self, x):
        h, w = x.shape[-2] // 2, x.shape[-1] // 2
        top, left = (self.side - h) // 2, (self.side - w) // 2
        table = self.pos_embed.view(1, self.side, self.side, -1)[:, top : top + h, left : left + w].reshape(1, h * w, -1)
        # The convolution written as a matrix product: unfold order (channel, row, column) is the kernel's own.
        b, c = x.shape[:2]
        patches = x.view(b, c, h, 2, w, 2).permute(0, 2, 4, 1, 3, 5).reshape(b, h * w, c * 4)
        return F.linear(patches, self.proj.weight.flatten(1), self.proj.bias) + table


class Mlp2(nn.Module):
    """linear, SiLU, linear."""

    def __init__(self, inner: int, width: int):
        super().__init__()
        self.linear_1, self.linear_2 = nn.Linear(inner, width), nn.Linear(width, width)

    def forward(self, x):
        return self.linear_2(F.silu(self.linear_1(x)))


class TimeText(nn.Module):
    def __init__(self, width: int, pooled: int):
        super().__init__()
        self.timestep_embedder, self.text_embedder = Mlp2(256, width), Mlp2(pooled, width)

    def forward(self, timestep, pooled):
        frequency = torch.exp(-math.log(10000.0) * torch.arange(128, dtype=torch.float32) / 128)
        angle = timestep.float()[:, None] * frequency[None]
        return self.timestep_embedder(torch.cat([angle.cos(), angle.sin()], 1)) + self.text_embedder(pooled)


class RmsNorm(nn.Module):
    def __init__(self, width: int):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(width))

    def forward(self, x):
        y = x.float()
        return (y * torch.rsqrt(y.square().mean(-1, keepdim=True) + 1e-6) * self.weight).to(x.dtype)


class JointAttention(nn.Module):
    """Attention over [image, text] with separate projections for the two streams."""

    def __init__(self, width: int, heads: int, last: bool):
        super().__init__()
        self.heads = heads
        self.to_q, self.to_k, self.to_v = (nn.Linear(width, width) for _ in range(3))
        self.add_q_proj, self.add_k_proj, self.add_v_proj = (nn.Linear(width, width) for _ in range(3))
        self.norm_q, self.norm_k, self.norm_added_q, self.norm_added_k = (RmsNorm(width // heads) for _ in range(4))
        self.to_out = nn.ModuleList([nn.Linear(width, width)])
        if not last:
            self.to_add_out = nn.Linear(width, width)

    def _qkv(self, x, q, k, v, norm_q, norm_k):
        # One product for three projections: their weights stay separate parameters, as diffusers names them.
        weight, bias = torch.cat([q.weight, k.weight, v.weight]), torch.cat([q.bias, k.bias, v.bias])
        b, n = x.shape[:2]
        a = F.linear(x, weight, bias).view(b, n, 3, self.heads, -1).permute(2, 0, 3, 1, 4)
        return norm_q(a[0]), norm_k(a[1]), a[2]

    def forward(self, x, text):
        qx, kx, vx = self._qkv(x, self.to_q, self.to_k, self.to_v, self.norm_q, self.norm_k)
        qt, kt, vt = self._qkv(text, self.add_q_proj, self.add_k_proj, self.add_v_proj, self.norm_added_q, self.norm_added_k)
        q, k, v = torch.cat([qx, qt], 2), torch.cat([kx, kt], 2), torch.cat([vx, vt], 2)
        # Written out on purpose: faster than scaled_dot_product_attention on a CPU in bf16, above all backwards. The softmax is
        # written out as well, or torch.compile would recognise attention and put that function back in.
        score = (q * q.shape[-1] ** -0.5) @ k.transpose(-1, -2)
        weight = (score - score.detach().amax(-1, keepdim=True)).float().exp()
        a = (weight / weight.sum(-1, keepdim=True)).to(v.dtype) @ v
        a = a.transpose(1, 2).flatten(2)
        n = x.shape[1]
        return self.to_out[0](a[:, :n]), a[:, n:]


class FeedForward(nn.Module):
    def __init__(self, width: int):
        super().__init__()
        up = nn.Module()
        up.proj = nn.Linear(width, 4 * width)
        self.net = nn.ModuleList([up, nn.Identity(), nn.Linear(4 * width, width)])

    def forward(self, x):
        return self.net[2](F.gelu(self.net[0].proj(x), approximate="tanh"))


class Norm(nn.Module):
    """Modulation of a layer norm that has no parameters itself: SiLU, linear, count vectors of the width [B, 1, width].

    Starts at zero, so that every block starts as the identity.
    """

    def __init__(self, width: int, count: int):
        super().__init__()
        self.count, self.linear = count, nn.Linear(width, count * width)
        nn.init.zeros_(self.linear.weight)
        nn.init.zeros_(self.linear.bias)

    def forward(self, c):
        return self.linear(F.silu(c))[:, None].chunk(self.count, -1)


def modulate(x, shift, scale):
    return F.layer_norm(x, x.shape[-1:], eps=1e-6) * (1 + scale) + shift


class Block(nn.Module):
    def __init__(self, width: int, heads: int, last: bool):
        super().__init__()
        self.last = last
        self.norm1, self.norm1_context = Norm(width, 6), Norm(width, 2 if last else 6)
        self.attn = JointAttention(width, heads, last)
        self.ff = FeedForward(width)
        if not last:
            self.ff_context = FeedForward(width)

    def forward(self, x, text, c):
        shift, scale, gate, shift_mlp, scale_mlp, gate_mlp = self.norm1(c)
        vectors = self.norm1_context(c)
        # diffusers keeps the pair of a text stream that ends here as (scale, shift).
        text_in = modulate(text, vectors[1], vectors[0]) if self.last else modulate(text, vectors[0], vectors[1])
        image_part, text_part = self.attn(modulate(x, shift, scale), text_in)
        x = x + gate * image_part
        x = x + gate_mlp * self.ff(modulate(x, shift_mlp, scale_mlp))
        if self.last:
            return x, text
        text = text + vectors[2] * self.attn.to_add_out(text_part)
        return x, text + vectors[5] * self.ff_context(modulate(text, vectors[3], vectors[4]))


class MMDiT(nn.Module):
    """velocity = net(latents [B, 16, h, w], timestep [B] in 0..1000, context [B, S, joint], pooled [B, pooled])."""

    def __init__(self, config: dict = CONFIG):
        super().__init__()
        heads = config["num_attention_heads"]
        width, layers = heads * config["attention_head_dim"], config["num_layers"]
        self.channels = config["out_channels"]
        self.pos_embed = PatchEmbed(config["in_channels"], width, config["pos_embed_max_size"])
        self.time_text_embed = TimeText(width, config["pooled_projection_dim"])
        self.context_embedder = nn.Linear(config["joint_attention_dim"], width)
        self.transformer_blocks = nn.ModuleList([Block(width, heads, i == layers - 1) for i in range(layers)])
        self.norm_out = Norm(width, 2)
        self.proj_out = nn.Linear(width, 4 * self.channels)
        nn.init.zeros_(self.proj_out.weight)
        nn.init.zeros_(self.proj_out.bias)

    def forward(self, latents, timestep, context, pooled):
        c = self.time_text_embed(timestep, pooled)
        x, text = self.pos_embed(latents), self.context_embedder(context)
        for block in self.transformer_blocks:
            x, text = block(x, text, c)
        scale, shift = self.norm_out(c)
        x = self.proj_out(modulate(x, shift, scale))
        b, h, w = x.shape[0], latents.shape[-2] // 2, latents.shape[-1] // 2
        return x.view(b, h, w, 2, 2, self.channels).permute(0, 5, 1, 3, 2, 4).reshape(b, self.channels, 2 * h, 2 * w)
