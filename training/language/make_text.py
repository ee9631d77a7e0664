"""Shards of the target's own answers: python -m training.language.make_text --minutes 30 [--seed 1] [--kind tasks] [--greedy].

A shard is a JSON file of {"prompt": ids, "answer": ids, "temperature": t} lists. As soon as the draft vocabulary is chosen its features
are written too; training reads new ones as they come.
"""
from __future__ import annotations

import argparse
import json
import os
import random
import time
from pathlib import Path

import numpy as np
import torch
from transformers import PreTrainedTokenizerFast

from training.language import gguf_source, gguf_tokenizer
from training.language.features import FEATURES, TEXT, VOCABULARY, Recorder, choose_vocabulary, save
from training.language.generate import answers
from training.language.prompts import WordNet, draw, draw_for_people, draw_for_tasks
from training.language.suffix_array import read_tokens

TOKENIZER = gguf_source.CACHE / "tokenizer"
DATASTORE = Path(__file__).resolve().parents[2] / "resources" / "models" / "smollm2-135m" / "datastore.bin"
KINDS = {"words": draw, "tasks": draw_for_tasks, "people": draw_for_people}
END = 2
LONGEST_PROMPT = 330


def load_tokenizer() -> PreTrainedTokenizerFast:
    if not TOKENIZER.exists():
        gguf_tokenizer.export(TOKENIZER, gguf_source.SMOLLM2.context)
    return PreTrainedTokenizerFast.from_pretrained(str(TOKENIZER))


def chat(tokenizer, prompt: str) -> list[int]:
    return tokenizer.apply_chat_template([{"role": "user", "content": prompt}], add_generation_prompt=True, return_dict=False)


def passages_of(rows: list[dict], tokenizer, prose: bool) -> list[str]:
    """Answers long enough to be a passage, cut at their last full stop. prose: only those that are."""
    texts = (tokenizer.decode(r["answer"][:-1]) for r in rows if 70 <= len(r["answer"]) <= 150)
    passages = (t[: t.rfind(".") + 1] for t in texts if t.count(".") >= 3)
    return [p for p in passages if not prose or is_prose(p)]


def is_prose(text: str) -> bool:
    """English without sums and lists, as far as its letters tell."""
    return text.isascii() and "\n" not in text and sum(c.isdigit() for c in text) < 4


def stored_answers() -> list[dict]:
    """The answers in the shipped datastore: passages for a first shard."""
    tokens = read_tokens(DATASTORE)
    return [{"answer": part.tolist()} for part in np.split(tokens, np.flatnonzero(tokens == END) + 1) if len(part) > 0]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--batch", type=int, default=256)
    parser.add_argument("--new-tokens", type=int, default=160)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--kind", choices=list(KINDS), default="words", help="how prompts are drawn")
    parser.add_argument("--greedy", action="store_true", help="all answers at temperature 0, where every other one is drawn at 0.7 without it")
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    TEXT.mkdir(parents=True, exist_ok=True)
    tokenizer, words = load_tokenizer(), WordNet()
    net = gguf_source.load().decoder().half()
    make = KINDS[options.kind]
    prose = make is draw_for_people
    passages = passages_of(stored_answers(), tokenizer, prose) if make is not draw else []
    if make is draw_for_people:
        words.keep_common(lambda text: len(tokenizer.encode(text, add_special_tokens=False)))
    for path in sorted(TEXT.glob("*.json")):
        passages += passages_of(json.loads(path.read_text()), tokenizer, prose)
    end_time, shard, total = time.time() + 60 * options.minutes, len(list(TEXT.glob(f"{options.seed}-*.json"))), 0
    while time.time() < end_time:
        rng = random.Random(f"{options.seed}/{shard}")
        prompts = [chat(tokenizer, make(words, passages, rng)) for _ in range(4 * options.batch)]
        prompts = sorted((p for p in prompts if len(p) <= LONGEST_PROMPT), key=len)
        at = rng.randrange(0, len(prompts) - options.batch + 1)
        prompts = prompts[at : at + options.batch]
        temperature = torch.tensor([0.0, 0.0 if options.greedy else 0.7] * (options.batch // 2))
        started = time.time()
        recorder = Recorder(torch.from_numpy(choose_vocabulary(net.sizes.draft_vocabulary, net.sizes.vocabulary)), len(prompts)) if VOCABULARY.exists() else None
        rows = answers(net, prompts, options.new_tokens, temperature, END, torch.Generator().manual_seed(shard + 1000 * options.seed), recorder)
        rows = [{"prompt": p, "answer": a, "temperature": round(float(t), 2)} for p, a, t in zip(prompts, rows, temperature)]
        path = TEXT / f"{options.seed}-{shard:05d}.json"
        path.with_suffix(".part").write_text(json.dumps(rows))
        if recorder is not None:
            save(FEATURES / f"{path.stem}.pt", recorder.features(rows))
        os.replace(path.with_suffix(".part"), path)
        count = sum(len(r["answer"]) for r in rows)
        total, shard = total + count, shard + 1
        passages += passages_of(rows, tokenizer, prose)
        print(time.strftime("%H:%M:%S"), f"shard {shard}: {count} answer tokens, {count / (time.time() - started):.0f}/s, {total} in all", flush=True)


if __name__ == "__main__":
    main()
