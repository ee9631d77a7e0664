"""Writes the model folder: three graphs, the norms for further training, studio.json, licences.

    python -m training.detect.export [folder] [--early | --rewrite]        default resources/models/thundernet-emoji

Reads cache/detect/detector.pt and runs/detect/metrics.json (python -m training.detect.evaluate). --early writes before there
are metrics. --rewrite reads neither: it writes the graphs again, with the weights that the folder's own graphs hold. Every graph
is compared with PyTorch, and the pair rpn + head with the single graph; it stops above the bounds.
"""
from __future__ import annotations

import argparse
import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort
import torch

from training.detect.boxes import HEAD_STDS, anchors, decode
from training.detect.calibrate import rescored
from training.detect.detections import AFTER, BEFORE, raw
from training.detect.graph import detect_graph, head_graph, rpn_graph
from training.detect.manifest import manifest
from training.detect.objective import flat_maps, proposals
from training.detect.paths import MODEL, RUNS, SIDE, TRAINING
from training.detect.pretrain import normalised
from training.detect.thundernet import Thundernet
from training.detect.validate import squeezed, unseen_scenes
from training.detect.weights import from_checkpoint, from_graphs, save_norms

METRICS = RUNS / "metrics.json"


def near(name: str, ours, theirs, bound: float) -> None:
    ours, theirs = np.asarray(ours), np.asarray(theirs)
    assert ours.shape == theirs.shape, (name, ours.shape, theirs.shape)
    worst = float(np.abs(ours - theirs).max()) if ours.size else 0.0
    print(f"{name:24s} {worst:.1e}")
    assert worst <= bound, (name, worst)


def by_rank(boxes: np.ndarray, others: np.ndarray) -> np.ndarray:
    """For every box of one list the nearest of the other: rounding may swap two proposals of almost the same score."""
    return np.abs(boxes[:, None] - others[None]).max(-1).argmin(1)


def check(net: Thundernet, folder: Path, mend: tuple[float, float]) -> None:
    """All three graphs against PyTorch on unseen scenes, the pair against the single graph, and R = 0."""
    sessions = {name: ort.InferenceSession(folder / f"{name}.onnx") for name in ("detect", "rpn", "head")}
    for scene in unseen_scenes(3, 77):
        image = normalised(squeezed(scene)[None]).contiguous()
        feed = {"image": image.numpy()}
        maps = sessions["rpn"].run(None, feed)
        scores, deltas, features, gate = net.dense(image)
        for name, ours, theirs in zip(("rpn_scores", "rpn_deltas", "features"), maps, (scores, deltas, features)):
            near(name, ours, theirs, 1e-3)
        near("attention", maps[3], gate.mean(1, keepdim=True), 1e-4)
        boxes, values = sessions["detect"].run(None, feed)
        ours, probabilities, exists = raw(net, image)
        order = by_rank(boxes, ours[0][exists[0]].numpy())
        near("detect: boxes", boxes, ours[0][exists[0]].numpy()[order], 0.02)
        near("detect: scores", values, rescored(probabilities[0][exists[0]].numpy()[order], *mend), 1e-3)
        # The pair, with the steps between in PyTorch.
        flat = flat_maps(torch.from_numpy(maps[0]), torch.from_numpy(maps[1]))
        rois, found = proposals(*flat, anchors(*features.shape[2:]), SIDE, BEFORE, AFTER)
        rois = rois[0][found[0]]
        named, moves = sessions["head"].run(None, {"features": maps[2], "rois": rois.numpy()})
        again = decode(rois, torch.from_numpy(moves), (SIDE, SIDE), HEAD_STDS).numpy()
        order = by_rank(boxes, again)
        near("pair: boxes", boxes, again[order], 0.02)
        near("pair: scores", values, named[order], 1e-3)
        empty = sessions["head"].run(None, {"features": maps[2], "rois": np.zeros((0, 4), np.float32)})
        assert [e.shape for e in empty] == [(0, values.shape[1]), (0, 4)]
    back = from_graphs(folder).eval()
    with torch.no_grad():
        near("restored: features", back.dense(image)[2], features, 1e-3)


def write_graphs(net: Thundernet, folder: Path, mend: tuple[float, float]) -> None:
    """The three graphs and the norms. mend: slope and intercept of the calibration."""
    for name, graph in (("detect", detect_graph(net, mend)), ("rpn", rpn_graph(net)), ("head", head_graph(net, mend))):
        onnx.save(graph, folder / f"{name}.onnx")
    save_norms(net, folder)
    check(net, folder, mend)


def measurements(counters: dict, early: bool) -> dict:
    """What studio.json says of how good it is."""
    if early:
        return {"metrics": {"samplesSeen": counters["samples"]}, "threshold": 0.3,
                "calibration": {"calibrated": False, "slope": 1.0, "intercept": 0.0, "statement": "Scores of an unfinished model, not calibrated."}}
    measured = json.loads(METRICS.read_text())
    assert measured["metrics"]["samplesSeen"] == counters["samples"], "metrics.json is of other weights: run training.detect.evaluate"
    return measured


def write_words(folder: Path, measured: dict) -> None:
    """studio.json and the licences."""
    (folder / "studio.json").write_text(json.dumps(manifest(measured["metrics"], measured["threshold"], measured["calibration"]), indent=2, ensure_ascii=False) + "\n")
    licences = TRAINING / "data" / "licences"
    heading = "(Twemoji graphics)"
    text = (licences / "LICENSE").read_text()
    assert heading in text
    (folder / "LICENSE").write_text(text.replace(heading, "(Twemoji graphics, EmojiOne 2, Streamline, FxEmojis)"))
    shutil.copy(licences / "NOTICE-detect", folder / "NOTICE")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", nargs="?", default=str(MODEL))
    kind = parser.add_mutually_exclusive_group()
    kind.add_argument("--early", action="store_true")
    kind.add_argument("--rewrite", action="store_true")
    args = parser.parse_args()
    folder = Path(args.folder)
    folder.mkdir(parents=True, exist_ok=True)
    if args.rewrite:
        known = json.loads((folder / "studio.json").read_text())["detector"]["calibration"]
        write_graphs(from_graphs(folder).eval().requires_grad_(False), folder, (known["slope"], known["intercept"]))
    else:
        net, counters = from_checkpoint()
        measured = measurements(counters, args.early)
        write_graphs(net, folder, (measured["calibration"]["slope"], measured["calibration"]["intercept"]))
        write_words(folder, measured)
    for file in folder.iterdir():
        file.chmod(0o644)
    subprocess.run(["node", str(TRAINING.parent / "scripts" / "hash-model.mjs"), str(folder)], check=True)
    print(f"{folder}: {sum(f.stat().st_size for f in folder.iterdir()) / 1e6:.1f} MB")


if __name__ == "__main__":
    main()
