"""Cluttered scenes with labels: drawings turned, stretched, tinted, overlapping, on backgrounds, under blur, noise and JPEG.

A scene is drawn straight at the size that is asked for. `stretch` squeezes all of it in one direction, as a wide picture
is squeezed into the detector's square. Boxes are the tight bounds of the whole drawing (also where another one covers a
part of it), cut at the border. Other emoji are drawn too and have no label.
"""
from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from training.detect.backgrounds import BANK_SIDE
from training.detect.paths import CACHE
from training.detect.pictures import Drawing, LEVELS, Pictures

KINDS = {"clutter": 0.5, "mixed": 0.27, "few": 0.23}
BUSY = {"clutter": 0.66, "mixed": 0.22, "few": 0.12}
"""Kinds of a training scene: a crowded one costs no more to learn from than an empty one."""
MOST = 24
"""Most labels of a scene."""


@dataclass
class Scene:
    """image: uint8 [height, width, 3]; boxes: float32 [G, 4] x1 y1 x2 y2 in pixels; labels: int64 [G]."""

    image: np.ndarray
    boxes: np.ndarray
    labels: np.ndarray


def tint(rng: np.random.Generator, amount: float) -> np.ndarray:
    """A 4 x 4 matrix for premultiplied RGBA: brightness, contrast, saturation, hue turn and colour cast near the identity."""
    grey = np.full((3, 3), 1 / 3)
    angle = rng.uniform(-0.25, 0.25) * amount
    axis = np.array([[0, -1, 1], [1, 0, -1], [-1, 1, 0]]) / np.sqrt(3)
    turn = grey + np.cos(angle) * (np.eye(3) - grey) + np.sin(angle) * axis
    saturation = 1 + rng.uniform(-0.5, 0.4) * amount
    contrast = 1 + rng.uniform(-0.3, 0.25) * amount
    matrix = np.eye(4)
    matrix[:3, :3] = contrast * (grey + saturation * (np.eye(3) - grey)) @ turn
    matrix[:3, 3] = (1 - contrast) * 0.5 + rng.uniform(-0.12, 0.12) * amount + rng.uniform(-0.06, 0.06, 3) * amount
    return matrix


