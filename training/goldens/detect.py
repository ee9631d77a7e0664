"""Writes the detector's goldens: python -m training.goldens.detect      -> test-fixtures/detect

Box arithmetic and scores as JSON, and tiny exported detectors of other families with what they must give. The worked
values that the literature states (or that were counted by hand) are asserted before anything is written.
"""
from __future__ import annotations

import json
from pathlib import Path

from training.goldens.detect_boxes import box_goldens
from training.goldens.detect_foreign import write_foreign
from training.goldens.detect_scores import score_goldens

OUT = Path(__file__).resolve().parents[2] / "test-fixtures" / "detect"


def near(value: float, expected: float, bound: float = 6e-6) -> None:
    assert abs(value - expected) <= bound, (value, expected)


def check_worked_values(files: dict[str, dict]) -> None:
    """Hand-counted values of encoding, IoU, suppression and the two-picture example."""
    boxes, suppression = files["boxes"], files["suppression"]
    for value, expected in zip(boxes["encode"][0]["deltas"] + boxes["encode"][1]["deltas"],
                               [0.25, 0.0625, 0.223144, 0.405465, 2.5, 0.625, 1.11572, 2.02733]):
        near(value, expected)
    by_name = {c["name"]: c["iou"] for c in boxes["iou"]}
    near(by_name["partly"], 0.680672)
    near(by_name["anchor and box"], 0.4375)
    assert suppression["nms"][0]["keep"] == [0, 2]
    for case, expected in zip(suppression["softNms"][:2], ([(0, 0.9), (2, 0.7), (1, 0.123077)], [(0, 0.9), (2, 0.560516), (1, 0.184167)])):
        assert [r["index"] for r in case["result"]] == [i for i, _ in expected]
        for r, (_, score) in zip(case["result"], expected):
            near(r["score"], score)
    example = files["scores"]["cases"][0]["coco"]
    near(example["stats"]["AP50"], 0.834158)
    near(example["stats"]["AP"], 0.717574)
    near(example["perIou"][7], 0.5)
    near(example["perIou"][9], 0.336634)


def main() -> None:
    OUT.mkdir(parents=True, exist_ok=True)
    files = box_goldens() | score_goldens()
    check_worked_values(files)
    for name, contents in files.items():
        (OUT / f"{name}.json").write_text(json.dumps(contents) + "\n")
        print(f"{name}.json")
    for folder in write_foreign(OUT):
        print(folder)


if __name__ == "__main__":
    main()
