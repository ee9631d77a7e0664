"""The sizes of a Llama-shaped language model, as they stand in studio.json and config.json."""
from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Sizes:
    layers: int
    hidden: int
    heads: int
    key_value_heads: int
    head_size: int
    feed_forward: int
    vocabulary: int
    context: int
    rope_base: float
    epsilon: float
    exit_layers: int
    draft_vocabulary: int

    @property
    def key_value_width(self) -> int:
        return self.key_value_heads * self.head_size

    @property
    def query_width(self) -> int:
        return self.heads * self.head_size


SMOLLM2 = Sizes(layers=30, hidden=576, heads=9, key_value_heads=3, head_size=64, feed_forward=1536, vocabulary=49152,
                context=2048, rope_base=100000.0, epsilon=1e-5, exit_layers=8, draft_vocabulary=8192)
TINY = Sizes(layers=4, hidden=64, heads=2, key_value_heads=1, head_size=32, feed_forward=96, vocabulary=320,
             context=512, rope_base=10000.0, epsilon=1e-5, exit_layers=2, draft_vocabulary=64)
