"""Pictures for comparing the detector's precisions: scenes of drawings that training never saw, with labels, and others to calibrate on.

    python -m training.detect.precision_samples      -> resources/samples/precision/{compare,calibrate}/scene-*.jpg, labels.json, NOTICE

Behind the drawings are computed textures alone. The two folders have seeds of their own, apart from those of evaluate.py.
"""
from __future__ import annotations

import json
import shutil

import cv2
import numpy as np

from training.detect.backgrounds import TEXTURES
from training.detect.paths import CLASSES, SAMPLES, SIDE, TRAINING
from training.detect.scenes import Scene, Stage

FOLDER = SAMPLES.parent / "precision"
PARTS = {"compare": (7, 4101), "calibrate": (8, 4202)}
"""Number of scenes and seed by folder."""
SHAPES = ((480, 360), (512, 512), (640, 480), (360, 480))
LEAST = 4
"""Labels below which a scene shows too little."""
LARGEST = 60_000
"""Bytes of a picture; grainy ones are larger."""


def picture_name(index: int) -> str:
    return f"scene-{index + 1}.jpg"


def encoded(scene: Scene) -> bytes:
    return cv2.imencode(".jpg", scene.image[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 88])[1].tobytes()


def chosen(count: int, seed: int) -> list[tuple[Scene, bytes]]:
    """The first scenes of a seed that show enough and are small enough to ship."""
    stage = Stage("eval", seed)
    stage.bank = stage.bank[-TEXTURES["eval"] :]  # the photographs come first
    found = []
    while len(found) < count:
        width, height = SHAPES[len(found) % len(SHAPES)]
        scene = stage.scene(width, height, size=(width * height) ** 0.5 / SIDE)
        data = encoded(scene)
        if len(scene.labels) >= LEAST and len(data) <= LARGEST:
            found.append((scene, data))
    return found


def labels(scenes: list[Scene]) -> dict:
    """COCO's form, in whole pixels."""
    annotations = []
    for i, scene in enumerate(scenes):
        for (x1, y1, x2, y2), label in zip(np.round(scene.boxes).astype(int).tolist(), scene.labels.tolist()):
            w, h = x2 - x1, y2 - y1
            annotations.append({"id": len(annotations) + 1, "image_id": i + 1, "category_id": label, "bbox": [x1, y1, w, h], "area": w * h, "iscrowd": 0})
    return {"info": {"description": "Composed scenes of emoji drawings that the bundled detector was not trained on"},
            "images": [{"id": i + 1, "file_name": picture_name(i), "width": s.image.shape[1], "height": s.image.shape[0]} for i, s in enumerate(scenes)],
            "annotations": annotations, "categories": [{"id": i, "name": c["name"]} for i, c in enumerate(CLASSES)]}


def main() -> None:
    cv2.setNumThreads(1)
    for part, (count, seed) in PARTS.items():
        folder = FOLDER / part
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        scenes = chosen(count, seed)
        for i, (_, data) in enumerate(scenes):
            (folder / picture_name(i)).write_bytes(data)
        if part == "compare":
            (folder / "labels.json").write_text(json.dumps(labels([scene for scene, _ in scenes])) + "\n")
    notice = (TRAINING / "data" / "licences" / "NOTICE-sample").read_text()
    (FOLDER / "NOTICE").write_text(notice.replace("toy-shelf.jpg was composed", "The pictures in these folders were composed"))


if __name__ == "__main__":
    main()
