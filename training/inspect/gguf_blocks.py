"""Blocks of GGUF's packed types with the numbers that gguf's own Python package (MIT, ggml-org/llama.cpp) reads from them.

    python training/inspect/gguf_blocks.py test-fixtures/inspect/gguf-blocks.json

The bytes are random; scales are kept finite, because a random half may be NaN. Written once, with gguf 0.19 and a fixed seed.
"""
import base64
import json
import sys
from pathlib import Path

import numpy as np
from gguf import GGML_QUANT_SIZES, GGMLQuantizationType
from gguf.quants import dequantize

BLOCKS = 3
# Where the halves of a block lie.
HALVES = {"Q4_0": [0], "Q4_1": [0, 2], "Q5_0": [0], "Q5_1": [0, 2], "Q8_0": [0], "Q4_K": [0, 2], "Q6_K": [208]}


def main(path: Path):
    random = np.random.default_rng(5)
    rows = {}
    for name, places in HALVES.items():
        kind = GGMLQuantizationType[name]
        elements, size = GGML_QUANT_SIZES[kind]
        blocks = random.integers(0, 256, (BLOCKS, size), dtype=np.uint8)
        for place in places:
            blocks[:, place:place + 2] = random.normal(0, 0.1, BLOCKS).astype(np.float16).view(np.uint8).reshape(BLOCKS, 2)
        values = dequantize(blocks.reshape(-1), kind).astype(np.float64)
        assert values.size == BLOCKS * elements
        rows[name.lower()] = {"blocks": base64.b64encode(blocks.tobytes()).decode(), "values": [float(f"{v:.7g}") for v in values]}
    path.write_text(json.dumps(rows) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
