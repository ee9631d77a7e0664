"""The drafters' graphs (docs/graphs.md), over one file of 8-bit matrices that holds their common head as well."""
from __future__ import annotations

from pathlib import Path

import torch
from onnx import TensorProto
from torch import nn

from training.language.blocks import EightBit
from training.language.drafters import MEDUSA_HEADS, PARALLEL_HEADS, Drafter
from training.language.export_target import add_matrix, layers, row_inputs
from training.language.graph import LanguageGraph
from training.language.shortlist import CANDIDATES
from training.language.sizes import Sizes
from training.language.target import Target
from training.language.weight_file import WeightFile

TOP = 10
FLOAT = TensorProto.FLOAT
INT64 = TensorProto.INT64


def quantise_drafter(drafter: Drafter) -> None:
    """Replaces the matrices by what the file will hold, so that checks compare the same numbers."""
    with torch.no_grad():
        for module in drafter.modules():
            if isinstance(module, nn.Linear):
                module.weight.copy_(torch.from_numpy(EightBit.quantise(module.weight.float().numpy()).dequantise()))


def write_drafters(drafters: dict[str, Drafter], target: Target, vocabulary_ids: torch.Tensor, file: WeightFile) -> None:
    add_matrix(file, "draft_head", target.embedding.rows(vocabulary_ids.numpy()))
    file.add("draft_ids", vocabulary_ids.numpy())
    for drafter in drafters.values():
        write_drafter(drafter, file)


def write_drafter(drafter: Drafter, file: WeightFile) -> None:
    for path, module in drafter.named_modules():
        if isinstance(module, nn.Linear):
            add_matrix(file, f"{drafter.name}.{path}", EightBit.quantise(module.weight.detach().float().numpy()))
        elif hasattr(module, "epsilon"):
            file.add(f"{drafter.name}.{path}", module.weight.detach().float().numpy())


def _ranked_output(g: LanguageGraph, rows: str, sizes: Sizes, count: str = "S") -> None:
    """Full logits of every row, the best ten with full-vocabulary ids, and the id table."""
    logits = g.product(rows, "draft_head")
    values, places, total = g.ranked(logits, TOP)
    table = g.stored("draft_ids")
    g.output(logits, "logits", [1, count, sizes.draft_vocabulary])
    g.output(values, "top_values", [1, count, TOP])
    g.output(g("Gather", table, places), "top_ids", [1, count, TOP], INT64)
    g.output(total, "log_sum_exp", [1, count])
    g.output(table, "vocabulary_ids", [sizes.draft_vocabulary], INT64)


def _shortlisted_output(g: LanguageGraph, rows: str) -> None:
    """The best ten of shortlist.CANDIDATES tokens, whose logits are exact, with full-vocabulary ids.

    The log-sum-exp is that of the candidates alone.
    """
    table = g.stored("mtp.shortlist.ids")
    if g.precision == "float32":  # for checks: every logit exact
        logits = g("MatMul", rows, g("Gather", g.unpacked("embedding", transpose=True), table, axis=1))
        values, places, total = g.ranked(logits, TOP)
        ids = g("Gather", table, places)
    else:
        rough = g.product(g.product(rows, "mtp.shortlist.project"), "mtp.shortlist.rows")
        _, places = g("TopK", rough, g.ints(CANDIDATES), outputs=2, axis=-1, largest=1, sorted=0)
        candidates = g("Gather", table, places)
        exact = g.scored(rows, candidates, "embedding")
        values, best = g("TopK", exact, g.ints(TOP), outputs=2, axis=-1, largest=1, sorted=1)
        ids = g("GatherElements", candidates, best, axis=-1)
        total = g("ReduceLogSumExp", exact, g.ints(-1), keepdims=0)
    g.output(values, "top_values", [1, "A", TOP])
    g.output(ids, "top_ids", [1, "A", TOP], INT64)
    g.output(total, "log_sum_exp", [1, "A"])


def _best_output(g: LanguageGraph, rows: str, shape: list) -> None:
    """rows [heads, S, hidden] -> log-probabilities and ids of the best ten of each head."""
    values, places, total = g.ranked(g.product(rows, "draft_head"), TOP)
    values = g("Sub", values, g("Unsqueeze", total, g.ints(-1)))
    ids = g("Gather", g.stored("draft_ids"), places)
    if len(shape) == 2:  # one row: [1, heads, 10] in the graph
        values, ids = (g("Squeeze", t, g.ints(0)) for t in (values, ids))
    g.output(values, "top_values", shape)
    g.output(ids, "top_ids", shape, INT64)


