"""ThunderNet written out as ONNX nodes, batch norms folded into the convolutions before them. Fixed to 320 x 320, batch 1.

`Dense` is picture to maps, `pooled_head` maps and boxes to scores, `proposal_nodes` what lies between them.
"""
from __future__ import annotations

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper
from torch import nn

from training.detect.boxes import DELTA_LIMIT, HEAD_STDS, STRIDE, anchors
from training.detect.calibrate import LEAST
from training.detect.detections import AFTER, BEFORE, PROPOSAL_NMS
from training.detect.paths import SIDE
from training.detect.snet import Unit
from training.detect.thundernet import BINS, CEM, OUT, Thundernet

OPSET = 18
CELLS = SIDE // STRIDE
LANES = 4
"""onnxruntime's blocked kernels take depthwise convolutions whose channels come in fours; others run three times as long."""


def value(name: str, shape: list):
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)


class Graph:
    """Collects nodes and weights; every method returns the name of its output."""

    def __init__(self):
        self.nodes, self.weights, self.known = [], [], set()

    def constant(self, name: str, array) -> str:
        if name not in self.known:
            self.known.add(name)
            self.weights.append(numpy_helper.from_array(np.ascontiguousarray(array), name))
        return name

    def ints(self, *numbers: int) -> str:
        return self.constant("ints_" + "_".join(str(n).replace("-", "m") for n in numbers), np.array(numbers, np.int64))

    def add(self, kind: str, inputs: list[str], output: str, **attributes) -> str:
        self.nodes.append(helper.make_node(kind, inputs, [output], name=output, **attributes))
        return output

    def convolution(self, name: str, x: str, layer: nn.Conv2d, norm: nn.BatchNorm2d | None, relu: bool, wide: tuple[bool, bool] = (False, False)) -> str:
        """wide: whether the input has, and the output gets, channels of zeros up to a multiple of LANES."""
        weight, bias = widened(*folded(layer, norm), wide, layer.groups > 1)
        inputs = [x, self.constant(f"{name}.weight", weight)] + ([self.constant(f"{name}.bias", bias)] if bias is not None else [])
        pad, kernel = layer.padding[0], layer.kernel_size
        groups = len(weight) if layer.groups > 1 else 1
        out = self.add("Conv", inputs, name, kernel_shape=list(kernel), strides=list(layer.stride), pads=[pad] * 4, group=groups)
        return self.add("Relu", [out], f"{name}.relu") if relu else out

    def block(self, name: str, x: str, block: nn.Sequential, wide: tuple[bool, bool] = (False, False)) -> str:
        return self.convolution(name, x, block[0], block[1], len(block) > 2, wide)

    def model(self, name: str, inputs: list, outputs: list) -> onnx.ModelProto:
        graph = helper.make_graph(self.nodes, name, inputs, outputs, self.weights)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=9, producer_name="atelier-training-detect")
        onnx.checker.check_model(model, full_check=True)
        return model


def folded(layer: nn.Conv2d, norm: nn.BatchNorm2d | None) -> tuple[np.ndarray, np.ndarray | None]:
    """Weight and bias of a convolution with its batch norm inside."""
    weight, bias = layer.weight.detach().double(), None if layer.bias is None else layer.bias.detach().double()
    if norm is not None:
        scale = norm.weight.detach().double() / torch.sqrt(norm.running_var.double() + norm.eps)
        weight = weight * scale.view(-1, 1, 1, 1)
        bias = norm.bias.detach().double() - norm.running_mean.double() * scale
    return weight.float().numpy(), None if bias is None else bias.float().numpy()


def widened(weight: np.ndarray, bias: np.ndarray | None, wide: tuple[bool, bool], depthwise: bool) -> tuple[np.ndarray, np.ndarray | None]:
    """Weight and bias with zeros for channels that only fill up; the true ones come first."""
    inputs, outputs = (-channels % LANES if fill else 0 for channels, fill in zip((weight.shape[1], weight.shape[0]), wide))
    weight = np.pad(weight, ((0, outputs), (0, 0 if depthwise else inputs), (0, 0), (0, 0)))
    return weight, None if bias is None else np.pad(bias, (0, outputs))


