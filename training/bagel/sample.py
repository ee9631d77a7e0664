"""Drawing with guidance over three contexts, as the official inference does it, for batches."""
from __future__ import annotations

from dataclasses import dataclass

import torch

from training.bagel.context import Context


@dataclass(frozen=True)
class Guidance:
    """steps counts the schedule's points, so there are steps - 1 passes; interval is of the shifted time."""

    steps: int = 25
    shift: float = 2.0
    text_scale: float = 4.0
    image_scale: float = 1.0
    interval: tuple[float, float] = (0.0, 1.0)
    renorm: str = "global"
    renorm_min: float = 1.0


# What the bundled model draws and edits with, here and in its manifest.
DRAW = Guidance()
EDIT = Guidance(image_scale=1.5, renorm="text_channel", renorm_min=0.0)


def _ratio(reference: torch.Tensor, value: torch.Tensor, dims: tuple[int, ...], least: float) -> torch.Tensor:
    norms = (torch.linalg.vector_norm(t, dim=dims, keepdim=True) for t in (reference, value))
    return (next(norms) / (next(norms) + 1e-8)).clamp(least, 1)


def guide(v: torch.Tensor, no_text: torch.Tensor, no_image: torch.Tensor | None, g: Guidance) -> torch.Tensor:
    """Velocities [B, N, 64] of the full context and of those without text and without pictures."""
    guided = no_text + g.text_scale * (v - no_text)
    if g.renorm == "text_channel":
        guided = guided * _ratio(v, guided, (2,), g.renorm_min)
        return guided if no_image is None else no_image + g.image_scale * (guided - no_image)
    if no_image is not None:
        guided = no_image + g.image_scale * (guided - no_image)
    return guided * _ratio(v, guided, (2,) if g.renorm == "channel" else (1, 2), g.renorm_min)


@torch.no_grad()
def draw(full: Context, no_text: Context, no_image: Context | None, places: torch.Tensor, g: Guidance, seed: int) -> torch.Tensor:
    """Normalised latent tokens [B, N, 64]. no_image: None where it would equal full or its scale is 1."""
    x = torch.randn(full.count, len(places), full.model.sizes.latent_width, generator=torch.Generator().manual_seed(seed))
    s = torch.linspace(1, 0, g.steps)
    times = (g.shift * s / (1 + (g.shift - 1) * s)).tolist()
    for now, then in zip(times[:-1], times[1:]):
        v = full.velocity(x, now, places).float()
        if g.interval[0] < now <= g.interval[1] and g.text_scale > 1:
            without = no_image.velocity(x, now, places).float() if no_image is not None and g.image_scale > 1 else None
            v = guide(v, no_text.velocity(x, now, places).float(), without, g)
        x = x - v * (now - then)
    return x
