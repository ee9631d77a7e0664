"""Each precision of a checkpoint: size, error and time. python -m training.export.measure_precision <checkpoint> [--text "..."] [--threads 1]

Errors are relative RMS against float32: of the logits after the text, and of the velocity of 64 latents drawn from it, the
mean over five times of the schedule. Times are the least of several runs: a token, the text, a pass over 64 latents.
"""
from __future__ import annotations

import argparse
import tempfile
import time
from pathlib import Path

import numpy as np

from training.export import bagel
from training.export.graph import PRECISIONS, Style
from training.goldens.bagel_engine import Context, Engine
from training.goldens.bagel_graphs import Graphs

LATENTS, TIMES, REPEATS = 64, (1.0, 0.8, 0.6, 0.4, 0.2), 12


def relative_rms(got: np.ndarray, expected: np.ndarray) -> float:
    return float(np.sqrt(((got - expected) ** 2).mean() / (expected**2).mean()))


def least(run) -> float:
    """Milliseconds of the fastest of several runs."""
    spent = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        run()
        spent.append(time.perf_counter() - start)
    return 1e3 * min(spent)


def measure(engine: Engine, ids: list[int]) -> tuple[dict[str, np.ndarray], dict[str, float]]:
    """What the text and the drawing give, and the milliseconds."""
    block, context = engine.block, engine.empty()
    rows = engine.embed(ids)
    hidden, _ = engine.forward(context, rows, engine.none(), np.arange(len(ids)), True, keep=True)
    context.rope = len(ids)
    side = int(LATENTS**0.5)
    places = engine.places(side, side, block["maxLatentSize"])
    noise = np.random.default_rng(1).standard_normal((LATENTS, 4 * block["latentChannels"]), np.float32)
    velocities = [engine.graphs.run("velocity_head", gen_hidden=engine.latent_rows(context, noise, places, t, keep=False))[0] for t in TIMES]
    out = {"logits": engine.graphs.run("lm_head", hidden=hidden[:, -1:])[0], "velocity": np.stack(velocities)}
    empty, last = engine.empty(), rows[:, -1:]
    return out, {
        "token": least(lambda: engine.forward(context, last, engine.none(), np.array([context.rope]), True, keep=False)),
        "text": least(lambda: engine.forward(Context(empty.rows), rows, engine.none(), np.arange(len(ids)), True, keep=False)),
        "pass": least(lambda: engine.latent_rows(context, noise, places, 0.5, keep=False)),
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("--text", default="a red apple and two yellow bananas on a blue background, seen from above")
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args()
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(args.checkpoint / "tokenizer.json"))
    exact = None
    for precision in PRECISIONS:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            bagel.export(args.checkpoint, folder, Style(precision))
            size = sum(f.stat().st_size for f in folder.iterdir())
            graphs = Graphs(folder, args.threads)
            special = graphs.manifest["bagel"]["specialTokens"]
            out, spent = measure(Engine(graphs, None), [special["start"], *tokenizer.encode(args.text).ids, special["end"]])
        exact = exact or out
        errors = " ".join(f"{k} {100 * relative_rms(out[k], exact[k]):.2f} %" for k in out)
        print(f"{precision:13s} {size / 1e6:7.1f} MB  {errors}  {' '.join(f'{k} {v:.2f} ms' for k, v in spent.items())}")


if __name__ == "__main__":
    main()
