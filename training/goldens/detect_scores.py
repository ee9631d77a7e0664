"""Average precision on small stored cases: COCO's by pycocotools, VOC's by an own script that follows the development kit."""
from __future__ import annotations

import contextlib
import io

import numpy as np
from pycocotools.coco import COCO
from pycocotools.cocoeval import COCOeval

from training.goldens.detect_boxes import iou

STATS = ["AP", "AP50", "AP75", "APsmall", "APmedium", "APlarge", "AR1", "AR10", "AR100", "ARsmall", "ARmedium", "ARlarge"]


class Case:
    """Labels and detections in COCO's form, made from corners."""

    def __init__(self, name: str, classes: int, images: int, side: int = 400):
        self.name, self.annotations, self.detections = name, [], []
        self.categories = [{"id": i, "name": f"class {i}"} for i in range(classes)]
        self.images = [{"id": i + 1, "width": side, "height": side} for i in range(images)]

    def label(self, image: int, box, category: int = 0, crowd: int = 0, difficult: int = 0) -> None:
        x1, y1, x2, y2 = box
        self.annotations.append({"id": len(self.annotations) + 1, "image_id": image, "category_id": category, "bbox": [x1, y1, x2 - x1, y2 - y1],
                                 "area": (x2 - x1) * (y2 - y1), "iscrowd": crowd, "difficult": difficult})

    def found(self, image: int, box, score: float, category: int = 0) -> None:
        x1, y1, x2, y2 = box
        self.detections.append({"image_id": image, "category_id": category, "bbox": [x1, y1, x2 - x1, y2 - y1], "score": score})


def coco_scores(case: Case) -> dict:
    """The twelve summary numbers, AP of each class, and precision at 101 recalls of each class at IoU 0.5 (absent: -1)."""
    with contextlib.redirect_stdout(io.StringIO()):
        labels = COCO()
        labels.dataset = {"images": case.images, "categories": case.categories, "annotations": [dict(a) for a in case.annotations]}
        labels.createIndex()
        if case.detections:
            results = labels.loadRes([dict(d) for d in case.detections])
        else:
            results = COCO()
            results.dataset = {**labels.dataset, "annotations": []}
            results.createIndex()
        evaluation = COCOeval(labels, results, "bbox")
        evaluation.evaluate()
        evaluation.accumulate()
        evaluation.summarize()
    precision = evaluation.eval["precision"][:, :, :, 0, 2]  # IoU, recall, class; all areas, 100 detections
    mean = lambda p: float(p[p > -1].mean()) if (p > -1).any() else -1.0
    return {
        "stats": dict(zip(STATS, map(float, evaluation.stats))),
        "perClass": [mean(precision[:, :, c]) for c in range(precision.shape[2])],
        "perIou": [mean(precision[t]) for t in range(precision.shape[0])],
        "precisionAt50": [precision[0, :, c].tolist() for c in range(precision.shape[2])],
    }


def voc_scores(case: Case) -> dict:
    """AP at IoU >= 0.5 (no "+1" on widths) at 11 recalls, and as area. A difficult label is neither hit nor missed; crowds count as difficult."""
    corners = lambda b: [b[0], b[1], b[0] + b[2], b[1] + b[3]]
    eleven, areas = [], []
    for category in (c["id"] for c in case.categories):
        labels = [a for a in case.annotations if a["category_id"] == category]
        optional = [bool(a["difficult"] or a["iscrowd"]) for a in labels]
        total = len(labels) - sum(optional)
        if total == 0:
            eleven.append(-1.0)
            areas.append(-1.0)
            continue
        taken, outcome = set(), []
        for d in sorted((d for d in case.detections if d["category_id"] == category), key=lambda d: -d["score"]):
            overlaps = [(iou(corners(d["bbox"]), corners(a["bbox"])), -i) for i, a in enumerate(labels) if a["image_id"] == d["image_id"]]
            best, index = max(overlaps, default=(0.0, 0))
            if best >= 0.5 and optional[-index]:
                continue
            outcome.append(best >= 0.5 and -index not in taken)
            if outcome[-1]:
                taken.add(-index)
        hits = np.cumsum(outcome) if outcome else np.zeros(0)
        recall, precision = hits / total, hits / np.arange(1, len(hits) + 1)
        eleven.append(float(np.mean([max(precision[recall >= r - 1e-12], default=0.0) for r in np.arange(11) / 10])))
        r, p = np.concatenate([[0], recall, [1]]), np.concatenate([[0], precision, [0]])
        p = np.maximum.accumulate(p[::-1])[::-1]
        areas.append(float(((r[1:] - r[:-1]) * p[1:]).sum()))
    mean = lambda values: float(np.mean([v for v in values if v >= 0])) if any(v >= 0 for v in values) else -1.0
    return {"voc07": eleven, "voc07Mean": mean(eleven), "voc10": areas, "voc10Mean": mean(areas)}


def worked_example() -> Case:
    case = Case("worked example", 1, 2)
    for image, box in ((1, (0, 0, 10, 10)), (1, (20, 20, 40, 40)), (2, (5, 5, 25, 25))):
        case.label(image, box)
    for image, score, box in ((1, 0.9, (0, 0, 10, 10)), (1, 0.8, (50, 50, 60, 60)), (2, 0.7, (5, 5, 25, 21.5)), (1, 0.6, (20, 21.5, 40, 40)), (1, 0.5, (1, 0, 10, 10))):
        case.found(image, box, score)
    return case


