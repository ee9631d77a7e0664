"""Multiply-adds and parameters of bundled graphs by another road: onnx's own shape inference and a few lines of numpy.

    python training/goldens/inspect_counts.py test-fixtures/goldens/inspect/counts.json

Free dimensions are set in the graph, onnx infers every shape (with data propagation, so that computed shapes follow), and what has
multiply-adds is counted by its textbook formula. Constant sub-graphs (casts of stored weights) have none of those operators. A node
whose shape onnx cannot infer stops the script: nothing is left out silently.
"""
import json
import sys
from pathlib import Path

import numpy as np
import onnx
from onnx import shape_inference

GRAPHS = [
    ("resources/models/sd3-emoji/vae_decoder/model.onnx", {"batch_size": 2, "latent_height": 12, "latent_width": 8}),
    ("resources/models/sd3-emoji/preview_decoder/model.onnx", {"batch_size": 1, "latent_height": 16, "latent_width": 16}),
    ("test-fixtures/models/tiny-sd3/transformer/model.onnx", {"batch_size": 1, "height": 8, "width": 12, "sequence_length": 10}),
    ("test-fixtures/models/tiny-sd3/text_encoder_3/model.onnx", {"batch_size": 2, "sequence_length": 7}),
    ("test-fixtures/models/tiny-sd3/vae_encoder/model.onnx", {"batch_size": 1, "sample_height": 64, "sample_width": 48}),
]


def with_sizes(model: onnx.ModelProto, sizes: dict) -> onnx.ModelProto:
    for value in [*model.graph.input, *model.graph.output]:
        for dim in value.type.tensor_type.shape.dim:
            if dim.dim_param in sizes:
                dim.dim_value = sizes[dim.dim_param]
            elif dim.dim_param:
                dim.ClearField("dim_param")
    del model.graph.value_info[:]
    return model


def shapes_of(model: onnx.ModelProto) -> dict:
    inferred = shape_inference.infer_shapes(model, data_prop=True)
    shapes = {w.name: list(w.dims) for w in inferred.graph.initializer}
    for value in [*inferred.graph.input, *inferred.graph.value_info, *inferred.graph.output]:
        dims = value.type.tensor_type.shape.dim
        if all(dim.HasField("dim_value") for dim in dims):
            shapes.setdefault(value.name, [dim.dim_value for dim in dims])
    return shapes


def count(node: onnx.NodeProto, shapes: dict) -> int:
    attributes = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
    prod = lambda values: int(np.prod(values, dtype=np.int64))
    if node.op_type == "Conv":
        return prod(shapes[node.output[0]]) * prod(shapes[node.input[1]][1:])
    if node.op_type == "ConvTranspose":
        return prod(shapes[node.input[0]]) * prod(shapes[node.input[1]][1:])
    if node.op_type == "MatMul":
        return prod(shapes[node.output[0]]) * shapes[node.input[0]][-1]
    if node.op_type == "Gemm":
        return prod(shapes[node.output[0]]) * shapes[node.input[0]][0 if attributes.get("transA") else 1]
    if node.op_type == "Resize":
        mode = attributes.get("mode", b"nearest").decode()
        return prod(shapes[node.output[0]]) * {"nearest": 0, "linear": 4, "cubic": 16}[mode]
    if node.op_type == "Einsum" and len(node.input) > 1:
        left, output = attributes["equation"].decode().replace(" ", "").split("->")
        letters = {}
        for term, name in zip(left.split(","), node.input):
            letters.update(zip(term, shapes[name]))
        return prod(list(letters.values()))
    return 0


def measured(path: str, sizes: dict) -> dict:
    """Shapes that onnx does not infer are read off a run: onnxruntime's own, of every tensor that is multiplied."""
    model = with_sizes(onnx.load(path), sizes)
    shapes = shapes_of(model)
    needed = [name for node in model.graph.node if node.op_type in ("Conv", "ConvTranspose", "MatMul", "Gemm", "Resize", "Einsum")
              for name in [*node.input[:2], *node.output] if name]
    missing = sorted({name for name in needed if name not in shapes})
    if missing:
        shapes.update(run_shapes(path, sizes, missing))
    return {"path": path, "sizes": sizes, "macs": sum(count(node, shapes) for node in model.graph.node)}


def run_shapes(path: str, sizes: dict, names: list) -> dict:
    import onnxruntime

    model = onnx.load(path)
    produced = {name for node in model.graph.node for name in node.output}
    wanted = [name for name in names if name in produced]
    model.graph.output.extend(onnx.ValueInfoProto(name=name) for name in wanted)
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(model.SerializeToString(), options, providers=["CPUExecutionProvider"])
    kinds = {"tensor(float)": np.float32, "tensor(int64)": np.int64, "tensor(float16)": np.float16, "tensor(int32)": np.int32}
    feeds = {value.name: np.ones([sizes.get(dim, 1) if isinstance(dim, str) else dim for dim in value.shape], kinds[value.type]) for value in session.get_inputs()}
    return {name: list(result.shape) for name, result in zip(wanted, session.run(wanted, feeds))}


if __name__ == "__main__":
    target = Path(sys.argv[1])
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(json.dumps([measured(*graph) for graph in GRAPHS], indent=1) + "\n")
