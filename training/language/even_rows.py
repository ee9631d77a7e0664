"""Rows in twos, so that a row's result does not depend, to the last bit, on the rows beside it.

onnxruntime's product with 8 bits in blocks of 128 columns and more (MatMulNBits) adds up two rows together in another order than one alone,
which would be the last of an odd number. So a graph with such blocks takes one row more where their number is odd: it sees no
column, no row sees its own, and it is cut off again. Two rows together take hardly more than one alone.
"""
from __future__ import annotations

from training.language.graph import LanguageGraph

MASKED = -1e9


class EvenRows:
    """mask: attention_mask [S, T], filled up as `mask`."""

    def __init__(self, g: LanguageGraph, mask: str):
        self.g, self.count = g, g("Shape", mask, start=0, end=1)
        self.odd = g("Mod", self.count, g.ints(2))
        self.mask = g("Pad", mask, g("Concat", g.ints(0, 0), self.odd, self.odd, axis=0), g.scalar(MASKED))

    def filled(self, x: str) -> str:
        """x [1, S, ...] with the row more, of zeros."""
        return self.g("Pad", x, self.g("Concat", self.g.ints(0), self.odd, axis=0), "", self.g.ints(1))

    def cut(self, x: str, axis: int) -> str:
        """x without the row more."""
        return self.g("Slice", x, self.g.ints(0), self.count, self.g.ints(axis))