class Dense:
    """Adds backbone, context, RPN and attention: names of scores, deltas, features and the attention map."""

    def __init__(self, g: Graph, net: Thundernet, image: str = "image"):
        self.g = g
        c4, c5 = self.backbone(image, net)
        context = self.context(c4, c5, net)
        r = g.block("rpn.dw", context, net.rpn[0], (True, True))
        r = g.block("rpn.pw", r, net.rpn[1], (True, False))
        self.scores = g.convolution("rpn_scores", r, net.rpn_score, None, False)
        self.deltas = g.convolution("rpn_deltas", r, net.rpn_delta, None, False)
        gate = g.add("Sigmoid", [g.convolution("attention.conv", r, net.attention[0], net.attention[1], False)], "attention.gate")
        true = g.add("Slice", [context, g.ints(0), g.ints(CEM), g.ints(1)], "context.true")
        self.features = g.add("Mul", [true, gate], "features")
        self.gate = gate

    def backbone(self, image: str, net: Thundernet) -> tuple[str, str]:
        g, body = self.g, net.backbone
        x = g.block("backbone.conv1", image, body.conv1)
        x = g.add("MaxPool", [x], "backbone.pool", kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1])
        kept = []
        for s, stage in enumerate(body.stages):
            for u, unit in enumerate(stage):
                x = self.unit(f"backbone.stage{s + 2}.{u}", x, unit)
            kept.append(x)
        return kept[1], g.block("backbone.conv5", kept[2], body.conv5)

    def unit(self, name: str, x: str, unit: Unit) -> str:
        g, half = self.g, unit.right[2][0].out_channels
        if unit.stride == 2:
            left = g.block(f"{name}.left.pw", g.block(f"{name}.left.dw", x, unit.left[0]), unit.left[1])
            right = x
        else:
            left, right = f"{name}.pass", f"{name}.work"
            g.nodes.append(helper.make_node("Split", [x, g.ints(half, half)], [left, right], name=f"{name}.split", axis=1))
        for part, block, wide in zip(("pw1", "dw", "pw2"), unit.right, ((False, True), (True, True), (True, False))):
            right = g.block(f"{name}.right.{part}", right, block, wide)
        both = g.add("Concat", [left, right], f"{name}.concat", axis=1)
        # Channels of the two halves in turn. A Gather moves whole maps; Reshape, Transpose and Reshape take twice as long.
        turns = g.constant(f"turns_{half}", np.arange(2 * half).reshape(2, half).T.reshape(-1))
        return g.add("Gather", [both, turns], f"{name}.shuffle", axis=1)

    def context(self, c4: str, c5: str, net: Thundernet) -> str:
        g, cem = self.g, net.context
        wide = (False, True)
        local = g.convolution("context.local", c4, cem.local, None, False, wide)
        deep = g.convolution("context.deep", c5, cem.deep, None, False, wide)
        scales = g.constant("context.scales", np.array([1, 1, 2, 2], np.float32))
        up = g.add("Resize", [deep, "", scales], "context.up", mode="nearest", coordinate_transformation_mode="asymmetric", nearest_mode="floor")
        mean = g.add("GlobalAveragePool", [c5], "context.mean")
        everywhere = g.convolution("context.everywhere", mean, cem.everywhere, None, False, wide)
        return g.add("Add", [g.add("Add", [local, up], "context.two"), everywhere], "context")


def decode_nodes(g: Graph, name: str, boxes: str, deltas: str, stds: tuple[float, ...] | None) -> str:
    """boxes [N, 4] and deltas [N, 4] -> decoded boxes cut at the picture, [N, 4]."""
    if stds:
        deltas = g.add("Mul", [deltas, g.constant(f"{name}.stds", np.array(stds, np.float32))], f"{name}.scaled")
    for part, source in (("low", boxes), ("high", boxes), ("shift", deltas), ("grow", deltas)):
        first = part in ("low", "shift")
        g.add("Slice", [source, g.ints(0 if first else 2), g.ints(2 if first else 4), g.ints(1)], f"{name}.{part}")
    size = g.add("Sub", [f"{name}.high", f"{name}.low"], f"{name}.size")
    half = g.add("Mul", [size, g.constant("half", np.float32(0.5))], f"{name}.half")
    middle = g.add("Add", [f"{name}.low", half], f"{name}.middle")
    middle = g.add("Add", [middle, g.add("Mul", [f"{name}.shift", size], f"{name}.move")], f"{name}.moved")
    grown = g.add("Exp", [g.add("Min", [f"{name}.grow", g.constant("delta_limit", np.float32(DELTA_LIMIT))], f"{name}.limited")], f"{name}.factor")
    half = g.add("Mul", [half, grown], f"{name}.grown")
    both = g.add("Concat", [g.add("Sub", [middle, half], f"{name}.corner1"), g.add("Add", [middle, half], f"{name}.corner2")], f"{name}.corners", axis=1)
    return g.add("Clip", [both, g.constant("zero", np.float32(0)), g.constant("side", np.float32(SIDE))], name)


