"""A small search over guidance: python -m training.bagel.search. 30 singles and 40 unseen pairs for each setting."""
from __future__ import annotations

import json

import torch

from training.bagel import paths
from training.bagel.evaluate import Examiner
from training.bagel.sample import Guidance
from training.bagel.studio import Studio

SETTINGS = [Guidance(text_scale=4.0), Guidance(text_scale=4.0, renorm_min=1.0), Guidance(text_scale=4.0, renorm_min=1.0, shift=2.0),
            Guidance(text_scale=7.0, renorm_min=1.0), Guidance(text_scale=2.5, renorm_min=1.0), Guidance(text_scale=4.0, shift=2.0, interval=(0.4, 1.0))]


def main() -> None:
    torch.set_num_threads(1)
    examiner, rows = Examiner(Studio()), []
    for guidance in SETTINGS:
        singles, _, _, _ = examiner.drawings({"large": 1.0}, False, 30, 5, guidance=guidance)
        pairs, each, _, _ = examiner.drawings({"pair": 1.0}, True, 40, 6, guidance=guidance)
        rows.append(vars(guidance) | {"singles": singles, "pairs": pairs, "each": each})
        print(rows[-1], flush=True)
        (paths.RUNS / "search.json").write_text(json.dumps({"samplesSeen": int(examiner.studio.note["samples"]), "rows": rows}, indent=1) + "\n")


if __name__ == "__main__":
    main()
