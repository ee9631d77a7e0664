"""Scenes: emoji pictures composed on coloured backgrounds, with captions that describe them.

A scene is one large object, one small object at a stated place, or two or three small objects. The caption names the
objects, the drawing style and the background; a caption that names no background always means white.
"""
from __future__ import annotations

import json
import random
import zlib
from dataclasses import dataclass
from pathlib import Path

import torch
import torch.nn.functional as F

from captions import COLOURS, caption_for

TRAINING = Path(__file__).resolve().parent.parent
CACHE = TRAINING / "cache"
SIDE = 128


@dataclass
class Placed:
    """One drawn object: row in the picture file, subject index, left/top corner and side in pixels."""

    row: int
    subject: int
    x: int
    y: int
    side: int


@dataclass
class Scene:
    """kind: large | small | pair | triple. place: where a small object stands, or how a pair is arranged."""

    kind: str
    place: str
    style: int
    colour: str
    objects: list[Placed]


class Pictures:
    """Rendered emoji. rgba: float16 [N, 4, 128, 128], premultiplied alpha, so that resizing leaves no dark fringe."""

    def __init__(self, folder: Path = CACHE / "emoji"):
        index = json.loads((folder / "pictures.json").read_text())
        raw = torch.frombuffer(bytearray((folder / "pictures.rgba").read_bytes()), dtype=torch.uint8)
        rgba = raw.view(-1, index["size"], index["size"], 4).permute(0, 3, 1, 2).float() / 255
        rgba[:, :3] *= rgba[:, 3:]
        self.rgba = rgba.half().contiguous()
        self.subjects = json.loads((TRAINING / "data" / "subjects.json").read_text())["subjects"]
        self.styles: list[str] = index["styles"]
        order = {s["id"]: i for i, s in enumerate(self.subjects)}
        # rows[style][subject] -> row
        self.rows = [[-1] * len(self.subjects) for _ in self.styles]
        for item in index["items"]:
            self.rows[self.styles.index(item["style"])][order[item["subject"]]] = item["row"]

    def scaled(self, row: int, side: int) -> torch.Tensor:
        """[4, side, side] premultiplied."""
        picture = self.rgba[row : row + 1].float()
        if side != picture.shape[-1]:
            picture = F.interpolate(picture, size=(side, side), mode="bilinear", antialias=True, align_corners=False)
        return picture[0]

    def compose(self, scene: Scene) -> torch.Tensor:
        """[3, 128, 128] in [-1, 1]."""
        image = torch.tensor(COLOURS[scene.colour], dtype=torch.float32).div(255).view(3, 1, 1).repeat(1, SIDE, SIDE)
        for o in scene.objects:
            picture = self.scaled(o.row, o.side)
            left, top = max(0, -o.x), max(0, -o.y)
            w, h = min(o.side, SIDE - o.x), min(o.side, SIDE - o.y)
            part = picture[:, top:h, left:w]
            area = image[:, o.y + top : o.y + h, o.x + left : o.x + w]
            area.mul_(1 - part[3:]).add_(part[:3])
        return image.mul_(2).sub_(1).clamp_(-1, 1)


def held_out(a: int, b: int) -> bool:
    """Pairs of subjects that no training scene shows together (about 4 %); the composition score is taken on these."""
    return zlib.crc32(f"{min(a, b)}:{max(a, b)}".encode()) % 25 == 0


PLACES = {
    "left": (0.0, 0.5), "right": (1.0, 0.5), "top": (0.5, 0.0), "bottom": (0.5, 1.0), "centre": (0.5, 0.5),
    "top left": (0.0, 0.0), "top right": (1.0, 0.0), "bottom left": (0.0, 1.0), "bottom right": (1.0, 1.0),
}
PAIR_PLACES = {"beside": ("left", "right"), "above": ("top", "bottom")}


def _put(row: int, subject: int, place: str, side: int, rng: random.Random, jitter: int = 3) -> Placed:
    """Place inside a margin of 3 px, with a little jitter so that no object sits on a fixed grid."""
    fx, fy = PLACES[place]
    free = SIDE - side - 6
    x = 3 + round(fx * free) + rng.randint(-jitter, jitter)
    y = 3 + round(fy * free) + rng.randint(-jitter, jitter)
    return Placed(row, subject, x, y, side)


def sample_scene(
    pictures: Pictures,
    rng: random.Random,
    mix: dict[str, float],
    subjects: list[int] | None = None,
    style: int | None = None,
    white: float = 0.45,
) -> Scene:
    """A random scene. mix: probability of each kind. Fixed subjects and style may be given."""
    kind = rng.choices(list(mix), list(mix.values()))[0]
    style = rng.randrange(len(pictures.styles)) if style is None else style
    colour = "white" if rng.random() < white else rng.choice(list(COLOURS))
    count = {"large": 1, "small": 1, "pair": 2, "triple": 3}[kind]
    while subjects is None or len(subjects) < count:
        subjects = rng.sample(range(len(pictures.subjects)), count)
        pairs = [(a, b) for i, a in enumerate(subjects) for b in subjects[:i]]
        if any(held_out(a, b) for a, b in pairs):
            subjects = None
    rows = [pictures.rows[style][s] for s in subjects]
    if kind == "large":
        place, objects = "centre", [_put(rows[0], subjects[0], "centre", rng.randint(106, 116), rng, 2)]
    elif kind == "small":
        place = rng.choice(list(PLACES))
        objects = [_put(rows[0], subjects[0], place, rng.randint(54, 62), rng)]
    elif kind == "pair":
        place = "beside" if rng.random() < 0.75 else "above"
        side = rng.randint(56, 60)
        objects = [_put(r, s, p, side, rng, 2) for r, s, p in zip(rows, subjects, PAIR_PLACES[place])]
    else:
        place, side = "triangle", rng.randint(54, 58)
        objects = [_put(r, s, p, side, rng, 2) for r, s, p in zip(rows, subjects, ("top", "bottom left", "bottom right"))]
    return Scene(kind, place, style, colour, objects)


def describe(pictures: Pictures, scene: Scene, rng: random.Random) -> str:
    return caption_for(
        [pictures.subjects[o.subject] for o in scene.objects], pictures.styles[scene.style], scene.kind, scene.place,
        scene.colour, rng,
    )
