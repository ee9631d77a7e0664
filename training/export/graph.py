"""BAGEL graphs: the builder of training/sd3/graph.py with weights streamed from a checkpoint into a file beside the graph.

Precision says how matrices are stored: float32, float16, or the decoder's and the head's quantised with the rest in
float16: in blocks of 8 or 4 bits (int8, int4), or as signed bytes that meet activations quantised row by row as they come
(int8-dynamic: integer products, the fastest on a CPU, and only there). Compute says in what type the other products and
attention run; norms, rotation, softmax and the residual stream are float32 always, and so is whatever enters or leaves.
"""
from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from training.export.matrices import BLOCK, quantise, signed_bytes
from training.export.safetensors_file import SafetensorsFile
from training.language.weight_file import WeightFile
from training.sd3.graph import Graph

MICROSOFT = "com.microsoft"
OPSETS = {"plain": (18, 9), "fused": (23, 10)}  # by attention: the operator set, and the file format that knows it
PRECISIONS = ("float32", "float16", "int8", "int4", "int8-dynamic")
BITS = {"int8": 8, "int4": 4}
ROWS = 4096  # of a matrix in memory as float32 at a time
INLINE = 8 << 20  # bytes of weights up to which a graph keeps them itself


@dataclass(frozen=True)
class Style:
    precision: str = "float32"
    compute: str = "float32"  # or float16, for devices that have it
    attention: str = "plain"  # matrix products and a softmax; or "fused", one operator, for devices that have it
    inline: int = INLINE

    @property
    def storage(self) -> type:
        return np.float32 if self.precision == "float32" else np.float16


