"""What scenes stand on: a few openly licensed photographs that come with Python packages, and procedural textures.

    python -m training.detect.backgrounds        writes cache/detect/backgrounds-{train,eval}.npy, uint8 [N, 384, 384, 3]

Photographs: scikit-image's data (public domain or CC0, see its README) and matplotlib's portrait of Grace Hopper (public
domain). Photographs and seeds of the two splits differ.
"""
from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from training.detect.paths import CACHE

BANK_SIDE = 384
TEXTURES = {"train": 150, "eval": 40}
PHOTOGRAPHS = {
    "train": ("astronaut.png", "brick.png", "camera.png", "coffee.png", "coins.png", "grass.png", "rocket.jpg", "ihc.png"),
    "eval": ("chelsea.png", "gravel.png", "hubble_deep_field.jpg", "retina.jpg", "cell.png"),
}
CROPS = {"train": 8, "eval": 6}
"""Crops of each photograph."""


def photographs(split: str, rng: np.random.Generator) -> list[np.ndarray]:
    import matplotlib
    import skimage

    folder = Path(skimage.__file__).parent / "data"
    files = [folder / name for name in PHOTOGRAPHS[split]]
    if split == "train":
        files.append(Path(matplotlib.get_data_path()) / "sample_data" / "grace_hopper.jpg")
    crops = []
    for file in files:
        picture = cv2.cvtColor(cv2.imread(str(file), cv2.IMREAD_COLOR), cv2.COLOR_BGR2RGB)
        for _ in range(CROPS[split]):
            side = int(min(picture.shape[:2]) * rng.uniform(0.45, 1))
            y, x = (int(rng.integers(0, n - side + 1)) for n in picture.shape[:2])
            crops.append(cv2.resize(picture[y : y + side, x : x + side], (BANK_SIDE, BANK_SIDE), interpolation=cv2.INTER_AREA))
    return crops


def noise(rng: np.random.Generator, cells_x: int, cells_y: int) -> np.ndarray:
    """Smooth noise in [0, 1], [side, side], with about that many bumps across."""
    coarse = rng.random((cells_y + 1, cells_x + 1), dtype=np.float32)
    return cv2.resize(coarse, (BANK_SIDE, BANK_SIDE), interpolation=cv2.INTER_CUBIC).clip(0, 1)


def pattern(kind: int, rng: np.random.Generator) -> np.ndarray:
    """One grey pattern in [0, 1]: plasma, stripes, checker, wood, spots, cells, waves."""
    y, x = np.mgrid[0:BANK_SIDE, 0:BANK_SIDE].astype(np.float32) / BANK_SIDE
    angle, count = rng.uniform(0, np.pi), rng.uniform(3, 24)
    along = x * np.cos(angle) + y * np.sin(angle)
    if kind == 0:
        return sum(noise(rng, 2**k, 2**k) / 2**k for k in range(1, 7)) / 0.99
    if kind == 1:
        return (np.sin(2 * np.pi * count * along) > rng.uniform(-0.5, 0.5)).astype(np.float32)
    if kind == 2:
        return ((np.floor(x * count) + np.floor(y * count)) % 2).astype(np.float32)
    if kind == 3:
        grain = noise(rng, int(rng.integers(2, 5)), int(rng.integers(20, 60)))
        return (0.5 + 0.5 * np.sin(2 * np.pi * (count * y + 2.5 * noise(rng, 3, 6)))) * 0.6 + 0.4 * grain
    if kind == 4:
        u, v = (x * count) % 1 - 0.5, (y * count) % 1 - 0.5
        return (u * u + v * v < rng.uniform(0.03, 0.16)).astype(np.float32)
    if kind == 5:
        points = rng.random((int(rng.integers(12, 60)), 2), dtype=np.float32)
        distance = np.sqrt(((np.stack([x, y], -1)[:, :, None] - points) ** 2).sum(-1))
        return (distance.min(-1) * 5).clip(0, 1) if rng.random() < 0.5 else (distance.argmin(-1) % 7) / 6
    return 0.5 + 0.5 * np.sin(2 * np.pi * (count * along + 0.5 * np.sin(2 * np.pi * rng.uniform(1, 5) * (x + y))))


def texture(rng: np.random.Generator) -> np.ndarray:
    """A pattern between two colours, softened and grained."""
    grey = pattern(int(rng.integers(0, 7)), rng)[..., None]
    first, second = (rng.uniform(0, 255, 3).astype(np.float32) for _ in range(2))
    second = first + (second - first) * rng.uniform(0.15, 1)
    picture = first + (second - first) * grey.astype(np.float32)
    picture += rng.normal(0, rng.uniform(0, 10), picture.shape).astype(np.float32)
    if rng.random() < 0.5:
        picture = cv2.GaussianBlur(picture, (0, 0), rng.uniform(0.5, 3))
    return picture.clip(0, 255).astype(np.uint8)


def main() -> None:
    for seed, split in enumerate(("train", "eval")):
        rng = np.random.default_rng(seed)
        bank = photographs(split, rng) + [texture(rng) for _ in range(TEXTURES[split])]
        np.save(CACHE / f"backgrounds-{split}.npy", np.stack(bank))
        print(split, len(bank))


if __name__ == "__main__":
    main()
