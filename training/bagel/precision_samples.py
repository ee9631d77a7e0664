"""Pictures for comparing the precisions of a conversation: one to ask about, and others to calibrate on.

    python -m training.bagel.precision_samples      -> resources/samples/precision/conversation/{ask,calibrate-*}.png

The first shows two subjects that training never put into one picture.
"""
from __future__ import annotations

import random

import numpy as np
import torch
from PIL import Image

from training.bagel import paths
from training.bagel.compositions import HELD_OUT, READ_MIX, SUBJECTS, Composition, sample
from training.bagel.render import Renderer, Scribe
from training.bagel.sizes import BUNDLED

FOLDER = paths.TRAINING.parent / "resources" / "samples" / "precision" / "conversation"
ASKED_SEED, CALIBRATION_SEED = 5103, 5204
CALIBRATION = 3


def unseen_pair(rng: random.Random) -> Composition:
    pairs = [(a, b) for a in range(len(SUBJECTS)) for b in range(a) if HELD_OUT[a][b]]
    return sample(rng, {"pair": 1.0}, list(rng.choice(pairs)), white=0.0)


def main() -> None:
    asked = unseen_pair(random.Random(ASKED_SEED))
    rng = random.Random(CALIBRATION_SEED)
    scenes = [asked, *(sample(rng, READ_MIX) for _ in range(CALIBRATION))]
    renderer = Renderer(torch.device("cpu"), BUNDLED, torch.float32)
    colours, things = map(torch.from_numpy, Scribe().write(scenes))
    pixels = ((renderer.pixels(colours, things) + 1) * 127.5).round().clamp(0, 255).byte().permute(0, 2, 3, 1).numpy()
    FOLDER.mkdir(parents=True, exist_ok=True)
    for name, picture in zip(["ask", *(f"calibrate-{i + 1}" for i in range(CALIBRATION))], pixels):
        Image.fromarray(np.ascontiguousarray(picture)).save(FOLDER / f"{name}.png", optimize=True)


if __name__ == "__main__":
    main()
