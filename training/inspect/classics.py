"""The lightweight classics as graphs without weights: what the Inspector counts must be what was published.

    python training/inspect/classics.py test-fixtures/inspect

Weights are named with their shapes and said to lie in a file that is not there, so a network takes some ten kilobytes, and opening one
proves as well that missing weights stand in nobody's way. `classics.json` has the published parameters and multiply-adds with where
they are from. Nothing here is computed from the graphs.
"""
import json
import math
import sys
from pathlib import Path

import onnx
from onnx import TensorProto, helper

PUBLISHED = {
    # name: (parameters, multiply-adds, source). Counts with fewer digits are compared to the last digit printed.
    "squeezenet-1.0": ("1248424", "820e6", "torchvision"),
    "mobilenet-v1": ("4.2e6", "569e6", "Howard et al. 2017, table 8"),
    "mobilenet-v2": ("3504872", "300e6", "torchvision; Sandler et al. 2018, table 4"),
    "shufflenet-v1": ("1.9e6", "138e6", "megvii-model/ShuffleNet-Series, 1x, g = 3"),
    "shufflenet-v2": ("2278604", "146e6", "torchvision; Ma et al. 2018, table 8"),
    "inception-v1": ("6624904", "1.50e9", "torchvision's GoogLeNet"),
    # Its own page says 407e6, which its layers do not add up to: they are B0's without squeeze-excite, 385,187,552 by the formulas of
    # convolutions (`classics.test.ts` adds them up), and B0 has 0.39e9. The page counts element-wise work as well, it seems: for lite1
    # to lite4 its figures (631, 899, 1440, 2640) are what the layers have (600.2, 859.7, 1383, 2553) and three operations for each value
    # that a convolution gives, to the digit printed; for lite0 that makes 405.4. Parameters of all five are as printed.
    "efficientnet-lite0": ("4.7e6", "0.39e9", "tensorflow/tpu, efficientnet-lite; Tan and Le 2019 for the multiply-adds of B0"),
    "ghostnet": ("5.2e6", "141e6", "Han et al. 2020, table 7"),
    "resnet-50": ("25557032", "4.09e9", "torchvision"),
    "snet49": (None, "51e6", "counted by hand for ThunderNet's table 1"),
    "snet146": (None, "161e6", "counted by hand for ThunderNet's table 1"),
    "snet535": (None, "535e6", "named after it"),
}