def crowd() -> Case:
    case = Case("a crowd takes many and counts for none", 1, 2)
    case.label(1, (0, 0, 200, 100), crowd=1)
    case.label(1, (250, 50, 300, 120))
    case.label(2, (10, 10, 60, 60))
    for i in range(4):
        case.found(1, (10 + 45 * i, 10, 50 + 45 * i, 90), 0.95 - 0.05 * i)
    case.found(1, (252, 48, 301, 118), 0.7)
    case.found(2, (150, 150, 220, 220), 0.65)
    case.found(2, (12, 8, 61, 60), 0.6)
    return case


def areas() -> Case:
    case = Case("areas", 1, 1)
    for box in ((0, 0, 20, 20), (50, 0, 82, 32), (100, 0, 160, 60), (200, 0, 296, 96), (0, 150, 150, 320), (200, 200, 231, 231)):
        case.label(1, box)
    for score, box in ((0.9, (1, 1, 20, 20)), (0.85, (50, 2, 82, 34)), (0.8, (104, 0, 164, 60)), (0.75, (200, 0, 296, 90)), (0.7, (0, 150, 150, 300)),
                       (0.65, (300, 300, 320, 320)), (0.6, (300, 120, 399, 219)), (0.55, (205, 200, 236, 231))):
        case.found(1, box, score)
    return case


def absent() -> Case:
    case = Case("class 1 has no labels, class 2 is never found, class 3 is neither", 4, 2)
    case.label(1, (10, 10, 50, 50), 0)
    case.label(2, (10, 10, 90, 90), 2)
    case.found(1, (12, 10, 50, 52), 0.9, 0)
    case.found(1, (100, 100, 150, 150), 0.95, 1)
    case.found(2, (10, 10, 90, 90), 0.9, 0)
    return case


def duplicates() -> Case:
    case = Case("duplicates", 1, 2)
    case.label(1, (10, 10, 60, 60))
    case.label(2, (10, 10, 60, 60))
    for score, box in ((0.9, (10, 10, 60, 60)), (0.85, (11, 10, 61, 60)), (0.8, (10, 12, 60, 62))):
        case.found(1, box, score)
    case.found(2, (14, 12, 62, 60), 0.7)
    return case


def many() -> Case:
    case = Case("more than 100 detections in a picture", 1, 1)
    for i in range(12):
        case.label(1, (30 * i, 0, 30 * i + 25, 25))
    for i in range(130):
        case.found(1, (3 * i, 100, 3 * i + 20, 120) if i % 12 else (30 * (i // 12), 1, 30 * (i // 12) + 25, 26), round(0.99 - 0.007 * i, 3))
    return case


def equal_scores() -> Case:
    case = Case("equal scores keep their order", 1, 3)
    for image in (1, 2, 3):
        case.label(image, (10, 10, 50, 50))
    for image, box in ((3, (10, 10, 50, 50)), (1, (100, 100, 140, 140)), (1, (10, 10, 50, 50)), (2, (200, 10, 240, 50)), (2, (12, 10, 50, 52))):
        case.found(image, box, 0.5)
    return case


def nothing_found() -> Case:
    case = Case("nothing found", 1, 1)
    case.label(1, (10, 10, 50, 50))
    return case


def difficult() -> Case:
    case = Case("a difficult label (VOC)", 1, 1)
    case.label(1, (10, 10, 60, 60))
    case.label(1, (100, 10, 150, 60), difficult=1)
    for score, box in ((0.9, (101, 10, 150, 61)), (0.8, (200, 200, 250, 250)), (0.7, (12, 10, 60, 62))):
        case.found(1, box, score)
    return case


def crowded() -> Case:
    """Twelve pictures, five classes, boxes shaken by different amounts, some missed, some invented, some named wrongly."""
    case, rng = Case("twelve pictures, five classes", 5, 12), np.random.default_rng(3)
    for image in range(1, 13):
        for _ in range(int(rng.integers(2, 9))):
            x, y = rng.uniform(0, 300, 2)
            w, h = np.exp(rng.uniform(np.log(10), np.log(150), 2))
            box, category = np.round([x, y, x + w, y + h], 2), int(rng.integers(0, 5))
            case.label(image, box.tolist(), category, crowd=int(rng.random() < 0.06))
            for _ in range(int(rng.choice([0, 1, 1, 1, 2]))):
                shaken = np.round(box + rng.normal(0, 0.09, 4) * np.array([w, h, w, h]), 2)
                case.found(image, shaken.tolist(), round(float(rng.uniform(0.1, 1)), 2), category if rng.random() < 0.85 else int(rng.integers(0, 5)))
        for _ in range(2):
            x, y = np.round(rng.uniform(0, 300, 2), 2)
            case.found(image, [x, y, x + 50, y + 40], round(float(rng.uniform(0.05, 0.7)), 2), int(rng.integers(0, 5)))
    return case


def score_goldens() -> dict[str, dict]:
    """File name -> contents."""
    cases = [worked_example(), crowd(), areas(), absent(), duplicates(), many(), equal_scores(), nothing_found(), difficult(), crowded()]
    written = []
    for case in cases:
        written.append({"name": case.name, "images": case.images, "categories": case.categories, "annotations": case.annotations,
                        "detections": case.detections, "coco": coco_scores(case), "voc": voc_scores(case)})
    return {"scores": {"cases": written}}
