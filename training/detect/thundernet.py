"""ThunderNet: SNet, context enhancement, compressed RPN, spatial attention, PSRoI align and a head of one layer."""
from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import nn

from training.detect.boxes import RATIOS, SIDES, STRIDE
from training.detect.snet import SNet, conv

BINS = 7
OUT = 5
CEM = OUT * BINS * BINS


class ContextEnhancement(nn.Module):
    """C4 + upsampled C5 + the mean of C5, each through its own 1 x 1 convolution to 245 channels."""

    def __init__(self, c4: int, c5: int):
        super().__init__()
        self.local, self.deep, self.everywhere = nn.Conv2d(c4, CEM, 1), nn.Conv2d(c5, CEM, 1), nn.Conv2d(c5, CEM, 1)

    def forward(self, c4, c5):
        up = F.interpolate(self.deep(c5), scale_factor=2.0, mode="nearest")
        return self.local(c4) + up + self.everywhere(F.adaptive_avg_pool2d(c5, 1))


class Thundernet(nn.Module):
    """The network in its two halves: `dense` (picture to maps) and `head` (maps and boxes to classes and corrections)."""

    def __init__(self, classes: int, backbone: str = "snet49"):
        super().__init__()
        self.backbone = SNet(backbone)
        self.context = ContextEnhancement(*self.backbone.channels)
        self.rpn = nn.Sequential(conv(CEM, CEM, 5, 1, CEM, relu=False), conv(CEM, 256))
        shapes = len(SIDES) * len(RATIOS)
        self.rpn_score, self.rpn_delta = nn.Conv2d(256, shapes, 1), nn.Conv2d(256, 4 * shapes, 1)
        self.attention = nn.Sequential(nn.Conv2d(256, CEM, 1, bias=False), nn.BatchNorm2d(CEM))
        self.fc = nn.Linear(CEM, 1024)
        self.score, self.delta = nn.Linear(1024, classes + 1), nn.Linear(1024, 4)
        for layer, spread in ((self.rpn_score, 0.01), (self.rpn_delta, 0.01), (self.score, 0.01), (self.delta, 0.001)):
            nn.init.normal_(layer.weight, std=spread)
            nn.init.zeros_(layer.bias)
        nn.init.constant_(self.rpn_score.bias, -3.0)

    def dense(self, images: torch.Tensor):
        """[B, 3, H, W] -> scores [B, 25, h, w] (logits), deltas [B, 100, h, w], features [B, 245, h, w], attention as features."""
        context = self.context(*self.backbone(images))
        r = self.rpn(context)
        attention = torch.sigmoid(self.attention(r))
        return self.rpn_score(r), self.rpn_delta(r), context * attention, attention

    def head(self, pooled: torch.Tensor):
        """[N, 245] -> class logits [N, C + 1] (background last) and deltas [N, 4], the same box for all classes."""
        x = F.relu(self.fc(pooled))
        return self.score(x), self.delta(x)


def psroi_align(features: torch.Tensor, rois: torch.Tensor) -> torch.Tensor:
    """Position-sensitive RoI align as one GridSample: features [B, 245, h, w], rois [B, R, 4] in pixels -> [B * R, 245].

    Output channel k, bin (p, q) averages 2 x 2 bilinear samples of map (k * 7 + p) * 7 + q; samples stay inside the map.
    """
    b, _, h, w = features.shape
    bins = features.reshape(b, OUT, BINS * BINS, h, w).transpose(1, 2).reshape(b * BINS * BINS, OUT, h, w)
    # Places of the 14 samples along an axis, as fractions of the box.
    steps = (torch.arange(2 * BINS, dtype=features.dtype) + 0.5) / (2 * BINS)
    corner, size = rois[..., :2] / STRIDE, (rois[..., 2:] - rois[..., :2]) / STRIDE
    x = (corner[..., 0:1] + size[..., 0:1] * steps) * (2 / (w - 1)) - 1
    y = (corner[..., 1:2] + size[..., 1:2] * steps) * (2 / (h - 1)) - 1
    r = rois.shape[1]
    x = x.reshape(b, r, 1, 1, BINS, 2).expand(b, r, BINS, 2, BINS, 2)
    y = y.reshape(b, r, BINS, 2, 1, 1).expand(b, r, BINS, 2, BINS, 2)
    grid = torch.stack([x, y], -1).permute(0, 2, 4, 1, 3, 5, 6).reshape(b * BINS * BINS, r, 4, 2)
    samples = F.grid_sample(bins, grid, mode="bilinear", padding_mode="border", align_corners=True)
    pooled = samples.mean(-1).reshape(b, BINS * BINS, OUT, r)
    return pooled.permute(0, 3, 2, 1).reshape(b * r, CEM)
