"""Sampling in PyTorch: flow-matching Euler with SD3's shifted schedule and classifier-free guidance."""
from __future__ import annotations

import torch

from text import clip_features, join


def sigmas(steps: int, shift: float) -> torch.Tensor:
    """[steps + 1], ending in 0. The shift is applied twice, as diffusers does (see its FlowMatchEulerDiscreteScheduler)."""
    def warp(u):
        return shift * u / (1 + (shift - 1) * u)

    first, last = warp(torch.tensor(1.0)), warp(torch.tensor(0.001))
    return torch.cat([warp(torch.linspace(first.item(), last.item(), steps)), torch.zeros(1)])


@torch.no_grad()
def encode_prompts(texts: list[str], prompts, clips, t5) -> tuple[torch.Tensor, torch.Tensor]:
    """context [B, 48, 320], pooled [B, 320]."""
    ids = prompts(texts)
    return join(clip_features(clips[0], ids[0]), clip_features(clips[1], ids[1]), t5(input_ids=ids[2]).last_hidden_state)


@torch.no_grad()
def sample(net, condition, uncondition, steps=28, guidance=3.0, shift=1.0, seed=0, side=(16, 16), channels=16) -> torch.Tensor:
    """condition, uncondition: (context, pooled) of B and of 1 or B prompts. Returns scaled latents [B, 16, h, w]."""
    context, pooled = condition
    b = context.shape[0]
    both = torch.cat([uncondition[0].expand(b, -1, -1), context]), torch.cat([uncondition[1].expand(b, -1), pooled])
    x = torch.randn(b, channels, *side, generator=torch.Generator().manual_seed(seed))
    schedule = sigmas(steps, shift)
    for now, then in zip(schedule[:-1], schedule[1:]):
        timestep = torch.full((2 * b,), 1000 * now.item())
        with torch.autocast("cpu", dtype=torch.bfloat16):
            v = net(x.repeat(2, 1, 1, 1), timestep, *both).float()
        v = v[:b] + guidance * (v[b:] - v[:b])
        x = x + (then - now) * v
    return x


def sheet(images: torch.Tensor, columns: int = 8, path=None):
    """images [N, 3, H, W] in [-1, 1] -> one picture, 2 px apart."""
    from PIL import Image

    n, _, h, w = images.shape
    rows = -(-n // columns)
    board = torch.full((rows * (h + 2), columns * (w + 2), 3), 128, dtype=torch.uint8)
    for i, image in enumerate(images):
        y, x = divmod(i, columns)
        pixels = ((image.clamp(-1, 1) + 1) * 127.5).round().byte().permute(1, 2, 0)
        board[y * (h + 2) : y * (h + 2) + h, x * (w + 2) : x * (w + 2) + w] = pixels
    picture = Image.fromarray(board.numpy())
    if path is not None:
        picture.save(path)
    return picture
