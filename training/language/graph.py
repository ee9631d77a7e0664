"""Language graphs: the builder of training/sd3/graph.py with shared weight files and blockwise quantised products.

Precisions: "int4" multiplies with MatMulNBits, as does "stored", the drafters' one, whose codes have 8 bits; "float32" unpacks the same
codes by constant folding when the graph is loaded; "int8" names bytes that no file holds: the studio makes them of the 4-bit codes while
it loads (main/runtime/requantised), by the plan in the graph's metadata. "int8-dynamic" quantises activations per tensor and exists to be
measured only.
"""
from __future__ import annotations

import json
from pathlib import Path

import numpy as np
from onnx import TensorProto, helper, numpy_helper

from training.language.blocks import BLOCK, wide_block
from training.language.weight_file import ALIGNMENT, WeightFile, external
from training.sd3.graph import Graph

MICROSOFT = "com.microsoft"
OPSET = 23  # the first with Attention
REQUANTISED = "atelier.requantised"  # the metadata's key
MADE_FILE = "requantised.data"
SUM_PARTS = 64  # divides the vocabularies of all targets and drafters


class LanguageGraph(Graph):
    def __init__(self, name: str, precision: str, *files: WeightFile):
        super().__init__(name)
        self.precision, self.files = precision, files
        self.sums: dict[str, str] = {}
        self.made: list[dict] = []  # what the studio makes of 4-bit matrices, in the order in which it lies in MADE_FILE
        self.made_bytes = 0

    def stored(self, name: str) -> str:
        """A tensor of one of the weight files."""
        if name not in self.known:
            file = next(f for f in self.files if name in f.places)
            self.initialisers.append(file.initialiser(name))
            self.known[name] = name
        return name

    def has(self, name: str) -> bool:
        return any(name in f.places for f in self.files)

    def shape_of(self, name: str) -> tuple[int, ...]:
        return next(f.places[name][3] for f in self.files if name in f.places)

    def constant(self, name: str, array: np.ndarray) -> str:
        return self._constant(name, array)

    def output(self, value: str, name: str, shape: list, kind=TensorProto.FLOAT) -> None:
        self.nodes.append(helper.make_node("Identity", [value], [name], name=f"{name}/identity"))
        self.outputs.append(helper.make_tensor_value_info(name, kind, shape))

    def float32(self, name: str) -> str:
        """A stored float16 tensor as float32; folded at load."""
        return self.once(f"{name}/float32", lambda: self("Cast", self.stored(name), to=TensorProto.FLOAT))

    def once(self, key: str, make) -> str:
        if key not in self.known:
            self.known[key] = make()
        return self.known[key]

    # Products ------------------------------------------------------------------------------------------------------

    def block_sums(self, x: str, columns: int) -> str:
        """x [1, S, columns] -> its sums over blocks [1, S, columns / 32]; shared by the products that read x."""
        if x not in self.sums:
            blocks = self("Reshape", x, self.ints(0, 0, columns // BLOCK, BLOCK))
            self.sums[x] = self("ReduceSum", blocks, self.ints(-1), keepdims=0)
        return self.sums[x]

    def product(self, x: str, name: str) -> str:
        """x [1, S, columns] times a stored matrix of either kind."""
        rows, blocks, width = self.shape_of(f"{name}.codes")
        columns = blocks * BLOCK
        bits = 8 * width // BLOCK
        shifted = self.has(f"{name}.minimum")
        if self.precision == "int8" and shifted:
            codes, scale, zero = self.wide(name, rows, columns)
            return self("MatMulNBits", x, codes, scale, zero, domain=MICROSOFT, label=name,
                        K=columns, N=rows, bits=8, block_size=wide_block(columns), accuracy_level=4)
        if self.precision == "int8-dynamic":
            return self._dynamic_product(x, name)
        if self.precision == "float32":
            return self("MatMul", x, self.unpacked(name, transpose=True), label=name)
        y = self("MatMulNBits", x, self.stored(f"{name}.codes"), self.float32(f"{name}.scale"), domain=MICROSOFT, label=name,
                 K=columns, N=rows, bits=bits, block_size=BLOCK, accuracy_level=4)
        if not shifted:
            return y
        # w = d q + m, and MatMulNBits has w' = d (q - 8): what is missing is m + 8 d, the same for a whole block.
        shift = self.once(f"{name}/shift", lambda: self("Transpose", self(
            "Add", self.float32(f"{name}.minimum"), self("Mul", self.float32(f"{name}.scale"), self.scalar(8.0))), perm=[1, 0]))
        return self("Add", y, self("MatMul", self.block_sums(x, columns), shift))

    def wide(self, name: str, rows: int, columns: int) -> list[str]:
        """Codes, scales and zero points in blocks.Wide's form, planned to be made of the stored 4-bit matrix."""
        parts = [f"{name}.wide.{part}" for part in ("codes", "scale", "zero")]
        if parts[0] not in self.known:
            file, block = next(f for f in self.files if f"{name}.codes" in f.places), wide_block(columns)
            blocks = -(-columns // block)
            plan = {"from": file.path.name, "rows": rows, "columns": columns, "block": block,
                    **{part: file.places[f"{name}.{part}"][0] for part in ("codes", "scale", "minimum")}, "to": []}
            for part, kind, shape in zip(parts, (np.uint8, np.float32, np.uint8), ([rows, blocks, block], [rows, blocks], [rows, blocks])):
                at = self.made_bytes + -self.made_bytes % ALIGNMENT
                self.made_bytes = at + int(np.prod(shape)) * np.dtype(kind).itemsize
                plan["to"].append(at)
                self.initialisers.append(external(part, np.dtype(kind), shape, MADE_FILE, at))
                self.known[part] = part
            self.made.append(plan)
        return parts

    def unpacked(self, name: str, transpose: bool) -> str:
        """A stored matrix as float32 [rows, columns], or [columns, rows]."""
        def make() -> str:
            rows, blocks, width = self.shape_of(f"{name}.codes")
            codes, scale = self.stored(f"{name}.codes"), self("Unsqueeze", self.float32(f"{name}.scale"), self.ints(-1))
            if width == BLOCK:
                values = self("Sub", self("Cast", codes, to=TensorProto.FLOAT), self.scalar(128.0))
                values = self("Mul", values, scale)
            else:
                low = self("BitwiseAnd", codes, self.constant("low_half", np.array(15, dtype=np.uint8)))
                high = self("BitShift", codes, self.constant("four", np.array(4, dtype=np.uint8)), direction="RIGHT")
                pairs = self("Concat", self("Unsqueeze", low, self.ints(-1)), self("Unsqueeze", high, self.ints(-1)), axis=-1)
                values = self("Cast", self("Reshape", pairs, self.ints(rows, blocks, BLOCK)), to=TensorProto.FLOAT)
                if self.has(f"{name}.minimum"):
                    values = self("Add", self("Mul", values, scale), self("Unsqueeze", self.float32(f"{name}.minimum"), self.ints(-1)))
                else:
                    values = self("Mul", self("Sub", values, self.scalar(8.0)), scale)
            matrix = self("Reshape", values, self.ints(rows, blocks * BLOCK))
            return self("Transpose", matrix, perm=[1, 0]) if transpose else matrix
        return self.once(f"{name}/unpacked/{transpose}", make)

    def _dynamic_product(self, x: str, name: str) -> str:
        """int8 per row of the matrix, uint8 per tensor of activations: what dynamic quantisation usually gives."""
        def make() -> str:
            matrix = self.unpacked(name, transpose=True)
            spread = self("Div", self("ReduceMax", self("Abs", matrix), self.ints(0), keepdims=1), self.scalar(127.0))
            codes = self("Cast", self("Round", self("Div", matrix, spread)), to=TensorProto.INT8)
            self.known[f"{name}/spread"] = spread
            return codes
        codes = self.once(f"{name}/int8", make)
        quantised, scale, zero = self("DynamicQuantizeLinear", x, outputs=3)
        product = self("Cast", self("MatMulInteger", quantised, codes, zero), to=TensorProto.FLOAT)
        return self("Mul", product, self("Mul", scale, self.known[f"{name}/spread"]))

    # Pieces --------------------------------------------------------------------------------------------------------

    def embed(self, ids: str, name: str) -> str:
        """ids [1, S] -> rows of a stored 8-bit matrix [1, S, columns]; only the rows that are read are unpacked."""
        return self("Reshape", self._blocks_of(ids, name), self.ints(0, 0, self.shape_of(f"{name}.codes")[1] * BLOCK))

    def scored(self, x: str, ids: str, name: str) -> str:
        """x [1, S, columns] times the rows ids [1, S, n] of a stored 8-bit matrix -> [1, S, n]: each row of x has a choice of its own."""
        rows = self("Reshape", self._blocks_of(ids, name), self.ints(0, 0, 0, self.shape_of(f"{name}.codes")[1] * BLOCK))
        return self("Squeeze", self("MatMul", rows, self("Unsqueeze", x, self.ints(-1))), self.ints(-1))

    def _blocks_of(self, ids: str, name: str) -> str:
        """[*ids, blocks, 32]"""
        codes = self("Cast", self("Gather", self.stored(f"{name}.codes"), ids), to=TensorProto.FLOAT)
        scale = self("Cast", self("Gather", self.stored(f"{name}.scale"), ids), to=TensorProto.FLOAT)
        return self("Mul", self("Sub", codes, self.scalar(128.0)), self("Unsqueeze", scale, self.ints(-1)))

    def norm(self, x: str, name: str, epsilon: float) -> str:
        return self("SimplifiedLayerNormalization", x, self.vector(name), axis=-1, epsilon=epsilon, label=name)

    def vector(self, name: str) -> str:
        """A stored vector; inside the graph where a file of megabytes would have to be read for it alone."""
        if self.precision != "int8":
            return self.stored(name)
        if name not in self.known:
            values = next(f for f in self.files if name in f.places).array(name)
            self.initialisers.append(numpy_helper.from_array(values, name))
            self.known[name] = name
        return name

    def ranked(self, logits: str, count: int) -> tuple[str, str, str]:
        """logits [A, S, n] -> top values and places (ties to the lowest place), and the log-sum-exp [A, S].

        The sum is made in parts, which threads share: onnxruntime gives a whole row to one of them. Its ReduceLogSumExp takes the
        exponentials one by one: a tenth of a millisecond for a row of 49,152, three times what these operators take.
        """
        values, places = self("TopK", logits, self.ints(count), outputs=2, axis=-1, largest=1, sorted=1)
        highest = self("Slice", values, self.ints(0), self.ints(1), self.ints(2))
        parts = self("Reshape", self("Exp", self("Sub", logits, highest)), self.ints(0, 0, SUM_PARTS, -1))
        total = self("ReduceSum", self("ReduceSum", parts, self.ints(3), keepdims=0), self.ints(2), keepdims=0)
        return values, places, self("Add", self("Log", total), self("Squeeze", highest, self.ints(2)))

    def save(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        graph = helper.make_graph(self.nodes, self.name, self.inputs, self.outputs, self.initialisers)
        model = helper.make_model(graph, producer_name="atelier", ir_version=10, opset_imports=[
            helper.make_opsetid("", OPSET), helper.make_opsetid(MICROSOFT, 1)])
        if self.made:
            plan = {"file": MADE_FILE, "bytes": self.made_bytes, "matrices": self.made}
            model.metadata_props.add(key=REQUANTISED, value=json.dumps(plan, separators=(",", ":")))
        path.write_bytes(model.SerializeToString())
