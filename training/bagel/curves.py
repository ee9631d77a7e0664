"""Plots of runs/bagel/log.jsonl: python -m training.bagel.curves"""
from __future__ import annotations

import json

from training.bagel import paths

COLUMNS = ("draw", "edit", "read-text", "two-text", "think-text", "rate")


def main() -> None:
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    rows = [json.loads(line) for line in (paths.RUNS / "log.jsonl").read_text().splitlines()]
    figure, axes = plt.subplots(2, 3, figsize=(12, 6))
    for axis, column in zip(axes.flat, COLUMNS):
        points = [(r["samples"], r[column]) for r in rows if column in r and "samples" in r]
        if points:
            axis.plot(*zip(*points), lw=1)
        axis.set_title(column)
        axis.set_xlabel("samples")
        axis.grid(alpha=0.3)
    figure.tight_layout()
    figure.savefig(paths.RUNS / "curves.png", dpi=80)


if __name__ == "__main__":
    main()
