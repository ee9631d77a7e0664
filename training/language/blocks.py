"""Matrices in blocks of 32 columns: 4 bits with a scale and a minimum (w = d q + m), or 8 or 4 bits with a scale (w = d (q - 128), d (q - 8)).

The first two are llama.cpp's Q4_1 and Q8_0; all have their codes laid out as onnxruntime's MatMulNBits reads them. `Wide` is what the studio makes of
4 bits while it loads (main/runtime/requantised): 8 bits with a whole zero point in wider blocks.
"""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np

BLOCK = 32


def wide_block(columns: int) -> int:
    """Columns of a wide block: the fewer times a scale is applied, the less a further row of a verification takes, but filling up costs more."""
    return 256 if columns % 256 == 0 else 64


@dataclass
class FourBit:
    codes: np.ndarray  # uint8 [rows, blocks, 16]: column 2j in the low half of byte j, column 2j + 1 in the high half
    scale: np.ndarray  # float16 [rows, blocks]
    minimum: np.ndarray  # float16 [rows, blocks]

    @property
    def shape(self) -> tuple[int, int]:
        return self.codes.shape[0], self.codes.shape[1] * BLOCK

    def dequantise(self) -> np.ndarray:
        """float32 [rows, columns]."""
        columns = np.stack([self.codes & 15, self.codes >> 4], axis=-1).reshape(*self.codes.shape[:2], BLOCK)
        values = columns.astype(np.float32) * self.scale.astype(np.float32)[..., None] + self.minimum.astype(np.float32)[..., None]
        return values.reshape(self.shape)

    @staticmethod
    def of_columns(columns: np.ndarray, scale: np.ndarray, minimum: np.ndarray) -> "FourBit":
        """columns: codes 0 to 15, uint8 [rows, blocks, 32]."""
        return FourBit(np.ascontiguousarray(columns[..., 0::2] | columns[..., 1::2] << 4), scale, minimum)

    @staticmethod
    def quantise(matrix: np.ndarray) -> "FourBit":
        """Round to nearest between each block's least and greatest value."""
        blocks = matrix.astype(np.float32).reshape(matrix.shape[0], -1, BLOCK)
        least = blocks.min(-1).astype(np.float16)
        scale = ((blocks.max(-1) - least.astype(np.float32)) / 15).astype(np.float16)
        step = np.maximum(scale.astype(np.float32), 1e-12)[..., None]
        columns = np.clip(np.rint((blocks - least.astype(np.float32)[..., None]) / step), 0, 15).astype(np.uint8)
        return FourBit.of_columns(columns, scale, least)

    @staticmethod
    def stack(parts: list["FourBit"]) -> "FourBit":
        """Rows of several matrices over the same columns."""
        return FourBit(*(np.concatenate([getattr(p, n) for p in parts]) for n in ("codes", "scale", "minimum")))


@dataclass
class EightBit:
    codes: np.ndarray  # uint8 [rows, blocks, 32], 128 is zero
    scale: np.ndarray  # float16 [rows, blocks]

    @property
    def shape(self) -> tuple[int, int]:
        return self.codes.shape[0], self.codes.shape[1] * BLOCK

    def dequantise(self) -> np.ndarray:
        """float32 [rows, columns]."""
        return ((self.codes.astype(np.float32) - 128) * self.scale.astype(np.float32)[..., None]).reshape(self.shape)

    def rows(self, ids: np.ndarray) -> "EightBit":
        return EightBit(np.ascontiguousarray(self.codes[ids]), np.ascontiguousarray(self.scale[ids]))

    @staticmethod
    def quantise(matrix: np.ndarray) -> "EightBit":
        blocks = matrix.astype(np.float32).reshape(matrix.shape[0], -1, BLOCK)
        scale = (np.abs(blocks).max(-1) / 127).astype(np.float16)
        step = np.maximum(scale.astype(np.float32), 1e-12)[..., None]
        return EightBit((np.clip(np.rint(blocks / step), -127, 127) + 128).astype(np.uint8), scale)


