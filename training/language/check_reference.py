"""The shipped graphs against transformers, which reads the GGUF file by itself: python -m training.language.check_reference

-> training/runs/language/reference.json: on the chat prompts of the evaluation set and 32 tokens that transformers answers greedily, the
greatest difference of logits and the mean divergence of each precision, and the share of tokens that it chooses alike. Stops where
float32 differs by more than 1e-3.
"""
from __future__ import annotations

import argparse
import json
from pathlib import Path

import numpy as np
import torch
from transformers import AutoModelForCausalLM, AutoTokenizer

from training.language import gguf_source
from training.language.export_target import PRECISIONS
from training.language.runlog import RUNS
from training.language.sizes import SMOLLM2
from training.language.verify import divergence, empty_past, rows, run, session

ROOT = Path(__file__).resolve().parents[2]
ANSWER = 32


def prompts(count: int) -> list[str]:
    """Spread over all categories."""
    categories = json.loads((ROOT / "training" / "language" / "evaluation.json").read_text())["categories"]
    every = [prompt for turn in zip(*(c["prompts"] for c in categories)) for prompt in turn]
    return every[:count]


@torch.inference_mode()
def reference(net, tokenizer, prompt: str) -> tuple[list[int], np.ndarray]:
    """Ids of prompt and answer, and the logits after each of them."""
    turns = [{"role": "user", "content": prompt}]
    ids = tokenizer.apply_chat_template(turns, add_generation_prompt=True, return_dict=False)
    x = torch.tensor([ids])
    whole = net.generate(x, attention_mask=torch.ones_like(x), do_sample=False, max_new_tokens=ANSWER, pad_token_id=2)
    return whole[0].tolist(), net(whole).logits[0].numpy()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--folder", type=Path, default=ROOT / "resources" / "models" / "smollm2-135m")
    parser.add_argument("--prompts", type=int, default=20)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    source = gguf_source.find()
    net = AutoModelForCausalLM.from_pretrained(source.parent, gguf_file=source.name, dtype=torch.float32).eval()
    tokenizer = AutoTokenizer.from_pretrained(options.folder)
    cases = [reference(net, tokenizer, prompt) for prompt in prompts(options.prompts)]
    out = {"prompts": len(cases), "tokens": sum(len(ids) for ids, _ in cases)}
    for precision in PRECISIONS:
        s = session(options.folder / f"target-{precision}.onnx", options.threads)
        furthest, divergences, agree = 0.0, [], []
        for ids, logits in cases:
            feeds = {"input_ids": np.array([ids]), **rows(len(ids)), **empty_past(0, SMOLLM2.layers, SMOLLM2)}
            ours = run(s, feeds)["logits"][0]
            furthest = max(furthest, float(np.abs(ours - logits).max()))
            divergences.append((divergence(logits, ours), len(ids)))
            agree.append(int((ours.argmax(-1) == logits.argmax(-1)).sum()))
        mean = sum(d * n for d, n in divergences) / out["tokens"]
        out[precision] = {"greatest difference": round(furthest, 6), "divergence": round(mean, 6), "agree": round(sum(agree) / out["tokens"], 4)}
        print(precision, json.dumps(out[precision]), flush=True)
    (RUNS / "reference.json").write_text(json.dumps(out, indent=1) + "\n")
    if out["float32"]["greatest difference"] > 1e-3:
        raise SystemExit("float32 is too far from transformers")


if __name__ == "__main__":
    main()
