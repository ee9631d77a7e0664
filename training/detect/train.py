"""Trains the detector on scenes that are drawn as it goes.

    python -m training.detect.train --until 17:05 [--resume]      -> cache/detect/detector.pt, runs/detect/log.jsonl

Three stages by share of the planned time: 192 px, then 256 px, then 320 px. The rate falls to zero over the last part.
A run that is killed goes on with --resume: weights, averages, optimiser and the time used so far are kept every two
minutes. --start takes an exported model folder instead, for a new run that begins where the published one ended.
"""
from __future__ import annotations

import argparse
import datetime as dt
import signal
import time
from pathlib import Path

import cv2
import numpy as np
import torch
from torch import nn

from training.detect.objective import Labels, losses
from training.detect.paths import CLASSES
from training.detect.pretrain import CHECKPOINT as BACKBONE, Average, normalised, split_parameters
from training.detect.scenes import MOST, Stage
from training.detect.supply import Supply, fresh_seed
from training.detect.thundernet import Thundernet
from training.detect.validate import validate
from training.detect.weights import CHECKPOINT, from_graphs
from optim import MuonAdamW
from runlog import RunLog, save_checkpoint

STAGES = ((0.2, 192, 24), (0.42, 256, 16), (1.01, 320, 12))
"""Until this share of the time: side of the scenes, scenes in a batch."""
WEIGHTS = {"rpn_class": 1.0, "rpn_box": 0.5, "head_class": 1.0, "head_box": 0.5}


class Batches:
    """Batches of labelled scenes: images uint8 [B, S, S, 3], boxes [B, G, 4], classes [B, G] (-1: none)."""

    def __init__(self, seed: int):
        self.stage = Stage("train", seed, busy=True)

    def __call__(self, side: int):
        size = next(batch for _, s, batch in STAGES if s == side)
        images = np.zeros((size, side, side, 3), np.uint8)
        boxes, classes = np.zeros((size, MOST, 4), np.float32), np.full((size, MOST), -1, np.int64)
        for i in range(size):
            scene = self.stage.scene(side, side, float(np.exp(self.stage.rng.uniform(-0.45, 0.45))))
            count = len(scene.labels)
            images[i], boxes[i, :count], classes[i, :count] = scene.image, scene.boxes, scene.labels
        return images, boxes, classes


def side_at(used: float) -> int:
    return next(side for end, side, _ in STAGES if used < end)


def seconds_until(clock: str) -> float:
    """Seconds from now to HH:MM of today."""
    now = dt.datetime.now()
    hour, minute = map(int, clock.split(":"))
    return (now.replace(hour=hour, minute=minute, second=0) - now).total_seconds()


def load_start(model: Thundernet, args) -> None:
    """The pretrained backbone, or a whole exported network."""
    if args.start:
        model.load_state_dict(from_graphs(Path(args.start)).state_dict())
    elif BACKBONE.exists():
        state = torch.load(BACKBONE, weights_only=True)["average"]
        model.backbone.load_state_dict({k.removeprefix("backbone."): v for k, v in state.items() if k.startswith("backbone.")})


def main() -> None:
    parser = argparse.ArgumentParser()
    group = parser.add_mutually_exclusive_group(required=True)
    group.add_argument("--until", help="HH:MM of today")
    group.add_argument("--minutes", type=float)
    parser.add_argument("--lr", type=float, default=2.5e-3)
    parser.add_argument("--resume", action="store_true")
    parser.add_argument("--start", help="exported folder to begin with")
    args = parser.parse_args()
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    torch.manual_seed(fresh_seed() % 2**31)
    background = len(CLASSES)
    model = Thundernet(background).to(memory_format=torch.channels_last).train()
    load_start(model, args)
    optimiser, average = MuonAdamW(*split_parameters(model), args.lr, args.lr), Average(model, 0.998)
    step, samples, spent = 0, 0, 0.0
    if args.resume and CHECKPOINT.exists():
        state = torch.load(CHECKPOINT, weights_only=True)
        model.load_state_dict(state["model"])
        optimiser.load_state_dict(state["optimiser"])
        average.values, step, samples, spent = state["average"], state["step"], state["samples"], state["spent"]
    planned = spent + (60 * args.minutes if args.minutes else seconds_until(args.until))
    log = RunLog("detect", vars(args) | {"stages": STAGES, "weights": WEIGHTS, "planned_seconds": round(planned)}, args.resume)
    start = time.time() - spent
    supply = Supply(Batches, fresh_seed(), side_at(spent / planned))
    shadow = Thundernet(background)
    stop = []
    signal.signal(signal.SIGTERM, lambda *_: stop.append(True))

    def keep() -> None:
        save_checkpoint(CHECKPOINT, {"model": model.state_dict(), "average": average.values, "optimiser": optimiser.state_dict(),
                                     "step": step, "samples": samples, "spent": time.time() - start})

    sums, kept, done = {k: [] for k in WEIGHTS}, time.time(), False
    while not done:
        used = (time.time() - start) / planned
        done = used >= 1 or bool(stop)
        supply.set_side(side_at(min(used, 1.0)))
        images, boxes, classes = supply.next()
        terms = losses(model, normalised(images), Labels(torch.from_numpy(boxes), torch.from_numpy(classes)), background)
        optimiser.zero_grad()
        sum(WEIGHTS[k] * v for k, v in terms.items()).backward()
        nn.utils.clip_grad_norm_(model.parameters(), 10.0)
        optimiser.step(min(1, (step + 1) / 150) * min(1.0, max(0.005, 1.8 * (1 - used))))
        step, samples = step + 1, samples + len(images)
        average.update(model, step)
        for k, v in terms.items():
            sums[k].append(v.item())
        if step % 50 == 0:
            log.write(samples=samples, side=images.shape[1], seconds=time.time() - start, **{k: float(np.mean(v)) for k, v in sums.items()})
            sums = {k: [] for k in WEIGHTS}
        if done or time.time() - kept > 120:
            keep()
            kept = time.time()
        if done or step % 600 == 0:
            shadow.load_state_dict(average.values)
            log.write(samples=samples, seconds=time.time() - start, **validate(shadow.eval(), 96))
    supply.close()
    log.curves(*WEIGHTS, "AP", "AP50")


if __name__ == "__main__":
    main()
