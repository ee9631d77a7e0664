"""The decoder: every layer's two experts around one attention, whole or in parts (docs/graphs.md).

Rows of a run are ordered understanding, then generation; either may be none, and so may the past.
"""
from __future__ import annotations

from pathlib import Path

import numpy as np
import torch
from onnx import TensorProto

from training.export.checkpoint import LLM, BagelSizes
from training.export.graph import MICROSOFT, BagelGraph, Style
from training.export.safetensors_file import SafetensorsFile

UND, GEN = "", "_moe_gen"
HIDDEN_KEYS = -6e4  # a float16 number; added to the score of a key that its query does not see


def export_decoder(source: SafetensorsFile, sizes: BagelSizes, folder: Path, style: Style, first: int, last: int, name: str) -> Path:
    """Layers [first, last). The last part ends in the understanding norm; generation rows leave without theirs."""
    g = BagelGraph(name, source, folder, style)
    streams = {UND: g.input("und_embeds", [1, "U", sizes.hidden]), GEN: g.input("gen_embeds", [1, "G", sizes.hidden])}
    positions = [g.input(f"{kind}_pos", [axis], TensorProto.INT64) for kind, axis in (("und", "U"), ("gen", "G"))]
    sees = g.input("sees", ["U_plus_G"], TensorProto.INT64)
    past = {i: [g.input(f"past_{kind}.{i}", ["T", sizes.key_value_heads, sizes.head_size]) for kind in ("k", "v")] for i in range(first, last)}
    rows = _Rows(g, sizes, streams, positions, sees, past[first][0])
    added = {UND: None, GEN: None}  # what the last product gave, still to be added to the stream
    for i in range(first, last):
        streams, added = _layer(g, sizes, rows, streams, added, past[i], i)
    for expert, kind, axis in ((UND, "und", "U"), (GEN, "gen", "G")):
        x = g("Add", streams[expert], added[expert])
        if expert == UND and last == sizes.layers:
            x = g.norm(x, f"{LLM}.norm.weight", sizes.epsilon)
        g.output(x, f"{kind}_hidden", [1, axis, sizes.hidden])
    return g.save()


class _Rows:
    """What all layers share: where the understanding rows end, the rotation of each row, and the mask."""

    def __init__(self, g: BagelGraph, sizes: BagelSizes, streams: dict, positions: list[str], sees: str, past: str):
        und, gen = (g("Shape", streams[e], start=1, end=2) for e in (UND, GEN))
        self.split = g("Concat", und, gen, axis=0)
        count, cached = g("Add", und, gen), g("Shape", past, start=0, end=1)
        # Angles in float32, as the official code has them.
        half = sizes.head_size // 2
        exponents = torch.arange(0, sizes.head_size, 2, dtype=torch.int64).float() / sizes.head_size
        frequency = (1.0 / sizes.rope_base**exponents).view(1, half).numpy()  # torch's powers: numpy's differ in the last bit
        steps = g.cast(g("Unsqueeze", g("Concat", *positions, axis=0), g.ints(1)), TensorProto.FLOAT)
        angles = g("Mul", steps, g._constant("rope_frequency", frequency))
        self.cos, self.sin = g("Cos", angles), g("Sin", angles)
        self.offset = g.ints(0)
        # A row sees all cached keys, and as many of this run's first ones as it is told.
        zero, one = (g._constant(f"index_{i}", np.array(i, np.int64)) for i in (0, 1))
        keys = g("Range", zero, g("Squeeze", g("Add", cached, count)), one)
        unseen = g("GreaterOrEqual", g("Unsqueeze", keys, g.ints(0)), g("Unsqueeze", g("Add", cached, sees), g.ints(1)))
        self.mask = g("Mul", g("Cast", unseen, to=TensorProto.FLOAT), g.scalar(HIDDEN_KEYS))


def _skip_norm(g: BagelGraph, x: str, added: str | None, name: str, epsilon: float) -> tuple[str, str]:
    """The stream with its addition, and the norm of that."""
    if added is None:
        return x, g.norm(x, name, epsilon)
    normed, _, _, total = g("SkipSimplifiedLayerNormalization", x, added, g.vector(name), outputs=4, domain=MICROSOFT, epsilon=epsilon, label=name)
    return total, normed


