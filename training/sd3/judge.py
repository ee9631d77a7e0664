"""The judge: a ShuffleNetV2-like network that names every subject in a picture. It never sees a generated picture.

python judge.py --minutes 12       trains it on the same emoji, placed as in scenes, under heavy changes of place, size,
                                   turn, colour and noise, half of them passed through the autoencoder's own softness
                                   (blur), and tests it on clean real pictures and on VAE reconstructions.
Output: one logit per subject; a picture of one object takes the highest, a picture of two the two highest.
"""
from __future__ import annotations

import argparse
import random
import time

import torch
from torch import nn
import torch.nn.functional as F

from make_latents import FROZEN, encode, load_frozen
from optim import MuonAdamW
from runlog import RunLog, save_checkpoint
from scenes import CACHE, Pictures, sample_scene

CHECKPOINT = CACHE / "judge.pt"
MIX = {"large": 0.3, "small": 0.2, "pair": 0.35, "triple": 0.15}


def conv(i: int, o: int, k: int = 1, stride: int = 1, groups: int = 1, act: bool = True) -> nn.Sequential:
    layers = [nn.Conv2d(i, o, k, stride, k // 2, groups=groups, bias=False), nn.BatchNorm2d(o)]
    return nn.Sequential(*layers, *([nn.ReLU()] if act else []))


class ShuffleUnit(nn.Module):
    """ShuffleNetV2's unit: half of the channels pass, half are worked on, then the halves are interleaved."""

    def __init__(self, i: int, o: int, stride: int):
        super().__init__()
        half, self.stride = o // 2, stride
        self.right = nn.Sequential(conv(i if stride == 2 else half, half), conv(half, half, 3, stride, half, act=False), conv(half, half))
        if stride == 2:
            self.left = nn.Sequential(conv(i, i, 3, 2, i, act=False), conv(i, half))

    def forward(self, x):
        a, b = (self.left(x), self.right(x)) if self.stride == 2 else (x.chunk(2, 1)[0], self.right(x.chunk(2, 1)[1]))
        n, c, h, w = a.shape
        return torch.stack([a, b], 2).reshape(n, 2 * c, h, w)


class Judge(nn.Module):
    """[B, 3, 128, 128] in [-1, 1] -> [B, subjects] logits. Max over places: an object counts wherever it stands."""

    def __init__(self, subjects: int):
        super().__init__()
        # Space-to-depth instead of strided convolutions at full size: depthwise backward passes there took most of the time.
        stages = [nn.PixelUnshuffle(4), conv(48, 96, 3)]
        for i, o, repeat in ((96, 192, 3), (192, 320, 3)):
            stages += [ShuffleUnit(i, o, 2), *(ShuffleUnit(o, o, 1) for _ in range(repeat - 1))]
        self.body = nn.Sequential(*stages, conv(320, 384))
        self.head = nn.Linear(384, subjects)

    def forward(self, x):
        h = self.body(x)
        return self.head(F.adaptive_max_pool2d(h, 1).flatten(1))


def disturb(images: torch.Tensor) -> torch.Tensor:
    """Random turn, scale, shift, flip of whole pictures, then brightness, tint, blur and noise."""
    b = images.shape[0]
    angle, scale = (torch.rand(b) - 0.5) * 0.5, 0.85 + 0.35 * torch.rand(b)
    flip = torch.where(torch.rand(b) < 0.3, -1.0, 1.0)
    theta = torch.stack([torch.stack([scale * angle.cos() * flip, -scale * angle.sin(), (torch.rand(b) - 0.5) * 0.2], 1),
                         torch.stack([scale * angle.sin() * flip, scale * angle.cos(), (torch.rand(b) - 0.5) * 0.2], 1)], 1)
    x = F.grid_sample(images, F.affine_grid(theta, images.shape, align_corners=False), padding_mode="border", align_corners=False)
    x = x * (0.8 + 0.4 * torch.rand(b, 1, 1, 1)) + 0.2 * (torch.rand(b, 3, 1, 1) - 0.5)
    soft = F.interpolate(F.avg_pool2d(x, 2), scale_factor=2, mode="bilinear", align_corners=False)
    x = torch.where(torch.rand(b, 1, 1, 1) < 0.4, soft, x)
    return (x + 0.1 * torch.rand(b, 1, 1, 1) * torch.randn_like(x)).clamp(-1, 1)


def scene_batch(pictures: Pictures, rng: random.Random, size: int, mix=MIX) -> tuple[torch.Tensor, torch.Tensor]:
    """Pictures [B, 3, 128, 128] and 0/1 labels [B, subjects]."""
    labels, images = torch.zeros(size, len(pictures.subjects)), []
    for i in range(size):
        scene = sample_scene(pictures, rng, mix, white=0.35)
        labels[i, [o.subject for o in scene.objects]] = 1
        images.append(pictures.compose(scene))
    return torch.stack(images), labels


def load_judge(subjects: int) -> Judge:
    judge = Judge(subjects)
    judge.load_state_dict(torch.load(CHECKPOINT)["ema"])
    return judge.eval().requires_grad_(False)


@torch.no_grad()
def test(judge: Judge, pictures: Pictures, through_vae: bool) -> dict[str, float]:
    """Real pictures, or their reconstructions: top-1 on singles, and pairs with both objects among the two highest."""
    scores = {}
    for kind in ("large", "small", "pair"):
        images, labels = scene_batch(pictures, random.Random(77), 240, {kind: 1.0})
        if through_vae:
            model, _, _ = load_frozen()
            images = torch.cat([model.decoder(encode(model, part)).clamp(-1, 1) for part in images.split(40)])
        logits = torch.cat([judge(part) for part in images.split(40)])
        count = 2 if kind == "pair" else 1
        hit = labels.gather(1, logits.topk(count).indices).sum(1) == count
        scores[("vae_" if through_vae else "real_") + kind] = hit.float().mean().item()
    return scores


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--minutes", type=float, default=12)
    parser.add_argument("--batch", type=int, default=64)
    parser.add_argument("--lr", type=float, default=2.5e-3)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--resume", action="store_true", help="begin with the checkpoint's averaged weights")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(6)
    pictures, rng = Pictures(), random.Random(6 + args.resume)
    model = Judge(len(pictures.subjects)).to(memory_format=torch.channels_last)
    if args.resume:
        model.load_state_dict(torch.load(CHECKPOINT, weights_only=True)["ema"])
    muon = [p for n, p in model.named_parameters() if p.ndim == 4 and p.shape[1] > 1]
    rest = [p for p in model.parameters() if all(p is not m for m in muon)]
    optimiser = MuonAdamW(muon, rest, args.lr, args.lr)
    shadow = Judge(len(pictures.subjects))
    ema = {k: v.clone() for k, v in model.state_dict().items()}
    log = RunLog("judge", vars(args), args.resume)
    start, step, total = time.time(), 0, 0.0
    done = False
    while not done:
        used = (time.time() - start) / (60 * args.minutes)
        done = used >= 1
        clean, labels = scene_batch(pictures, rng, args.batch)
        images = disturb(clean).contiguous(memory_format=torch.channels_last)
        # Cross-entropy against the labels spread evenly: learns much faster from 153 rare labels than one sigmoid for each.
        loss = F.cross_entropy(model(images), labels / labels.sum(1, keepdim=True))
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 5.0)
        optimiser.step(min(1, (step + 1) / 50) * min(1.0, max(0.01, 1.6 * (1 - used))))
        step, total = step + 1, total + loss.item()
        decay = min(0.99, (1 + step) / (10 + step))
        for k, v in model.state_dict().items():
            ema[k] = v.clone() if not v.is_floating_point() else ema[k].lerp(v, 1 - decay)
        if step % 50 == 0:
            log.write(samples=step * args.batch, loss=total / 50, rate=step * args.batch / (time.time() - start))
            total = 0.0
        if done or step % 300 == 0:
            shadow.load_state_dict(ema)
            log.write(samples=step * args.batch, **test(shadow.eval(), pictures, False))
            save_checkpoint(CHECKPOINT, {"ema": ema})
    log.curves("loss", "real_large", "real_pair")
    if FROZEN.exists():
        log.write(samples=step * args.batch, **test(shadow, pictures, True))


if __name__ == "__main__":
    main()
