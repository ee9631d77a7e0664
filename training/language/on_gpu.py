"""Text, features and all drafters in one go on a GPU: python -m training.language.on_gpu --out FOLDER.

For a machine that is lent for minutes. Reads what on_gpu_pack wrote; everything stays in the GPU's memory. Writes to FOLDER, as each
stands: <drafter>.npz (float16 weights), draft-vocabulary.npy, text.npz and the runs' logs.
"""
from __future__ import annotations

import argparse
import json
import lzma
import random
import shutil
import time
from pathlib import Path
from threading import Thread
from types import SimpleNamespace

import numpy as np
import torch
from transformers import PreTrainedTokenizerFast

from training.language import runlog, train_drafters
from training.language.decoder import Decoder
from training.language.drafters import DRAFTERS
from training.language.feature_data import Features
from training.language.features import TOP, count, most_frequent, signature
from training.language.generate import answers
from training.language.make_text import END, LONGEST_PROMPT, chat, passages_of
from training.language.on_gpu_pack import PACKED, unpack_target
from training.language.prompts import passage_prompt

SHARDS = 32  # of which two are held out


def write_text(net: Decoder, prompts: list[list[int]], batch: int, new_tokens: int, until: float) -> list[dict]:
    """Rows {"prompt", "answer"}, half of them greedy. Prompts of like length share a batch; batches come in random order."""
    device = net.embedding.weight.device
    prompts = sorted(prompts, key=len)
    batches = [prompts[i : i + batch] for i in range(0, len(prompts), batch)]
    random.Random(0).shuffle(batches)
    rows: list[dict] = []
    generator = torch.Generator(device).manual_seed(1)
    for members in batches:
        if time.time() > until:
            break
        temperature = torch.tensor([0.0, 0.7], device=device).repeat(len(members) // 2 + 1)[: len(members)]
        rows += [{"prompt": p, "answer": a} for p, a in zip(members, answers(net, members, new_tokens, temperature, END, generator))]
    return rows


@torch.no_grad()
def features_of(net: Decoder, rows: list[dict], vocabulary: torch.Tensor) -> dict[str, torch.Tensor]:
    """As training.language.features has them, for rows sorted by length, on the network's device."""
    device = net.embedding.weight.device
    sequences = [r["prompt"] + r["answer"] for r in rows]
    parts: list[dict[str, torch.Tensor]] = []
    for start in range(0, len(rows), 128):
        some = sequences[start : start + 128]
        longest = max(map(len, some))
        ids = torch.tensor([s + [0] * (longest - len(s)) for s in some], device=device)
        real = torch.arange(longest, device=device) < torch.tensor([len(s) for s in some], device=device)[:, None]
        hidden, exit_hidden = (t[real] for t in net(ids, net.sizes.exit_layers))
        for some_hidden, some_exit, tokens in zip(hidden.split(8192), exit_hidden.split(8192), ids[real].split(8192)):
            logits = net.logits(some_hidden).float()
            trimmed = logits[:, vocabulary]
            values, places = trimmed.topk(TOP, dim=-1)
            parts.append({"tokens": tokens.int(), "hidden": some_hidden.half(), "exit_hidden": some_exit.half(), "top_places": places.short(),
                          "top_logits": values.half(), "total": trimmed.logsumexp(-1), "total_full": logits.logsumexp(-1),
                          "best": logits.argmax(-1).int()})
    out = {name: torch.cat([p[name] for p in parts]) for name in parts[0]}
    out["lengths"] = torch.tensor([len(s) for s in sequences], dtype=torch.int32)
    out["prompts"] = torch.tensor([len(r["prompt"]) for r in rows], dtype=torch.int32)
    out["vocabulary"] = torch.tensor(signature(vocabulary.cpu()))
    return out


def save_text(rows: list[dict], path: Path) -> None:
    """ids uint16: prompt and answer of every row in turn; prompts, answers int32: their lengths."""
    np.savez_compressed(path, ids=np.concatenate([np.array(r["prompt"] + r["answer"], dtype=np.uint16) for r in rows]),
                        prompts=np.array([len(r["prompt"]) for r in rows], dtype=np.int32), answers=np.array([len(r["answer"]) for r in rows], dtype=np.int32))


def save_drafter(name: str, out: Path) -> None:
    state = torch.load(train_drafters.CHECKPOINTS / f"{name}.pt", map_location="cpu")["drafter"]
    np.savez(out / f"{name}.npz", **{k: v.half().numpy() for k, v in state.items()})


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--device", default="cuda")
    parser.add_argument("--text-seconds", type=float, default=75)
    parser.add_argument("--batch", type=int, default=2048)
    parser.add_argument("--new-tokens", type=int, default=160)
    parser.add_argument("--minutes", type=float, nargs=5, default=[1.6, 0.4, 0.6, 0.4, 0.3], metavar="MINUTES", help=f"for {', '.join(DRAFTERS)}")
    parser.add_argument("--batch-tokens", type=int, default=16384)
    parser.add_argument("--prompts", type=int, default=10**9, help="of each wave at most")
    options = parser.parse_args()
    started, out = time.time(), options.out
    out.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(0)
    torch.backends.cuda.matmul.allow_tf32 = True

    def say(text: str) -> None:
        print(f"{time.time() - started:6.1f} s", text, flush=True)

    target = unpack_target(PACKED)
    net = target.decoder().to(options.device)
    half = target.decoder().half().to(options.device)
    say("target read")
    tokenizer = PreTrainedTokenizerFast.from_pretrained(str(PACKED / "tokenizer"))
    prompts = json.loads(lzma.decompress((PACKED / "prompts.json.xz").read_bytes()))[: options.prompts]
    rows = write_text(half, prompts, options.batch, options.new_tokens, time.time() + 0.6 * options.text_seconds)
    say(f"{len(rows)} answers, {sum(len(r['answer']) for r in rows)} tokens")
    passages, rng = passages_of(rows, tokenizer), random.Random(5)
    more = [chat(tokenizer, passage_prompt(passages, rng)) for _ in range(min(options.prompts, 2 * len(rows) // 3))] if passages else []
    rows += write_text(half, [p for p in more if len(p) <= LONGEST_PROMPT], options.batch, options.new_tokens, time.time() + 0.4 * options.text_seconds)
    say(f"{len(rows)} answers, {sum(len(r['answer']) for r in rows)} tokens")
    saving = Thread(target=save_text, args=(rows, out / "text.npz"))
    saving.start()
    counts = np.load(PACKED / "english.npy").astype(np.float64)
    count(counts, rows)
    vocabulary = most_frequent(counts, target.sizes.draft_vocabulary)
    np.save(out / "draft-vocabulary.npy", vocabulary)
    ids = torch.from_numpy(vocabulary).to(options.device)
    rng.shuffle(rows)
    held_out, features = Features.empty(signature(torch.from_numpy(vocabulary))), Features.empty(signature(torch.from_numpy(vocabulary)))
    for i in range(SHARDS):
        shard = sorted(rows[i::SHARDS], key=lambda r: len(r["prompt"]) + len(r["answer"]))
        if shard:
            (held_out if i < 2 else features).add(f"gpu-{i}", features_of(half, shard, ids))
    del half
    say(f"features of {features.answer_tokens} answer tokens")
    train_drafters.CHECKPOINTS = out / "checkpoints"
    runlog.RUNS = Path(out / "runs")
    for name, minutes in zip(DRAFTERS, options.minutes):
        settings = SimpleNamespace(minutes=minutes, resume=False, batch_tokens=options.batch_tokens, lr_muon=5e-3, lr_adamw=1e-3, report_seconds=30)
        train_drafters.train(name, net, ids, settings, features, held_out)
        save_drafter(name, out)
        say(f"{name} trained")
    saving.join()
    shutil.rmtree(out / "checkpoints")


if __name__ == "__main__":
    main()
