"""What the bundled detector finds in the sample picture: python -m training.goldens.detect_bundled      -> test-fixtures/detect/toy-shelf.json

Made from the exported graph with Pillow and numpy; to be run again whenever the weights change. JPEG decoders differ by a
level or two, so scores are to be compared to 0.02 and boxes to 2 pixels.
"""
from __future__ import annotations

import json

import numpy as np
import onnxruntime as ort
from PIL import Image

from training.detect.paths import CLASSES, MODEL, SAMPLES, SIDE
from training.detect.pretrain import normalised
from training.goldens.detect import OUT
from training.goldens.detect_boxes import nms


def main() -> None:
    manifest = json.loads((MODEL / "studio.json").read_text())
    defaults = manifest["detector"]["defaults"]
    picture = Image.open(SAMPLES / "toy-shelf.jpg").convert("RGB")
    tensor = normalised(np.array(picture.resize((SIDE, SIDE), Image.BILINEAR))[None]).contiguous().numpy()
    boxes, scores = ort.InferenceSession(MODEL / "detect.onnx").run(None, {"image": tensor})
    boxes = boxes * np.array([picture.width, picture.height] * 2) / SIDE
    found = []
    for label, c in enumerate(CLASSES):
        rows = np.flatnonzero(scores[:, label] > defaults["scoreThreshold"])
        for i in nms(boxes[rows].tolist(), scores[rows, label].tolist(), defaults["nmsThreshold"]):
            found.append({"label": label, "name": c["name"], "score": float(scores[rows[i], label]), "box": boxes[rows[i]].tolist()})
    found.sort(key=lambda d: -d["score"])
    files = {name: manifest["files"][name]["sha256"] for name in ("detect.onnx", "rpn.onnx", "head.onnx")}
    (OUT / "toy-shelf.json").write_text(json.dumps({"picture": "resources/samples/detect/toy-shelf.jpg", "files": files, "threshold": defaults["scoreThreshold"],
                                                    "overlap": defaults["nmsThreshold"], "detections": found}, indent=1) + "\n")
    print(len(found), [f"{d['name']} {d['score']:.2f}" for d in found])


if __name__ == "__main__":
    main()
