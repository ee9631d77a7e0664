"""Cheap looks at a latent while it is being denoised: a linear map to RGB, and a tiny decoder.

python preview.py --minutes 5      trains the tiny decoder on cached latents
"""
from __future__ import annotations

import argparse
import random
import time

import torch
from torch import nn
import torch.nn.functional as F

from make_latents import load_frozen
from optim import MuonAdamW
from runlog import RunLog, save_checkpoint
from scenes import CACHE, Pictures

CHECKPOINT = CACHE / "preview.pt"


class PreviewDecoder(nn.Module):
    """Scaled latents [B, 16, h, w] -> picture [B, 3, 8h, 8w] in about [-1, 1]; 0.15 M parameters, all work at 1/8 and 1/4 size."""

    def __init__(self):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(16, 64, 3, padding=1), nn.ReLU(), nn.Conv2d(64, 64, 3, padding=1), nn.ReLU(),
            nn.ConvTranspose2d(64, 48, 2, 2), nn.ReLU(), nn.Conv2d(48, 48, 3, padding=1), nn.ReLU(),
            nn.Conv2d(48, 48, 3, padding=1), nn.PixelShuffle(4))

    def forward(self, x):
        return self.layers(x)


def load_latents(limit: int) -> tuple[torch.Tensor, list]:
    file = sorted((CACHE / "latents").glob("*.pt"))[0]
    shard = torch.load(file, weights_only=False)
    return shard["latents"][:limit].float(), shard["scenes"][:limit]


@torch.no_grad()
def latent_colours(latents: torch.Tensor, images: torch.Tensor) -> dict:
    """Least squares from a latent pixel to the mean colour of its 8 x 8 block: rows 16 x 3 and bias 3, for RGB in [-1, 1]."""
    colours = F.avg_pool2d(images, 8).permute(0, 2, 3, 1).reshape(-1, 3)
    rows = latents.permute(0, 2, 3, 1).reshape(-1, latents.shape[1])
    rows = torch.cat([rows, torch.ones(len(rows), 1)], 1)
    solution = torch.linalg.lstsq(rows, colours).solution
    error = (rows @ solution - colours).square().mean().item()
    print(f"latent to RGB: mean square error {error:.4f} of variance {colours.var().item():.4f}")
    table = [[round(v, 4) for v in row] for row in solution.tolist()]
    return {"rows": table[:-1], "bias": table[-1]}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(4)
    pictures, rng = Pictures(), random.Random(4)
    latents, scenes = load_latents(6000)
    model = PreviewDecoder().to(memory_format=torch.channels_last)
    muon = [p for n, p in model.named_parameters() if p.ndim == 4 and n != "layers.0.weight"]
    optimiser = MuonAdamW(muon, [p for p in model.parameters() if all(p is not m for m in muon)], 3e-3, 2e-3)
    log = RunLog("preview", vars(args), False)
    start, step, total = time.time(), 0, 0.0
    while (used := (time.time() - start) / (60 * args.minutes)) < 1:
        pick = [rng.randrange(len(scenes)) for _ in range(16)]
        x = latents[pick]
        # Half of the latents get some noise: previews are taken of unfinished pictures.
        x = x + torch.randn_like(x) * 0.2 * torch.rand(16, 1, 1, 1) * (torch.rand(16, 1, 1, 1) < 0.5)
        target = torch.stack([pictures.compose(scenes[i]) for i in pick])
        with torch.autocast("cpu", dtype=torch.bfloat16):
            y = model(x.contiguous(memory_format=torch.channels_last))
        loss = (y.float() - target).abs().mean() + (y.float() - target).square().mean()
        optimiser.zero_grad()
        loss.backward()
        optimiser.step(min(1, (step + 1) / 50) * min(1.0, max(0.02, 1.5 * (1 - used))))
        step, total = step + 1, total + loss.item()
        if step % 100 == 0:
            log.write(samples=step * 16, loss=total / 100)
            total = 0.0
    log.curves("loss")
    save_checkpoint(CHECKPOINT, {"model": model.state_dict()})


if __name__ == "__main__":
    main()
