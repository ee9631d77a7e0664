"""The choices of a Medusa tree, best first, from how often each rank of each head was right (2401.10774, section 2.3.2)."""
from __future__ import annotations

import heapq

import torch

RANKS = 10


def rank_shares(ranks: list[torch.Tensor]) -> list[list[float]]:
    """Per head: share of rows whose right token stood at rank 0, 1, ..., 9."""
    return [(torch.bincount(r, minlength=RANKS + 1)[:RANKS].double() / len(r)).tolist() for r in ranks]


def grow(shares: list[list[float]], nodes: int = 63) -> list[list[int]]:
    """Paths of ranks in falling order of value, the product of their shares: any first n of them are a tree."""
    heap: list[tuple[float, list[int]]] = [(-shares[0][0], [0])]
    out: list[list[int]] = []
    while heap and len(out) < nodes:
        value, path = heapq.heappop(heap)
        out.append(path)
        depth, rank = len(path) - 1, path[-1]
        above = -value / max(shares[depth][rank], 1e-12)
        if rank + 1 < len(shares[depth]):
            heapq.heappush(heap, (-above * shares[depth][rank + 1], [*path[:-1], rank + 1]))
        if depth + 1 < len(shares):
            heapq.heappush(heap, (value * shares[depth + 1][0], [*path, 0]))
    return out
