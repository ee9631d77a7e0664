"""Reference for the studio's own loop: greedy texts and logits of tiny-causal-lm by transformers. python -m training.goldens.language_text"""
from __future__ import annotations

import hashlib
import json
from pathlib import Path

import torch
from transformers import AutoTokenizer

from training.language.fixture import tiny_target
from training.language.target import to_transformers

ROOT = Path(__file__).resolve().parents[2]
MODEL = ROOT / "test-fixtures" / "models" / "tiny-causal-lm"
OUT = ROOT / "test-fixtures" / "goldens" / "speculation" / "greedy-text.json"
TOKENS = 48
CASES = [("The quick brown fox", True), ("What is the answer?", False), ("A house by the sea \u00e9\U0001f469\u200d\U0001f680", False)]


@torch.inference_mode()
def case(net, tokenizer, prompt: str, raw: bool) -> dict:
    turns = [{"role": "user", "content": prompt}]
    ids = tokenizer(prompt)["input_ids"] if raw else tokenizer.apply_chat_template(turns, add_generation_prompt=True, return_dict=False)
    x = torch.tensor([ids])
    tokens = net.generate(x, attention_mask=torch.ones_like(x), do_sample=False, max_new_tokens=TOKENS, pad_token_id=2)[0, len(ids):].tolist()
    logits = net(x).logits[0, -1].tolist()
    text = tokenizer.decode(tokens, skip_special_tokens=True)
    return {"prompt": prompt, "raw": raw, "promptIds": ids, "tokens": tokens, "text": text, "logits": [round(v, 5) for v in logits]}


def main() -> None:
    tokenizer, net = AutoTokenizer.from_pretrained(MODEL), to_transformers(tiny_target())
    cases = [case(net, tokenizer, prompt, raw) for prompt, raw in CASES]
    OUT.parent.mkdir(parents=True, exist_ok=True)
    weights = hashlib.sha256((MODEL / "weights.data").read_bytes()).hexdigest()
    OUT.write_text(json.dumps({"weights": weights, "cases": cases}) + "\n")


if __name__ == "__main__":
    main()
