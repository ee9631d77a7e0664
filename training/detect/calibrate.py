"""Do scores mean what they say? Matching, calibration error, and the two numbers that mend it.

A detection is right when a label of its class overlaps it by 0.5 or more and no better scored detection has taken that label.
The expected calibration error is over all detections above LOWEST, in 15 bins of equal width.
"""
from __future__ import annotations

import numpy as np
import torch

from training.detect.boxes import iou
from training.detect.detections import filtered

LOWEST = 0.05
BINS = 15


def rescored(scores: np.ndarray, temperature: float, shift: float) -> np.ndarray:
    """Probabilities [R, C + 1] as if logits had been divided by the temperature and `shift` added to the background's."""
    logits = np.log(np.maximum(scores, 1e-12)) / temperature
    logits[:, -1] += shift
    e = np.exp(logits - logits.max(1, keepdims=True))
    return e / e.sum(1, keepdims=True)


def matched(boxes: np.ndarray, labels: np.ndarray, scene) -> np.ndarray:
    """Which detections, best first, are right."""
    free, right = np.ones(len(scene.labels), bool), np.zeros(len(labels), bool)
    if len(scene.labels) == 0 or len(labels) == 0:
        return right
    overlap = iou(torch.from_numpy(boxes).float(), torch.from_numpy(scene.boxes)).numpy()
    for i, label in enumerate(labels):
        fits = np.where(free & (scene.labels == label), overlap[i], 0)
        best = int(fits.argmax())
        right[i] = fits[best] >= 0.5
        free[best] &= not right[i]
    return right


def outcomes(outputs, scenes) -> tuple[np.ndarray, np.ndarray]:
    """Score and rightness of every detection of all scenes."""
    scores, right = [], []
    for (boxes, probabilities), scene in zip(outputs, scenes):
        rows, labels, values = filtered(boxes, probabilities, LOWEST)
        scores.append(values)
        right.append(matched(boxes[rows], labels, scene))
    return np.concatenate(scores), np.concatenate(right)


def reliability(scores: np.ndarray, right: np.ndarray) -> tuple[float, list[dict]]:
    """Expected calibration error, and count, mean score and share of right ones of every bin."""
    index = np.minimum((scores * BINS).astype(int), BINS - 1)
    bins, error = [], 0.0
    for b in range(BINS):
        mine = index == b
        if mine.any():
            said, was = float(scores[mine].mean()), float(right[mine].mean())
            error += abs(said - was) * mine.mean()
            bins.append({"from": b / BINS, "count": int(mine.sum()), "said": round(said, 4), "was": round(was, 4)})
    return float(error), bins


def fit(outputs, scenes) -> tuple[float, float]:
    """Temperature and background shift with the smallest calibration error, for the detections as they are without them."""
    chosen, columns, right = [], [], []
    for (boxes, probabilities), scene in zip(outputs, scenes):
        rows, labels, _ = filtered(boxes, probabilities, LOWEST / 3)
        chosen.append(probabilities[rows])
        columns.append(labels)
        right.append(matched(boxes[rows], labels, scene))
    chosen, columns, right = np.concatenate(chosen), np.concatenate(columns), np.concatenate(right)
    best = (np.inf, 1.0, 0.0)
    for temperature in np.arange(0.6, 2.01, 0.05):
        for shift in np.arange(-1.0, 4.01, 0.125):
            scores = rescored(chosen, temperature, shift)[np.arange(len(columns)), columns]
            kept = scores > LOWEST
            best = min(best, (reliability(scores[kept], right[kept])[0], float(temperature), float(shift)))
    return round(best[1], 3), round(best[2], 3)


def best_threshold(scores: np.ndarray, right: np.ndarray, labels: int) -> tuple[float, float]:
    """The score threshold of the best F1 over all classes together, rounded to 0.01, and that F1."""
    order = np.argsort(-scores)
    hits = np.cumsum(right[order])
    f1 = 2 * hits / (np.arange(1, len(hits) + 1) + labels)
    at = int(f1.argmax())
    return round(float(scores[order][at]), 2), float(f1[at])