def _layer(g: BagelGraph, sizes: BagelSizes, rows: _Rows, streams: dict, added: dict, past: list[str], index: int) -> tuple[dict, dict]:
    name, streams, heads = f"{LLM}.layers.{index}", dict(streams), {}
    for e in (UND, GEN):
        streams[e], h = _skip_norm(g, streams[e], added[e], f"{name}.input_layernorm{e}.weight", sizes.epsilon)
        heads[e] = _query_key_value(g, sizes, h, f"{name}.self_attn", e)
    q, k, v = (g("Concat", heads[UND][i], heads[GEN][i], axis=1) for i in range(3))
    q, k = (g("RotaryEmbedding", t, rows.offset, rows.cos, rows.sin, domain=MICROSOFT, interleaved=0, num_heads=n, rotary_embedding_dim=sizes.head_size)
            for t, n in ((q, sizes.heads), (k, sizes.key_value_heads)))
    new = []
    for kind, t in (("k", k), ("v", v)):
        g("Reshape", t, g.ints(-1, sizes.key_value_heads, sizes.head_size))
        new.append(g.output_of_last(f"new_{kind}.{index}", ["U_plus_G", sizes.key_value_heads, sizes.head_size]))
    keys, values = (g("Concat", old, fresh, axis=0) for old, fresh in zip(past, new))
    mixed = _attention(g, sizes, q, keys, values, rows.mask)
    parts = g("Split", mixed, rows.split, outputs=2, axis=1)
    for e, part in zip((UND, GEN), parts):
        out = g.product(part, [f"{name}.self_attn.o_proj{e}"], quantised=True)
        streams[e], h = _skip_norm(g, streams[e], out, f"{name}.post_attention_layernorm{e}.weight", sizes.epsilon)
        mlp = f"{name}.mlp{e}"
        both = g.product(h, [f"{mlp}.gate_proj", f"{mlp}.up_proj"], quantised=True)
        gate, up = g("Split", both, g.ints(sizes.feed_forward, sizes.feed_forward), outputs=2, axis=-1)
        added[e] = g.product(g("Mul", g.silu(gate), up), [f"{mlp}.down_proj"], quantised=True)
    return streams, added


def _query_key_value(g: BagelGraph, sizes: BagelSizes, h: str, name: str, expert: str) -> list[str]:
    """[1, rows, width] each; q and k normalised per head. The scale of attention is in q's norm."""
    flat = g.product(h, [f"{name}.{p}_proj{expert}" for p in "qkv"], bias=True, quantised=True)
    parts = g("Split", flat, g.ints(sizes.query_width, sizes.key_value_width, sizes.key_value_width), outputs=3, axis=-1)
    out = []
    for part, which, count, fold in zip(parts, "qk", (sizes.heads, sizes.key_value_heads), (sizes.head_size**-0.5, 1.0)):
        split = g("Reshape", part, g.ints(0, 0, count, sizes.head_size))
        split = g.norm(split, f"{name}.{which}_norm{expert}.weight", sizes.epsilon, fold)
        out.append(g("Reshape", split, g.ints(0, 0, count * sizes.head_size)))
    return [*out, parts[2]]


def _attention(g: BagelGraph, sizes: BagelSizes, q: str, keys: str, values: str, mask: str) -> str:
    """q [1, S, width], keys and values [L, KV, D] -> [1, S, width]; the query heads of a group share their key head."""
    if g.style.attention == "fused":
        keys, values = (g.lower(g("Reshape", t, g.ints(1, -1, sizes.key_value_width))) for t in (keys, values))
        return g.raised(g("Attention", g.lower(q), keys, values, g.lower(mask), q_num_heads=sizes.heads, kv_num_heads=sizes.key_value_heads, scale=1.0))
    groups, size = sizes.heads // sizes.key_value_heads, sizes.head_size
    q = g("Transpose", g("Reshape", g.lower(q), g.ints(-1, sizes.key_value_heads, groups, size)), perm=[1, 2, 0, 3])
    k = g("Unsqueeze", g("Transpose", g.lower(keys), perm=[1, 2, 0]), g.ints(1))
    v = g("Unsqueeze", g("Transpose", g.lower(values), perm=[1, 0, 2]), g.ints(1))
    scores = g("Add", g.raised(g("MatMul", q, k)), mask)  # [KV, groups, S, L]
    shares = g.lower(g("Softmax", scores, axis=-1))
    mixed = g.raised(g("MatMul", shares, v))  # [KV, groups, S, D]
    return g("Reshape", g("Transpose", mixed, perm=[2, 0, 1, 3]), g.ints(1, -1, sizes.query_width))
