"""All runs, one file: `python -m training.precision.record`, from the repository root."""

import json
import platform
from pathlib import Path

import torch

from .bundled import summary
from .pictures import CLASSES, load
from .train import BATCH, STEPS, Recipe, run

OUT = Path(__file__).parents[2] / "resources" / "precision" / "training.json"

RECIPES = (
    Recipe("fp32"),
    Recipe("bf16"),
    Recipe("bf16", master=False),
    Recipe("fp16"),
    Recipe("fp16", scaling="static"),
    Recipe("fp16", scaling="dynamic"),
    Recipe("fp16", master=False),
    Recipe("fp16", master=False, scaling="dynamic"),
    Recipe("fp8-e4m3fn", scaling="dynamic"),
)


def main() -> None:
    torch.set_num_threads(1)
    drawings, labels = load()
    runs = []
    for recipe in RECIPES:
        runs.append(run(recipe, drawings, labels))
        last = runs[-1]
        print(f"{last['label']}: loss {last['loss'][-1]}, accuracy {last['accuracy']}, skipped {last['skippedSteps']}", flush=True)
    record = {
        "description": (
            f"A ConvNet of 42,000 weights learns {CLASSES} emoji subjects at 24 px: {STEPS} steps of {BATCH} scenes, momentum SGD. "
            f"Formats are emulated: every stored number is rounded, sums are float32. One thread of {platform.machine()}, beside other work: "
            "times compare the runs with each other at most."
        ),
        "runs": runs,
        "bundled": summary(),
    }
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps(record, separators=(",", ":"), ensure_ascii=False) + "\n", "utf-8")
    print(f"{OUT.name}: {OUT.stat().st_size / 1000:.0f} kB")


if __name__ == "__main__":
    main()
