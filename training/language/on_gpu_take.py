"""Takes what training.language.on_gpu wrote into the cache: python -m training.language.on_gpu_take FOLDER.

Drafters become checkpoints without an optimiser's state, the text becomes shards. Features of earlier text are brought to the new draft vocabulary by
`python -m training.language.features` afterwards, which also makes those of the new text.
"""
from __future__ import annotations

import argparse
import json
import shutil
from pathlib import Path

import numpy as np
import torch

from training.language.drafters import DRAFTERS
from training.language.features import TEXT, VOCABULARY
from training.language.train_drafters import CHECKPOINTS

ROWS = 256  # of a shard


def take_text(path: Path) -> None:
    data = np.load(path)
    lengths = np.stack([data["prompts"], data["answers"]], axis=1)
    ends = lengths.reshape(-1).cumsum()
    pieces = np.split(data["ids"].astype(int), ends[:-1])
    rows = [{"prompt": pieces[2 * i].tolist(), "answer": pieces[2 * i + 1].tolist()} for i in range(len(lengths))]
    for i in range(0, len(rows), ROWS):
        (TEXT / f"gpu-{i // ROWS:05d}.json").write_text(json.dumps(rows[i : i + ROWS]))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    folder = parser.parse_args().folder
    shutil.copyfile(folder / "draft-vocabulary.npy", VOCABULARY)
    take_text(folder / "text.npz")
    for name in DRAFTERS:
        if (folder / f"{name}.npz").exists():
            state = {k: torch.from_numpy(v).float() for k, v in np.load(folder / f"{name}.npz").items()}
            torch.save({"drafter": state, "seen": {"rows": 0, "steps": 0, "seconds": 0.0}}, CHECKPOINTS / f"{name}.pt")


if __name__ == "__main__":
    main()
