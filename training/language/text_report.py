"""How much text there is, and how much of the answers to the evaluation prompts the draft vocabulary covers.

    python -m training.language.text_report -> runs/language/text.json     after `evaluate`, which makes those answers
"""
from __future__ import annotations

import json

import numpy as np
import torch

from training.language.evaluate import FOLDER
from training.language.features import TEXT, VOCABULARY
from training.language.runlog import RUNS


def answers_of(data: dict) -> np.ndarray:
    """All answer tokens of a feature file."""
    starts = np.concatenate([[0], np.cumsum(data["lengths"])])
    return np.concatenate([data["tokens"][a + p : b] for a, b, p in zip(starts, starts[1:], data["prompts"].tolist())])


def report() -> dict:
    vocabulary, counts = np.load(VOCABULARY), {"answers": 0, "answer_tokens": 0, "prompt_tokens": 0, "greedy_tokens": 0}
    for path in sorted(TEXT.glob("*.json")):
        for row in json.loads(path.read_text()):
            counts["answers"] += 1
            counts["answer_tokens"] += len(row["answer"])
            counts["prompt_tokens"] += len(row["prompt"])
            counts["greedy_tokens"] += len(row["answer"]) if row["temperature"] == 0 else 0
    evaluation = {p.stem.rsplit("-", 1)[0]: answers_of(torch.load(p)) for p in sorted(FOLDER.glob("*.pt"))}
    covered = {name: round(float(np.isin(tokens, vocabulary).mean()), 4) for name, tokens in evaluation.items()}
    everything = np.concatenate(list(evaluation.values()))
    return counts | {"vocabulary": len(vocabulary), "coverage": round(float(np.isin(everything, vocabulary).mean()), 4), "coverage_by_category": covered}


def main() -> None:
    value = report()
    (RUNS / "text.json").write_text(json.dumps(value, indent=1) + "\n")
    print(value)


if __name__ == "__main__":
    main()
