"""A file of raw tensors beside the graphs, shared by all graphs that name it as external data."""
from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper

ALIGNMENT = 64


class WeightFile:
    def __init__(self, path: Path):
        self.path, self.at, self.places = path, 0, {}
        path.parent.mkdir(parents=True, exist_ok=True)
        self.file = path.open("wb")

    @classmethod
    def written(cls, path: Path) -> "WeightFile":
        """A file of earlier, with the tensors that the graphs beside it name."""
        file = cls.__new__(cls)
        file.path, file.at, file.places = path, path.stat().st_size, {}
        for graph in sorted(path.parent.glob("*.onnx")):
            for tensor in onnx.load(str(graph), load_external_data=False).graph.initializer:
                entry = {e.key: e.value for e in tensor.external_data}
                if entry.get("location") == path.name:
                    kind = np.dtype(helper.tensor_dtype_to_np_dtype(tensor.data_type))
                    file.places[tensor.name] = (int(entry["offset"]), int(entry["length"]), kind, tuple(tensor.dims))
        return file

    def array(self, name: str) -> np.ndarray:
        """What the file holds under that name."""
        offset, _, kind, shape = self.places[name]
        return np.fromfile(self.path, kind, int(np.prod(shape)), offset=offset).reshape(shape)

    def add(self, name: str, array: np.ndarray) -> None:
        if name in self.places:
            raise ValueError(f"{name} is in {self.path.name} already")
        pad = -self.at % ALIGNMENT
        data = np.ascontiguousarray(array).tobytes()
        self.file.write(b"\0" * pad + data)
        self.places[name] = (self.at + pad, len(data), array.dtype, array.shape)
        self.at += pad + len(data)

    def close(self) -> None:
        self.file.close()

    def initialiser(self, name: str) -> TensorProto:
        """The tensor as an ONNX initialiser that points into the file."""
        offset, _, kind, shape = self.places[name]
        return external(name, kind, shape, self.path.name, offset)

    def sha256(self) -> str:
        return hashlib.sha256(self.path.read_bytes()).hexdigest()


def external(name: str, kind: np.dtype, shape: tuple[int, ...] | list[int], location: str, offset: int) -> TensorProto:
    """An initialiser whose bytes lie in another file."""
    tensor = TensorProto(name=name, data_type=helper.np_dtype_to_tensor_dtype(kind), dims=shape, data_location=TensorProto.EXTERNAL)
    for key, value in (("location", location), ("offset", offset), ("length", int(np.prod(shape)) * kind.itemsize)):
        tensor.external_data.add(key=key, value=str(value))
    return tensor
