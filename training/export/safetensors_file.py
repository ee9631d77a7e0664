"""Reading a safetensors file tensor by tensor, with ordinary reads: a mapped file would count as memory in use."""
from __future__ import annotations

import json
from math import prod
from pathlib import Path

import torch

KINDS = {"F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16}


class SafetensorsFile:
    def __init__(self, path: Path):
        self.path, self.file = path, path.open("rb")
        length = int.from_bytes(self.file.read(8), "little")
        self.entries = json.loads(self.file.read(length))
        self.entries.pop("__metadata__", None)
        self.start = 8 + length

    def __contains__(self, name: str) -> bool:
        return name in self.entries

    def shape(self, name: str) -> tuple[int, ...]:
        """KeyError where the file has no such tensor."""
        if name not in self.entries:
            raise KeyError(f"{self.path.name} holds no tensor {name}")
        return tuple(self.entries[name]["shape"])

    def rows(self, name: str, first: int = 0, last: int | None = None) -> torch.Tensor:
        """Rows [first, last) of a tensor in float32; only they are read."""
        shape, kind = self.shape(name), KINDS.get(self.entries[name]["dtype"])
        if kind is None:
            raise ValueError(f"{name} is {self.entries[name]['dtype']}; only floats can be exported")
        last = shape[0] if last is None else min(last, shape[0])
        row_bytes = prod(shape[1:]) * kind.itemsize
        self.file.seek(self.start + self.entries[name]["data_offsets"][0] + first * row_bytes)
        data = bytearray((last - first) * row_bytes)
        if self.file.readinto(data) != len(data):
            raise ValueError(f"{self.path.name} ends inside {name}")
        return torch.frombuffer(data, dtype=kind).reshape(last - first, *shape[1:]).float()
