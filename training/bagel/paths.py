"""Where things lie. The folder that training carries to another machine holds everything that it reads."""
from __future__ import annotations

import os
import sys
from pathlib import Path

TRAINING = Path(__file__).resolve().parent.parent
CACHE = TRAINING / "cache"
CARRIED = Path(os.environ.get("BAGEL_DATA", CACHE / "bagel-gpu"))
RUNS = TRAINING / "runs" / "bagel"
WEIGHTS = CACHE / "bagel"

if str(TRAINING / "sd3") not in sys.path:  # the autoencoder, the captions' words and the judge are sd3-emoji's
    sys.path.append(str(TRAINING / "sd3"))
