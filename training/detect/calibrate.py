"""Do scores mean what they say? Matching, calibration error, and the two numbers that mend it.

Logistic calibration (Platt 1999) of each class's probability by itself: the order of a class's boxes stays, and with it the average
precision. A shift of the background before the softmax reaches the same calibration error and changes that order: AP50 fell by 0.026.

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


LEAST = 1e-7
"""Smaller probabilities count as this, so that odds stay finite."""


def rescored(scores: np.ndarray, slope: float, intercept: float) -> np.ndarray:
    """sigmoid(slope * log-odds + intercept) of every probability [R, C + 1]. Rows do not add up to 1 afterwards."""
    against = (1 - scores) / np.maximum(scores, LEAST)
    return 1 / (1 + np.exp(-intercept) * against**slope)


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
    """Slope and intercept with the smallest calibration error, for the detections as they are without them."""
    values, right = [], []
    for (boxes, probabilities), scene in zip(outputs, scenes):
        rows, labels, scores = filtered(boxes, probabilities, LOWEST / 10)
        values.append(scores)
        right.append(matched(boxes[rows], labels, scene))
    values, right = np.concatenate(values), np.concatenate(right)
    best = (np.inf, 1.0, 0.0)
    for slope in np.arange(0.6, 2.01, 0.05):
        for intercept in np.arange(-4.0, 2.01, 0.125):
            scores = rescored(values, slope, intercept)
            kept = scores > LOWEST
            if kept.any():
                best = min(best, (reliability(scores[kept], right[kept])[0], float(slope), float(intercept)))
    return round(best[1], 3), round(best[2], 3)


def best_threshold(scores: np.ndarray, right: np.ndarray, labels: int) -> tuple[float, float]:
    """The score threshold of the best F1 over all classes together, rounded to 0.01, and that F1."""
    order = np.argsort(-scores)
    hits = np.cumsum(right[order])
    f1 = 2 * hits / (np.arange(1, len(hits) + 1) + labels)
    at = int(f1.argmax())
    return round(float(scores[order][at]), 2), float(f1[at])
