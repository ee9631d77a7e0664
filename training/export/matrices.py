"""Matrices as they are stored: blocks of 32 columns in 8 or 4 bits, as MatMulNBits reads them, or signed bytes by row.

Symmetric codes: w = scale * (code - 128), scale * (code - 8), or scale * code. All work on some thousand rows at a time, so
that a matrix of the 7B model never needs more than itself and a little.
"""
from __future__ import annotations

import numpy as np

BLOCK = 32
# The greatest value is worth clipping a little where that lessens the squared error of its whole block.
CLIPS = (1.0, 0.92, 0.85, 0.78)


def quantise(matrix: np.ndarray, bits: int) -> tuple[np.ndarray, np.ndarray]:
    """matrix float32 [rows, columns] -> codes uint8 [rows, blocks, bytes], scales float16 [rows, blocks]."""
    rows, columns = matrix.shape
    if columns % BLOCK:
        raise ValueError(f"{columns} columns are no multiple of {BLOCK}")
    blocks = matrix.reshape(rows, columns // BLOCK, BLOCK)
    return _eight_bits(blocks) if bits == 8 else _four_bits(blocks)


def signed_bytes(matrix: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """matrix float32 [rows, columns] -> codes int8 of the same shape, scales float32 [rows]."""
    scale = (np.abs(matrix).max(-1) / 127).astype(np.float32)
    step = np.where(scale == 0, np.float32(1), scale)[:, None]
    return np.clip(np.rint(matrix / step), -127, 127).astype(np.int8), scale


def _codes(blocks: np.ndarray, scale: np.ndarray, zero: int, most: int) -> np.ndarray:
    step = np.where(scale == 0, np.float32(1), scale.astype(np.float32))[..., None]
    return np.clip(np.rint(blocks / step) + zero, 0, most).astype(np.uint8)


def _eight_bits(blocks: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    scale = _finite(np.abs(blocks).max(-1) / 127)
    return _codes(blocks, scale, 128, 255), scale


def _four_bits(blocks: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The value farthest from zero goes to code 0, which is -8: the longer side of the range, whatever its sign."""
    farthest = np.take_along_axis(blocks, np.abs(blocks).argmax(-1)[..., None], -1)[..., 0]
    best, codes, least = None, None, None
    for clip in CLIPS:
        scale = _finite(farthest * clip / -8)
        tried = _codes(blocks, scale, 8, 15)
        error = (((tried.astype(np.float32) - 8) * scale.astype(np.float32)[..., None] - blocks) ** 2).sum(-1)
        if best is None:
            best, codes, least = scale, tried, error
        else:
            better = error < least
            best, least = np.where(better, scale, best), np.where(better, error, least)
            codes = np.where(better[..., None], tried, codes)
    return np.ascontiguousarray(codes[..., 0::2] | codes[..., 1::2] << 4), best


def _finite(scale: np.ndarray) -> np.ndarray:
    small = scale.astype(np.float16)
    if not np.isfinite(small).all():
        raise ValueError("a weight is too large for float16 scales")
    return small
