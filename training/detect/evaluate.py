"""Scores the trained detector: python -m training.detect.evaluate [--scenes 1000]      -> runs/detect/metrics.json

1. Slope and intercept of the calibration and the default threshold are fitted on 400 unseen scenes.
2. COCO scores and the calibration error are measured on 1,000 others, with drawings that training never saw.
3. The same on 300 scenes of drawings that training did see, for the difference.
"""
from __future__ import annotations

import argparse
import json

import cv2
import numpy as np
import torch

from training.detect.calibrate import best_threshold, fit, outcomes, reliability, rescored
from training.detect.paths import CLASSES, RUNS
from training.detect.pictures import STYLES, held_out_style
from training.detect.validate import NAMES, evaluated, found, results, truth, unseen_scenes
from training.detect.weights import from_checkpoint

METRICS = RUNS / "metrics.json"
SEEDS = {"fit": 2024, "score": 101, "seen": 303}


def class_scores(evaluation) -> list[dict]:
    """AP, AP50 and held-out style of every class."""
    precision = evaluation.eval["precision"][:, :, :, 0, 2]
    rows = []
    for i, c in enumerate(CLASSES):
        p = precision[:, :, i]
        rows.append({"name": c["name"], "heldOut": held_out_style(i), "AP": round(float(p[p > -1].mean()), 4), "AP50": round(float(p[0][p[0] > -1].mean()), 4)})
    return rows


def rounded(values: dict) -> dict:
    return {k: round(float(v), 4) for k, v in values.items()}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--scenes", type=int, default=1000)
    args = parser.parse_args()
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    net, counters = from_checkpoint()
    scenes = unseen_scenes(400, SEEDS["fit"])
    outputs = found(net, scenes)
    before, _ = reliability(*outcomes(outputs, scenes))
    mend = fit(outputs, scenes)
    total = sum(len(s.labels) for s in scenes)
    threshold, f1 = best_threshold(*outcomes([(b, rescored(s, *mend)) for b, s in outputs], scenes), total)
    print(f"slope {mend[0]}, intercept {mend[1]}, threshold {threshold}, F1 {f1:.3f}", flush=True)

    def scored(count: int, seed: int, split: str):
        scenes = unseen_scenes(count, seed, split)
        outputs = [(b, rescored(s, *mend)) for b, s in found(net, scenes)]
        return scenes, outputs, evaluated(truth(scenes), results(outputs))

    scenes, outputs, evaluation = scored(args.scenes, SEEDS["score"], "eval")
    scores, right = outcomes(outputs, scenes)
    error, bins = reliability(scores, right)
    above = scores >= threshold
    total = sum(len(s.labels) for s in scenes)
    classes = class_scores(evaluation)
    _, _, seen = scored(300, SEEDS["seen"], "train")
    metrics = {
        "scenes": args.scenes, "labels": total, **rounded(dict(zip(NAMES, evaluation.stats[:6]))), **rounded({"AR100": evaluation.stats[8]}),
        "byHeldOutStyle": {s: rounded({k: np.mean([c[k] for c in classes if c["heldOut"] == s]) for k in ("AP", "AP50")}) for s in STYLES},
        "seenDrawings": {"scenes": 300, **rounded(dict(zip(NAMES[:3], seen.stats[:3])))},
        "precisionAtDefault": round(float(right[above].mean()), 4), "recallAtDefault": round(float(right[above].sum() / total), 4),
        "samplesSeen": counters["samples"], "trainingSeconds": round(counters["spent"]),
    }
    calibration = {
        "calibrated": error < 0.05, "slope": mend[0], "intercept": mend[1], "expectedCalibrationError": round(error, 4),
        "expectedCalibrationErrorBefore": round(before, 4),
        "statement": f"Calibrated on drawn scenes: of boxes with a score of 0.8, about 80 % are right there (mean error {error:.3f} on {args.scenes:,} unseen scenes). "
                     "In photographs a score says nothing.",
    }
    METRICS.write_text(json.dumps({"metrics": metrics, "threshold": threshold, "calibration": calibration, "classes": classes, "reliability": bins}, indent=1) + "\n")
    print(json.dumps(metrics), json.dumps(calibration))


if __name__ == "__main__":
    main()
