"""The three text encoders as ONNX graphs."""
from __future__ import annotations

from pathlib import Path

import torch
from onnx import TensorProto

from graph import Graph

MICROSOFT = "com.microsoft"


def _clip_layer(g: Graph, x: str, mask: str, name: str, layer, activation: str, heads: int) -> str:
    a = layer.self_attn
    h = g.layer_norm(x, f"{name}.layer_norm1", layer.layer_norm1)
    q, k, v = (g.linear(h, f"{name}.{n}", m.weight, m.bias) for n, m in (("q_proj", a.q_proj), ("k_proj", a.k_proj), ("v_proj", a.v_proj)))
    h = g("MultiHeadAttention", q, k, v, "", "", mask, domain=MICROSOFT, num_heads=heads, label=f"{name}.self_attn")
    x = g("Add", x, g.linear(h, f"{name}.out_proj", a.out_proj.weight, a.out_proj.bias))
    h = g.layer_norm(x, f"{name}.layer_norm2", layer.layer_norm2)
    h = g.linear(h, f"{name}.fc1", layer.mlp.fc1.weight, layer.mlp.fc1.bias)
    if activation == "quick_gelu":
        h = g("QuickGelu", h, domain=MICROSOFT, alpha=1.702)
    else:
        h = g("Gelu", h, domain=MICROSOFT)
    return g("Add", x, g.linear(h, f"{name}.fc2", layer.mlp.fc2.weight, layer.mlp.fc2.bias))


def export_clip(model, path: Path) -> None:
    """Outputs text_embeds, last_hidden_state (after the final norm) and hidden_states.0 .. N (before it)."""
    config, text = model.config, getattr(model.text_model, "text_model", model.text_model)
    width, length = config.hidden_size, config.max_position_embeddings
    g = Graph("clip_text_encoder")
    ids = g.input("input_ids", ["batch_size", "sequence_length"], TensorProto.INT64)
    count = g("Slice", g("Shape", ids), g.ints(1), g.ints(2))
    positions = g("Slice", g.weight("position_embedding", text.embeddings.position_embedding.weight), g.ints(0), count, g.ints(0))
    x = g("Add", g("Gather", g.weight("token_embedding", text.embeddings.token_embedding.weight), ids), positions)
    causal = torch.full((length, length), -1e9).triu(1)[None, None]
    # Stored with two axes cut to the sequence; fp16 has no -1e9, so the mask is built from a 0/1 matrix.
    ones = g.weight("causal_mask", causal.ne(0).float())
    mask = g("Slice", g("Mul", ones, g.scalar(-1e9)), g.ints(0, 0), g("Concat", count, count, axis=0), g.ints(2, 3))
    batch = g("Slice", g("Shape", ids), g.ints(0), g.ints(1))
    mask = g("Expand", mask, g("Concat", batch, g.ints(1), count, count, axis=0))
    hidden = [x]
    for i, layer in enumerate(text.encoder.layers):
        x = _clip_layer(g, x, mask, f"layers.{i}", layer, config.hidden_act, config.num_attention_heads)
        hidden.append(x)
    last = g.layer_norm(x, "final_layer_norm", text.final_layer_norm)
    # The first end-of-text token: ArgMax takes the first maximum.
    is_end = g("Cast", g("Equal", ids, g.ints(config.eos_token_id)), to=TensorProto.INT32)
    end = g("ArgMax", is_end, axis=1, keepdims=1)
    row = g("GatherND", last, end, batch_dims=1)
    embeds = g.linear(row, "text_projection", model.text_projection.weight)
    g.output(embeds, "text_embeds", ["batch_size", config.projection_dim])
    g.output(last, "last_hidden_state", ["batch_size", "sequence_length", width])
    for i, value in enumerate(hidden):
        g.output(value, f"hidden_states.{i}", ["batch_size", "sequence_length", width])
    g.save(path)


def _relative_bias(t5, length: int) -> torch.Tensor:
    """[1, heads, length, length]; shared by all layers, computed once here because the lengths are small."""
    attention = t5.encoder.block[0].layer[0].SelfAttention
    distance = torch.arange(length)[None] - torch.arange(length)[:, None]
    bucket = attention._relative_position_bucket(
        distance, bidirectional=True, num_buckets=attention.relative_attention_num_buckets, max_distance=attention.relative_attention_max_distance)
    return attention.relative_attention_bias(bucket).permute(2, 0, 1)[None].detach()


def export_t5(t5, length: int, path: Path) -> None:
    """last_hidden_state after the final norm. Sequences of up to twice the trained length are accepted."""
    config = t5.config
    g = Graph("t5_encoder")
    ids = g.input("input_ids", ["batch_size", "sequence_length"], TensorProto.INT64)
    count = g("Slice", g("Shape", ids), g.ints(1), g.ints(2))
    x = g("Gather", g.weight("shared", t5.shared.weight), ids)
    bias = g("Slice", g.weight("relative_bias", _relative_bias(t5, 2 * length)), g.ints(0, 0), g("Concat", count, count, axis=0), g.ints(2, 3))
    batch = g("Slice", g("Shape", ids), g.ints(0), g.ints(1))
    bias = g("Expand", bias, g("Concat", batch, g.ints(config.num_heads), count, count, axis=0))
    for i, block in enumerate(t5.encoder.block):
        a, ff, name = block.layer[0], block.layer[1], f"block.{i}"
        h = g.rms_norm(x, f"{name}.layer.0.layer_norm", a.layer_norm.weight, config.layer_norm_epsilon)
        q, k, v = (g.linear(h, f"{name}.{n}", getattr(a.SelfAttention, n).weight) for n in ("q", "k", "v"))
        h = g("MultiHeadAttention", q, k, v, "", "", bias, domain=MICROSOFT, num_heads=config.num_heads, scale=1.0, label=f"{name}.attention")
        x = g("Add", x, g.linear(h, f"{name}.o", a.SelfAttention.o.weight))
        h = g.rms_norm(x, f"{name}.layer.1.layer_norm", ff.layer_norm.weight, config.layer_norm_epsilon)
        gate = g("FastGelu", g.linear(h, f"{name}.wi_0", ff.DenseReluDense.wi_0.weight), domain=MICROSOFT)
        h = g("Mul", gate, g.linear(h, f"{name}.wi_1", ff.DenseReluDense.wi_1.weight))
        x = g("Add", x, g.linear(h, f"{name}.wo", ff.DenseReluDense.wo.weight))
    x = g.rms_norm(x, "final_layer_norm", t5.encoder.final_layer_norm.weight, config.layer_norm_epsilon)
    g.output(x, "last_hidden_state", ["batch_size", "sequence_length", config.d_model])
    g.save(path)
