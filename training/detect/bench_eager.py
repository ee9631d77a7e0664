"""The PyTorch-eager peer: the same picture through the same weights, from the file to boxes with names.

    python -m training.detect.bench_eager resources/models/thundernet-emoji picture.jpg

Reads a number of threads a line and answers with the milliseconds of each part as one line of JSON.
"""
from __future__ import annotations

import json
import sys
import time
from pathlib import Path

import numpy as np
import torch
from PIL import Image

from training.detect.detections import filtered, raw
from training.detect.paths import SIDE
from training.detect.pretrain import normalised
from training.detect.weights import from_graphs

THRESHOLD = 0.01


def look(net, path: Path) -> dict:
    marks = [time.perf_counter()]
    with Image.open(path) as file:
        picture = file.convert("RGB")
    marks.append(time.perf_counter())
    image = normalised(np.array(picture.resize((SIDE, SIDE), Image.BILINEAR))[None])
    marks.append(time.perf_counter())
    boxes, scores, exists = raw(net, image)
    marks.append(time.perf_counter())
    filtered(boxes[0][exists[0]].numpy(), scores[0][exists[0]].numpy(), THRESHOLD)
    marks.append(time.perf_counter())
    decode, prepare, network, finish = (1000 * (b - a) for a, b in zip(marks, marks[1:]))
    return {"decode": decode, "prepare": prepare, "network": network, "finish": finish}


def main() -> None:
    folder, picture = (Path(a) for a in sys.argv[1:3])
    net = from_graphs(folder).eval().requires_grad_(False)
    for line in sys.stdin:
        torch.set_num_threads(int(line))
        print(json.dumps(look(net, picture)), flush=True)


if __name__ == "__main__":
    main()
