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
from training.detect.detections import AFTER, BEFORE, PROPOSAL_NMS
from training.detect.paths import SIDE
from training.detect.snet import Unit
from training.detect.thundernet import BINS, CEM, OUT, Thundernet

OPSET = 18
CELLS = SIDE // STRIDE


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

    def convolution(self, name: str, x: str, layer: nn.Conv2d, norm: nn.BatchNorm2d | None, relu: bool) -> str:
        weight, bias = folded(layer, norm)
        inputs = [x, self.constant(f"{name}.weight", weight)] + ([self.constant(f"{name}.bias", bias)] if bias is not None else [])
        pad, kernel = layer.padding[0], layer.kernel_size
        out = self.add("Conv", inputs, name, kernel_shape=list(kernel), strides=list(layer.stride), pads=[pad] * 4, group=layer.groups)
        return self.add("Relu", [out], f"{name}.relu") if relu else out

    def block(self, name: str, x: str, block: nn.Sequential) -> str:
        return self.convolution(name, x, block[0], block[1], len(block) > 2)

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


class Dense:
    """Adds backbone, context, RPN and attention: names of scores, deltas, features and the attention map."""

    def __init__(self, g: Graph, net: Thundernet, image: str = "image"):
        self.g = g
        c4, c5 = self.backbone(image, net)
        context = self.context(c4, c5, net)
        r = g.block("rpn.dw", context, net.rpn[0])
        r = g.block("rpn.pw", r, net.rpn[1])
        self.scores = g.convolution("rpn_scores", r, net.rpn_score, None, False)
        self.deltas = g.convolution("rpn_deltas", r, net.rpn_delta, None, False)
        gate = g.add("Sigmoid", [g.convolution("attention.conv", r, net.attention[0], net.attention[1], False)], "attention.gate")
        self.features = g.add("Mul", [context, gate], "features")
        self.gate = gate

    def backbone(self, image: str, net: Thundernet) -> tuple[str, str]:
        g, body = self.g, net.backbone
        x, side = g.block("backbone.conv1", image, body.conv1), SIDE // 4
        x = g.add("MaxPool", [x], "backbone.pool", kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1])
        kept = []
        for s, stage in enumerate(body.stages):
            for u, unit in enumerate(stage):
                side //= unit.stride
                x = self.unit(f"backbone.stage{s + 2}.{u}", x, unit, side)
            kept.append(x)
        return kept[1], g.block("backbone.conv5", kept[2], body.conv5)

    def unit(self, name: str, x: str, unit: Unit, side: int) -> str:
        g, half = self.g, unit.right[2][0].out_channels
        if unit.stride == 2:
            left = g.block(f"{name}.left.pw", g.block(f"{name}.left.dw", x, unit.left[0]), unit.left[1])
            right = x
        else:
            left, right = f"{name}.pass", f"{name}.work"
            g.nodes.append(helper.make_node("Split", [x, g.ints(half, half)], [left, right], name=f"{name}.split", axis=1))
        for part, block in zip(("pw1", "dw", "pw2"), unit.right):
            right = g.block(f"{name}.right.{part}", right, block)
        both = g.add("Concat", [left, right], f"{name}.concat", axis=1)
        parts = g.add("Reshape", [both, g.ints(1, 2, half, side * side)], f"{name}.halves")
        mixed = g.add("Transpose", [parts], f"{name}.shuffle", perm=[0, 2, 1, 3])
        return g.add("Reshape", [mixed, g.ints(1, 2 * half, side, side)], f"{name}.out")

    def context(self, c4: str, c5: str, net: Thundernet) -> str:
        g, cem = self.g, net.context
        local = g.convolution("context.local", c4, cem.local, None, False)
        deep = g.convolution("context.deep", c5, cem.deep, None, False)
        scales = g.constant("context.scales", np.array([1, 1, 2, 2], np.float32))
        up = g.add("Resize", [deep, "", scales], "context.up", mode="nearest", coordinate_transformation_mode="asymmetric", nearest_mode="floor")
        mean = g.add("GlobalAveragePool", [c5], "context.mean")
        everywhere = g.convolution("context.everywhere", mean, cem.everywhere, None, False)
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


