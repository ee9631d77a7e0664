"""Weights as 8-bit integers for a journey: half the size, good enough to go on training from.

python -m training.bagel.packed      packs cache/bagel and the least that training reads into cache/bagel-go-on
"""
from __future__ import annotations

import gzip
import json
import shutil
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from training.bagel import corpus, paths
from training.bagel.weights import load_shards

GO_ON = paths.CACHE / "bagel-go-on"
SENTENCES = 12000


def pack(official: dict[str, torch.Tensor], note: dict[str, str], file: Path) -> None:
    """Matrices as int8 with one scale a row (about 1 % error); vectors as float32."""
    stored: dict[str, torch.Tensor] = {}
    for name, tensor in official.items():
        if tensor.ndim < 2:
            stored[name] = tensor.float().contiguous()
            continue
        scale = tensor.abs().amax(1, keepdim=True).clamp_min(1e-8) / 127
        stored[name], stored[f"{name}:scale"] = (tensor / scale).round().to(torch.int8), scale.float()
    save_file(stored, file, metadata=note)


def unpack(file: Path) -> tuple[dict[str, torch.Tensor], dict[str, str]]:
    """The weights as float32 under the official names, and their note."""
    with safe_open(file, "pt") as opened:
        note = opened.metadata() or {}
    stored = load_file(file)
    return {name: tensor.float() * stored.get(f"{name}:scale", torch.tensor(1.0)) for name, tensor in stored.items() if not name.endswith(":scale")}, note


def main() -> None:
    GO_ON.mkdir(parents=True, exist_ok=True)
    for name in ("pictures.png", "pictures.json", "vae.pt"):
        shutil.copy(paths.CARRIED / name, GO_ON / name)
    shutil.copytree(paths.CARRIED / "tokenizer", GO_ON / "tokenizer", dirs_exist_ok=True)
    sentences, topics = corpus.load()
    (GO_ON / "corpus.json.gz").write_bytes(gzip.compress(json.dumps({"sentences": sentences[:SENTENCES], "topics": topics}).encode()))
    pack(*load_shards(paths.WEIGHTS), GO_ON / "start.safetensors")
    print(sum(f.stat().st_size for f in GO_ON.rglob("*") if f.is_file()) / 1e6, "MB")


if __name__ == "__main__":
    main()
