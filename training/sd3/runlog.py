"""What every training run leaves behind: config.json, log.jsonl and curves.png in training/runs/<name>."""
from __future__ import annotations

import json
import os
import time
from pathlib import Path

import torch

from scenes import TRAINING

RUNS = TRAINING / "runs"


class RunLog:
    def __init__(self, name: str, config: dict, resume: bool):
        self.folder = RUNS / name
        self.folder.mkdir(parents=True, exist_ok=True)
        self.path = self.folder / "log.jsonl"
        if not resume:
            self.path.unlink(missing_ok=True)
        (self.folder / "config.json").write_text(json.dumps(config, indent=1) + "\n")

    def write(self, **values) -> None:
        line = {k: (float(f"{v:.5g}") if isinstance(v, float) else v) for k, v in values.items()}
        with self.path.open("a") as f:
            f.write(json.dumps(line) + "\n")
        print(time.strftime("%H:%M:%S"), json.dumps(line), flush=True)

    def curves(self, *columns: str, x: str = "samples") -> None:
        """One small plot per column over the sample count."""
        import matplotlib

        matplotlib.use("Agg")
        import matplotlib.pyplot as plt

        lines = [json.loads(line) for line in self.path.read_text().splitlines()]
        fig, axes = plt.subplots(1, len(columns), figsize=(4 * len(columns), 3), squeeze=False)
        for ax, column in zip(axes[0], columns):
            points = [(r[x], r[column]) for r in lines if column in r]
            if points:
                ax.plot(*zip(*points), lw=1)
            ax.set_title(column)
            ax.set_xlabel(x)
            ax.grid(alpha=0.3)
        fig.tight_layout()
        fig.savefig(self.folder / "curves.png", dpi=80)
        plt.close(fig)


def save_checkpoint(path: Path, state: dict) -> None:
    """Write beside the target and rename, so that a kill in mid-write leaves the old checkpoint whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(".part")
    torch.save(state, part)
    os.replace(part, path)
