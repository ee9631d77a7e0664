"""The model's studio.json."""
from __future__ import annotations

from training.detect.boxes import DELTA_LIMIT, HEAD_STDS, OFFSET, RATIOS, SIDES, STRIDE
from training.detect.detections import AFTER, BEFORE, PROPOSAL_NMS
from training.detect.paths import CLASSES, MEAN, SIDE, STD, SUBJECTS
from training.detect.thundernet import BINS, OUT

DESCRIPTION = (
    "ThunderNet with the SNet49 backbone: finds {count} everyday things in emoji drawings, in crowded scenes and in pictures that the bundled drawing models make. "
    "The true architecture, trained on drawn scenes alone: it does not know photographs of these things. Works offline, in milliseconds, on a CPU."
)


def manifest(metrics: dict, threshold: float, calibration: dict) -> dict:
    """metrics: scores on the unseen scenes; threshold: the default of the score slider; calibration: what was measured and folded in."""
    return {
        "schemaVersion": 1,
        "id": "thundernet-emoji",
        "family": "detector",
        "name": "ThunderNet Emoji",
        "description": DESCRIPTION.format(count=len(CLASSES)),
        "licence": "MIT AND Apache-2.0 AND CC-BY-4.0",
        "precision": "float32",
        "graphs": {"detect": "detect.onnx", "rpn": "rpn.onnx", "head": "head.onnx"},
        "detector": {
            "architecture": "thundernet",
            "backbone": "snet49",
            "input": {
                "width": SIDE, "height": SIDE, "resize": {"mode": "stretch", "filter": "bilinear", "antialias": True},
                "channelOrder": "RGB", "scale": 255, "mean": list(MEAN), "std": list(STD),
            },
            "anchors": {"stride": STRIDE, "sides": list(SIDES), "ratios": list(RATIOS), "offset": OFFSET},
            "rpn": {"scores": "logits", "boxStds": [1, 1, 1, 1], "topBeforeNms": BEFORE, "nmsThreshold": PROPOSAL_NMS, "topAfterNms": AFTER},
            "pooling": {"kind": "psroi-align", "bins": BINS, "channels": OUT, "samples": 2, "mode": "average", "stride": STRIDE},
            "head": {"boxStds": list(HEAD_STDS), "classAgnosticBoxes": True, "scores": "probabilities", "backgroundIndex": len(CLASSES)},
            "deltaLimit": DELTA_LIMIT,
            "attention": {"role": "rpn", "output": "attention", "grid": [SIDE // STRIDE, SIDE // STRIDE]},
            "defaults": {"scoreThreshold": threshold, "nms": "hard", "nmsThreshold": 0.5, "softNmsSigma": 0.5, "maxDetections": 100},
            "calibration": calibration,
            "classes": [{"id": i, "subject": c["subject"], "name": c["name"], "emoji": SUBJECTS[c["subject"]]["emoji"]} for i, c in enumerate(CLASSES)],
        },
        "provenance": "training/detect",
        "metrics": metrics,
    }
