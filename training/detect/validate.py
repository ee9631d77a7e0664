"""COCO scores of a network on unseen scenes: drawings, other emoji and backgrounds that training never shows."""
from __future__ import annotations

import contextlib
import io

import cv2
import numpy as np
import torch
from PIL import Image
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from training.detect.detections import filtered, raw
from training.detect.paths import CLASSES, SIDE
from training.detect.pretrain import normalised
from training.detect.scenes import Scene, Stage

SHAPES = ((320, 320), (480, 360), (360, 480), (512, 512), (640, 480), (640, 427), (480, 640), (800, 500))
NAMES = ("AP", "AP50", "AP75", "APsmall", "APmedium", "APlarge")


def unseen_scenes(count: int, seed: int, split: str = "eval") -> list[Scene]:
    """Scenes in the shapes of real pictures; things are as large in them as after the squeeze into 320 x 320."""
    stage = Stage(split, seed)
    scenes = []
    for i in range(count):
        width, height = SHAPES[i % len(SHAPES)]
        scenes.append(stage.scene(width, height, size=(width * height) ** 0.5 / SIDE))
    return scenes


def squeezed(scene: Scene) -> np.ndarray:
    """The picture as the detector reads it: uint8 [320, 320, 3]."""
    return np.asarray(Image.fromarray(scene.image).resize((SIDE, SIDE), Image.BILINEAR))


def found(model, scenes: list[Scene], batch: int = 8):
    """Of every scene: boxes [R, 4] in its own pixels and probabilities [R, C + 1]."""
    out = []
    for i in range(0, len(scenes), batch):
        part = scenes[i : i + batch]
        boxes, scores, exists = raw(model, normalised(np.stack([squeezed(s) for s in part])))
        for j, scene in enumerate(part):
            height, width = scene.image.shape[:2]
            scale = np.array([width, height, width, height], np.float32) / SIDE
            out.append((boxes[j][exists[j]].numpy() * scale, scores[j][exists[j]].numpy()))
    return out


def truth(scenes: list[Scene]) -> dict:
    """Labels in COCO's form; image ids count from 1."""
    annotations = []
    for i, scene in enumerate(scenes):
        for (x1, y1, x2, y2), label in zip(scene.boxes.tolist(), scene.labels.tolist()):
            annotations.append({"id": len(annotations) + 1, "image_id": i + 1, "category_id": label, "iscrowd": 0,
                                "bbox": [x1, y1, x2 - x1, y2 - y1], "area": (x2 - x1) * (y2 - y1)})
    images = [{"id": i + 1, "width": s.image.shape[1], "height": s.image.shape[0], "file_name": f"{i + 1}.png"} for i, s in enumerate(scenes)]
    return {"images": images, "annotations": annotations,
            "categories": [{"id": i, "name": c["name"]} for i, c in enumerate(CLASSES)]}


def results(outputs, threshold: float = 0.002) -> list[dict]:
    """Filtered detections in COCO's form. The threshold is far below any use: average precision wants the tail too."""
    rows = []
    for i, (boxes, scores) in enumerate(outputs):
        for row, label, score in zip(*filtered(boxes, scores, threshold)):
            x1, y1, x2, y2 = boxes[row]
            rows.append({"image_id": i + 1, "category_id": int(label), "score": float(score),
                         "bbox": [float(x1), float(y1), float(x2 - x1), float(y2 - y1)]})
    return rows


def evaluated(labels: dict, rows: list[dict]) -> COCOeval:
    """pycocotools' evaluation, accumulated and summarised without its prints."""
    with contextlib.redirect_stdout(io.StringIO()):
        coco = COCO()
        coco.dataset = labels
        coco.createIndex()
        evaluation = COCOeval(coco, coco.loadRes(rows) if rows else COCO(), "bbox")
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
    return evaluation


@torch.no_grad()
def validate(model, count: int) -> dict[str, float]:
    """A quick look during training, always on the same scenes."""
    cv2.setNumThreads(1)
    scenes = unseen_scenes(count, 11)
    rows = results(found(model, scenes))
    if not rows:
        return {"AP": 0.0, "AP50": 0.0}
    stats = evaluated(truth(scenes), rows).stats
    return dict(zip(NAMES, map(float, stats[:6])))
