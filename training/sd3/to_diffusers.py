"""Load the trained weights into diffusers' and transformers' own classes, and check that they give the same outputs.

The denoiser's and the text encoders' state dicts have those libraries' names already. The autoencoder is the project's own
(vae.py): diffusers' AutoencoderKL has no space-to-depth.

python to_diffusers.py [folder]     also saves transformer and text encoders with save_pretrained
"""
from __future__ import annotations

import sys
from pathlib import Path

import torch
from diffusers import SD3Transformer2DModel

from export import load_parts
from mmdit import CONFIG, MMDiT
from text import JOINT, LENGTH, POOLED


def to_transformer(net: MMDiT) -> SD3Transformer2DModel:
    transformer = SD3Transformer2DModel(**CONFIG)
    transformer.load_state_dict(net.state_dict(), strict=True)
    return transformer.eval().requires_grad_(False)


@torch.no_grad()
def main() -> None:
    net, t5, clips, *_ = load_parts()
    transformer = to_transformer(net)
    for height, width in ((16, 16), (16, 24), (32, 32)):
        x, context, pooled = torch.randn(2, 16, height, width), torch.randn(2, 2 * LENGTH, JOINT), torch.randn(2, POOLED)
        timestep = torch.tensor([987.4, 8.9])
        ours, theirs = net(x, timestep, context, pooled), transformer(x, context, pooled, timestep).sample
        error = ((ours - theirs).abs().max() / ours.std()).item()
        print(f"{height}x{width}: largest relative difference {error:.1e}")
        assert error < 1e-4
    if len(sys.argv) > 1:
        folder = Path(sys.argv[1])
        transformer.save_pretrained(folder / "transformer")
        for name, model in zip(("text_encoder", "text_encoder_2", "text_encoder_3"), (*clips, t5)):
            model.save_pretrained(folder / name)


if __name__ == "__main__":
    main()
