"""Emoji on coloured backgrounds, small, with their subject."""

import json
from pathlib import Path

import numpy as np
import torch
from torch.nn import functional as F

CACHE = Path(__file__).parents[1] / "cache" / "emoji"
SIDE = 24
CLASSES = 24


def load() -> tuple[torch.Tensor, torch.Tensor]:
    """Drawings (N, 4, 24, 24) on 0 to 1 with their alpha, and their subjects' numbers (N,)."""
    index = json.loads((CACHE / "pictures.json").read_text("utf-8"))
    size = index["size"]
    raw = np.memmap(CACHE / "pictures.rgba", np.uint8, "r").reshape(-1, size, size, 4)
    subjects = list(dict.fromkeys(item["subject"] for item in index["items"]))[:CLASSES]
    items = [item for item in index["items"] if item["subject"] in subjects]
    pictures = torch.from_numpy(np.stack([raw[item["row"]] for item in items]).astype(np.float32) / 255)
    small = F.interpolate(pictures.permute(0, 3, 1, 2), size=(20, 20), mode="area")
    return small, torch.tensor([subjects.index(item["subject"]) for item in items])


def batch(drawings: torch.Tensor, labels: torch.Tensor, count: int, random: torch.Generator):
    """Random drawings at random places on random colours: (count, 3, 24, 24) on -1 to 1, and labels."""
    chosen = torch.randint(len(labels), (count,), generator=random)
    colours = torch.rand((count, 3, 1, 1), generator=random).expand(-1, -1, SIDE, SIDE).clone()
    places = torch.randint(SIDE - drawings.shape[-1] + 1, (count, 2), generator=random)
    side = drawings.shape[-1]
    for row, (which, (top, left)) in enumerate(zip(chosen.tolist(), places.tolist(), strict=True)):
        drawing = drawings[which]
        part = colours[row, :, top : top + side, left : left + side]
        part.copy_(part * (1 - drawing[3:]) + drawing[:3] * drawing[3:])
    return 2 * colours - 1, labels[chosen]