def _mapped(g: LanguageGraph, rows: str, name: str) -> str:
    """The drafter's map, where it has one."""
    return g.product(rows, name) if g.has(f"{name}.codes") else rows


def _draft(g: LanguageGraph, s: Sizes, count: int) -> None:
    x = g.embed(g.input("input_ids", [1, "S"], INT64), "embedding")
    x = layers(g, x, 0, count, s, *row_inputs(g), prefix="draft.layers", drafts=True)
    _ranked_output(g, _mapped(g, g.norm(x, "draft.norm", s.epsilon), "draft.map"), s)


def _early_exit(g: LanguageGraph, s: Sizes) -> None:
    x = g.input("exit_hidden", [1, "S", s.hidden])
    gate, up = g("Split", g.product(g.norm(x, "early-exit.feed_forward_norm", s.epsilon), "early-exit.gate_up"),
                 g.ints(s.feed_forward, s.feed_forward), outputs=2, axis=-1)
    x = g("Add", x, g.product(g("Mul", g.silu(gate), up), "early-exit.down"))
    _ranked_output(g, _mapped(g, g.norm(x, "early-exit.norm", s.epsilon), "early-exit.map"), s)


def _medusa(g: LanguageGraph, s: Sizes) -> None:
    hidden = g.input("hidden", [1, 1, s.hidden])
    rows = [g("Add", hidden, g.product(g.silu(g.product(hidden, f"medusa.up.{k}")), f"medusa.down.{k}")) for k in range(MEDUSA_HEADS)]
    _best_output(g, g("Concat", *rows, axis=1), [MEDUSA_HEADS, TOP])


def _mtp(g: LanguageGraph, s: Sizes) -> None:
    hidden = g.input("hidden", [1, "S", s.hidden])
    embeddings = g.embed(g.input("input_ids", [1, "S"], INT64), "embedding")
    both = g("Concat", g.norm(hidden, "mtp.hidden_norm", s.epsilon), g.norm(embeddings, "mtp.embedding_norm", s.epsilon), axis=-1)
    positions, mask = row_inputs(g)
    x = g.product(both, "mtp.merge")
    answered = g.input("answered_rows", [1], INT64)
    x = layers(g, x, 0, 1, s, positions, mask, prefix="mtp.layer", numbered=False, answered=answered, drafts=True)
    out = g.norm(x, "mtp.norm", s.epsilon)
    g.output(out, "hidden_out", [1, "A", s.hidden])
    if g.has("mtp.shortlist.rows.codes"):
        _shortlisted_output(g, out)
    else:
        _ranked_output(g, out, s, "A")


def _parallel(g: LanguageGraph, s: Sizes) -> None:
    hidden = g.input("hidden", [1, "S", s.hidden])
    positions, mask = row_inputs(g)
    streams = [g.norm(hidden, f"mtp-parallel.hidden_norms.{k}", s.epsilon) for k in range(PARALLEL_HEADS)]
    streams = layers(g, streams, 0, PARALLEL_HEADS, s, positions, mask, prefix="mtp-parallel.layers", drafts=True)
    rows = [_mapped(g, g.norm(x, f"mtp-parallel.norms.{k}", s.epsilon), f"mtp-parallel.maps.{k}") for k, x in enumerate(streams)]
    _best_output(g, g("Concat", *rows, axis=0), [PARALLEL_HEADS, "S", TOP])


def export_drafters(names: list[str], sizes: Sizes, files: list[WeightFile], folder: Path, precision: str = "stored", suffix: str = "") -> None:
    makers = {"draft": lambda g: _draft(g, sizes, 2), "early-exit": lambda g: _early_exit(g, sizes), "medusa": lambda g: _medusa(g, sizes),
              "mtp": lambda g: _mtp(g, sizes), "mtp-parallel": lambda g: _parallel(g, sizes)}
    for name in names:
        g = LanguageGraph(name, precision, *files)
        makers[name](g)
        g.save(folder / f"{name}{suffix}.onnx")
