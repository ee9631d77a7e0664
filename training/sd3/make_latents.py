"""Cache latents of composed scenes in shards: python make_latents.py --shards 0 1 2. Needs a trained autoencoder.

The first call also folds the per-channel spread of the latents into the autoencoder's outermost latent convolutions and
measures scaling_factor and shift_factor, so that every channel of a scaled latent has about unit variance.
"""
from __future__ import annotations

import argparse
import random
import time

import torch

from runlog import save_checkpoint
from scenes import CACHE, Pictures, sample_scene
from vae import Autoencoder

MIXES = {
    "singles": {"large": 0.5, "small": 0.5},
    "mixed": {"large": 0.33, "small": 0.27, "pair": 0.34, "triple": 0.06},
    "pairs": {"pair": 0.88, "triple": 0.12},
}
FROZEN = CACHE / "vae-frozen.pt"


@torch.no_grad()
def encode(model: Autoencoder, images: torch.Tensor) -> torch.Tensor:
    """[B, 3, H, W] -> mean of z, float32 [B, 16, H/8, W/8]."""
    with torch.autocast("cpu", dtype=torch.bfloat16):
        return model.encoder(images.contiguous(memory_format=torch.channels_last)).float().chunk(2, 1)[0]


@torch.no_grad()
def freeze(pictures: Pictures) -> None:
    """Fold and measure (see the head of this file), then write the autoencoder that everything later uses."""
    state = torch.load(CACHE / "vae.pt")
    model = Autoencoder(state["config"])
    model.load_state_dict(state["ema"])
    rng = random.Random(11)
    images = torch.stack([pictures.compose(sample_scene(pictures, rng, MIXES["mixed"])) for _ in range(512)])
    z = encode(model, images)
    spread = z.std((0, 2, 3)) / z.std((0, 2, 3)).mean()
    # Only the scale is folded: folding a channel's mean would not be exact at the zero-padded border.
    out, first = model.encoder.layers[-1], model.decoder.layers[0]
    channels = len(spread)
    out.weight[:channels] /= spread.view(-1, 1, 1, 1)
    out.bias[:channels] /= spread
    out.bias[channels:] -= 2 * spread.log()
    first.weight *= spread.view(1, -1, 1, 1)
    z = encode(model, images)
    shift = z.mean().item()
    scale = 1 / (z - shift).std().item()
    print("scaling_factor", scale, "shift_factor", shift, "channel std", [round(s, 2) for s in ((z - shift) * scale).std((0, 2, 3)).tolist()])
    save_checkpoint(FROZEN, {"model": model.state_dict(), "config": state["config"], "scaling_factor": scale,
                             "shift_factor": shift, "samples": state["samples"]})


def load_frozen() -> tuple[Autoencoder, float, float]:
    """The frozen autoencoder with scaling_factor and shift_factor."""
    state = torch.load(FROZEN)
    model = Autoencoder(state["config"]).to(memory_format=torch.channels_last)
    model.load_state_dict(state["model"])
    return model.eval().requires_grad_(False), state["scaling_factor"], state["shift_factor"]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--shards", type=int, nargs="+", required=True)
    parser.add_argument("--count", type=int, default=6000)
    parser.add_argument("--mix", choices=MIXES, default="mixed")
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    pictures = Pictures()
    if not FROZEN.exists():
        freeze(pictures)
    model, scale, shift = load_frozen()
    for shard in args.shards:
        start, rng = time.time(), random.Random(1000 + shard)
        scenes = [sample_scene(pictures, rng, MIXES[args.mix]) for _ in range(args.count)]
        parts = []
        for i in range(0, args.count, 32):
            z = encode(model, torch.stack([pictures.compose(s) for s in scenes[i : i + 32]]))
            parts.append(((z - shift) * scale).half())
        save_checkpoint(CACHE / "latents" / f"{shard:03d}.pt", {"latents": torch.cat(parts), "scenes": scenes})
        print(f"shard {shard}: {args.count} scenes in {time.time() - start:.0f} s", flush=True)


if __name__ == "__main__":
    main()
