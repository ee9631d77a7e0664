"""Reference values of box arithmetic, in plain numpy and double precision: IoU, encoding, anchors, NMS, Soft-NMS, PSRoI align."""
from __future__ import annotations

import math

import numpy as np

LIMIT = math.log(1000 / 16)
HEAD_STDS = [0.1, 0.1, 0.2, 0.2]
UNIT_STDS = [1.0, 1.0, 1.0, 1.0]


def iou(a, b) -> float:
    """Boxes x1 y1 x2 y2. Swapped corners have no area; two boxes without area have 0."""
    width, height = min(a[2], b[2]) - max(a[0], b[0]), min(a[3], b[3]) - max(a[1], b[1])
    common = max(0.0, width) * max(0.0, height)
    areas = [max(0.0, x[2] - x[0]) * max(0.0, x[3] - x[1]) for x in (a, b)]
    return common / (sum(areas) - common) if common > 0 else 0.0


def encode(reference, box, stds) -> list[float]:
    w, h = reference[2] - reference[0], reference[3] - reference[1]
    x, y = (box[0] + box[2] - reference[0] - reference[2]) / 2 / w, (box[1] + box[3] - reference[1] - reference[3]) / 2 / h
    values = [x, y, math.log((box[2] - box[0]) / w), math.log((box[3] - box[1]) / h)]
    return [v / s for v, s in zip(values, stds)]


def decode(reference, deltas, stds, width, height) -> list[float]:
    dx, dy, dw, dh = (d * s for d, s in zip(deltas, stds))
    w, h = reference[2] - reference[0], reference[3] - reference[1]
    x, y = (reference[0] + reference[2]) / 2 + dx * w, (reference[1] + reference[3]) / 2 + dy * h
    half_w, half_h = w * math.exp(min(dw, LIMIT)) / 2, h * math.exp(min(dh, LIMIT)) / 2
    return [min(max(v, 0), m) for v, m in zip((x - half_w, y - half_h, x + half_w, y + half_h), (width, height, width, height))]


def nms(boxes, scores, threshold) -> list[int]:
    """Indices kept, best first. Equal scores: the lower index first. Suppressed: IoU strictly above the threshold."""
    order, kept = sorted(range(len(boxes)), key=lambda i: (-scores[i], i)), []
    for i in order:
        if all(iou(boxes[i], boxes[j]) <= threshold for j in kept):
            kept.append(i)
    return kept


def soft_nms(boxes, scores, method, overlap, sigma, minimum) -> list[dict]:
    """Bodla et al. 2017: the best box stays, the others lose score by their overlap with it; again until none is left."""
    left, result = dict(enumerate(scores)), []
    while left:
        best = min(left, key=lambda i: (-left[i], i))
        score = left.pop(best)
        if score < minimum:
            break
        result.append({"index": best, "score": score})
        for i in left:
            common = iou(boxes[best], boxes[i])
            if method == "gaussian":
                left[i] *= math.exp(-common * common / sigma)
            elif common >= overlap:
                left[i] *= 1 - common
    return result


def psroi_align(features: np.ndarray, box, stride: float, out: int, bins: int, samples: int, mode: str) -> list[float]:
    """features [out * bins^2, H, W], box in pixels -> [out * bins^2]: k, then row p, then column q."""
    height, width = features.shape[1:]
    x1, y1, x2, y2 = (v / stride for v in box)
    values = []
    for k in range(out):
        for p in range(bins):
            for q in range(bins):
                plane, points = features[(k * bins + p) * bins + q], []
                for i in range(samples):
                    for j in range(samples):
                        y = min(max(y1 + (y2 - y1) * (p + (i + 0.5) / samples) / bins, 0), height - 1)
                        x = min(max(x1 + (x2 - x1) * (q + (j + 0.5) / samples) / bins, 0), width - 1)
                        y0, x0 = int(y), int(x)
                        y9, x9, v, u = min(y0 + 1, height - 1), min(x0 + 1, width - 1), y - y0, x - x0
                        points.append((1 - v) * ((1 - u) * plane[y0, x0] + u * plane[y0, x9]) + v * ((1 - u) * plane[y9, x0] + u * plane[y9, x9]))
                values.append(max(points) if mode == "max" else sum(points) / len(points))
    return values


def random_boxes(rng: np.random.Generator, count: int, side: float) -> list[list[float]]:
    corner, size = rng.uniform(0, side * 0.7, (count, 2)), rng.uniform(0.05, 0.3, (count, 2)) * side
    return np.round(np.concatenate([corner, corner + size], 1), 2).tolist()


def iou_cases() -> list[dict]:
    pairs = {
        "partly": ([0, 0, 10, 10], [1, 1, 11, 11]), "same": ([3, 4, 9, 12], [3, 4, 9, 12]), "touching": ([0, 0, 10, 10], [10, 0, 20, 10]),
        "apart": ([0, 0, 1, 1], [5, 5, 6, 6]), "nested": ([0, 0, 10, 10], [2, 2, 4, 4]), "a line": ([0, 0, 10, 0], [0, 0, 10, 10]),
        "two lines": ([0, 0, 10, 0], [0, 0, 10, 0]), "swapped corners": ([10, 10, 0, 0], [0, 0, 10, 10]),
        "anchor and box": ([16, 16, 48, 48], [20, 10, 60, 58]), "fractions": ([0.25, 0.5, 7.75, 9.125], [1.5, -2, 6, 4.75]),
    }
    return [{"name": name, "a": a, "b": b, "iou": iou(a, b)} for name, (a, b) in pairs.items()]


