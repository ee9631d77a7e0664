"""The sample picture of the studio's first screen: a toy shelf of drawings that training never saw, with its labels.

    cd training/data && node render-detect.mjs ../cache/detect-large 320 --classes
    python -m training.detect.sample        -> resources/samples/detect/toy-shelf.jpg, toy-shelf.json, NOTICE
"""
from __future__ import annotations

import json
import shutil

import cv2
import numpy as np

from training.detect.paths import CACHE, CLASSES, SAMPLES, TRAINING
from training.detect.pictures import held_out_style

WIDTH, HEIGHT = 960, 640
SHELVES = (322, 588)
"""Heights of the boards' upper edges."""
THINGS = (
    # class, middle x, lower edge y, larger side, turn in degrees
    ("backpack", 112, 326, 168, 0), ("cat", 250, 324, 118, 0), ("books", 372, 325, 122, 0), ("cactus", 486, 325, 140, 0),
    ("crown", 604, 323, 92, -6), ("penguin", 718, 325, 146, 0), ("clock", 862, 324, 122, 4),
    ("dog", 128, 592, 168, 0), ("apple", 236, 590, 84, 0), ("banana", 332, 590, 112, -12), ("car", 494, 592, 182, 0),
    ("soccer ball", 618, 591, 92, 0), ("rocket", 742, 590, 158, -14), ("mushroom", 862, 591, 104, 0),
    ("balloon", 438, 140, 116, 8), ("butterfly", 806, 140, 100, 18),
)


def background(rng: np.random.Generator) -> np.ndarray:
    """A pale wall, lit from the upper left, and two wooden boards: float32 [640, 960, 3]."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    light = np.exp(-((x - 250) ** 2 + (y - 60) ** 2) / 420_000)[..., None]
    wall = np.array([196, 208, 214], np.float32) + light * np.array([46, 36, 24], np.float32)
    for top in SHELVES:
        below = np.clip((y - top - 26) / 46, 0, 1)
        shade = np.where(y > top + 26, 0.22 * (1 - below), 0)[..., None]
        wall = wall * (1 - shade)
        grain = cv2.resize(rng.normal(0, 1, (26, 60)).astype(np.float32), (WIDTH, 26), interpolation=cv2.INTER_CUBIC)
        board = np.array([186, 140, 98], np.float32) + grain[..., None] * np.array([7, 6, 5], np.float32)
        board *= np.linspace(1.1, 0.84, 26, dtype=np.float32)[:, None, None]
        wall[top : top + 26] = board
    return wall + rng.normal(0, 1.2, wall.shape).astype(np.float32)


def drawing(name: str) -> tuple[int, np.ndarray]:
    """Class and premultiplied float32 RGBA of its held-out drawing."""
    label = next(i for i, c in enumerate(CLASSES) if c["name"] == name)
    folder = CACHE.parent / "detect-large"
    index = json.loads((folder / "pictures.json").read_text())
    row = next(i["row"] for i in index["items"] if i["subject"] == CLASSES[label]["subject"] and i["style"] == held_out_style(label))
    raw = np.memmap(folder / "pictures.rgba", np.uint8, "r").reshape(-1, index["size"], index["size"], 4)[row].astype(np.float32)
    raw[..., :3] *= raw[..., 3:] / 255
    return label, raw


def cut_out(picture: np.ndarray, side: int, turn: float) -> np.ndarray:
    """The drawing turned and fitted, trimmed to its bounds."""
    small = cv2.resize(picture, (side, side), interpolation=cv2.INTER_AREA)
    if turn:
        pad = cv2.copyMakeBorder(small, side // 4, side // 4, side // 4, side // 4, cv2.BORDER_CONSTANT)
        middle = (pad.shape[1] / 2 - 0.5, pad.shape[0] / 2 - 0.5)
        small = cv2.warpAffine(pad, cv2.getRotationMatrix2D(middle, turn, 1), pad.shape[1::-1], flags=cv2.INTER_CUBIC).clip(0, 255)
    solid = small[..., 3] > 40
    rows, cols = np.flatnonzero(solid.any(1)), np.flatnonzero(solid.any(0))
    return small[rows[0] : rows[-1] + 1, cols[0] : cols[-1] + 1]


def main() -> None:
    canvas, annotations = background(np.random.default_rng(5)), []
    for name, x, bottom, side, turn in THINGS:
        label, picture = drawing(name)
        cut = cut_out(picture, side, turn)
        h, w = cut.shape[:2]
        left, top = x - w // 2, bottom - h
        shadow = np.zeros((HEIGHT, WIDTH), np.float32)
        shadow[top + 8 : top + h + 8, left + 6 : left + w + 6] = cut[..., 3][: HEIGHT - top - 8, : WIDTH - left - 6] / 255
        canvas *= 1 - 0.34 * cv2.GaussianBlur(shadow, (0, 0), 9)[..., None]
        area = canvas[top : top + h, left : left + w]
        area *= 1 - cut[..., 3:] / 255
        area += cut[..., :3]
        annotations.append({"id": len(annotations) + 1, "image_id": 1, "category_id": label, "bbox": [left, top, w, h], "area": w * h, "iscrowd": 0})
    SAMPLES.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(SAMPLES / "toy-shelf.jpg"), canvas.clip(0, 255).astype(np.uint8)[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 92])
    truth = {"info": {"description": "Toy shelf: a composed scene of emoji drawings that the bundled detector was not trained on"},
             "images": [{"id": 1, "file_name": "toy-shelf.jpg", "width": WIDTH, "height": HEIGHT}], "annotations": annotations,
             "categories": [{"id": i, "name": c["name"]} for i, c in enumerate(CLASSES)]}
    (SAMPLES / "toy-shelf.json").write_text(json.dumps(truth) + "\n")
    shutil.copy(TRAINING / "data" / "licences" / "NOTICE-sample", SAMPLES / "NOTICE")


if __name__ == "__main__":
    main()
