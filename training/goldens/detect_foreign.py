"""Tiny detectors with random weights in the folder layouts of their exporters, and what each must give for one picture.

The picture is a formula. Its tensor is made here with Pillow and numpy, the graph is run by onnxruntime, and its outputs are
decoded by numpy as each family's own code does; for those of transformers, its own processors must agree on both before anything is
written. `expected.json` keeps the raw outputs too, so that decoding can be tested alone.
"""
from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import onnx
import onnxruntime as ort
from onnx import TensorProto, helper, numpy_helper
from PIL import Image

MEAN, STD = np.array([0.485, 0.456, 0.406], np.float32), np.array([0.229, 0.224, 0.225], np.float32)
WIDTH, HEIGHT = 100, 60
FORMULA = "(127 + 120 sin(x / 9 + channel) cos(y / 7 - channel)) truncated to a byte, channel 0 red 1 green 2 blue"


def picture() -> np.ndarray:
    """uint8 [60, 100, 3]."""
    y, x, c = np.meshgrid(np.arange(HEIGHT), np.arange(WIDTH), np.arange(3), indexing="ij")
    return (127 + 120 * np.sin(x / 9 + c) * np.cos(y / 7 - c)).astype(np.uint8)


class Graph:
    """Collects nodes and weights of one graph."""

    def __init__(self, seed: int):
        self.nodes, self.weights, self.rng = [], [], np.random.default_rng(seed)

    def constant(self, name: str, value: np.ndarray) -> str:
        self.weights.append(numpy_helper.from_array(value, name))
        return name

    def random(self, name: str, shape: tuple[int, ...], spread: float) -> str:
        return self.constant(name, self.rng.normal(0, spread, shape).astype(np.float32))

    def add(self, kind: str, inputs: list[str], output: str, **attributes) -> str:
        self.nodes.append(helper.make_node(kind, inputs, [output], **attributes))
        return output

    def save(self, path: Path, inputs: list, outputs: list, metadata: dict[str, str] | None = None) -> None:
        model = helper.make_model(helper.make_graph(self.nodes, "detector", inputs, outputs, self.weights), opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
        if metadata:
            helper.set_model_props(model, metadata)
        onnx.checker.check_model(model)
        path.parent.mkdir(parents=True, exist_ok=True)
        onnx.save(model, path)


def values(name: str, shape: list, kind: int = TensorProto.FLOAT):
    return helper.make_tensor_value_info(name, kind, shape)


def query_graph(path: Path, seed: int, queries: int, classes: int, mask: bool) -> None:
    """pixel_values (and pixel_mask) -> logits [B, Q, classes], pred_boxes [B, Q, 4] in 0 to 1, from 4 x 4 means of the picture."""
    g = Graph(seed)
    g.constant("grid", np.array([3, 4, 4], np.int64))
    g.add("Shape", ["pixel_values"], "batch", start=0, end=1)
    g.add("Concat", ["batch", "grid"], "small", axis=0)
    g.add("Resize", ["pixel_values", "", "", "small"], "means", mode="linear")
    g.add("Flatten", ["means"], "flat")
    for name, width, spread in (("logits", classes, 0.9), ("pred_boxes", 4, 0.5)):
        g.add("Gemm", ["flat", g.random(f"{name}_w", (48, queries * width), spread), g.random(f"{name}_b", (queries * width,), spread)], f"{name}_flat")
        shaped = g.add("Reshape", [f"{name}_flat", g.constant(f"{name}_shape", np.array([-1, queries, width], np.int64))], name if name == "logits" else f"{name}_raw")
    g.add("Sigmoid", [shaped], "pred_boxes")
    inputs = [values("pixel_values", ["batch", 3, "height", "width"])]
    if mask:
        inputs.append(values("pixel_mask", ["batch", 64, 64], TensorProto.INT64))
    g.save(path, inputs, [values("logits", ["batch", queries, classes]), values("pred_boxes", ["batch", queries, 4])])


def pyramid_graph(path: Path, seed: int, classes: int, objectness: bool, metadata: dict[str, str] | None) -> None:
    """YOLO-like: strides 8, 16, 32 of a 64 px input -> YOLOX [1, 84, 5 + C] undecoded, or YOLOv8 [1, 4 + C, 84] in pixels."""
    g, width, parts = Graph(seed), (5 if objectness else 4) + classes, []
    for stride in (8, 16, 32):
        g.add("AveragePool", ["images"], f"pool{stride}", kernel_shape=[stride, stride], strides=[stride, stride])
        scale = 0.004 if objectness else 1.0  # YOLOX reads 0 to 255
        g.add("Conv", [f"pool{stride}", g.random(f"w{stride}", (width, 3, 1, 1), 2.2 * scale), g.random(f"b{stride}", (width,), 0.8)], f"map{stride}")
        parts.append(g.add("Reshape", [f"map{stride}", g.constant(f"shape{stride}", np.array([1, width, (64 // stride) ** 2], np.int64))], f"flat{stride}"))
    g.add("Concat", parts, "all", axis=2)
    g.add("Split", ["all", g.constant("parts", np.array([4, width - 4], np.int64))], "box", axis=1)
    g.nodes[-1].output.append("score")
    g.add("Sigmoid", ["score"], "probability")
    if objectness:
        g.add("Concat", ["box", "probability"], "both", axis=1)
        g.add("Transpose", ["both"], "output", perm=[0, 2, 1])
        outputs = [values("output", [1, 84, width])]
    else:
        grid, strides = cells()
        g.add("Split", ["box", g.constant("halves", np.array([2, 2], np.int64))], "xy", axis=1)
        g.nodes[-1].output.append("wh")
        g.add("Tanh", ["xy"], "near")
        centres = (grid.T[None] + 0.5) * strides
        g.add("Mul", ["near", g.constant("strides", (strides * np.ones((1, 2, 1))).astype(np.float32))], "moved")
        g.add("Add", ["moved", g.constant("centres", centres.astype(np.float32))], "centre")
        g.add("Exp", ["wh"], "grown")
        g.add("Mul", ["grown", "strides"], "size")
        g.add("Concat", ["centre", "size", "probability"], "output0", axis=1)
        outputs = [values("output0", [1, width, 84])]
    g.save(path, [values("images", [1, 3, 64, 64])], outputs, metadata)


def cells() -> tuple[np.ndarray, np.ndarray]:
    """Cell (column, row) [84, 2] and stride [84] of every prediction."""
    grid, strides = [], []
    for stride in (8, 16, 32):
        n = 64 // stride
        y, x = np.meshgrid(np.arange(n), np.arange(n), indexing="ij")
        grid.append(np.stack([x, y], -1).reshape(-1, 2))
        strides.append(np.full(n * n, stride))
    return np.concatenate(grid), np.concatenate(strides)


# Pictures to tensors

def stretched(size: tuple[int, int], normalise: bool) -> np.ndarray:
    """Pillow bilinear to (width, height), RGB over 255, perhaps mean and std -> [1, 3, h, w]."""
    x = np.asarray(Image.fromarray(picture()).resize(size, Image.BILINEAR), np.float32) / 255
    return ((x - MEAN) / STD if normalise else x).transpose(2, 0, 1)[None].astype(np.float32)


def shortest_edge(shortest: int, longest: int, multiple: int) -> tuple[int, int]:
    """(width, height) as transformers' get_size_with_aspect_ratio: the shorter side becomes `shortest` unless the longer one would pass `longest`."""
    low, high = min(WIDTH, HEIGHT), max(WIDTH, HEIGHT)
    raw = None
    if high / low * shortest > longest:
        raw = longest * low / high
        shortest = round(raw)
    other = int((raw if raw is not None else shortest) * high / low)
    size = (other, shortest) if WIDTH > HEIGHT else (shortest, other)
    return tuple(s - s % multiple for s in size)


def letterboxed(side: int, centred: bool) -> tuple[np.ndarray, float, float, float]:
    """Picture in a square of 114: uint8 RGB [side, side, 3], scale, left, top. Plain bilinear without antialias, as OpenCV resizes."""
    import cv2

    scale = min(side / WIDTH, side / HEIGHT)
    w, h = (round(WIDTH * scale), round(HEIGHT * scale)) if centred else (int(WIDTH * scale), int(HEIGHT * scale))
    left, top = (round((side - w) / 2 - 0.1), round((side - h) / 2 - 0.1)) if centred else (0, 0)
    square = np.full((side, side, 3), 114, np.uint8)
    square[top : top + h, left : left + w] = cv2.resize(picture(), (w, h), interpolation=cv2.INTER_LINEAR)
    return square, scale, left, top


# Outputs to detections: {label, score, box: x1 y1 x2 y2 in picture pixels}

def rows(labels, scores, boxes, threshold: float) -> list[dict]:
    order = np.argsort(-scores, kind="stable")
    return [{"label": int(labels[i]), "score": float(scores[i]), "box": boxes[i].astype(float).tolist()} for i in order if scores[i] > threshold]


def corners(boxes: np.ndarray) -> np.ndarray:
    return np.concatenate([boxes[..., :2] - boxes[..., 2:] / 2, boxes[..., :2] + boxes[..., 2:] / 2], -1)


def decode_softmax(logits: np.ndarray, boxes: np.ndarray, threshold: float) -> list[dict]:
    """DETR, YOLOS: softmax, the last column is "no object"; each query names its best class."""
    e = np.exp(logits[0] - logits[0].max(-1, keepdims=True))
    p = (e / e.sum(-1, keepdims=True))[:, :-1]
    return rows(p.argmax(-1), p.max(-1), corners(boxes[0]) * [WIDTH, HEIGHT, WIDTH, HEIGHT], threshold)


def decode_sigmoid(logits: np.ndarray, boxes: np.ndarray, threshold: float, most: int | None = None) -> list[dict]:
    """Sigmoid, no background; the best of all Q x C pairs: Q of them for RT-DETR and D-FINE, 100 for Conditional and Deformable DETR."""
    p = (1 / (1 + np.exp(-logits[0]))).reshape(-1)
    best = np.argsort(-p, kind="stable")[: most or logits.shape[1]]
    return rows(best % logits.shape[2], p[best], corners(boxes[0])[best // logits.shape[2]] * [WIDTH, HEIGHT, WIDTH, HEIGHT], threshold)


def suppressed(labels, scores, boxes, threshold: float, overlap: float) -> list[dict]:
    from training.goldens.detect_boxes import nms

    kept = []
    for label in sorted(set(labels.tolist())):
        index = np.flatnonzero((labels == label) & (scores > threshold))
        kept += [index[k] for k in nms(boxes[index].tolist(), scores[index].tolist(), overlap)]
    kept = np.array(kept, int)
    return rows(labels[kept], scores[kept], boxes[kept], threshold)


def unboxed(boxes: np.ndarray, scale: float, left: float, top: float) -> np.ndarray:
    """Letterbox pixels to picture pixels, cut at the picture."""
    moved = (corners(boxes) - [left, top, left, top]) / scale
    return np.clip(moved, 0, [WIDTH, HEIGHT, WIDTH, HEIGHT])


# The fixtures

def config(kind: str, classes: int) -> dict:
    names = ["cat", "dog", "bird", "fish", "tree"][:classes]
    return {"model_type": kind, "num_labels": classes, "id2label": {str(i): n for i, n in enumerate(names)}, "label2id": {n: i for i, n in enumerate(names)}}


def write_json(path: Path, value: dict) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, indent=1) + "\n")


def run(path: Path, feeds: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    session = ort.InferenceSession(path)
    return dict(zip([o.name for o in session.get_outputs()], session.run(None, feeds)))


def expected(folder: Path, tensor: np.ndarray, outputs: dict, detections: list[dict], **rest) -> None:
    assert len(detections) >= 3, (folder.name, len(detections))
    flat = tensor.reshape(-1)
    picks = list(range(0, flat.size, max(1, flat.size // 40)))
    write_json(folder / "expected.json", {
        "picture": {"width": WIDTH, "height": HEIGHT, "formula": FORMULA},
        "tensor": {"shape": list(tensor.shape), "indices": picks, "values": flat[picks].astype(float).tolist(), "mean": float(flat.mean())},
        "outputs": {k: {"shape": list(v.shape), "values": [float(f"{x:.7g}") for x in v.reshape(-1)]} for k, v in outputs.items()},
        **rest, "detections": detections})


MASKED = ("detr", "conditional_detr", "deformable_detr")
"""Networks that are told which pixels are padding."""
PROCESSORS = {
    "detr": "DetrImageProcessorPil", "yolos": "YolosImageProcessorPil", "rt_detr": "RTDetrImageProcessorPil", "d_fine": "RTDetrImageProcessorPil",
    "conditional_detr": "ConditionalDetrImageProcessorPil", "deformable_detr": "DeformableDetrImageProcessorPil",
}


def check_with_transformers(kind: str, processor: dict, tensor: np.ndarray, outputs: dict, detections: list[dict], threshold: float) -> None:
    """The family's own processor reads the picture and the outputs as was done here."""
    import torch
    import transformers

    own = getattr(transformers, PROCESSORS[kind])(**{k: v for k, v in processor.items() if k != "image_processor_type"})
    pixels = own(images=Image.fromarray(picture()), return_tensors="np")["pixel_values"]
    assert np.abs(pixels - tensor).max() < 1e-5, kind
    raw = SimpleNamespace(**{k: torch.from_numpy(v) for k, v in outputs.items()})
    [found] = own.post_process_object_detection(raw, threshold=threshold, target_sizes=[(HEIGHT, WIDTH)])
    theirs = rows(found["labels"].numpy(), found["scores"].numpy(), found["boxes"].numpy(), threshold)
    assert [d["label"] for d in theirs] == [d["label"] for d in detections], kind
    for one, other in zip(theirs, detections):
        assert abs(one["score"] - other["score"]) < 2e-5 and np.abs(np.subtract(one["box"], other["box"])).max() < 2e-3, kind


def transformers_folder(out: Path, kind: str, seed: int, queries: int, classes: int, softmax: bool, processor: dict, tensor: np.ndarray) -> Path:
    folder = out / f"tiny-{kind.replace('_', '-')}"
    graph = folder / "onnx" / "model.onnx"
    query_graph(graph, seed, queries, classes + int(softmax), kind in MASKED)
    write_json(folder / "config.json", config(kind, classes))
    write_json(folder / "preprocessor_config.json", processor)
    feeds = {"pixel_values": tensor} | ({"pixel_mask": np.ones((1, 64, 64), np.int64)} if kind in MASKED else {})
    outputs = run(graph, feeds)
    threshold = 0.5
    maps = (outputs["logits"], outputs["pred_boxes"], threshold)
    decoded = decode_softmax(*maps) if softmax else decode_sigmoid(*maps, most=100 if kind in MASKED else None)
    check_with_transformers(kind, processor, tensor, outputs, decoded, threshold)
    expected(folder, tensor, outputs, decoded, threshold=threshold)
    return folder


def write_foreign(out: Path) -> list[Path]:
    """Writes all fixtures -> their folders."""
    stats = {"image_mean": MEAN.astype(float).round(3).tolist(), "image_std": STD.astype(float).round(3).tolist(), "rescale_factor": 1 / 255, "resample": 2,
             "do_resize": True, "do_rescale": True}
    detr = {"image_processor_type": "DetrFeatureExtractor", "do_normalize": True, "do_pad": True, "size": {"shortest_edge": 48, "longest_edge": 72}, **stats}
    yolos = {"image_processor_type": "YolosFeatureExtractor", "do_normalize": True, "do_pad": True, "size": {"shortest_edge": 48, "longest_edge": 96}, **stats}
    padded = {"do_normalize": True, "do_pad": True, "size": {"shortest_edge": 48, "longest_edge": 72}, **stats}
    conditional = {"image_processor_type": "ConditionalDetrFeatureExtractor", **padded}
    deformable = {"image_processor_type": "DeformableDetrFeatureExtractor", **padded}
    square = {"image_processor_type": "RTDetrImageProcessor", "do_normalize": False, "do_pad": False, "size": {"height": 64, "width": 64}, **stats}
    folders = [
        transformers_folder(out, "detr", 1, 12, 4, True, detr, stretched(shortest_edge(48, 72, 1), True)),
        transformers_folder(out, "yolos", 2, 12, 4, True, yolos, stretched(shortest_edge(48, 96, 16), True)),
        transformers_folder(out, "rt_detr", 3, 12, 5, False, square, stretched((64, 64), False)),
        transformers_folder(out, "d_fine", 4, 12, 5, False, square, stretched((64, 64), False)),
        transformers_folder(out, "conditional_detr", 7, 12, 5, False, conditional, stretched(shortest_edge(48, 72, 1), True)),
        transformers_folder(out, "deformable_detr", 8, 12, 5, False, deformable, stretched(shortest_edge(48, 72, 1), True)),
        write_yolox(out / "tiny-yolox"),
        write_yolov8(out / "tiny-yolov8"),
    ]
    return folders


def write_yolox(folder: Path) -> Path:
    """Official export: one file, input `images` in BGR 0 to 255, output undecoded."""
    graph = folder / "yolox_nano.onnx"
    pyramid_graph(graph, 5, 3, True, None)
    square, scale, left, top = letterboxed(64, centred=False)
    tensor = square[..., ::-1].transpose(2, 0, 1)[None].astype(np.float32)
    outputs = run(graph, {"images": tensor})
    grid, strides = cells()
    y = outputs["output"][0]
    boxes = np.concatenate([(y[:, :2] + grid) * strides[:, None], np.exp(y[:, 2:4]) * strides[:, None]], 1)
    scores = y[:, 4:5] * y[:, 5:]
    found = suppressed(scores.argmax(1), scores.max(1), unboxed(boxes, scale, left, top), 0.3, 0.45)
    expected(folder, tensor, outputs, found, threshold=0.3, overlap=0.45, letterbox={"scale": scale, "left": left, "top": top, "fill": 114})
    return folder


def write_yolov8(folder: Path) -> Path:
    """Ultralytics' export: one file with its classes in the metadata, RGB 0 to 1, output [1, 4 + C, N] in input pixels."""
    graph = folder / "best.onnx"
    pyramid_graph(graph, 6, 3, False, {"stride": "32", "task": "detect", "batch": "1", "imgsz": "[64, 64]", "names": "{0: 'cat', 1: 'dog', 2: 'bird'}"})
    square, scale, left, top = letterboxed(64, centred=True)
    tensor = (square.transpose(2, 0, 1)[None] / 255).astype(np.float32)
    outputs = run(graph, {"images": tensor})
    y = outputs["output0"][0].T
    found = suppressed(y[:, 4:].argmax(1), y[:, 4:].max(1), unboxed(y[:, :4], scale, left, top), 0.5, 0.45)
    expected(folder, tensor, outputs, found, threshold=0.5, overlap=0.45, letterbox={"scale": scale, "left": left, "top": top, "fill": 114})
    return folder
