"""What the logs of the bundled models' own training say of precision, thinned to a few dozen points a curve."""

import json
from pathlib import Path

RUNS = Path(__file__).parents[1] / "runs"
POINTS = 40

#: Each model's runs: log folder, the recipe in words, and the quantities that are shown.
MODELS = (
    ("sd3-emoji, denoiser", "mmdit", "float32 on one CPU thread; weights stored as float16 when exported", ("loss",)),
    ("sd3-emoji, autoencoder", "vae", "float32 on one CPU thread; weights stored as float16 when exported", ("rec", "psnr")),
    ("sd3-emoji, text encoders", "clip", "float32 on one CPU thread; weights stored as float16 when exported", ("loss",)),
    ("bagel-emoji", "bagel", "bfloat16 autocast with float32 master weights on one H200; int8 decoder when exported", ("warm-up", "draw", "text")),
)


def thinned(rows: list[dict], name: str) -> dict | None:
    """A curve of one logged quantity; None where the log has none."""
    key = next((key for key in ("step", "samples") if any(key in row and name in row for row in rows)), None)
    if key is None:
        return None
    points = [(row[key], row[name]) for row in rows if key in row and isinstance(row.get(name), int | float)]
    every = max(1, len(points) // POINTS)
    kept = points[::every]
    return {"name": name, "steps": [step for step, _ in kept], "values": [float(f"{value:.4g}") for _, value in kept]}


def summary() -> list[dict]:
    """All models whose logs are there."""
    found = []
    for model, folder, recipe, names in MODELS:
        log = RUNS / folder / "log.jsonl"
        if not log.exists():
            continue
        rows = [json.loads(line) for line in log.read_text("utf-8").splitlines() if line.strip()]
        curves = [curve for name in names if (curve := thinned(rows, name)) is not None]
        found.append({"model": model, "recipe": recipe, "curves": curves})
    return found
