"""The drawings that scenes are made of, and which of them training may see.

Held out for evaluation: of every class one style (in turn noto, fluent 3d, flat, twemoji; with noto also its older
drawings), and every eighth emoji that is no class, in all styles.
"""
from __future__ import annotations

import json
import zlib
from dataclasses import dataclass

import cv2
import numpy as np

from training.detect.paths import CACHE, CLASSES

STYLES = ("noto", "fluent 3d", "flat", "twemoji")
LEVELS = (128, 64, 32)


def held_out_style(label: int) -> str:
    """The style in which a class is never shown to training."""
    return STYLES[label % len(STYLES)]


def is_held_out(style: str, label: int, code: str) -> bool:
    if label < 0:
        return zlib.crc32(code.encode()) % 8 == 0
    held = held_out_style(label)
    return style == held or (held == "noto" and style == "noto v1")


@dataclass(frozen=True)
class Drawing:
    """row in the picture file; label: class, or -1 for another emoji."""

    row: int
    label: int
    style: str
    code: str


class Pictures:
    """Drawings as premultiplied uint8 RGBA in three sizes. split: "train" or "eval" (held-out drawings only)."""

    def __init__(self, split: str):
        index = json.loads((CACHE / "pictures.json").read_text())
        size = index["size"]
        raw = np.memmap(CACHE / "pictures.rgba", np.uint8, "r").reshape(-1, size, size, 4)
        labels = {c["subject"]: i for i, c in enumerate(CLASSES)}
        drawings = [Drawing(i["row"], labels[i["subject"]] if i["subject"] else -1, i["style"], i["code"]) for i in index["items"]]
        self.drawings = [d for d in drawings if is_held_out(d.style, d.label, d.code) == (split == "eval")]
        self.of_class = [[d for d in self.drawings if d.label == label] for label in range(len(CLASSES))]
        codes: dict[str, list[Drawing]] = {}
        for d in self.drawings:
            if d.label < 0:
                codes.setdefault(d.code, []).append(d)
        self.others = list(codes.values())
        self.raw = raw
        self.ready: dict[int, list[np.ndarray]] = {}

    def levels(self, row: int) -> list[np.ndarray]:
        """The drawing at 128, 64 and 32 px, premultiplied, so that resizing leaves no dark fringe."""
        if row not in self.ready:
            rgba = self.raw[row].astype(np.float32)
            rgba[..., :3] *= rgba[..., 3:] / 255
            full = np.round(rgba).astype(np.uint8)
            self.ready[row] = [full] + [cv2.resize(full, (s, s), interpolation=cv2.INTER_AREA) for s in LEVELS[1:]]
        return self.ready[row]
