"""Train the autoencoder on composed scenes. Resumable: python train_vae.py --minutes 30 --resume"""
from __future__ import annotations

import argparse
import math
import random
import time

import torch
import torch.nn.functional as F

from optim import MuonAdamW
from runlog import RunLog, save_checkpoint
from scenes import CACHE, Pictures, sample_scene
from vae import CONFIG, Autoencoder

MIX = {"large": 0.4, "small": 0.1, "pair": 0.35, "triple": 0.15}
CHECKPOINT = CACHE / "vae.pt"


def batch_of(pictures: Pictures, rng: random.Random, size: int) -> torch.Tensor:
    """[B, 3, 128, 128]. Half of the scenes are mirrored: more pictures for free, and the text encoder never sees these."""
    images = []
    for _ in range(size):
        image = pictures.compose(sample_scene(pictures, rng, MIX, white=0.3))
        images.append(image.flip(2) if rng.random() < 0.5 else image)
    return torch.stack(images).contiguous(memory_format=torch.channels_last)


def edges(x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    return x[..., 1:] - x[..., :-1], x[..., 1:, :] - x[..., :-1, :]


def reconstruction_loss(y: torch.Tensor, x: torch.Tensor) -> torch.Tensor:
    """L1 + 2 L2 + L1 of the gradients at two scales: plain losses, since no pretrained perceptual network is used."""
    loss = (y - x).abs().mean() + 2 * (y - x).square().mean()
    for scale in (1, 2):
        a, b = (y, x) if scale == 1 else (F.avg_pool2d(y, 2), F.avg_pool2d(x, 2))
        loss = loss + 0.5 * sum((p - q).abs().mean() for p, q in zip(edges(a), edges(b)))
    return loss


def parameter_groups(model: torch.nn.Module):
    first_last = {id(model.encoder.layers[1].weight), id(model.decoder.layers[-2].weight)}
    muon = [p for p in model.parameters() if p.ndim == 4 and id(p) not in first_last]
    rest = [p for p in model.parameters() if p.ndim != 4 or id(p) in first_last]
    return muon, rest


@torch.no_grad()
def psnr(model: Autoencoder, images: torch.Tensor) -> torch.Tensor:
    """Per picture, dB, from the mean latent; pictures in [-1, 1] so the peak is 2."""
    y = model.decoder(model.encoder(images).chunk(2, 1)[0]).clamp(-1, 1)
    return 10 * torch.log10(4 / (y - images).square().mean((1, 2, 3)).clamp_min(1e-9))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--minutes", type=float, default=30, help="of this run; the rate decays to zero at its end")
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--lr", type=float, default=2e-3)
    parser.add_argument("--kl", type=float, default=3e-4)
    parser.add_argument("--hold", type=float, default=0.4, help="part of the run at the full rate")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--resume", action="store_true")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(1)
    pictures, rng = Pictures(), random.Random(time.time_ns() if args.resume else 1)
    model = Autoencoder().to(memory_format=torch.channels_last)
    optimiser = MuonAdamW(*parameter_groups(model), lr_muon=args.lr, lr_adamw=args.lr / 2)
    ema = {k: v.detach().clone() for k, v in model.state_dict().items()}
    samples = step = 0
    if args.resume and CHECKPOINT.exists():
        state = torch.load(CHECKPOINT)
        model.load_state_dict(state["model"])
        optimiser.load_state_dict(state["optimiser"])
        ema, samples, step = state["ema"], state["samples"], state["step"]
    log = RunLog("vae", {"network": CONFIG, **vars(args)}, args.resume)
    log.write(samples=samples, parameters=sum(p.numel() for p in model.parameters()))
    test = batch_of(pictures, random.Random(99), 64)
    shadow = Autoencoder().to(memory_format=torch.channels_last)
    start = last_test = time.time()
    done = False
    while not done:
        used = (time.time() - start) / (60 * args.minutes)
        done = used >= 1
        factor = min(1, (step + 1) / 50)
        if used > args.hold:
            factor = max(0.02, 0.5 + 0.5 * math.cos(math.pi * min(1, (used - args.hold) / (1 - args.hold))))
        x = batch_of(pictures, rng, args.batch)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            y, mean, logvar = model(x)
        rec = reconstruction_loss(y.float(), x)
        kl = 0.5 * (mean.square() + logvar.exp() - 1 - logvar).mean()
        optimiser.zero_grad()
        (rec + args.kl * kl).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step(factor)
        step, samples = step + 1, samples + args.batch
        decay = min(0.995, (1 + step) / (10 + step))
        for k, v in model.state_dict().items():
            ema[k].lerp_(v, 1 - decay)
        if done or time.time() - last_test > 90 or step == 20:
            last_test = time.time()
            shadow.load_state_dict(ema)
            score = psnr(shadow.eval(), test)
            log.write(samples=samples, step=step, minutes=(time.time() - start) / 60, rec=rec.item(), kl=kl.item(),
                      psnr=score.mean().item(), worst_tenth=score.sort().values[:7].mean().item(), factor=factor)
            log.curves("rec", "kl", "psnr", "worst_tenth")
            save_checkpoint(CHECKPOINT, {"model": model.state_dict(), "ema": ema, "optimiser": optimiser.state_dict(),
                                         "samples": samples, "step": step, "config": CONFIG})
    log.write(samples=samples, finished=True)


if __name__ == "__main__":
    main()
