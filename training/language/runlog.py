"""What every run leaves in training/runs/language/<name>: config.json, log.jsonl and curves.png."""
from __future__ import annotations

import json
import time
from pathlib import Path

RUNS = Path(__file__).resolve().parents[1] / "runs" / "language"


class RunLog:
    def __init__(self, name: str, config: dict):
        self.folder = RUNS / name
        self.folder.mkdir(parents=True, exist_ok=True)
        self.path = self.folder / "log.jsonl"
        (self.folder / "config.json").write_text(json.dumps(config, indent=1) + "\n")

    def write(self, **values) -> None:
        def short(value):
            return float(f"{value:.5g}") if isinstance(value, float) else [short(v) for v in value] if isinstance(value, list) else value

        line = {k: short(v) for k, v in values.items()}
        with self.path.open("a") as file:
            file.write(json.dumps(line) + "\n")
        print(time.strftime("%H:%M:%S"), self.folder.name, json.dumps(line), flush=True)

    def curves(self, *columns: str, x: str = "rows") -> None:
        """One plot per column; a list is one line per depth."""
        import matplotlib

        matplotlib.use("Agg")
        import matplotlib.pyplot as plt

        lines = [json.loads(line) for line in self.path.read_text().splitlines()]
        figure, axes = plt.subplots(1, len(columns), figsize=(4 * len(columns), 3), squeeze=False)
        for axis, column in zip(axes[0], columns):
            points = [(r[x], r[column] if isinstance(r[column], list) else [r[column]]) for r in lines if column in r]
            for depth in range(max((len(values) for _, values in points), default=0)):  # runs may differ in their depths
                deep = [(at, values[depth]) for at, values in points if len(values) > depth]
                axis.plot([p[0] for p in deep], [p[1] for p in deep], lw=1)
            axis.set_title(column)
            axis.set_xlabel(x)
            axis.grid(alpha=0.3)
        figure.tight_layout()
        figure.savefig(self.folder / "curves.png", dpi=80)
        plt.close(figure)
