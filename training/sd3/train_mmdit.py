"""Train the denoiser and the T5-style encoder together with rectified flow; both CLIP encoders and the autoencoder are frozen.

python train_mmdit.py --minutes 60 --resume         goes on from the last checkpoint (network, EMA, optimiser, counters)
python train_mmdit.py --minutes 30 --resume --decay  lets the rate fall to zero over this run
Reads every shard of cache/latents; the mixture of scene kinds is chosen at sampling time with --mix.
"""
from __future__ import annotations

import argparse
import math
import random
import shutil
import signal
import time

import torch
from torch import nn

from make_latents import load_frozen
from mmdit import CONFIG, MMDiT
from optim import MuonAdamW
from runlog import RunLog, save_checkpoint
from sample import encode_prompts, sample, sheet
from scenes import CACHE, Pictures, describe
from text import Prompts, build_clip, build_t5, clip_features, join

CHECKPOINT = CACHE / "mmdit.pt"
SHEET = [
    "a slice of pizza, fluent 3d", "a dog, noto", "a red car, flat", "a rocket, twemoji", "a cat on a blue background, noto",
    "an owl, fluent 3d", "a guitar, flat", "a birthday cake, fluent 3d", "a sunflower, noto", "a penguin, twemoji",
    "a small snail on the left, flat", "a small key at the top, noto", "a cat and a dog, fluent 3d",
    "a red apple and a banana, noto", "a bus above a tractor, flat", "a frog, a bee and a crab, twemoji",
]


class Shards:
    """Latents by scene kind: index lists over one big float16 tensor."""

    def __init__(self):
        self.files: list = []
        self.refresh()

    def refresh(self) -> None:
        """Read the shards again if there are new ones: make_latents may run beside the training."""
        files = sorted((CACHE / "latents").glob("*.pt"))
        if files == self.files:
            return
        parts = [torch.load(f, weights_only=False) for f in files]
        self.files, self.latents = files, torch.cat([p["latents"] for p in parts])
        self.scenes = [s for p in parts for s in p["scenes"]]
        self.by_kind: dict[str, list[int]] = {}
        for i, scene in enumerate(self.scenes):
            self.by_kind.setdefault(scene.kind, []).append(i)

    def pick(self, rng: random.Random, mix: dict[str, float], size: int) -> list[int]:
        return [rng.choice(self.by_kind[k]) for k in rng.choices(list(mix), list(mix.values()), k=size)]


def keep_mask(size: int) -> torch.Tensor:
    """bool [3, B]: every encoder is dropped in 15 % of the samples on its own, so that any subset works."""
    return torch.rand(3, size) > 0.15


