"""The retrieval datastore: token ids and the suffix array over them (docs/graphs.md)."""
from __future__ import annotations

from pathlib import Path

import numpy as np


def suffix_array(tokens: np.ndarray) -> np.ndarray:
    """Starts of all suffixes in order, by prefix doubling; a suffix that ends is less than any that goes on."""
    rank = np.unique(tokens, return_inverse=True)[1].astype(np.int64) + 1
    step = 1
    while True:
        after = np.zeros_like(rank)
        after[:-step] = rank[step:]
        key = rank * (len(rank) + 2) + after
        order = np.argsort(key, kind="stable")
        rank = np.empty_like(rank)
        rank[order] = np.cumsum(np.concatenate([[1], (np.diff(key[order]) != 0).astype(np.int64)]))
        if rank.max() == len(rank) or 2 * step >= len(rank):
            return order.astype(np.uint32)
        step *= 2


def write_datastore(path: Path, tokens: np.ndarray) -> None:
    path.write_bytes(np.uint32(len(tokens)).tobytes() + tokens.astype("<u2").tobytes() + suffix_array(tokens).astype("<u4").tobytes())


def read_tokens(path: Path) -> np.ndarray:
    """int64: the token ids of a datastore."""
    data = path.read_bytes()
    return np.frombuffer(data, "<u2", int(np.frombuffer(data, "<u4", 1)[0]), offset=4).astype(np.int64)
