"""Train both CLIP-style text encoders against a small picture tower with the contrastive loss. The tower is thrown away."""
from __future__ import annotations

import argparse
import math
import random
import time

import torch
from torch import nn
import torch.nn.functional as F

from optim import MuonAdamW
from runlog import RunLog, save_checkpoint
from scenes import CACHE, Pictures, describe, sample_scene
from text import CLIP_WIDTHS, Prompts, build_clip
from vae import ResBlock

MIX = {"large": 0.35, "small": 0.25, "pair": 0.3, "triple": 0.1}
CHECKPOINT = CACHE / "clip.pt"


class PictureTower(nn.Module):
    """[B, 3, 64, 64] -> one unit vector for each text encoder. Space-to-depth first: most of the cost of a CPU convolution
    is at high resolution. The last map is kept as 4 x 4 cells, because captions say where things stand."""

    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(
            nn.PixelUnshuffle(4), nn.Conv2d(48, 96, 3, padding=1), ResBlock(96, 8), nn.Conv2d(96, 192, 2, 2), ResBlock(192, 8),
            nn.Conv2d(192, 256, 2, 2), ResBlock(256, 8), nn.GroupNorm(8, 256), nn.SiLU(), nn.Conv2d(256, 48, 1), nn.Flatten())
        self.heads = nn.ModuleList([nn.Linear(48 * 16, w) for w in CLIP_WIDTHS])

    def forward(self, x):
        h = self.body(x)
        return [F.normalize(head(h).float(), dim=-1) for head in self.heads]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--minutes", type=float, default=15)
    parser.add_argument("--batch", type=int, default=256)
    parser.add_argument("--lr", type=float, default=2e-3)
    parser.add_argument("--scenes", type=int, default=24000)
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(2)
    pictures, rng, prompts = Pictures(), random.Random(2), Prompts(CACHE / "tokenizers")
    scenes = [sample_scene(pictures, rng, MIX) for _ in range(args.scenes)]
    images = torch.stack([F.avg_pool2d(pictures.compose(s), 2).mul(127).round().to(torch.int8) for s in scenes])
    tower, clips = PictureTower().to(memory_format=torch.channels_last), nn.ModuleList([build_clip(0), build_clip(1)])
    scales = nn.Parameter(torch.full((2,), math.log(14.0)))
    everything = [*tower.parameters(), *clips.parameters()]
    embeddings = {id(p) for n, p in clips.named_parameters() if "embedding" in n}
    muon = [p for p in everything if p.ndim >= 2 and id(p) not in embeddings]
    adamw = [p for p in everything if p.ndim < 2 or id(p) in embeddings] + [scales]
    optimiser = MuonAdamW(muon, adamw, args.lr, args.lr)
    log = RunLog("clip", vars(args), False)
    start, step, sums = time.time(), 0, torch.zeros(3)
    while (used := (time.time() - start) / (60 * args.minutes)) < 1:
        pick = [rng.randrange(len(scenes)) for _ in range(args.batch)]
        ids = prompts([describe(pictures, scenes[i], rng) for i in pick])
        x = images[pick].float().div(127).contiguous(memory_format=torch.channels_last)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            views = tower(x)
            texts = [clips[i](input_ids=ids[i]).text_embeds for i in range(2)]
        loss, hits = 0.0, []
        for view, text, scale in zip(views, texts, scales):
            logits = scale.clamp(max=4.6).exp() * view @ F.normalize(text.float(), dim=-1).T
            target = torch.arange(len(pick))
            loss = loss + 0.5 * (F.cross_entropy(logits, target) + F.cross_entropy(logits.T, target))
            hits.append((logits.argmax(1) == target).float().mean())
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(everything, 2.0)
        optimiser.step(min(1, (step + 1) / 20) * min(1.0, max(0.02, 2 * (1 - used))))
        step += 1
        sums += torch.tensor([loss.item(), hits[0], hits[1]])
        if step % 25 == 0:
            s = sums / 25
            sums.zero_()
            log.write(samples=step * args.batch, step=step, loss=s[0].item(), picture_to_text_1=s[1].item(), picture_to_text_2=s[2].item())
            if step % 100 == 0:
                log.curves("loss", "picture_to_text_1", "picture_to_text_2")
                save_checkpoint(CHECKPOINT, {"clips": clips.state_dict()})
    log.curves("loss", "picture_to_text_1", "picture_to_text_2")
    save_checkpoint(CHECKPOINT, {"clips": clips.state_dict()})
    log.write(finished=True)


if __name__ == "__main__":
    main()