class Net:
    """Writes a network down layer by layer. `x` is the last tensor, `c` and `s` its channels and side."""

    def __init__(self, side: int = 224):
        self.nodes, self.weights, self.path = [], [], []
        self.x, self.c, self.s = "input", 3, side
        self.side, self.count = side, 0

    def name(self, kind: str) -> str:
        self.count += 1
        return "/" + "/".join([*self.path, f"{kind}_{self.count}"])

    def weight(self, name: str, *shape: int) -> str:
        tensor = TensorProto(name=name, data_type=TensorProto.FLOAT, dims=shape, data_location=TensorProto.EXTERNAL)
        tensor.external_data.add(key="location", value="absent.data")
        self.weights.append(tensor)
        return name

    def node(self, op: str, inputs: list, **attributes) -> str:
        name = self.name(op)
        self.nodes.append(helper.make_node(op, inputs, [name + "_out"], name=name, **attributes))
        return name + "_out"

    def conv(self, o: int, k: int = 1, stride: int = 1, groups: int = 1, act: str | None = "Relu", bn: bool = True, pad: int | None = None, same: bool = False):
        w = self.weight(f"conv{self.count}.weight", o, self.c // groups, k, k)
        inputs = [self.x, w] if bn else [self.x, w, self.weight(f"conv{self.count}.bias", o)]
        pad = k // 2 if pad is None else pad
        place = {"auto_pad": "SAME_UPPER"} if same else {"pads": [pad] * 4}
        self.x = self.node("Conv", inputs, kernel_shape=[k, k], strides=[stride, stride], group=groups, **place)
        self.s = math.ceil(self.s / stride) if same else (self.s + 2 * pad - k) // stride + 1
        self.c = o
        if bn:
            n = f"bn{self.count}"
            self.x = self.node("BatchNormalization", [self.x, *(self.weight(f"{n}.{p}", o) for p in ("weight", "bias", "running_mean", "running_var"))])
        if act:
            self.x = self.node(act, [self.x])
        return self.x

    def pool(self, op: str, k: int, stride: int, pad: int = 0, ceil: bool = False):
        self.x = self.node(op, [self.x], kernel_shape=[k, k], strides=[stride, stride], pads=[pad] * 4, ceil_mode=int(ceil))
        span = (self.s + 2 * pad - k) / stride
        self.s = (math.ceil(span) if ceil else math.floor(span)) + 1

    def classify(self, classes: int = 1000):
        self.x = self.node("GlobalAveragePool", [self.x])
        self.x = self.node("Flatten", [self.x])
        self.x = self.node("Gemm", [self.x, self.weight("fc.weight", classes, self.c), self.weight("fc.bias", classes)], transB=1)

    def concat(self, parts: list, channels: int):
        self.x, self.c = self.node("Concat", parts, axis=1), channels

    def shuffle(self, groups: int):
        n = f"shuffle{self.count}"
        five = helper.make_tensor(n + ".five", TensorProto.INT64, [5], [-1, groups, self.c // groups, self.s, self.s])
        four = helper.make_tensor(n + ".four", TensorProto.INT64, [4], [-1, self.c, self.s, self.s])
        self.weights += [five, four]
        x = self.node("Reshape", [self.x, n + ".five"])
        self.x = self.node("Reshape", [self.node("Transpose", [x], perm=[0, 2, 1, 3, 4]), n + ".four"])

    def save(self, path: Path):
        dims = ["batch", 3, self.side, self.side]
        graph = helper.make_graph(
            self.nodes, path.stem, [helper.make_tensor_value_info("input", TensorProto.FLOAT, dims)],
            [helper.make_tensor_value_info(self.x, TensorProto.FLOAT, None)], self.weights,
        )
        model = helper.make_model(graph, producer_name="atelier", opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
        onnx.save(model, path)


def squeezenet(net: Net):
    def fire(squeeze, expand):
        net.conv(squeeze, bn=False)
        x, c = net.x, net.c
        one = net.conv(expand, bn=False)
        net.x, net.c = x, c
        three = net.conv(expand, 3, bn=False)
        net.concat([one, three], 2 * expand)

    net.conv(96, 7, 2, bn=False, pad=0)
    net.pool("MaxPool", 3, 2, ceil=True)
    for index, (squeeze, expand) in enumerate([(16, 64), (16, 64), (32, 128), (32, 128), (48, 192), (48, 192), (64, 256), (64, 256)]):
        net.path = [f"fire{index + 2}"]
        fire(squeeze, expand)
        if index in (2, 6):
            net.pool("MaxPool", 3, 2, ceil=True)
    net.path = []
    net.conv(1000, bn=False)
    net.x = net.node("GlobalAveragePool", [net.x])


def mobilenet_v1(net: Net):
    net.conv(32, 3, 2)
    for index, (o, stride) in enumerate([(64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), *[(512, 1)] * 5, (1024, 2), (1024, 1)]):
        net.path = [f"block{index}"]
        net.conv(net.c, 3, stride, net.c)
        net.conv(o)
    net.path = []
    net.classify()


def inverted(net: Net, o: int, k: int, stride: int, expansion: int, same: bool = False):
    x, i = net.x, net.c
    if expansion > 1:
        net.conv(i * expansion, act="Clip")
    net.conv(net.c, k, stride, net.c, act="Clip", same=same)
    net.conv(o, act=None)
    if stride == 1 and i == o:
        net.x = net.node("Add", [x, net.x])


def mobilenet_v2(net: Net):
    net.conv(32, 3, 2, act="Clip")
    for stage, (t, o, n, stride) in enumerate([(1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2), (6, 320, 1, 1)]):
        for unit in range(n):
            net.path = [f"stage{stage}", f"unit{unit}"]
            inverted(net, o, 3, stride if unit == 0 else 1, t)
    net.path = []
    net.conv(1280, act="Clip")
    net.classify()


def efficientnet_lite0(net: Net):
    net.conv(32, 3, 2, act="Clip", same=True)
    for stage, (t, o, n, stride, k) in enumerate([(1, 16, 1, 1, 3), (6, 24, 2, 2, 3), (6, 40, 2, 2, 5), (6, 80, 3, 2, 3), (6, 112, 3, 1, 5), (6, 192, 4, 2, 5), (6, 320, 1, 1, 3)]):
        for unit in range(n):
            net.path = [f"stage{stage}", f"unit{unit}"]
            inverted(net, o, k, stride if unit == 0 else 1, t, same=True)
    net.path = []
    net.conv(1280, act="Clip")
    net.classify()


def shufflenet_v1(net: Net, groups: int = 3):
    net.conv(24, 3, 2)
    net.pool("MaxPool", 3, 2, 1)
    for stage, (o, n) in enumerate([(240, 4), (480, 8), (960, 4)]):
        for unit in range(n):
            net.path = [f"stage{stage + 2}", f"unit{unit}"]
            x, i, s = net.x, net.c, net.s
            stride, made = (2, o - i) if unit == 0 else (1, o)
            first = 1 if stage == 0 and unit == 0 else groups
            net.conv(o // 4, groups=first)
            if first > 1:
                net.shuffle(groups)
            net.conv(o // 4, 3, stride, o // 4, act=None)
            net.conv(made, groups=groups, act=None)
            y = net.x
            if stride == 2:
                net.x, net.s = x, s
                net.pool("AveragePool", 3, 2, 1)
                net.concat([net.x, y], o)
            else:
                net.x = net.node("Add", [x, y])
            net.x = net.node("Relu", [net.x])
    net.path = []
    net.classify()


def shuffle_units(net: Net, widths: tuple, counts: tuple, k: int):
    for stage, (o, n) in enumerate(zip(widths, counts)):
        for unit in range(n):
            net.path = [f"stage{stage + 2}", f"unit{unit}"]
            half = o // 2
            if unit == 0:
                x, i, s = net.x, net.c, net.s
                net.conv(i, k, 2, i, act=None)
                left = net.conv(half)
                net.x, net.c, net.s, stride = x, i, s, 2
            else:
                name = net.name("Split")
                net.nodes.append(helper.make_node("Split", [net.x], [name + "_left", name + "_right"], name=name, axis=1))
                left, net.x, net.c, stride = name + "_left", name + "_right", half, 1
            net.conv(half)
            net.conv(half, k, stride, half, act=None)
            right = net.conv(half)
            net.concat([left, right], o)
            net.shuffle(2)
    net.path = []


def shufflenet_v2(net: Net):
    net.conv(24, 3, 2)
    net.pool("MaxPool", 3, 2, 1)
    shuffle_units(net, (116, 232, 464), (4, 8, 4), 3)
    net.conv(1024)
    net.classify()


def snet(first: int, widths: tuple, last: int | None):
    def build(net: Net):
        net.conv(first, 3, 2)
        net.pool("MaxPool", 3, 2, 1)
        shuffle_units(net, widths, (4, 8, 4), 5)
        if last:
            net.conv(last)
        net.classify()

    return build


def inception_v1(net: Net):
    """torchvision's: normalised, and 3 x 3 where the paper has 5 x 5."""
    def block(name, one, three_in, three, five_in, five, pool):
        net.path = [name]
        x, c = net.x, net.c

        def branch(*layers):
            net.x, net.c = x, c
            for o, k in layers:
                net.conv(o, k)
            return net.x

        parts = [branch((one, 1)), branch((three_in, 1), (three, 3)), branch((five_in, 1), (five, 3))]
        net.x, net.c = x, c
        net.pool("MaxPool", 3, 1, 1, ceil=True)
        parts.append(net.conv(pool))
        net.concat(parts, one + three + five + pool)

    net.conv(64, 7, 2)
    net.pool("MaxPool", 3, 2, ceil=True)
    net.conv(64)
    net.conv(192, 3)
    net.pool("MaxPool", 3, 2, ceil=True)
    block("3a", 64, 96, 128, 16, 32, 32)
    block("3b", 128, 128, 192, 32, 96, 64)
    net.pool("MaxPool", 3, 2, ceil=True)
    for name, row in {"4a": (192, 96, 208, 16, 48, 64), "4b": (160, 112, 224, 24, 64, 64), "4c": (128, 128, 256, 24, 64, 64),
                      "4d": (112, 144, 288, 32, 64, 64), "4e": (256, 160, 320, 32, 128, 128)}.items():
        block(name, *row)
    net.pool("MaxPool", 2, 2, ceil=True)
    block("5a", 256, 160, 320, 32, 128, 128)
    block("5b", 384, 192, 384, 48, 128, 128)
    net.path = []
    net.classify()


def ghostnet(net: Net):
    def ghost(o, act):
        x, made = net.x, math.ceil(o / 2)
        first = net.conv(made, act=act)
        second = net.conv(made, 3, 1, made, act=act)
        net.concat([first, second], o)

    def squeeze(share):
        x, c, s = net.x, net.c, net.s
        net.x, net.s = net.node("GlobalAveragePool", [x]), 1
        reduced = max(4, int(c * share + 2) // 4 * 4)
        net.conv(reduced, bn=False)
        net.conv(c, bn=False, act="HardSigmoid")
        net.x, net.c, net.s = net.node("Mul", [x, net.x]), c, s

    net.conv(16, 3, 2)
    rows = [(3, 16, 16, 0, 1), (3, 48, 24, 0, 2), (3, 72, 24, 0, 1), (5, 72, 40, .25, 2), (5, 120, 40, .25, 1), (3, 240, 80, 0, 2),
            (3, 200, 80, 0, 1), (3, 184, 80, 0, 1), (3, 184, 80, 0, 1), (3, 480, 112, .25, 1), (3, 672, 112, .25, 1), (5, 672, 160, .25, 2),
            (5, 960, 160, 0, 1), (5, 960, 160, .25, 1), (5, 960, 160, 0, 1), (5, 960, 160, .25, 1)]
    for index, (k, inner, o, se, stride) in enumerate(rows):
        net.path = [f"bottleneck{index}"]
        x, i, s = net.x, net.c, net.s
        ghost(inner, "Relu")
        if stride > 1:
            net.conv(inner, k, stride, inner, act=None)
        if se:
            squeeze(se)
        ghost(o, None)
        y, after = net.x, net.s
        if stride > 1 or i != o:
            net.x, net.c, net.s = x, i, s
            net.conv(i, k, stride, i, act=None)
            x = net.conv(o, act=None)
        net.x, net.c, net.s = net.node("Add", [x, y]), o, after
    net.path = []
    net.conv(960)
    net.x, net.s = net.node("GlobalAveragePool", [net.x]), 1
    net.conv(1280, bn=False)
    net.classify()


def resnet50(net: Net):
    net.conv(64, 7, 2)
    net.pool("MaxPool", 3, 2, 1)
    for stage, (inner, n, stride) in enumerate([(64, 3, 1), (128, 4, 2), (256, 6, 2), (512, 3, 2)]):
        for unit in range(n):
            net.path = [f"layer{stage + 1}", str(unit)]
            x, i, s = net.x, net.c, net.s
            by = stride if unit == 0 else 1
            net.conv(inner)
            net.conv(inner, 3, by)
            net.conv(4 * inner, act=None)
            y, after = net.x, net.s
            if unit == 0:
                net.x, net.c, net.s = x, i, s
                x = net.conv(4 * inner, 1, by, act=None, pad=0)
            net.x, net.c, net.s = net.node("Relu", [net.node("Add", [x, y])]), 4 * inner, after
    net.path = []
    net.classify()


NETWORKS = {
    "squeezenet-1.0": squeezenet, "mobilenet-v1": mobilenet_v1, "mobilenet-v2": mobilenet_v2, "shufflenet-v1": shufflenet_v1,
    "shufflenet-v2": shufflenet_v2, "inception-v1": inception_v1, "efficientnet-lite0": efficientnet_lite0, "ghostnet": ghostnet,
    "resnet-50": resnet50, "snet49": snet(24, (60, 120, 240), 512), "snet146": snet(24, (132, 264, 528), None), "snet535": snet(48, (248, 496, 992), None),
}


def main(folder: Path):
    folder.mkdir(parents=True, exist_ok=True)
    for name, build in NETWORKS.items():
        net = Net()
        build(net)
        net.save(folder / f"{name}.onnx")
    rows = {name: {"parameters": parameters, "macs": macs, "source": source} for name, (parameters, macs, source) in PUBLISHED.items()}
    (folder / "classics.json").write_text(json.dumps(rows, indent=1) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
