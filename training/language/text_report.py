"""How much text there is, and how much of what was written after its choice the draft vocabulary covers.

    python -m training.language.text_report -> runs/language/text.json
"""
from __future__ import annotations

import json

import numpy as np

from training.language.features import TEXT, VOCABULARY
from training.language.runlog import RUNS


def report() -> dict:
    vocabulary, counts, later = np.load(VOCABULARY), {"answers": 0, "answer_tokens": 0, "prompt_tokens": 0, "greedy_tokens": 0}, []
    for path in sorted(TEXT.glob("*.json")):
        for row in json.loads(path.read_text()):
            counts["answers"] += 1
            counts["answer_tokens"] += len(row["answer"])
            counts["prompt_tokens"] += len(row["prompt"])
            counts["greedy_tokens"] += len(row["answer"]) if row["temperature"] == 0 else 0
            if path.stat().st_mtime > VOCABULARY.stat().st_mtime:
                later += row["answer"]
    return counts | {"later_tokens": len(later), "vocabulary": len(vocabulary), "coverage": round(float(np.isin(later, vocabulary).mean()), 4)}


def main() -> None:
    value = report()
    (RUNS / "text.json").write_text(json.dumps(value, indent=1) + "\n")
    print(value)


if __name__ == "__main__":
    main()
