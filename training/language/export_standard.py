"""The same weights as transformers.js-style exports have them: a two-dimensional attention mask, caches that grow by concatenation.

    input_ids, attention_mask, position_ids [B, S or P + S], past_key_values.N.key|value [B, Hkv, P, D]
    -> logits [B, S, vocabulary], present.N.key|value [B, Hkv, P + S, D]
"""
from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from onnx import TensorProto

from training.language.decoder import rotary_tables
from training.language.graph import MICROSOFT, LanguageGraph
from training.language.sizes import Sizes
from training.language.target import Target


class StandardGraph(LanguageGraph):
    """Weights inside the file, as float16 behind a Cast (the base builder's own way)."""

    def __init__(self, target: Target):
        super().__init__("model", "float32")
        self.target = target

    def product(self, x: str, name: str) -> str:
        import torch

        matrix = self.target.embedding if name == "embedding" else self.target.matrices[name]
        return self.linear(x, name, torch.from_numpy(matrix.dequantise()))

    def norm(self, x: str, name: str, epsilon: float) -> str:
        import torch

        return self.rms_norm(x, name, torch.from_numpy(self.target.norms[name]), epsilon)


def _mask(g: LanguageGraph, ids: str, attention: str) -> str:
    """[B, 1, S, P + S]: 0 where a row may look and -1e9 elsewhere."""
    new, total = (g("Slice", g("Shape", value), g.ints(1), g.ints(2)) for value in (ids, attention))
    zero, one = g.constant("zero", np.array(0, dtype=np.int64)), g.constant("one", np.array(1, dtype=np.int64))
    columns = g("Range", zero, g("Squeeze", total), one)
    rows = g("Range", g("Squeeze", g("Sub", total, new)), g("Squeeze", total), one)
    causal = g("LessOrEqual", columns, g("Unsqueeze", rows, g.ints(1)))
    real = g("Unsqueeze", g("Cast", attention, to=TensorProto.BOOL), g.ints(1, 2))
    return g("Where", g("And", causal, real), g.scalar(0.0), g.scalar(-1e9))


def export_standard(target: Target, path: Path) -> None:
    s = target.sizes
    g = StandardGraph(target)
    ids = g.input("input_ids", ["batch_size", "sequence_length"], TensorProto.INT64)
    attention = g.input("attention_mask", ["batch_size", "total_sequence_length"], TensorProto.INT64)
    positions = g.input("position_ids", ["batch_size", "sequence_length"], TensorProto.INT64)
    mask = _mask(g, ids, attention)
    import torch

    table = g.weight("embedding.rows", torch.from_numpy(target.embedding.dequantise()))
    x = g("Gather", table, ids)
    cos, sin = (g.constant(n, t.numpy()) for n, t in zip(("cos", "sin"), rotary_tables(s)))
    cache = ["batch_size", s.key_value_heads, "past_sequence_length", s.head_size]
    grown = ["batch_size", s.key_value_heads, "total_sequence_length", s.head_size]
    for i in range(s.layers):
        name = f"layers.{i}"
        past = [g.input(f"past_key_values.{i}.{kind}", cache) for kind in ("key", "value")]
        h = g.norm(x, f"{name}.attention_norm", s.epsilon)
        q, k, v = g("Split", g.product(h, f"{name}.qkv"), g.ints(s.query_width, s.key_value_width, s.key_value_width), outputs=3, axis=-1)
        q, k = (g("RotaryEmbedding", t, positions, cos, sin, domain=MICROSOFT, num_heads=n, rotary_embedding_dim=s.head_size)
                for t, n in ((q, s.heads), (k, s.key_value_heads)))
        q, k, v = (g("Transpose", g("Reshape", t, g.ints(0, 0, n, s.head_size)), perm=[0, 2, 1, 3])
                   for t, n in ((q, s.heads), (k, s.key_value_heads), (v, s.key_value_heads)))
        k, v = g("Concat", past[0], k, axis=2), g("Concat", past[1], v, axis=2)
        mixed = g("Attention", q, k, v, mask, scale=s.head_size**-0.5)
        mixed = g("Reshape", g("Transpose", mixed, perm=[0, 2, 1, 3]), g.ints(0, 0, s.query_width))
        x = g("Add", x, g.product(mixed, f"{name}.out"))
        h = g.norm(x, f"{name}.feed_forward_norm", s.epsilon)
        gate, up = g("Split", g.product(h, f"{name}.gate_up"), g.ints(s.feed_forward, s.feed_forward), outputs=2, axis=-1)
        x = g("Add", x, g.product(g("Mul", g.silu(gate), up), f"{name}.down"))
        g.output(k, f"present.{i}.key", grown)
        g.output(v, f"present.{i}.value", grown)
    g.output(g.product(g.norm(x, "norm", s.epsilon), "embedding"), "logits", ["batch_size", "sequence_length", s.vocabulary])
    g.save(path)


def write_config(sizes: Sizes, path: Path, begin_token: int, end_token: int) -> None:
    config = {"architectures": ["LlamaForCausalLM"], "model_type": "llama", "vocab_size": sizes.vocabulary, "hidden_size": sizes.hidden,
              "intermediate_size": sizes.feed_forward, "num_hidden_layers": sizes.layers, "num_attention_heads": sizes.heads,
              "num_key_value_heads": sizes.key_value_heads, "head_dim": sizes.head_size, "max_position_embeddings": sizes.context,
              "rms_norm_eps": sizes.epsilon, "rope_theta": sizes.rope_base, "hidden_act": "silu", "tie_word_embeddings": True,
              "bos_token_id": begin_token, "eos_token_id": end_token, "torch_dtype": "float32"}
    path.write_text(json.dumps(config, indent=1) + "\n")
