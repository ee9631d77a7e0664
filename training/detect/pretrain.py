"""Teaches the backbone to name one drawing in a cluttered crop, so that the detector does not start from nothing.

    python -m training.detect.pretrain --minutes 14 [--resume]      -> cache/detect/backbone.pt, runs/detect/pretrain

Names are the classes and every other emoji of the training split: telling a guitar from a violin makes better features
than telling it from an apple. The backbone's second output (C5) is averaged over the crop.
"""
from __future__ import annotations

import argparse
import time

import cv2
import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

from training.detect.paths import CACHE, CLASSES, MEAN, STD
from training.detect.pictures import Pictures
from training.detect.scenes import Stage
from training.detect.snet import SNet
from training.detect.supply import Supply, fresh_seed
from optim import MuonAdamW
from runlog import RunLog, save_checkpoint

CHECKPOINT = CACHE / "backbone.pt"
CROP = 112


class Crops:
    """Crops with one drawing in the middle, pieces of others around it."""

    def __init__(self, split: str, seed: int, size: int, class_share: float):
        self.stage, self.size, self.class_share = Stage(split, seed), size, class_share
        codes = sorted({d.code for d in Pictures("train").drawings if d.label < 0})
        self.names = {code: len(CLASSES) + i for i, code in enumerate(codes)}

    def one(self, side: int) -> tuple[np.ndarray, int]:
        stage, rng = self.stage, self.stage.rng
        canvas = stage.background(side, side, 0.35)
        stretch = np.exp(rng.uniform(-0.35, 0.35))
        before = int(rng.integers(0, 3))
        for i in range(before + 1 + int(rng.integers(0, 2))):
            main = i == before
            drawing = stage.pick(self.class_share if main else 0.7)
            size = np.exp(rng.uniform(np.log(24), np.log(side * 0.95))) if main else rng.uniform(24, 100)
            cut = stage.cut_out(drawing, size * stretch**0.5, size / stretch**0.5)
            h, w = cut.shape[:2]
            if h == 0:
                continue
            if main:
                x, y = (int((side - n) / 2 + rng.uniform(-0.15, 0.15) * side) for n in (w, h))
                label = drawing.label if drawing.label >= 0 else self.names[drawing.code]
            else:
                angle, far = rng.uniform(0, 2 * np.pi), rng.uniform(0.4, 0.65) * (side if i < before else side + 20)
                x, y = int(side / 2 + far * np.cos(angle) - w / 2), int(side / 2 + far * np.sin(angle) - h / 2)
            if x < side and y < side and x + w > 0 and y + h > 0:
                stage.paste(canvas, cut, x, y)
        return stage.spoil(canvas), label

    def __call__(self, side: int):
        pairs = [self.one(side) for _ in range(self.size)]
        return np.stack([p[0] for p in pairs]), np.array([p[1] for p in pairs])


class TrainingCrops:
    """Picklable recipe for the second process."""

    def __init__(self, size: int):
        self.size = size

    def __call__(self, seed: int) -> Crops:
        return Crops("train", seed, self.size, 0.55)


def normalised(images: np.ndarray) -> torch.Tensor:
    """uint8 [B, H, W, 3] -> float32 [B, 3, H, W], channels last in memory."""
    x = torch.from_numpy(images).permute(0, 3, 1, 2).float() / 255
    return (x - torch.tensor(MEAN).view(3, 1, 1)) / torch.tensor(STD).view(3, 1, 1)


class Namer(nn.Module):
    def __init__(self, names: int):
        super().__init__()
        self.backbone = SNet("snet49")
        self.head = nn.Linear(self.backbone.channels[1], names)

    def forward(self, x):
        return self.head(F.adaptive_avg_pool2d(self.backbone(x)[1], 1).flatten(1))


def split_parameters(model: nn.Module) -> tuple[list[nn.Parameter], list[nn.Parameter]]:
    """Matrices and full convolutions for Muon; depthwise convolutions, biases, norms and the layer of names for AdamW.

    Orthogonalising 650 rows of 512 takes as long as the backward pass of 64 crops.
    """
    muon = [p for n, p in model.named_parameters() if p.ndim >= 2 and p.shape[1] > 1 and not n.startswith("head.")]
    return muon, [p for p in model.parameters() if all(p is not m for m in muon)]


class Average:
    """Moving average of all weights and running statistics, quick at first."""

    def __init__(self, model: nn.Module, most: float):
        self.most, self.values = most, {k: v.clone() for k, v in model.state_dict().items()}

    @torch.no_grad()
    def update(self, model: nn.Module, step: int) -> None:
        decay = min(self.most, (1 + step) / (10 + step))
        for k, v in model.state_dict().items():
            if v.is_floating_point():
                self.values[k].lerp_(v, 1 - decay)
            else:
                self.values[k].copy_(v)


@torch.no_grad()
def accuracy(model: Namer, count: int) -> float:
    """Share of held-out drawings of the classes that are named right among all names."""
    crops = Crops("eval", 5, 64, 1.0)
    hits = []
    for _ in range(count // 64):
        images, labels = crops(CROP)
        hits.append(model(normalised(images)).argmax(1).numpy() == labels)
    return float(np.mean(hits))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--minutes", type=float, default=14)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--lr", type=float, default=3e-3)
    parser.add_argument("--resume", action="store_true")
    args = parser.parse_args()
    torch.set_num_threads(1)
    cv2.setNumThreads(1)
    torch.manual_seed(1)
    names = max(Crops("train", 0, 1, 0.5).names.values()) + 1
    model = Namer(names).to(memory_format=torch.channels_last)
    optimiser, average = MuonAdamW(*split_parameters(model), args.lr, args.lr), Average(model, 0.99)
    step, spent = 0, 0.0
    if args.resume and CHECKPOINT.exists():
        state = torch.load(CHECKPOINT, weights_only=True)
        model.load_state_dict(state["model"])
        optimiser.load_state_dict(state["optimiser"])
        average.values, step, spent = state["average"], state["step"], state["spent"]
    log = RunLog("detect/pretrain", vars(args) | {"names": names}, args.resume)
    supply, shadow = Supply(TrainingCrops(args.batch), fresh_seed(), CROP), Namer(names)
    start, total, right = time.time() - spent, 0.0, 0.0
    done = False
    while not done:
        used = (time.time() - start) / (60 * args.minutes)
        done = used >= 1
        images, labels = supply.next()
        target = torch.from_numpy(labels)
        logits = model(normalised(images))
        loss = F.cross_entropy(logits, target, label_smoothing=0.05)
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 5.0)
        optimiser.step(min(1, (step + 1) / 100) * min(1.0, max(0.01, 1.6 * (1 - used))))
        step, total, right = step + 1, total + loss.item(), right + (logits.argmax(1) == target).float().mean().item()
        average.update(model, step)
        if step % 50 == 0:
            log.write(samples=step * args.batch, loss=total / 50, right=right / 50, rate=step * args.batch / (time.time() - start))
            total = right = 0.0
        if done or step % 500 == 0:
            shadow.load_state_dict(average.values)
            log.write(samples=step * args.batch, unseen=accuracy(shadow.eval(), 512))
            save_checkpoint(CHECKPOINT, {"model": model.state_dict(), "average": average.values, "optimiser": optimiser.state_dict(),
                                         "step": step, "spent": time.time() - start})
    supply.close()
    log.curves("loss", "right", "unseen")


if __name__ == "__main__":
    main()