def proposal_nodes(g: Graph, scores: str, deltas: str) -> str:
    """RPN maps -> at most 200 proposals [R, 4], best first."""
    count = CELLS * CELLS * 25
    flat = g.add("Reshape", [g.add("Transpose", [scores], "proposals.by_cell", perm=[0, 2, 3, 1]), g.ints(count)], "proposals.scores")
    g.nodes.append(helper.make_node("TopK", [flat, g.ints(BEFORE)], ["proposals.best", "proposals.index"], name="proposals.topk", axis=0, sorted=1))
    rows = g.add("Reshape", [deltas, g.ints(25, 4, CELLS * CELLS)], "proposals.by_shape")
    rows = g.add("Reshape", [g.add("Transpose", [rows], "proposals.by_anchor", perm=[2, 0, 1]), g.ints(count, 4)], "proposals.deltas")
    table = g.constant("anchors", anchors(CELLS, CELLS).numpy())
    chosen = [g.add("Gather", [source, "proposals.index"], f"proposals.{part}", axis=0) for part, source in (("anchors", table), ("chosen", rows))]
    boxes = decode_nodes(g, "proposals.boxes", *chosen, None)
    # Ranks stand for scores: the order is the same and no two are equal.
    ranks = g.constant("proposals.ranks", np.arange(BEFORE, 0, -1, dtype=np.float32)[None, None])
    batch = g.add("Unsqueeze", [boxes, g.ints(0)], "proposals.batch")
    limits = [g.constant("proposals.most", np.array([AFTER], np.int64)), g.constant("proposals.overlap", np.array([PROPOSAL_NMS], np.float32))]
    kept = g.add("NonMaxSuppression", [batch, ranks, *limits], "proposals.nms")
    column = g.add("Slice", [kept, g.ints(2), g.ints(3), g.ints(1)], "proposals.column")
    index = g.add("Squeeze", [column, g.ints(1)], "proposals.kept")
    return g.add("Gather", [boxes, index], "rois", axis=0)


def nearness(g: Graph, rois: str) -> tuple[str, str]:
    """rois [R, 4] -> how much each column, and each row, of cells counts for each bin: [7, 20, R], the mean over the bin's two samples.

    A bilinear sample takes from a cell by its distance in x times its distance in y, each 1 - distance where that is positive. The two
    can so be applied one after the other, as products of matrices: a third of the time of GridSample.
    """
    columns = g.add("Unsqueeze", [g.add("Transpose", [rois], "pool.rois", perm=[1, 0]), g.ints(1)], "pool.wide")
    low, high = (g.add("Slice", [columns, g.ints(k), g.ints(k + 2), g.ints(0)], f"pool.{end}") for end, k in (("low", 0), ("high", 2)))
    size = g.add("Sub", [high, low], "pool.size")
    # [2, 1, R] (axis, -, RoI) against [2, 1, 7, 1] (sample, -, bin, -) broadcasts to [2, 2, 7, R].
    steps = ((np.arange(2 * BINS) + 0.5) / (2 * BINS)).astype(np.float32).reshape(BINS, 2).T.reshape(2, 1, BINS, 1)
    places = g.add("Add", [g.add("Mul", [size, g.constant("pool.steps", steps)], "pool.part"), low], "pool.places")
    # Halves of cells, so that the sum over two samples is their mean.
    halves = g.add("Mul", [places, g.constant("pool.scale", np.float32(0.5 / STRIDE))], "pool.halves")
    inside = g.add("Clip", [halves, g.constant("zero", np.float32(0)), g.constant("pool.last", np.float32((CELLS - 1) / 2))], "pool.inside")
    cells = g.constant("pool.cells", np.arange(CELLS, dtype=np.float32).reshape(CELLS, 1) / 2)
    distance = g.add("Abs", [g.add("Sub", [g.add("Unsqueeze", [inside, g.ints(3)], "pool.each"), cells], "pool.from_cell")], "pool.distance")
    near = g.add("Relu", [g.add("Sub", [g.constant("half", np.float32(0.5)), distance], "pool.rest")], "pool.near")
    g.nodes.append(helper.make_node("Split", [near, g.ints(1, 1)], ["pool.near1", "pool.near2"], name="pool.samples", axis=0))
    both = g.add("Squeeze", [g.add("Add", ["pool.near1", "pool.near2"], "pool.both"), g.ints(0)], "pool.weights")
    g.nodes.append(helper.make_node("Split", [both, g.ints(1, 1)], ["pool.x", "pool.y"], name="pool.axes", axis=0))
    return "pool.x", g.add("Transpose", ["pool.y"], "pool.rows", perm=[1, 0, 2, 3])