class BagelGraph(Graph):
    def __init__(self, name: str, source: SafetensorsFile, folder: Path, style: Style):
        super().__init__(name)
        self.source, self.style, self.path = source, style, folder / f"{name}.onnx"
        self.file = WeightFile(folder / f"{name}.onnx.data")
        self.half = style.compute == "float16"

    # Values --------------------------------------------------------------------------------------------------------

    def store(self, name: str, array: np.ndarray) -> str:
        """An initialiser whose bytes go to the file of weights."""
        if name not in self.known:
            self.file.add(name, array)
            self.initialisers.append(self.file.initialiser(name))
            self.known[name] = name
        return name

    def vector(self, name: str, fold: float = 1.0) -> str:
        """A float32 vector of the checkpoint, times a constant."""
        if name not in self.known:
            self._constant(name, self.source.rows(name).numpy() * np.float32(fold))
        return name

    def table(self, name: str) -> str:
        """A matrix of which rows are gathered: as stored, so that onnxruntime has nothing to unpack."""
        rows, columns = self.source.shape(name)
        kept = np.empty((rows, columns), self.style.storage)
        for first in range(0, rows, ROWS):
            kept[first : first + ROWS] = _checked(self.source.rows(name, first, first + ROWS).numpy(), self.style.storage)
        return self.store(name, kept)

    def gather(self, table: str, ids: str) -> str:
        """ids [N] -> float32 rows [1, N, columns]."""
        return self.cast(self("Unsqueeze", self("Gather", table, ids, axis=0), self.ints(0)), TensorProto.FLOAT)

    def cast(self, x: str, kind: int) -> str:
        key = f"{x}/cast/{kind}"
        if key not in self.known:
            self.known[key] = self("Cast", x, to=kind)
        return self.known[key]

    def lower(self, x: str) -> str:
        """x in the type of the products."""
        return self.cast(x, TensorProto.FLOAT16) if self.half else x

    def raised(self, x: str) -> str:
        return self.cast(x, TensorProto.FLOAT) if self.half else x

    def weight(self, name: str, tensor) -> str:
        """A given tensor: matrices in the stored type behind a Cast (folded at load), vectors in float32."""
        if name in self.known:
            return self.known[name]
        array = tensor.detach().float().contiguous().numpy()
        if array.ndim < 2:
            return self._constant(name, array)
        value = self.store(name, _checked(array, self.style.storage))
        if self.style.storage != np.float32:
            value = self("Cast", value, to=TensorProto.FLOAT)
        self.known[name] = value
        return value

    # Products ------------------------------------------------------------------------------------------------------

    def product(self, x: str, names: list[str], bias: bool = False, quantised: bool = False) -> str:
        """x [1, S, columns] times the matrices of the checkpoint one under another, float32 [1, S, all their rows].

        names: of modules (their .weight, and .bias). One product for several matrices reads x once, and quantises it once.
        """
        if quantised and self.style.precision == "int8-dynamic":
            y = self._dynamic(x, names)
        else:
            quantised = quantised and self.style.precision in BITS
            y = self.raised(self._blockwise(x, names) if quantised else self._plain(x, names))
        if not bias:
            return y
        values = np.concatenate([self.source.rows(f"{n}.bias").numpy() for n in names])
        return self("Add", y, self._constant(f"{names[0]}.bias", values))

    def _plain(self, x: str, names: list[str]) -> str:
        shapes = [self.source.shape(f"{n}.weight") for n in names]
        matrix = np.empty((shapes[0][1], sum(s[0] for s in shapes)), self.style.storage)
        at = 0
        for name, (rows, _) in zip(names, shapes):
            for first in range(0, rows, ROWS):
                part = self.source.rows(f"{name}.weight", first, first + ROWS).numpy()
                matrix[:, at : at + len(part)] = _checked(part, self.style.storage).T
                at += len(part)
        value = self.store(f"{names[0]}.weight", matrix)
        kind = TensorProto.FLOAT16 if self.half else TensorProto.FLOAT
        if helper.np_dtype_to_tensor_dtype(matrix.dtype) != kind:
            value = self.cast(value, kind)
        return self("MatMul", self.lower(x), value, label=names[0])

    def _blockwise(self, x: str, names: list[str]) -> str:
        bits = BITS[self.style.precision]
        shapes = [self.source.shape(f"{n}.weight") for n in names]
        rows, columns = sum(s[0] for s in shapes), shapes[0][1]
        codes = np.empty((rows, columns // BLOCK, BLOCK * bits // 8), np.uint8)
        scales = np.empty((rows, columns // BLOCK), np.float16)
        at = 0
        for name, (count, _) in zip(names, shapes):
            for first in range(0, count, ROWS):
                part = quantise(self.source.rows(f"{name}.weight", first, first + ROWS).numpy(), bits)
                codes[at : at + len(part[0])], scales[at : at + len(part[1])] = part
                at += len(part[0])
        scale = self.store(f"{names[0]}.scale", scales)
        scale = scale if self.half else self.cast(scale, TensorProto.FLOAT)
        return self("MatMulNBits", self.lower(x), self.store(f"{names[0]}.codes", codes), scale, domain=MICROSOFT, label=names[0],
                    K=columns, N=rows, bits=bits, block_size=BLOCK, accuracy_level=4)

    def _dynamic(self, x: str, names: list[str]) -> str:
        """Each row of x over its largest value becomes bytes with the fixed scale 1/127, so that no row depends on the others."""
        shapes = [self.source.shape(f"{n}.weight") for n in names]
        matrix, scales, at = np.empty((shapes[0][1], sum(s[0] for s in shapes)), np.int8), [], 0
        for name, (rows, _) in zip(names, shapes):
            for first in range(0, rows, ROWS):
                codes, scale = signed_bytes(self.source.rows(f"{name}.weight", first, first + ROWS).numpy())
                matrix[:, at : at + len(codes)] = codes.T
                scales.append(scale)
                at += len(codes)
        # Axis 2 by that name: onnxruntime 1.30 gives no rows a wrong shape for -1.
        # A row of zeros stays one: whatever bytes the quotient 0/0 becomes, they are multiplied by 0 in the end.
        largest = self("ReduceMax", self("Abs", x), self.ints(2), keepdims=1)
        zero = self._constant("byte_zero", np.array(128, np.uint8))
        codes = self("QuantizeLinear", self("Div", x, largest), self.scalar(1 / 127), zero)
        scale = self._constant(f"{names[0]}.scale", np.concatenate(scales) / np.float32(127))
        y = self("MatMulIntegerToFloat", codes, self.store(f"{names[0]}.codes", matrix), self.scalar(1.0), scale, zero, domain=MICROSOFT, label=names[0])
        return self("Mul", y, largest)

    # Pieces --------------------------------------------------------------------------------------------------------

    def norm(self, x: str, name: str, epsilon: float, fold: float = 1.0) -> str:
        """RMS norm over the last axis by a vector of the checkpoint."""
        return self("SimplifiedLayerNormalization", x, self.vector(name, fold), axis=-1, epsilon=epsilon, label=name)

    def layer_norm_of(self, x: str, name: str, epsilon: float) -> str:
        return self("LayerNormalization", x, self.vector(f"{name}.weight"), self.vector(f"{name}.bias"), axis=-1, epsilon=epsilon, label=name)

    def gelu(self, x: str) -> str:
        """The tanh form."""
        return self("FastGelu", x, domain=MICROSOFT)

    def output(self, value: str, name: str, shape: list, kind: int = TensorProto.FLOAT) -> None:
        self.nodes.append(helper.make_node("Identity", [value], [name], name=f"{name}/identity"))
        self.outputs.append(helper.make_tensor_value_info(name, kind, shape))

    def output_of_last(self, name: str, shape: list) -> str:
        """Lets out what the last node gives, under a name for use inside as well: two copies a layer fewer in each run than by Identity."""
        self.nodes[-1].output[0] = name
        self.outputs.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, shape))
        return name

    def save(self) -> Path:
        """Writes the graph; small weights move into it."""
        self.file.close()
        if self.file.at <= self.style.inline:
            data = self.file.path.read_bytes()
            self.file.path.unlink()
            self.initialisers = [_inlined(t, data) for t in self.initialisers]
        graph = helper.make_graph(self.nodes, self.name, self.inputs, self.outputs, self.initialisers)
        opset, version = OPSETS[self.style.attention]
        model = helper.make_model(graph, producer_name="atelier", ir_version=version, opset_imports=[
            helper.make_opsetid("", opset), helper.make_opsetid(MICROSOFT, 1)])
        onnx.save(model, str(self.path))
        return self.path


def _checked(array: np.ndarray, kind: type) -> np.ndarray:
    stored = array.astype(kind)
    if not np.isfinite(stored).all():
        raise ValueError(f"a weight does not fit in {np.dtype(kind).name}")
    return stored


def _inlined(tensor: TensorProto, data: bytes) -> TensorProto:
    if tensor.data_location != TensorProto.EXTERNAL:
        return tensor
    place = {e.key: e.value for e in tensor.external_data}
    first = int(place["offset"])
    return TensorProto(name=tensor.name, data_type=tensor.data_type, dims=tensor.dims, raw_data=data[first : first + int(place["length"])])
