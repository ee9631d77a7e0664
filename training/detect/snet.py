"""SNet: ShuffleNetV2 with 5 x 5 depthwise convolutions, ThunderNet's backbone (arXiv 1903.11752, table 1)."""
from __future__ import annotations

import torch
from torch import nn

WIDTHS = {"snet49": (24, 60, 120, 240, 512), "snet146": (24, 132, 264, 528, None), "snet535": (48, 248, 496, 992, None)}
"""Channels of conv1, stage 2, 3, 4 and of conv5 (SNet49 only)."""
UNITS = (4, 8, 4)


def conv(i: int, o: int, k: int = 1, stride: int = 1, groups: int = 1, relu: bool = True) -> nn.Sequential:
    layers = [nn.Conv2d(i, o, k, stride, k // 2, groups=groups, bias=False), nn.BatchNorm2d(o)]
    return nn.Sequential(*layers, *([nn.ReLU(inplace=True)] if relu else []))


def shuffle(x: torch.Tensor) -> torch.Tensor:
    """Interleaves the two halves of the channels."""
    n, c, h, w = x.shape
    return x.reshape(n, 2, c // 2, h, w).transpose(1, 2).reshape(n, c, h, w)


class Unit(nn.Module):
    """Stride 1: half of the channels pass, half are worked on. Stride 2: both branches see everything and halve the map."""

    def __init__(self, i: int, o: int, stride: int):
        super().__init__()
        half, self.stride = o // 2, stride
        self.right = nn.Sequential(conv(i if stride == 2 else half, half), conv(half, half, 5, stride, half, relu=False), conv(half, half))
        if stride == 2:
            self.left = nn.Sequential(conv(i, i, 5, 2, i, relu=False), conv(i, half))

    def forward(self, x):
        a, b = (self.left(x), self.right(x)) if self.stride == 2 else (lambda p, q: (p, self.right(q)))(*x.chunk(2, 1))
        return shuffle(torch.cat([a, b], 1))


class SNet(nn.Module):
    """[B, 3, H, W] normalised -> C4 [B, c4, H/16, W/16] and C5 [B, c5, H/32, W/32]."""

    def __init__(self, name: str = "snet49"):
        super().__init__()
        first, *stages, last = WIDTHS[name]
        self.conv1 = conv(3, first, 3, 2)
        self.pool = nn.MaxPool2d(3, 2, 1)
        self.stages = nn.ModuleList()
        for i, o, count in zip((first, *stages), stages, UNITS):
            self.stages.append(nn.Sequential(Unit(i, o, 2), *(Unit(o, o, 1) for _ in range(count - 1))))
        self.conv5 = conv(stages[-1], last) if last else nn.Identity()
        self.channels = (stages[1], last or stages[2])

    def forward(self, x):
        x = self.stages[0](self.pool(self.conv1(x)))
        c4 = self.stages[1](x)
        return c4, self.conv5(self.stages[2](c4))