@dataclass
class SignedFourBit:
    codes: np.ndarray  # uint8 [rows, blocks, 16] as FourBit has them; 8 is zero
    scale: np.ndarray  # float16 [rows, blocks]

    def dequantise(self) -> np.ndarray:
        """float32 [rows, columns]."""
        return FourBit(self.codes, self.scale, (-8 * self.scale.astype(np.float32))).dequantise()

    @staticmethod
    def quantise(matrix: np.ndarray) -> "SignedFourBit":
        """The scale of least squared error among some that bring each block's greatest value to -8 or close."""
        blocks = matrix.astype(np.float32).reshape(matrix.shape[0], -1, BLOCK)
        greatest = np.take_along_axis(blocks, np.abs(blocks).argmax(-1)[..., None], -1)[..., 0]
        best = np.full(greatest.shape, np.inf, dtype=np.float32)
        scale = np.zeros(greatest.shape, dtype=np.float16)
        columns = np.full(blocks.shape, 8, dtype=np.uint8)
        for code in np.linspace(6.5, 9, 11, dtype=np.float32):
            tried = (-greatest / code).astype(np.float16)
            step = np.where(tried == 0, 1, tried).astype(np.float32)[..., None]
            q = np.clip(np.rint(blocks / step), -8, 7)
            error = np.square(q * step - blocks).sum(-1)
            better = error < best
            best, scale = np.where(better, error, best), np.where(better, tried, scale)
            columns[better] = (q[better] + 8).astype(np.uint8)
        return SignedFourBit(FourBit.of_columns(columns, scale, scale).codes, scale)


@dataclass
class Wide:
    codes: np.ndarray  # uint8 [rows, blocks, block]
    scale: np.ndarray  # float32 [rows, blocks]
    zero: np.ndarray  # uint8 [rows, blocks]

    @staticmethod
    def of(matrix: FourBit, block: int) -> "Wide":
        """Bytes between the least and the greatest value that each block's scales and minima can name, with zero among them.

        Columns past the last are zero. In float64 and in the order of operations of main/runtime/requantised: both make the same bytes.
        """
        rows, columns = matrix.shape
        q = np.stack([matrix.codes & 15, matrix.codes >> 4], axis=-1).reshape(rows, -1, BLOCK).astype(np.float64)
        scale, minimum = (x.astype(np.float64) for x in (matrix.scale, matrix.minimum))

        def by_block(x: np.ndarray) -> np.ndarray:
            """[rows, stored blocks, ...] -> [rows, blocks, stored blocks of each, ...]"""
            parts = block // BLOCK
            odd = [(0, 0), (0, -x.shape[1] % parts), *[(0, 0)] * (x.ndim - 2)]
            return np.pad(x, odd).reshape(rows, -1, parts, *x.shape[2:])

        low, high = (by_block(f(minimum, minimum + 15 * scale)) for f in (np.minimum, np.maximum))
        low, high = np.minimum(low.min(-1), 0), np.maximum(high.max(-1), 0)
        step = ((high - low) / 255).astype(np.float32)
        step[step == 0] = 1
        width = step.astype(np.float64)[..., None]
        zero = np.clip(np.floor(-low / width[..., 0] + 0.5), 0, 255)
        slope, base = by_block(scale) / width, by_block(minimum) / width + zero[..., None] + 0.5
        codes = np.trunc(slope[..., None] * by_block(q) + base[..., None])
        return Wide(np.clip(codes, 0, 255).astype(np.uint8).reshape(rows, -1, block), step, zero.astype(np.uint8))

    def dequantise(self, columns: int) -> np.ndarray:
        """float32 [rows, columns]."""
        values = (self.codes.astype(np.float32) - self.zero[..., None]) * self.scale[..., None]
        return values.reshape(len(self.codes), -1)[:, :columns]
