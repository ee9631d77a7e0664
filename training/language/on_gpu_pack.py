"""Packs what training.language.on_gpu needs into small files: python -m training.language.on_gpu_pack [--prompts 26000].

The target's codes, scales and minima are compressed apart from each other (their bytes have little in common); prompts are drawn here,
because WordNet stays here.
"""
from __future__ import annotations

import argparse
import json
import lzma
import random
import shutil
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from pathlib import Path

import numpy as np

from training.language import gguf_source
from training.language.blocks import EightBit, FourBit
from training.language.features import english_counts
from training.language.make_text import LONGEST_PROMPT, TOKENIZER, chat, load_tokenizer
from training.language.prompts import WordNet, draw
from training.language.target import Target

PACKED = gguf_source.CACHE.parent / "gpu"
FIELDS = ("codes", "scale", "minimum")
CHUNKS = 8


def _compress(item: tuple[Path, np.ndarray]) -> None:
    path, array = item
    planes = array.view(np.uint8).reshape(-1, array.itemsize).T  # low bytes, then high bytes
    path.write_bytes(lzma.compress(np.ascontiguousarray(planes).tobytes(), preset=1))


def _fields(target: Target) -> dict[str, list[np.ndarray]]:
    names = list(target.matrices)
    return {f: [getattr(target.matrices[n], f) for n in names] for f in FIELDS} | {
        f"embedding-{f}": [getattr(target.embedding, f)] for f in ("codes", "scale")}


def pack_target(target: Target, folder: Path) -> None:
    items = []
    for name, arrays in _fields(target).items():
        whole = np.concatenate([a.ravel() for a in arrays])
        items += [(folder / f"{name}.{i}.xz", part) for i, part in enumerate(np.array_split(whole, CHUNKS))]
    with ProcessPoolExecutor(2) as pool:
        list(pool.map(_compress, items))
    np.savez(folder / "norms.npz", **target.norms)


def unpack_target(folder: Path) -> Target:
    """The target again; shapes follow from its sizes."""
    s = gguf_source.SMOLLM2
    shapes = {"qkv": (s.query_width + 2 * s.key_value_width, s.hidden), "out": (s.hidden, s.query_width),
              "gate_up": (2 * s.feed_forward, s.hidden), "down": (s.hidden, s.feed_forward)}
    order = [(f"layers.{i}.{name}", shape) for i in range(s.layers) for name, shape in shapes.items()]

    def read(name: str, kind: type) -> np.ndarray:
        with ThreadPoolExecutor(CHUNKS) as pool:  # lzma leaves the interpreter lock
            raw = pool.map(lambda i: np.frombuffer(lzma.decompress((folder / f"{name}.{i}.xz").read_bytes()), dtype=np.uint8), range(CHUNKS))
        return np.concatenate([np.ascontiguousarray(r.reshape(np.dtype(kind).itemsize, -1).T).view(kind).ravel() for r in raw])

    flat = {f: read(f, np.uint8 if f == "codes" else np.float16) for f in FIELDS}
    matrices, at = {}, 0
    for name, (rows, columns) in order:
        blocks = rows * columns // 32
        matrices[name] = FourBit(flat["codes"][at * 16 : (at + blocks) * 16].reshape(rows, -1, 16),
                                 *(flat[f][at : at + blocks].reshape(rows, -1) for f in FIELDS[1:]))
        at += blocks
    embedding = EightBit(read("embedding-codes", np.uint8).reshape(s.vocabulary, -1, 32), read("embedding-scale", np.float16).reshape(s.vocabulary, -1))
    return Target(s, matrices, dict(np.load(folder / "norms.npz")), embedding)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--prompts", type=int, default=26000)
    parser.add_argument("--seed", type=int, default=100)
    options = parser.parse_args()
    PACKED.mkdir(parents=True, exist_ok=True)
    tokenizer, words, rng = load_tokenizer(), WordNet(), random.Random(options.seed)
    prompts = (chat(tokenizer, draw(words, [], rng)) for _ in range(options.prompts))
    (PACKED / "prompts.json.xz").write_bytes(lzma.compress(json.dumps([p for p in prompts if len(p) <= LONGEST_PROMPT]).encode()))
    np.save(PACKED / "english.npy", english_counts(gguf_source.SMOLLM2.vocabulary).astype(np.float32))
    shutil.copytree(TOKENIZER, PACKED / "tokenizer", dirs_exist_ok=True)
    pack_target(gguf_source.load(), PACKED)
    again, first = unpack_target(PACKED), gguf_source.load()
    assert all(np.array_equal(getattr(again.matrices[n], f), getattr(m, f)) for n, m in first.matrices.items() for f in FIELDS)
    assert np.array_equal(again.embedding.codes, first.embedding.codes)


if __name__ == "__main__":
    main()
