"""A small builder for ONNX graphs: nodes by function call, fp16 weights behind a Cast, float32 everywhere else.

onnxruntime folds the Casts when it loads the model, so fp16 saves disk and changes no kernel.
"""
from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper


class Graph:
    def __init__(self, name: str):
        self.name, self.nodes, self.initialisers, self.count = name, [], [], 0
        self.inputs, self.outputs, self.known = [], [], {}

    def input(self, name: str, shape: list, kind=TensorProto.FLOAT) -> str:
        self.inputs.append(helper.make_tensor_value_info(name, kind, shape))
        return name

    def output(self, value: str, name: str, shape: list) -> None:
        """Give a value its public name."""
        self.nodes.append(helper.make_node("Identity", [value], [name], name=f"{name}/identity"))
        self.outputs.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, shape))

    def __call__(self, op: str, *inputs: str, outputs: int = 1, domain: str = "", label: str = "", **attributes):
        """Add a node; returns its output name, or a list of names when outputs > 1."""
        self.count += 1
        base = f"{label or op}_{self.count}"
        names = [f"{base}_out{i}" for i in range(outputs)]
        self.nodes.append(helper.make_node(op, list(inputs), names, name=base, domain=domain, **attributes))
        return names[0] if outputs == 1 else names

    def weight(self, name: str, tensor: torch.Tensor) -> str:
        """A float32 value. Matrices are stored in float16; vectors stay float32, where rounding would buy nothing."""
        if name in self.known:
            return self.known[name]
        array = tensor.detach().float().contiguous().numpy()
        if array.ndim >= 2:
            self.initialisers.append(numpy_helper.from_array(array.astype(np.float16), name))
            value = f"{name}/float32"
            self.nodes.append(helper.make_node("Cast", [name], [value], name=f"{name}/cast", to=TensorProto.FLOAT))
        else:
            self.initialisers.append(numpy_helper.from_array(array, name))
            value = name
        self.known[name] = value
        return value

    def ints(self, *values: int) -> str:
        """An int64 vector constant."""
        name = "ints_" + "_".join(str(v) for v in values).replace("-", "m")
        return self._constant(name, np.array(values, dtype=np.int64))

    def scalar(self, value: float) -> str:
        return self._constant(f"scalar_{value}", np.array(value, dtype=np.float32))

    def _constant(self, name: str, array: np.ndarray) -> str:
        if name not in self.known:
            self.initialisers.append(numpy_helper.from_array(array, name))
            self.known[name] = name
        return self.known[name]

    # Common pieces -------------------------------------------------------------------------------------------------

    def linear(self, x: str, name: str, weight: torch.Tensor, bias: torch.Tensor | None = None) -> str:
        """x [..., in] @ weight [out, in]^T + bias. Stored transposed: the layout MatMul wants."""
        y = self("MatMul", x, self.weight(f"{name}.weight", weight.T), label=name)
        return y if bias is None else self("Add", y, self.weight(f"{name}.bias", bias))

    def layer_norm(self, x: str, name: str, norm) -> str:
        return self("LayerNormalization", x, self.weight(f"{name}.weight", norm.weight), self.weight(f"{name}.bias", norm.bias),
                    axis=-1, epsilon=norm.eps, label=name)

    def rms_norm(self, x: str, name: str, weight: torch.Tensor, epsilon: float = 1e-6) -> str:
        return self("SimplifiedLayerNormalization", x, self.weight(f"{name}.weight", weight), axis=-1, epsilon=epsilon, label=name)

    def silu(self, x: str) -> str:
        return self("Mul", x, self("Sigmoid", x))

    def save(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        graph = helper.make_graph(self.nodes, self.name, self.inputs, self.outputs, self.initialisers)
        model = helper.make_model(graph, producer_name="atelier", ir_version=9, opset_imports=[
            helper.make_opsetid("", 18), helper.make_opsetid("com.microsoft", 1)])
        onnx.save(model, str(path))
