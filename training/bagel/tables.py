"""The fixed tables: 2-D sinusoids for latents and ViT patches, the rotary angles, the timestep's sinusoids."""
from __future__ import annotations

import math

import torch


def position_table(side: int, width: int) -> torch.Tensor:
    """float32 [side * side, width], row after row: the first half tells the column, the second the row; sines, then cosines."""
    frequency = 10000.0 ** (-torch.arange(width // 4, dtype=torch.float64) / (width // 4))
    angle = torch.arange(side, dtype=torch.float64)[:, None] * frequency
    one = torch.cat([angle.sin(), angle.cos()], 1)  # [side, width / 2]
    column = one[None].expand(side, side, -1)
    row = one[:, None].expand(side, side, -1)
    return torch.cat([column, row], 2).reshape(side * side, width).float()


def rotary(positions: torch.Tensor, head_size: int, theta: float) -> tuple[torch.Tensor, torch.Tensor]:
    """cos and sin, float32 [..., 1, head_size / 2], of integer positions [...]; the axis of size 1 is for the heads."""
    half = head_size // 2
    frequency = theta ** (-torch.arange(half, dtype=torch.float32, device=positions.device) / half)
    angle = positions[..., None, None].float() * frequency
    return angle.cos(), angle.sin()


def timestep_features(t: torch.Tensor, width: int = 256) -> torch.Tensor:
    """float32 [B, width]: cosines, then sines, of t in 0..1 (not multiplied by 1000)."""
    half = width // 2
    frequency = torch.exp(-math.log(10000.0) * torch.arange(half, dtype=torch.float32, device=t.device) / half)
    angle = t[:, None].float() * frequency
    return torch.cat([angle.cos(), angle.sin()], 1)
