"""The denoiser as an ONNX graph with onnxruntime's fused operators, written node by node.

A plain export spends much of its time in small element-wise nodes; MultiHeadAttention, LayerNormalization,
SimplifiedLayerNormalization (RMS norm) and FastGelu bring the graph close to the cost of its matrix products.
"""
from __future__ import annotations

import math
from pathlib import Path

import torch

from graph import Graph
from mmdit import MMDiT

MICROSOFT = "com.microsoft"


def _mlp(g: Graph, x: str, name: str, mlp) -> str:
    h = g.silu(g.linear(x, f"{name}.linear_1", mlp.linear_1.weight, mlp.linear_1.bias))
    return g.linear(h, f"{name}.linear_2", mlp.linear_2.weight, mlp.linear_2.bias)


def _modulation(g: Graph, silu_c: str, name: str, norm, scale_at: tuple[int, ...]) -> list[str]:
    """count vectors [B, 1, width]; those at scale_at get their "1 +" already in the bias."""
    width = norm.linear.out_features // norm.count
    bias = norm.linear.bias.detach().clone()
    for i in scale_at:
        bias[i * width : (i + 1) * width] += 1
    flat = g.linear(silu_c, f"{name}.linear", norm.linear.weight, bias)
    flat = g("Unsqueeze", flat, g.ints(1))
    return g("Split", flat, outputs=norm.count, axis=-1, num_outputs=norm.count, label=name)


def _modulate(g: Graph, x: str, shift: str, one_plus_scale: str, width: int) -> str:
    normed = g("LayerNormalization", x, g.weight("ones", torch.ones(width)), axis=-1, epsilon=1e-6)
    return g("Add", g("Mul", normed, one_plus_scale), shift)


