"""The target's graphs: whole, and cut after the exit layer into lower and upper (docs/graphs.md)."""
from __future__ import annotations

from pathlib import Path

from onnx import TensorProto

from training.language.attention import attention, drafting_attention
from training.language.decoder import rotary_tables
from training.language.even_rows import EvenRows
from training.language.graph import MICROSOFT, LanguageGraph
from training.language.sizes import Sizes
from training.language.target import Target
from training.language.weight_file import WeightFile

PRECISIONS = ("int8", "int4", "float32")
TOP = 64


def write_weights(target: Target, weights: WeightFile, embedding: WeightFile) -> None:
    """Layers, final norm and rotation tables in one file; the embedding, which is also the head, in the other."""
    for name, matrix in target.matrices.items():
        add_matrix(weights, name, matrix)
    for name, vector in target.norms.items():
        weights.add(name, vector)
    add_matrix(embedding, "embedding", target.embedding)
    for name, table in zip(("cos", "sin"), rotary_tables(target.sizes)):
        embedding.add(name, table.numpy())


def add_matrix(file: WeightFile, name: str, matrix) -> None:
    file.add(f"{name}.codes", matrix.codes)
    file.add(f"{name}.scale", matrix.scale)
    if hasattr(matrix, "minimum"):
        file.add(f"{name}.minimum", matrix.minimum)


def row_inputs(g: LanguageGraph) -> tuple[str, str]:
    """position_ids [1, S] and attention_mask [S, P + S]."""
    return g.input("position_ids", [1, "S"], TensorProto.INT64), g.input("attention_mask", ["S", "P_plus_S"])


def last_rows(g: LanguageGraph, x: str, count: str, axis: int) -> str:
    """count: int64 [1]."""
    start = g.once(f"{count}/start", lambda: g("Neg", count))
    return g("Slice", x, start, g.ints(2**31), g.ints(axis))


def layer(g: LanguageGraph, x: str, name: str, past: str, sizes: Sizes, positions: str, mask: str, answered: str | None = None,
          drafts: bool = False) -> tuple[str, str, str]:
    """x [1, S, hidden] -> the stream after the layer, and its new rows: rotated key, value, [1, S, W] each.

    answered, int64 [1]: how many rows go on, counted from the last; of the others the keys and values alone are made. drafts: a drafter's
    layer, whose bits may depend on the rows beside.

    Keys and values stay [1, rows, W]: a cache row is one run of memory, so that the core can view, append and move rows.
    """
    s = sizes
    key_past, value_past = (g.input(f"past.{past}.{kind}", [1, "P", s.key_value_width]) for kind in ("key", "value"))
    h = g.norm(x, f"{name}.attention_norm", s.epsilon)
    q, k, v = g("Split", g.product(h, f"{name}.qkv"), g.ints(s.query_width, s.key_value_width, s.key_value_width), outputs=3, axis=-1)
    q, k = (g("RotaryEmbedding", t, positions, g.stored("cos"), g.stored("sin"), domain=MICROSOFT, interleaved=0, num_heads=heads,
              rotary_embedding_dim=s.head_size) for t, heads in ((q, s.heads), (k, s.key_value_heads)))
    keys, values = g("Concat", key_past, k, axis=1), g("Concat", value_past, v, axis=1)
    if answered is not None:
        x, q, mask = last_rows(g, x, answered, 1), last_rows(g, q, answered, 1), last_rows(g, mask, answered, 0)
    mixed = (drafting_attention if drafts else attention)(g, q, keys, values, mask, s)
    x = g("Add", x, g.product(mixed, f"{name}.out"))
    h = g.norm(x, f"{name}.feed_forward_norm", s.epsilon)
    gate, up = g("Split", g.product(h, f"{name}.gate_up"), g.ints(s.feed_forward, s.feed_forward), outputs=2, axis=-1)
    x = g("Add", x, g.product(g("Mul", g.silu(gate), up), f"{name}.down"))
    return x, k, v


def layers(g: LanguageGraph, x: str | list[str], first: int, last: int, sizes: Sizes, positions: str, mask: str,
           prefix: str = "layers", numbered: bool = True, answered: str | None = None, drafts: bool = False, even: EvenRows | None = None) -> str | list[str]:
    """Runs the layers, one after another or (x a list) side by side, and gives new_rows [layers, 2, S, W].

    Past inputs keep the layers' own numbers. numbered: whether the stored names carry them too. answered, drafts: as in layer. even: where x has
    a row more, which new_rows leaves out.
    """
    rows, streams = [], x
    for i in range(first, last):
        name = f"{prefix}.{i}" if numbered else prefix
        if isinstance(x, list):
            streams[i], *new = layer(g, streams[i], name, str(i), sizes, positions, mask, drafts=drafts)
        else:
            streams, *new = layer(g, streams, name, str(i), sizes, positions, mask, answered, drafts)
        rows += new
    shape = g.ints(last - first, 2, -1, sizes.key_value_width)
    packed = g("Reshape", g("Concat", *rows, axis=0), shape)
    g.output(packed if even is None else even.cut(packed, 2), "new_rows", [last - first, 2, "S", sizes.key_value_width])
    return streams


def _head(g: LanguageGraph, x: str, sizes: Sizes) -> None:
    hidden = g.norm(x, "norm", sizes.epsilon)
    logits = g.product(hidden, "embedding")
    values, ids, total = g.ranked(logits, TOP)
    g.output(hidden, "hidden", [1, "S", sizes.hidden])
    g.output(logits, "logits", [1, "S", sizes.vocabulary])
    g.output(values, "top_values", [1, "S", TOP])
    g.output(ids, "top_ids", [1, "S", TOP], TensorProto.INT64)
    g.output(total, "log_sum_exp", [1, "S"])


def export_target(sizes: Sizes, weights: WeightFile, embedding: WeightFile, precision: str, folder: Path) -> None:
    """{precision}.onnx, {precision}-lower.onnx and {precision}-upper.onnx."""
    for part, first, last in (("", 0, sizes.layers), ("-lower", 0, sizes.exit_layers), ("-upper", sizes.exit_layers, sizes.layers)):
        g = LanguageGraph(f"target{part}", precision, weights, embedding)
        if first == 0:
            x = g.embed(g.input("input_ids", [1, "S"], TensorProto.INT64), "embedding")
        else:
            x = g.input("exit_hidden", [1, "S", sizes.hidden])
        positions, mask = row_inputs(g)
        if precision == "int8":
            even = EvenRows(g, mask)
            x = even.cut(layers(g, even.filled(x), first, last, sizes, even.filled(positions), even.mask, even=even), 1)
        else:
            x = layers(g, x, first, last, sizes, positions, mask)
        if last == sizes.layers:
            _head(g, x, sizes)
        else:
            g.output(x, "exit_hidden", [1, "S", sizes.hidden])
        g.save(folder / f"target-{precision}{part}.onnx")