def pooled_head(g: Graph, features: str, rois: str, net: Thundernet) -> tuple[str, str]:
    """features [1, 245, 20, 20], rois [R, 4] -> logits [R, C + 1], deltas [R, 4]. PSRoI align is one GridSample."""
    bins = g.add("Reshape", [features, g.ints(OUT, BINS * BINS, CELLS, CELLS)], "pool.planes")
    bins = g.add("Transpose", [bins], "pool.bins", perm=[1, 0, 2, 3])
    steps = ((np.arange(2 * BINS) + 0.5) / (2 * BINS)).reshape(BINS, 1, 2).astype(np.float32)
    scaled = g.add("Sub", [g.add("Mul", [rois, g.constant("pool.scale", np.float32(2 / (STRIDE * (CELLS - 1))))], "pool.scaled"),
                           g.constant("one", np.float32(1))], "pool.rois")
    axes = []
    for axis, first in (("x", 0), ("y", 1)):
        low, high = (g.add("Slice", [scaled, g.ints(k), g.ints(k + 1), g.ints(1)], f"pool.{axis}{k}") for k in (first, first + 2))
        size = g.add("Sub", [high, low], f"pool.{axis}.size")
        # [R, 1] against [7, 1, 2] broadcasts to [7, R, 2]: bin, RoI, sample.
        axes.append(g.add("Add", [g.add("Mul", [size, g.constant("pool.steps", steps)], f"pool.{axis}.part"), low], f"pool.{axis}"))
    count = g.add("Shape", [rois], "pool.count", start=0, end=1)
    full = g.add("Concat", [g.ints(BINS, BINS), count, g.ints(2, 2, 1)], "pool.full", axis=0)
    x = g.add("Expand", [g.add("Unsqueeze", [axes[0], g.ints(0, 3, 5)], "pool.x.wide"), full], "pool.x.full")
    y = g.add("Expand", [g.add("Unsqueeze", [axes[1], g.ints(1, 4, 5)], "pool.y.wide"), full], "pool.y.full")
    shape = g.add("Concat", [g.ints(BINS * BINS), count, g.ints(4, 2)], "pool.shape", axis=0)
    grid = g.add("Reshape", [g.add("Concat", [x, y], "pool.points", axis=5), shape], "pool.grid", allowzero=1)
    samples = g.add("GridSample", [bins, grid], "pool.samples", mode="bilinear", padding_mode="border", align_corners=1)
    mean = g.add("ReduceMean", [samples, g.ints(3)], "pool.mean", keepdims=0)
    rows = g.add("Transpose", [mean], "pool.rows", perm=[2, 1, 0])
    flat = g.add("Reshape", [rows, g.add("Concat", [count, g.ints(CEM)], "pool.flat_shape", axis=0)], "pool.flat", allowzero=1)
    hidden = g.add("Relu", [dense_layer(g, "head.fc", flat, net.fc)], "head.fc.relu")
    return dense_layer(g, "head.score", hidden, net.score), dense_layer(g, "head.delta", hidden, net.delta)


def dense_layer(g: Graph, name: str, x: str, layer: nn.Linear) -> str:
    weight, bias = (g.constant(f"{name}.{part}", p.detach().numpy()) for part, p in (("weight", layer.weight), ("bias", layer.bias)))
    return g.add("Gemm", [x, weight, bias], name, transB=1)


IMAGE = value("image", [1, 3, SIDE, SIDE])


def rpn_graph(net: Thundernet) -> onnx.ModelProto:
    g = Graph()
    maps = Dense(g, net)
    g.add("ReduceMean", [maps.gate, g.ints(1)], "attention", keepdims=1)
    shapes = (("rpn_scores", 25), ("rpn_deltas", 100), ("features", CEM), ("attention", 1))
    return g.model("thundernet-rpn", [IMAGE], [value(n, [1, c, CELLS, CELLS]) for n, c in shapes])


def head_graph(net: Thundernet) -> onnx.ModelProto:
    g = Graph()
    logits, deltas = pooled_head(g, "features", "rois", net)
    g.add("Softmax", [logits], "class_scores", axis=1)
    g.add("Identity", [deltas], "box_deltas")
    inputs = [value("features", [1, CEM, CELLS, CELLS]), value("rois", ["R", 4])]
    return g.model("thundernet-head", inputs, [value("class_scores", ["R", net.score.out_features]), value("box_deltas", ["R", 4])])


def detect_graph(net: Thundernet) -> onnx.ModelProto:
    g = Graph()
    maps = Dense(g, net)
    rois = proposal_nodes(g, maps.scores, maps.deltas)
    logits, deltas = pooled_head(g, maps.features, rois, net)
    g.add("Softmax", [logits], "scores", axis=1)
    decode_nodes(g, "boxes", rois, deltas, HEAD_STDS)
    return g.model("thundernet-detect", [IMAGE], [value("boxes", ["R", 4]), value("scores", ["R", net.score.out_features])])
