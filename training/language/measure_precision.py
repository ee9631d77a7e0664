"""float32, int8 dynamic and int4 side by side: python -m training.language.measure_precision -> training/runs/language/precision.json

Divergence and perplexity on answers left out of training; milliseconds of one row and of m rows behind 256 cached ones (the least of
many runs, so that other work on the machine counts little); bytes of the weights that a precision reads.
"""
from __future__ import annotations

import argparse
import json
import tempfile
import time
from pathlib import Path

import numpy as np
import torch

from training.language import gguf_source
from training.language.export_target import export_target, write_weights
from training.language.features import TEXT
from training.language.runlog import RUNS
from training.language.verify import empty_past, made_tensors, rows, run, session
from training.language.weight_file import WeightFile

PRECISIONS = ("float32", "int8-dynamic", "int8", "int4")
ROWS = (1, 2, 3, 4, 5, 6, 8, 12, 16)
PAST = 256
FETCHED = ["top_values", "top_ids", "log_sum_exp", "hidden", "new_rows"]


def texts(count: int) -> list[dict]:
    shard = next(p for p in sorted(TEXT.glob("*.json")) if int(p.stem.split("-")[1]) % 16 == 2)
    found = [r for r in json.loads(shard.read_text()) if len(r["answer"]) > 40]
    return found[:: max(1, len(found) // count)][:count]


def quality(s, reference, sizes, samples: list[dict]) -> dict[str, float]:
    """Means over the answers' tokens."""
    divergence, likelihood, agree, count = 0.0, 0.0, 0, 0
    for sample in samples:
        ids = np.array([sample["prompt"] + sample["answer"]])
        feeds = {"input_ids": ids, **rows(ids.shape[1]), **empty_past(0, sizes.layers, sizes)}
        first = len(sample["prompt"]) - 1
        p, q = (torch.from_numpy(run(x, feeds)["logits"][0, first:-1]).double().log_softmax(-1) for x in (reference, s))
        divergence += float((p.exp() * (p - q)).sum())
        likelihood += float(q.gather(1, torch.tensor(sample["answer"])[:, None]).sum())
        agree += int((p.argmax(-1) == q.argmax(-1)).sum())
        count += len(sample["answer"])
    return {"divergence": round(divergence / count, 5), "perplexity": round(float(np.exp(-likelihood / count)), 4), "agree": round(agree / count, 4)}


def milliseconds(s, sizes, count: int, repeats: int) -> float:
    feeds = {"input_ids": np.full((1, count), 400), **rows(count, PAST), **empty_past(0, sizes.layers, sizes, PAST)}
    best = float("inf")
    for _ in range(repeats):
        started = time.perf_counter()
        s.run(FETCHED, feeds)
        best = min(best, time.perf_counter() - started)
    return 1000 * best


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--repeats", type=int, default=40)
    parser.add_argument("--samples", type=int, default=16)
    parser.add_argument("--timing-only", action="store_true")
    options = parser.parse_args()
    target, samples = gguf_source.load(), texts(options.samples)
    path = RUNS / "precision.json"
    out = json.loads(path.read_text()) if path.exists() else {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        weights, embedding = WeightFile(folder / "weights.data"), WeightFile(folder / "embedding.data")
        write_weights(target, weights, embedding)
        weights.close()
        embedding.close()
        sizes = target.sizes
        for precision in PRECISIONS:
            export_target(sizes, weights, embedding, precision, folder)
        made = sum(array.nbytes for array in made_tensors(folder / "target-int8.onnx").values())
        reference = session(folder / "target-float32.onnx", options.threads)
        for precision in PRECISIONS:
            s = reference if precision == "float32" else session(folder / f"target-{precision}.onnx", options.threads)
            entry = out.get(precision, {})
            if not options.timing_only:
                entry |= quality(s, reference, sizes, samples)
            times = {m: milliseconds(s, sizes, m, options.repeats) for m in ROWS}
            entry |= {"threads": options.threads, "cached_rows": PAST, "t1_ms": round(times[1], 2),
                      "v": {str(m): round(t / times[1], 3) for m, t in times.items()},
                      "bytes": {"float32": (weights.at + embedding.at), "int8-dynamic": 134_515_008, "int8": made + embedding.at, "int4": weights.at + embedding.at}[precision]}
            out[precision] = entry
            print(precision, json.dumps(entry), flush=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(out, indent=1) + "\n")


if __name__ == "__main__":
    main()