def coding_cases(rng: np.random.Generator) -> dict:
    pairs = [([16, 16, 48, 48], [20, 10, 60, 58])] + list(zip(random_boxes(rng, 5, 320), random_boxes(rng, 5, 320)))
    encoded = [{"reference": a, "box": b, "stds": s, "deltas": encode(a, b, s)} for a, b in pairs for s in (UNIT_STDS, HEAD_STDS)]
    given = [([100, 100, 140, 160], [0.1, -0.2, 0.3, 0.4], UNIT_STDS), ([100, 100, 140, 160], [0, 0, 9, 9], UNIT_STDS),
             ([0, 0, 20, 20], [-3, -3, 0, 0], UNIT_STDS), ([300, 300, 320, 320], [5, 5, 2, 2], HEAD_STDS), ([10, 20, 40, 44], [1, 2, -30, 0.5], HEAD_STDS)]
    decoded = [{"reference": a, "deltas": d, "stds": s, "width": 320, "height": 320, "box": decode(a, d, s, 320, 320)} for a, d, s in given]
    return {"encode": encoded, "decode": decoded}


def anchor_case() -> dict:
    stride, sides, ratios, offset, rows, cols = 16, [32, 64, 128, 256, 512], [0.5, 0.75, 1, 4 / 3, 2], 8, 3, 4
    boxes = []
    for i in range(rows):
        for j in range(cols):
            for s in sides:
                for r in ratios:
                    w, h, x, y = s * math.sqrt(1 / r), s * math.sqrt(r), stride * j + offset, stride * i + offset
                    boxes.append([x - w / 2, y - h / 2, x + w / 2, y + h / 2])
    return {"stride": stride, "sides": sides, "ratios": ratios, "offset": offset, "rows": rows, "cols": cols, "boxes": boxes}


def suppression_cases(rng: np.random.Generator) -> dict:
    row = [[0, 0, 10, 10], [2, 0, 12, 10], [5, 0, 15, 10]]
    many = random_boxes(rng, 60, 100)
    scores = np.round(rng.uniform(0.05, 1, 60), 2).tolist()  # two decimals: some are equal
    hard = [("three in a row", row, [0.9, 0.8, 0.7], 0.5), ("equal scores keep the lower index", [row[0], row[0], row[2]], [0.5, 0.5, 0.5], 0.5),
            ("exactly at the threshold stays", [[0, 0, 10, 10], [0, 0, 10, 5]], [0.9, 0.8], 0.5), ("none", [], [], 0.5),
            ("one", [[1, 2, 3, 4]], [0.3], 0.5), ("without area", [[0, 0, 0, 0], [0, 0, 0, 0]], [0.5, 0.4], 0.5),
            ("many at 0.5", many, scores, 0.5), ("many at 0.2", many, scores, 0.2), ("many at 0.7", many, scores, 0.7)]
    soft = [("three in a row, linear", row, [0.9, 0.8, 0.7], "linear", 0.5, 0.5), ("three in a row, gaussian", row, [0.9, 0.8, 0.7], "gaussian", 0.5, 0.5),
            ("many, linear", many, scores, "linear", 0.3, 0.5), ("many, gaussian", many, scores, "gaussian", 0.3, 0.5),
            ("many, narrow gaussian", many, scores, "gaussian", 0.3, 0.1), ("none", [], [], "linear", 0.5, 0.5)]
    return {
        "nms": [{"name": n, "boxes": b, "scores": s, "threshold": t, "keep": nms(b, s, t)} for n, b, s, t in hard],
        "softNms": [{"name": n, "boxes": b, "scores": s, "method": m, "overlap": o, "sigma": g, "minimum": 1e-3,
                     "result": soft_nms(b, s, m, o, g, 1e-3)} for n, b, s, m, o, g in soft],
    }


FEATURES = {
    "waves": lambda c, y, x: np.sin(0.37 * c + 1.3 * y + 0.71 * x),
    "channel": lambda c, y, x: c + 0 * y + 0 * x,
    "ramp": lambda c, y, x: 0 * c + 2 * y + 3 * x,
    "constant": lambda c, y, x: 0 * (c + y + x) + 1.5,
}


def psroi_cases() -> dict:
    """Feature values are formulas, so that the file stays small; boxes lie inside, on the border, below one cell, over all."""
    height, width, boxes = 6, 7, [[16, 16, 80, 64], [0, 0, 112, 96], [90, 70, 112, 96], [33.3, 20.7, 37.9, 29.1], [0, 48, 5, 49]]
    grid = np.meshgrid(np.arange(245.0), np.arange(float(height)), np.arange(float(width)), indexing="ij")
    cases = []
    for name, formula in FEATURES.items():
        features = formula(*grid)
        for mode in ("average", "max") if name == "waves" else ("average",):
            chosen = boxes if name == "waves" else boxes[:1] + boxes[2:3]
            pooled = [[round(v, 7) for v in psroi_align(features, b, 16, 5, 7, 2, mode)] for b in chosen]
            cases.append({"features": name, "mode": mode, "boxes": chosen, "pooled": pooled})
    formulas = {"waves": "sin(0.37 c + 1.3 y + 0.71 x)", "channel": "c", "ramp": "2 y + 3 x", "constant": "1.5"}
    return {"channels": 245, "height": height, "width": width, "stride": 16, "out": 5, "bins": 7, "samples": 2, "formulas": formulas, "cases": cases}


def box_goldens() -> dict[str, dict]:
    """File name -> contents."""
    rng = np.random.default_rng(12)
    return {
        "boxes": {"iou": iou_cases(), **coding_cases(rng), "anchors": anchor_case()},
        "suppression": suppression_cases(rng),
        "psroi": psroi_cases(),
    }
