"""A graph in operators of version 13 with what means something else in version 19: python -m training.goldens.lift_opset

    -> test-fixtures/lift-opset/reductions.onnx: reductions with axes as attributes, a split into equal parts, RoiAlign's old coordinates
"""
from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

TARGET = Path(__file__).resolve().parent.parent.parent / "test-fixtures" / "lift-opset" / "reductions.onnx"
KINDS = ("L1", "L2", "LogSum", "LogSumExp", "Max", "Mean", "Min", "Prod", "SumSquare")


def main() -> None:
    nodes = [helper.make_node("Abs", ["x"], ["positive"])]
    outputs = []
    for index, kind in enumerate(KINDS):
        nodes.append(helper.make_node(f"Reduce{kind}", ["positive"], [kind], axes=[1, -1] if index % 2 else [2], keepdims=index % 3 % 2))
        outputs.append(kind)
    nodes.append(helper.make_node("ReduceMean", ["x"], ["whole"], keepdims=0))  # no axes: all of them
    nodes.append(helper.make_node("Split", ["x"], ["upper", "lower"], axis=2))
    nodes.append(helper.make_node("RoiAlign", ["x", "rois", "which"], ["pooled"], output_height=2, output_width=2))
    outputs += ["whole", "upper", "lower", "pooled"]
    graph = helper.make_graph(
        nodes, "reductions", [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 3, 6, 8])],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in outputs],
        [numpy_helper.from_array(np.array([[0.3, 0.7, 5.2, 4.1], [1, 1, 7, 5]], np.float32), "rois"), numpy_helper.from_array(np.zeros(2, np.int64), "which")],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8)
    TARGET.parent.mkdir(exist_ok=True)
    onnx.save(model, TARGET)


if __name__ == "__main__":
    main()
