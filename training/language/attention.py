"""Attention over cached and new rows whose result for a row does not depend, to the last bit, on the rows beside it.

A draft is checked over rows in trees, while plain decoding reads one row at a time. onnxruntime's own Attention adds up a row's
probabilities in the lanes of vector registers, so a column that is masked and counts for nothing still moves those after it to other
lanes, and rounds otherwise; four-bit products then amplify the last bit until another word is chosen. Here both sums run over the
columns one by one, because matrix products do: of the probabilities times the values, and times ones. A masked column adds exactly 0.

What else it takes (onnxruntime's MLAS, sgemm.cpp): at least two rows in a product, for a single one takes another kernel, and so the
query heads that share a key head are rows of one product; and 16 columns in the result, for which sums are cut into runs of 1024 (a tree
does not reach over such a border: main/text/attention-mask.ts), whereas for wider ones the cut depends on the number of threads.
"""
from __future__ import annotations

import numpy as np

from training.language.graph import MICROSOFT, LanguageGraph
from training.language.sizes import Sizes

COLUMNS = 16


def attention(g: LanguageGraph, q: str, keys: str, values: str, mask: str, s: Sizes) -> str:
    """q [1, S, heads * D], keys and values [1, T, W], mask [S, T] -> [1, S, heads * D]."""
    kv, size = s.key_value_heads, s.head_size
    shared = s.heads // kv
    rows = g("Transpose", g("Reshape", q, g.ints(-1, kv, shared, size)), perm=[1, 2, 0, 3])
    scores = g("FusedMatMul", g("Reshape", rows, g.ints(kv, -1, size)), g("Reshape", keys, g.ints(-1, kv, size)),
               domain=MICROSOFT, transB=1, transBatchB=1, alpha=size**-0.5)
    scores = g("Add", g("Reshape", scores, _shape(g, mask, kv, shared)), mask)
    weights = g("Exp", g("Sub", scores, g("ReduceMax", scores, g.ints(3), keepdims=1)))
    weights = g("Reshape", weights, g.once("attention/product", lambda: g("Concat", g.ints(kv, 1, -1), _total(g, mask), axis=0)))
    mixed = g("FusedMatMul", weights, g("Reshape", values, g.ints(-1, kv, size // COLUMNS, COLUMNS)), domain=MICROSOFT, transBatchB=1)
    mixed = g("Div", mixed, g("MatMul", weights, _ones(g, mask)))
    mixed = g("Transpose", g("Reshape", mixed, g.ints(kv, size // COLUMNS, shared, -1, COLUMNS)), perm=[3, 0, 2, 1, 4])
    return g("Reshape", mixed, g.ints(1, -1, s.heads * size))


def drafting_attention(g: LanguageGraph, q: str, keys: str, values: str, mask: str, s: Sizes) -> str:
    """The same in onnxruntime's own operator, for drafters: no one needs their last bits, and a draft of few rows costs what its operators cost."""
    return g("Attention", q, keys, values, mask, q_num_heads=s.heads, kv_num_heads=s.key_value_heads, scale=s.head_size**-0.5)


def _total(g: LanguageGraph, mask: str) -> str:
    """[1]: T."""
    return g.once("attention/total", lambda: g("Shape", mask, start=1, end=2))


def _shape(g: LanguageGraph, mask: str, kv: int, shared: int) -> str:
    """[4]: key heads, query heads of each, S, T."""
    return g.once("attention/scores", lambda: g("Concat", g.ints(kv, shared), g("Shape", mask), axis=0))


def _ones(g: LanguageGraph, mask: str) -> str:
    """[T, 16]."""
    one = g.constant("one", np.array(1, dtype=np.float32))
    return g.once("attention/ones", lambda: g("Expand", one, g("Concat", _total(g, mask), g.ints(COLUMNS), axis=0)))