class Stage:
    """Draws scenes of one split. One stage per process: it owns its random numbers."""

    def __init__(self, split: str, seed: int, busy: bool = False):
        self.pictures, self.busy = Pictures(split), busy  # busy: fuller scenes and stronger tints, for training
        # Labelled drawings and others of an evaluation scene are all unseen; its backgrounds too.
        self.bank = np.load(CACHE / f"backgrounds-{split}.npy", mmap_mode="r")
        self.rng = np.random.default_rng(seed)
        self.grain = self.rng.normal(0, 1, (64, 640, 3)).astype(np.float32)

    # What lies behind

    def background(self, width: int, height: int, plain: float) -> np.ndarray:
        """float32 [height, width, 3] in 0 to 255. plain: share of white, one-coloured and two-coloured backgrounds."""
        rng, kind = self.rng, self.rng.random()
        if kind < plain * 0.4:
            return np.full((height, width, 3), 255, np.float32)
        if kind < plain * 0.8:
            return np.broadcast_to(rng.uniform(0, 255, 3).astype(np.float32), (height, width, 3)).copy()
        if kind < plain:
            corners = rng.uniform(0, 255, (2, 2, 3)).astype(np.float32)
            return cv2.resize(corners, (width, height), interpolation=cv2.INTER_LINEAR)
        picture = self.bank[rng.integers(len(self.bank))]
        side = int(BANK_SIDE * rng.uniform(0.4, 1))
        y, x = rng.integers(0, BANK_SIDE - side + 1, 2)
        picture = picture[y : y + side, x : x + side]
        if rng.random() < 0.5:
            picture = picture[:, ::-1]
        if rng.random() < 0.3:
            picture = picture.transpose(1, 0, 2)
        shrink = side > max(width, height)
        canvas = cv2.resize(np.ascontiguousarray(picture), (width, height), interpolation=cv2.INTER_AREA if shrink else cv2.INTER_LINEAR)
        matrix = tint(rng, 1.6)[:3]
        matrix[:, 3] *= 255
        return cv2.transform(canvas, matrix.astype(np.float32)).astype(np.float32).clip(0, 255)

    def scribbled(self, background: np.ndarray) -> np.ndarray:
        """The background with lines, frames, discs and letters: things with edges that are nothing."""
        canvas = background.astype(np.uint8)  # letters need bytes
        rng, (height, width) = self.rng, canvas.shape[:2]
        for _ in range(rng.integers(1, 6)):
            a, b = ((int(rng.integers(0, width)), int(rng.integers(0, height))) for _ in range(2))
            colour = tuple(float(c) for c in rng.uniform(0, 255, 3))
            kind = rng.integers(0, 4)
            if kind == 0:
                cv2.line(canvas, a, b, colour, int(rng.integers(1, 6)), cv2.LINE_AA)
            elif kind == 1:
                cv2.rectangle(canvas, a, b, colour, int(rng.choice([-1, 1, 3])))
            elif kind == 2:
                cv2.circle(canvas, a, int(rng.integers(4, 50)), colour, int(rng.choice([-1, 2])), cv2.LINE_AA)
            else:
                text = "".join(rng.choice(list("abcdefgRSTUVWxyz 0123456789"), int(rng.integers(2, 9))))
                cv2.putText(canvas, text, a, cv2.FONT_HERSHEY_SIMPLEX, float(rng.uniform(0.3, 1.4)), colour, int(rng.integers(1, 3)), cv2.LINE_AA)
        return canvas.astype(np.float32)

    # One thing

    def pick(self, classes: float) -> Drawing:
        """A class with that probability, each class and each of its drawings equally often; otherwise another emoji."""
        rng = self.rng
        group = self.pictures.of_class if rng.random() < classes else self.pictures.others
        drawings = group[rng.integers(len(group))]
        return drawings[rng.integers(len(drawings))]

    def cut_out(self, drawing: Drawing, width: float, height: float) -> np.ndarray:
        """The drawing, turned and tinted, fitted to about width x height: uint8 premultiplied [h, w, 4], trimmed to its bounds."""
        rng = self.rng
        levels = self.pictures.levels(drawing.row)
        level = sum(s >= 1.1 * max(width, height) for s in LEVELS[1:])
        source, side = levels[level], LEVELS[level]
        turn = rng.random()
        angle = 0.0 if turn < 0.4 else rng.uniform(-25, 25) if turn < 0.9 else rng.uniform(-60, 60)
        flip = -1 if rng.random() < 0.5 else 1
        cos, sin = np.cos(np.radians(angle)), np.sin(np.radians(angle))
        skew = rng.uniform(-0.15, 0.15) if rng.random() < 0.3 else 0.0
        linear = np.diag([width / side, height / side]) @ np.array([[cos, -sin], [sin, cos]]) @ np.array([[flip, skew], [0, 1]])
        corners = np.abs(linear) @ np.array([side, side]) + 2
        out_w, out_h = int(np.ceil(corners[0])), int(np.ceil(corners[1]))
        shift = np.array([out_w, out_h]) / 2 - 0.5 - linear @ np.array([side / 2 - 0.5, side / 2 - 0.5])
        cut = cv2.warpAffine(source, np.column_stack([linear, shift]), (out_w, out_h), flags=cv2.INTER_LINEAR)
        solid = cut[..., 3] > 40
        rows, cols = np.flatnonzero(solid.any(1)), np.flatnonzero(solid.any(0))
        if len(rows) == 0:
            return cut[:0]
        cut = np.ascontiguousarray(cut[rows[0] : rows[-1] + 1, cols[0] : cols[-1] + 1])
        if rng.random() < 0.75:
            strength = 2.0 if self.busy and rng.random() < 0.3 else 1.0
            cut = cv2.transform(cut, tint(rng, strength).astype(np.float32))
            np.minimum(cut[..., :3], cut[..., 3:], out=cut[..., :3])
        return cut

    def paste(self, canvas: np.ndarray, cut: np.ndarray, x: int, y: int) -> None:
        """Lays a cut-out on the canvas with its corner at (x, y), sometimes with a soft shadow below."""
        height, width = canvas.shape[:2]
        h, w = cut.shape[:2]
        top, left, bottom, right = max(0, -y), max(0, -x), min(h, height - y), min(w, width - x)
        part = cut[top:bottom, left:right].astype(np.float32)
        area = canvas[y + top : y + bottom, x + left : x + right]
        if self.rng.random() < 0.15:
            drop = max(1, h // 20)
            shadow = cv2.GaussianBlur(part[..., 3], (0, 0), 1 + h / 30)
            area[drop:] *= 1 - shadow[: shadow.shape[0] - drop, :, None] * (0.4 / 255)
        area *= 1 - part[..., 3:] / 255
        area += part[..., :3]

    # The whole

    def plan(self, area: float) -> tuple[int, tuple[float, float], float, float]:
        """Number of things, range of their sides at 320 px, share of classes, share of plain backgrounds."""
        kinds, more = (BUSY, 1.5) if self.busy else (KINDS, 1.0)
        kind = self.rng.choice(list(kinds), p=list(kinds.values()))
        if kind == "few":
            return int(self.rng.integers(1, 4)), (80.0, 290.0), 0.85, 0.75
        low, high, sides = (6, 16, (20.0, 110.0)) if kind == "clutter" else (3, 10, (24.0, 190.0))
        return max(2, round(int(self.rng.integers(low, high)) * area * more)), sides, 0.84 if self.busy else 0.76, 0.3

    def place(self, taken: list[np.ndarray], w: int, h: int, width: int, height: int) -> tuple[int, int] | None:
        """A corner where the new thing covers no earlier one by more than a third; None if there is none in a few tries."""
        rng = self.rng
        over = 0.35 if rng.random() < 0.12 else 0.0
        on_top = rng.random() < 0.2
        for _ in range(10):
            x = int(rng.uniform(-over * w, width - (1 - over) * w + 1))
            y = int(rng.uniform(-over * h, height - (1 - over) * h + 1))
            if not taken:
                return x, y
            boxes = np.stack(taken)
            cover = np.clip(np.minimum(boxes[:, 2:], [x + w, y + h]) - np.maximum(boxes[:, :2], [x, y]), 0, None).prod(1)
            sizes = (boxes[:, 2:] - boxes[:, :2]).prod(1)
            if (cover / sizes).max() < 0.33 and (on_top or (cover / (w * h)).max() < 0.4):
                return x, y
        return None

    def scene(self, width: int, height: int, stretch: float = 1.0, size: float = 1.0) -> Scene:
        """A random scene. stretch: horizontal over vertical scale; size: multiple of the usual sides (1 suits 320 px)."""
        rng = self.rng
        count, (low, high), classes, plain = self.plan(width * height / (size * 320) ** 2)
        canvas = self.background(width, height, plain)
        if rng.random() < 0.25:
            canvas = self.scribbled(canvas)
        high = min(high * size, 0.92 * min(width, height)) / size
        sides = np.exp(rng.uniform(np.log(low), np.log(high), count)) * size
        taken, boxes, labels = [], [], []
        for side in np.sort(sides)[::-1]:
            squash = np.exp(rng.uniform(-0.15, 0.15))
            drawing = self.pick(classes)
            cut = self.cut_out(drawing, side * np.sqrt(stretch) * squash, side / np.sqrt(stretch) / squash)
            h, w = cut.shape[:2]
            if h < 4 or w < 4 or h > height or w > width:
                continue
            corner = self.place(taken, w, h, width, height)
            if corner is None:
                continue
            x, y = corner
            self.paste(canvas, cut, x, y)
            box = np.array([max(0, x), max(0, y), min(width, x + w), min(height, y + h)], np.float32)
            taken.append(box)
            if drawing.label >= 0 and len(labels) < MOST:
                boxes.append(box)
                labels.append(drawing.label)
        image = self.spoil(canvas)
        return Scene(image, np.array(boxes, np.float32).reshape(-1, 4), np.array(labels, np.int64))

    def spoil(self, canvas: np.ndarray) -> np.ndarray:
        """Light, blur, grain and JPEG over the whole picture -> uint8."""
        rng = self.rng
        if rng.random() < 0.5:
            matrix = tint(rng, 0.6)[:3]
            matrix[:, 3] *= 255
            canvas = cv2.transform(canvas, matrix.astype(np.float32))
        if rng.random() < 0.2:
            canvas = cv2.GaussianBlur(canvas, (0, 0), rng.uniform(0.4, 1.3))
        if rng.random() < 0.3:
            height, width = canvas.shape[:2]
            shift = int(rng.integers(0, 640))
            grain = np.roll(self.grain, shift, 1)
            grain = np.tile(grain, (height // 64 + 1, width // 640 + 1, 1))[:height, :width]
            canvas = canvas + grain * rng.uniform(1, 12)
        image = canvas.clip(0, 255).astype(np.uint8)
        if rng.random() < 0.2:
            _, packed = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, int(rng.integers(35, 95))])
            image = cv2.imdecode(packed, cv2.IMREAD_COLOR)
        return image