def pooled_head(g: Graph, features: str, rois: str, net: Thundernet) -> tuple[str, str]:
    """features [1, 245, 20, 20], rois [R, 4] -> logits [R, C + 1], deltas [R, 4]. PSRoI align is a product along x and a sum along y."""
    x, y = nearness(g, rois)
    planes = g.add("Reshape", [features, g.ints(OUT, BINS, BINS, CELLS, CELLS)], "pool.planes")
    along_x = g.add("MatMul", [planes, x], "pool.along_x")
    along_y = g.add("ReduceSum", [g.add("Mul", [along_x, y], "pool.weighed"), g.ints(3)], "pool.along_y", keepdims=0)
    count = g.add("Shape", [rois], "pool.count", start=0, end=1)
    channels = g.add("Reshape", [along_y, g.add("Concat", [g.ints(CEM), count], "pool.shape", axis=0)], "pool.channels", allowzero=1)
    flat = g.add("Transpose", [channels], "pool.flat", perm=[1, 0])
    hidden = g.add("Relu", [dense_layer(g, "head.fc", flat, net.fc)], "head.fc.relu")
    return dense_layer(g, "head.score", hidden, net.score), dense_layer(g, "head.delta", hidden, net.delta)


def dense_layer(g: Graph, name: str, x: str, layer: nn.Linear) -> str:
    weight, bias = (g.constant(f"{name}.{part}", p.detach().numpy()) for part, p in (("weight", layer.weight), ("bias", layer.bias)))
    return g.add("Gemm", [x, weight, bias], name, transB=1)


def calibrated_scores(g: Graph, logits: str, output: str, slope: float, intercept: float) -> str:
    """Softmax of each row, then the calibration of training.detect.calibrate: sigmoid(slope * log-odds + intercept)."""
    raw = g.add("Softmax", [logits], f"{output}.raw", axis=1)
    floor = g.add("Max", [raw, g.constant("scores.least", np.float32(LEAST))], f"{output}.floor")
    against = g.add("Div", [g.add("Sub", [g.constant("one", np.float32(1)), raw], f"{output}.rest"), floor], f"{output}.against")
    bent = g.add("Pow", [against, g.constant("scores.slope", np.float32(slope))], f"{output}.bent")
    moved = g.add("Mul", [bent, g.constant("scores.factor", np.float32(np.exp(-intercept)))], f"{output}.moved")
    return g.add("Reciprocal", [g.add("Add", [moved, g.constant("one", np.float32(1))], f"{output}.whole")], output)


IMAGE = value("image", [1, 3, SIDE, SIDE])


def rpn_graph(net: Thundernet) -> onnx.ModelProto:
    g = Graph()
    maps = Dense(g, net)
    g.add("ReduceMean", [maps.gate, g.ints(1)], "attention", keepdims=1)
    shapes = (("rpn_scores", 25), ("rpn_deltas", 100), ("features", CEM), ("attention", 1))
    return g.model("thundernet-rpn", [IMAGE], [value(n, [1, c, CELLS, CELLS]) for n, c in shapes])


def head_graph(net: Thundernet, mend: tuple[float, float]) -> onnx.ModelProto:
    """mend: slope and intercept of the calibration."""
    g = Graph()
    logits, deltas = pooled_head(g, "features", "rois", net)
    calibrated_scores(g, logits, "class_scores", *mend)
    g.add("Identity", [deltas], "box_deltas")
    inputs = [value("features", [1, CEM, CELLS, CELLS]), value("rois", ["R", 4])]
    return g.model("thundernet-head", inputs, [value("class_scores", ["R", net.score.out_features]), value("box_deltas", ["R", 4])])


def detect_graph(net: Thundernet, mend: tuple[float, float]) -> onnx.ModelProto:
    """mend: slope and intercept of the calibration."""
    g = Graph()
    maps = Dense(g, net)
    rois = proposal_nodes(g, maps.scores, maps.deltas)
    logits, deltas = pooled_head(g, maps.features, rois, net)
    calibrated_scores(g, logits, "scores", *mend)
    decode_nodes(g, "boxes", rois, deltas, HEAD_STDS)
    return g.model("thundernet-detect", [IMAGE], [value("boxes", ["R", 4]), value("scores", ["R", net.score.out_features])])
