"""Where things lie, and the sizes that every part must agree on."""
from __future__ import annotations

import json
import sys
from pathlib import Path

TRAINING = Path(__file__).resolve().parent.parent
CACHE = TRAINING / "cache" / "detect"
RUNS = TRAINING / "runs" / "detect"
MODEL = TRAINING.parent / "resources" / "models" / "thundernet-emoji"
SAMPLES = TRAINING.parent / "resources" / "samples" / "detect"

SIDE = 320
"""Side of the square that the network reads, in pixels."""
MEAN = (0.485, 0.456, 0.406)
STD = (0.229, 0.224, 0.225)

SUBJECTS = {s["id"]: s for s in json.loads((TRAINING / "data" / "subjects.json").read_text())["subjects"]}
CLASSES = json.loads((TRAINING / "detect" / "classes.json").read_text())["classes"]

if str(TRAINING / "sd3") not in sys.path:  # the optimiser and the run log are sd3-emoji's
    sys.path.append(str(TRAINING / "sd3"))
