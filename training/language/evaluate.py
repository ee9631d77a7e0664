"""Held-out acceptance of every drafter: python -m training.language.evaluate

By teacher forcing on greedy answers of the target: per depth, how often the first choice is the target's, and the sum of min(p, q)
at temperature 1. `categories` does the same for the prompts of evaluation.json, `held_out` for shards left out of training.
"""
from __future__ import annotations

import argparse
import json
import random
from pathlib import Path

import torch

from training.language import gguf_source
from training.language.decoder import Decoder
from training.language.drafters import DRAFTERS, Drafter
from training.language.feature_data import Features
from training.language.features import choose_vocabulary, features_of, save, signature
from training.language.generate import answers
from training.language.make_text import END, chat, load_tokenizer
from training.language.objectives import acceptance
from training.language.runlog import RUNS
from training.language.train_drafters import load_drafter

PROMPTS = Path(__file__).with_name("evaluation.json")
FOLDER = gguf_source.CACHE / "evaluation"


def evaluation_prompts() -> list[tuple[str, str]]:
    """(category, prompt) pairs."""
    return [(category["id"], prompt) for category in json.loads(PROMPTS.read_text())["categories"] for prompt in category["prompts"]]


def prepare(net: Decoder, vocabulary: torch.Tensor) -> None:
    """Features of greedy answers to the evaluation prompts, one file for each category."""
    tokenizer, half, groups = load_tokenizer(), net.half(), {}
    for category, prompt in evaluation_prompts():
        groups.setdefault(category, []).append(chat(tokenizer, prompt))
    for category, prompts in groups.items():
        path = FOLDER / f"{category}-0.pt"
        if path.exists() and int(torch.load(path)["vocabulary"]) == signature(vocabulary):
            continue
        rows = answers(half, prompts, 160, torch.zeros(len(prompts)), END, torch.Generator())
        save(path, features_of(half, [{"prompt": p, "answer": a} for p, a in zip(prompts, rows)], vocabulary))


def ranks_of(drafter: Drafter, features: Features, net: Decoder, batches: int) -> list[dict[str, torch.Tensor]]:
    """acceptance's values over several batches, joined; only names in `features` that it was filtered to."""
    joined: list[dict[str, list[torch.Tensor]]] = []
    for i, batch in enumerate(features.epoch(random.Random(0), 4096, drafter.name == "early-exit")):
        if i == batches:
            break
        with torch.autocast("cpu", dtype=torch.bfloat16):
            for depth, values in enumerate(acceptance(drafter, batch, net)):
                if len(joined) <= depth:
                    joined.append({k: [] for k in values})
                for name, value in values.items():
                    joined[depth][name].append(value)
    return [{k: torch.cat(v) for k, v in depth.items()} for depth in joined]


def summary(values: list[dict[str, torch.Tensor]]) -> dict[str, list[float]]:
    return {name: [round(float(v[name].mean()), 4) for v in values] for name in ("agree", "overlap")}


def only(category: str) -> Features:
    features = Features(FOLDER)
    features.shards = {k: v for k, v in features.shards.items() if k.startswith(f"{category}-")}
    return features


def evaluate(names: list[str], net: Decoder, vocabulary: torch.Tensor, batches: int = 24) -> dict:
    held_out, out = Features(held_out=True), {}
    categories = sorted({category for category, _ in evaluation_prompts()}) if FOLDER.exists() else []
    for name in names:
        drafter, state = load_drafter(name, net, vocabulary)
        drafter.eval()
        drafter.head = drafter.head.bfloat16()
        out[name] = {"seen": state["seen"] if state else None, "held_out": summary(ranks_of(drafter, held_out, net, batches)),
                     "categories": {c: summary(ranks_of(drafter, only(c), net, batches)) for c in categories}}
        print(name, json.dumps(out[name]), flush=True)
    return out


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", nargs="+", default=list(DRAFTERS), choices=list(DRAFTERS))
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    target = gguf_source.load()
    vocabulary = torch.from_numpy(choose_vocabulary(target.sizes.draft_vocabulary, target.sizes.vocabulary))
    prepare(target.decoder(), vocabulary)
    path = RUNS / "acceptance.json"
    known = json.loads(path.read_text()) if path.exists() else {}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(known | evaluate(options.only, target.decoder(), vocabulary), indent=1) + "\n")


if __name__ == "__main__":
    main()
