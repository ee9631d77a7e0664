"""The exporter on the tiny checkpoint, in every form: python -m training.export.round_trip

Exact forms must meet the goldens of the official code; quantised ones stay within a relative RMS of the float32 graphs.
Prints a line for each and ends with pass or fail. Needs neither the official code nor a download.
"""
from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from training.export import bagel
from training.export.graph import Style
from training.goldens import bagel_tiny
from training.goldens.bagel_check import Missed, check_run
from training.goldens.bagel_engine import Engine
from training.goldens.bagel_folder import CHECKPOINT
from training.goldens.bagel_graphs import Graphs, causal, full

RUNS = ("read", "draw-think", "edit-global", "edit-taylorseer")
CASES = {  # understanding rows, generation rows, cached rows, and how many rows of the run each row sees
    "text": (9, 0, 0, causal(9)), "one token": (1, 0, 23, causal(1)), "picture": (17, 0, 5, full(17)), "picture and text": (17, 0, 5, [*full(9), *causal(17)[9:]]),
    "latents": (2, 12, 31, full(14)), "latents alone": (0, 12, 0, full(12)),
}


@dataclass(frozen=True)
class Form:
    style: Style
    parts: int = 1
    bound: float | None = None  # relative RMS against float32; None where the goldens must be met


FORMS = {
    "float32": Form(Style("float32")),
    "float32, weights beside, 3 parts": Form(Style("float32", inline=0), parts=3),
    "float16": Form(Style("float16")),
    "float32, fused attention": Form(Style("float32", attention="fused")),
    "float16 compute": Form(Style("float16", compute="float16"), bound=0.01),
    "int8": Form(Style("int8"), bound=0.03),
    "int8, weights beside, 2 parts": Form(Style("int8", inline=0), parts=2, bound=0.03),
    "int8-dynamic": Form(Style("int8-dynamic"), bound=0.04),
    "int4": Form(Style("int4"), bound=0.35),  # rows of three blocks of random weights: judge int4 on trained ones
    "int4, weights beside, 2 parts": Form(Style("int4", inline=0), parts=2, bound=0.35),
}


def outputs(graphs: Graphs) -> dict[str, np.ndarray]:
    """The decoder's and the head's outputs for CASES."""
    block, generator, out = graphs.manifest["bagel"], np.random.default_rng(4), {}
    hidden, shape = block["hidden"], (block["keyValueHeads"], block["headSize"])
    for name, (u, g, t, sees) in CASES.items():
        und, gen = (generator.standard_normal((1, n, hidden), np.float32) for n in (u, g))
        und[:, 2:3] = 0  # a row of zeros has no largest value to be divided by
        past = [tuple(generator.standard_normal((t, *shape), np.float32) for _ in "kv") for _ in range(block["layers"])]
        und_pos = t + np.arange(u) if sees == causal(u) else np.full(u, t)
        rows = graphs.decoder(und, gen, und_pos.astype(np.int64), np.full(g, t, np.int64), sees, past)
        out |= {f"{name} und": rows[0], f"{name} gen": rows[1], f"{name} k": rows[2][-1][0], f"{name} v": rows[2][-1][1]}
        if u:
            out[f"{name} logits"] = graphs.run("lm_head", hidden=rows[0][:, -1:])[0]
    return out


def relative_rms(got: np.ndarray, expected: np.ndarray) -> float:
    return float(np.sqrt(((got - expected) ** 2).mean() / (expected**2).mean())) if expected.size else 0.0


def check(name: str, form: Form, folder: Path, exact: dict[str, np.ndarray]) -> str | None:
    """What is wrong with a form, or None. The first form fills `exact`."""
    bagel.export(CHECKPOINT, folder, form.style, form.parts)
    files = len(list(folder.glob("*.onnx.data")))
    if (form.style.inline == 0) != (files > 0):
        return f"{files} files of weights"
    graphs = Graphs(folder)
    got = outputs(graphs)
    exact.update({} if exact else got)
    worst = max(relative_rms(got[k], exact[k]) for k in exact)
    print(f"{name}: relative RMS against float32 {worst:.1e}")
    if form.bound is not None:
        return None if worst <= form.bound else f"relative RMS {worst:.3f}"
    tokenizer = bagel_tiny.fast_tokenizer(folder)
    try:
        for run in RUNS:
            print(f"  {run:18s} {' '.join(f'{k} {v:.1e}' for k, v in check_run(Engine(graphs, tokenizer), run).items())}")
    except Missed as missed:
        return str(missed)
    return None


def main() -> None:
    wrong, exact = {}, {}
    for name, form in FORMS.items():
        with tempfile.TemporaryDirectory() as folder:
            fault = check(name, form, Path(folder), exact)
        if fault:
            wrong[name] = fault
    if wrong:
        raise SystemExit(f"fail: {wrong}")
    print("pass")


if __name__ == "__main__":
    main()