def parameter_groups(net: MMDiT, t5: nn.Module):
    """Muon for the matrices inside blocks and encoder; AdamW for embeddings, inputs, output, modulation and vectors."""
    muon, adamw = [], []
    for name, p in [*net.named_parameters(), *t5.named_parameters()]:
        inside = ("transformer_blocks" in name or "encoder.block" in name) and "norm" not in name and "relative" not in name
        (muon if inside and p.ndim == 2 else adamw).append(p)
    return muon, adamw


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--batch", type=int, default=48)
    parser.add_argument("--lr-muon", type=float, default=2.5e-3)
    parser.add_argument("--lr-adamw", type=float, default=9e-4)
    parser.add_argument("--ema", type=float, default=0.998)
    parser.add_argument("--mix", type=float, nargs=4, default=[0.35, 0.25, 0.34, 0.06], help="large small pair triple")
    parser.add_argument("--decay", action="store_true")
    parser.add_argument("--resume", action="store_true")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--no-compile", action="store_true")
    parser.add_argument("--sheet-minutes", type=float, default=12)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.manual_seed(int(time.time()) if args.resume else 3)
    rng, pictures, prompts, shards = random.Random(time.time_ns()), Pictures(), Prompts(CACHE / "tokenizers"), Shards()
    vae, scale, shift = load_frozen()
    clips = nn.ModuleList([build_clip(0), build_clip(1)]).eval().requires_grad_(False)
    clips.load_state_dict(torch.load(CACHE / "clip.pt")["clips"])
    net, t5 = MMDiT(), build_t5()
    optimiser = MuonAdamW(*parameter_groups(net, t5), args.lr_muon, args.lr_adamw, weight_decay=0.01)
    model = nn.ModuleDict({"net": net, "t5": t5})
    ema = {k: v.detach().clone() for k, v in model.state_dict().items()}
    samples = step = 0
    if args.resume and CHECKPOINT.exists():
        state = torch.load(CHECKPOINT)
        model.load_state_dict(state["model"])
        optimiser.load_state_dict(state["optimiser"])
        ema, samples, step = state["ema"], state["samples"], state["step"]
    log = RunLog("mmdit", {"network": CONFIG, **vars(args)}, args.resume)
    log.write(samples=samples, resumed=bool(samples), parameters=sum(p.numel() for p in net.parameters()), scenes=len(shards.scenes),
              mix=args.mix)
    forward = net if args.no_compile else torch.compile(net)
    mix = dict(zip(("large", "small", "pair", "triple"), args.mix))
    shadow_net, shadow_t5 = MMDiT().eval(), build_t5().eval()
    shadow = nn.ModuleDict({"net": shadow_net, "t5": shadow_t5})
    floats = [k for k, v in ema.items() if v.is_floating_point()]

    def save() -> None:
        save_checkpoint(CHECKPOINT, {"model": model.state_dict(), "ema": ema, "optimiser": optimiser.state_dict(),
                                     "samples": samples, "step": step, "config": CONFIG})
        log.curves("loss", "rate")

    def draw() -> None:
        shadow.load_state_dict(ema)
        condition = encode_prompts(SHEET, prompts, clips, shadow_t5)
        empty = encode_prompts([""], prompts, clips, shadow_t5)
        x = sample(shadow_net, condition, empty, steps=20, guidance=3.0, seed=7)
        sheet(vae.decoder(x / scale + shift), 8, log.folder / "sheet.png")
        sheet(vae.decoder(x / scale + shift), 8, CACHE / "sheets" / f"{samples:08d}.png")

    (CACHE / "sheets").mkdir(exist_ok=True)
    stop = []
    signal.signal(signal.SIGTERM, lambda *_: stop.append(True))  # a polite kill still leaves a checkpoint

    start = mark = saved = drawn = time.time()
    total, count = 0.0, 0
    pauses = 0.0  # compilation and sheets do not count as training time
    first_step = step
    while (used := (time.time() - start - pauses) / (60 * args.minutes)) < 1:
        pick = shards.pick(rng, mix, args.batch)
        # A tenth of the samples learns the empty prompt, which guidance uses as "no condition".
        ids = prompts(["" if rng.random() < 0.1 else describe(pictures, shards.scenes[i], rng) for i in pick])
        x0 = shards.latents[pick].float()
        noise = torch.randn_like(x0)
        # Logit-normal times, one from each of B equal slices of the distribution: less noise in the gradient for nothing.
        quantile = (torch.randperm(args.batch) + torch.rand(args.batch)) / args.batch
        sigma = torch.sigmoid(torch.special.ndtri(quantile.clamp(1e-4, 1 - 1e-4)))
        s = sigma.view(-1, 1, 1, 1)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            with torch.no_grad():
                features = [clip_features(clips[i], ids[i]) for i in range(2)]
            hidden = t5(input_ids=ids[2]).last_hidden_state
            context, pooled = join(*features, hidden, keep_mask(args.batch))
            v = forward((1 - s) * x0 + s * noise, 1000 * sigma, context.float(), pooled.float())
        loss = (v.float() - (noise - x0)).square().mean()
        optimiser.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        factor = min(1.0, (step + 1) / 100)
        if args.decay:
            factor *= max(0.01, 1 - used)
        optimiser.step(factor)
        step, samples = step + 1, samples + args.batch
        decay = min(args.ema, (1 + step) / (10 + step))
        current = model.state_dict()
        torch._foreach_lerp_([ema[k] for k in floats], [current[k] for k in floats], 1 - decay)
        total, count = total + loss.item(), count + 1
        if stop:
            break
        if step - first_step <= 2:
            pauses, mark = time.time() - start, time.time()
            total = count = 0
            continue
        if step % 50 == 0:
            log.write(samples=samples, step=step, loss=total / count, rate=count * args.batch / (time.time() - mark), factor=factor)
            total, count, mark = 0.0, 0, time.time()
        if time.time() - saved > 300:
            save()
            shards.refresh()
            saved = time.time()
        if time.time() - drawn > 60 * args.sheet_minutes:
            begin = time.time()
            draw()
            pauses += time.time() - begin
            drawn = mark = time.time()
            total, count = 0.0, 0
    save()
    if not stop:
        draw()
        if args.decay:
            shutil.copy(CHECKPOINT, CACHE / "mmdit-release.pt")  # what evaluate.py and export.py take
    log.write(samples=samples, step=step, finished=True)


if __name__ == "__main__":
    main()