def _qkv(g: Graph, x: str, name: str, layers, norms, heads: int) -> list[str]:
    """q, k, v [B, L, width] from one product; q and k normalised per head."""
    weight, bias = torch.cat([m.weight for m in layers]), torch.cat([m.bias for m in layers])
    width = weight.shape[0] // 3
    parts = g("Split", g.linear(x, f"{name}_qkv", weight, bias), outputs=3, axis=-1, num_outputs=3)
    out = []
    for part, norm, which in zip(parts, norms, ("q", "k")):
        split = g("Reshape", part, g.ints(0, 0, heads, width // heads))
        split = g.rms_norm(split, f"{name}_norm_{which}", norm.weight)
        out.append(g("Reshape", split, g.ints(0, 0, width)))
    return [*out, parts[2]]


def _feed_forward(g: Graph, x: str, name: str, ff) -> str:
    up = g.linear(x, f"{name}.net.0.proj", ff.net[0].proj.weight)
    h = g("FastGelu", up, g.weight(f"{name}.net.0.proj.bias", ff.net[0].proj.bias), domain=MICROSOFT)
    return g.linear(h, f"{name}.net.2", ff.net[2].weight, ff.net[2].bias)


def _block(g: Graph, x: str, text: str, silu_c: str, tokens: str, name: str, block) -> tuple[str, str]:
    attn, heads = block.attn, block.attn.heads
    width = attn.to_q.out_features
    shift, scale, gate, shift_mlp, scale_mlp, gate_mlp = _modulation(g, silu_c, f"{name}.norm1", block.norm1, (1, 4))
    vectors = _modulation(g, silu_c, f"{name}.norm1_context", block.norm1_context, (0,) if block.last else (1, 4))
    text_shift, text_scale = (vectors[1], vectors[0]) if block.last else (vectors[0], vectors[1])
    image = _qkv(g, _modulate(g, x, shift, scale, width), f"{name}.attn", (attn.to_q, attn.to_k, attn.to_v),
                 (attn.norm_q, attn.norm_k), heads)
    other = _qkv(g, _modulate(g, text, text_shift, text_scale, width), f"{name}.attn_added",
                 (attn.add_q_proj, attn.add_k_proj, attn.add_v_proj), (attn.norm_added_q, attn.norm_added_k), heads)
    if block.last:  # the text stream ends here, so only image rows need a query
        q = image[0]
    else:
        q = g("Concat", image[0], other[0], axis=1)
    k, v = (g("Concat", a, b, axis=1) for a, b in zip(image[1:], other[1:]))
    mixed = g("MultiHeadAttention", q, k, v, domain=MICROSOFT, num_heads=heads, label=f"{name}.attn")
    rows = mixed if block.last else g("Slice", mixed, g.ints(0), tokens, g.ints(1))
    out = g.linear(rows, f"{name}.attn.to_out.0", attn.to_out[0].weight, attn.to_out[0].bias)
    x = g("Add", x, g("Mul", gate, out))
    x = g("Add", x, g("Mul", gate_mlp, _feed_forward(g, _modulate(g, x, shift_mlp, scale_mlp, width), f"{name}.ff", block.ff)))
    if block.last:
        return x, text
    rows = g("Slice", mixed, tokens, g.ints(1 << 30), g.ints(1))
    out = g.linear(rows, f"{name}.attn.to_add_out", attn.to_add_out.weight, attn.to_add_out.bias)
    text = g("Add", text, g("Mul", vectors[2], out))
    h = _feed_forward(g, _modulate(g, text, vectors[3], vectors[4], width), f"{name}.ff_context", block.ff_context)
    return x, g("Add", text, g("Mul", vectors[5], h))


def export_mmdit(net: MMDiT, joint: int, pooled_width: int, path: Path) -> None:
    g = Graph("mmdit")
    latents = g.input("hidden_states", ["batch_size", net.channels, "height", "width"])
    timestep = g.input("timestep", ["step"])
    context = g.input("encoder_hidden_states", ["batch_size", "sequence_length", joint])
    pooled = g.input("pooled_projections", ["batch_size", pooled_width])
    frequency = torch.exp(-math.log(10000.0) * torch.arange(128, dtype=torch.float32) / 128)
    angle = g("Mul", g("Unsqueeze", timestep, g.ints(1)), g.weight("time_frequency", frequency))
    time = _mlp(g, g("Concat", g("Cos", angle), g("Sin", angle), axis=-1), "timestep_embedder", net.time_text_embed.timestep_embedder)
    silu_c = g.silu(g("Add", time, _mlp(g, pooled, "text_embedder", net.time_text_embed.text_embedder)))

    # Patches, and the centre crop of the position table for whatever size comes in.
    embed = net.pos_embed
    width, side = embed.proj.out_channels, embed.side
    grid = g("Conv", latents, g.weight("pos_embed.proj.weight", embed.proj.weight), g.weight("pos_embed.proj.bias", embed.proj.bias),
             kernel_shape=[2, 2], strides=[2, 2])
    size = g("Slice", g("Shape", grid), g.ints(2), g.ints(4))
    tokens = g("ReduceProd", size, keepdims=1)
    start = g("Div", g("Sub", g.ints(side, side), size), g.ints(2, 2))
    table = g.weight("pos_embed.pos_embed", embed.pos_embed.view(side, side, width))
    crop = g("Slice", table, start, g("Add", start, size), g.ints(0, 1))
    crop = g("Reshape", crop, g.ints(1, -1, width))
    x = g("Transpose", g("Reshape", grid, g.ints(0, width, -1)), perm=[0, 2, 1])
    x = g("Add", x, crop)
    text = g.linear(context, "context_embedder", net.context_embedder.weight, net.context_embedder.bias)
    for i, block in enumerate(net.transformer_blocks):
        x, text = _block(g, x, text, silu_c, tokens, f"transformer_blocks.{i}", block)

    scale, shift = _modulation(g, silu_c, "norm_out", net.norm_out, (0,))
    x = g.linear(_modulate(g, x, shift, scale, width), "proj_out", net.proj_out.weight, net.proj_out.bias)
    # Each token holds its patch as (row, column, channel), which is DepthToSpace's own order.
    shape = g("Concat", g.ints(0), size, g.ints(4 * net.channels), axis=0)
    x = g("Transpose", g("Reshape", x, shape), perm=[0, 3, 1, 2])
    x = g("DepthToSpace", x, blocksize=2, mode="DCR")
    g.output(x, "out_hidden_states", ["batch_size", net.channels, "height", "width"])
    g.save(path)
