"""Boxes x1 y1 x2 y2 in pixels (no legacy "+1"), anchors, and non-maximum suppression of whole batches."""
from __future__ import annotations

import math

import torch

STRIDE = 16
SIDES = (24, 44, 80, 144, 256)
RATIOS = (0.5, 0.75, 1.0, 4 / 3, 2.0)
"""Height over width."""
OFFSET = 8.0
"""Anchors are centred on (16 j + 8, 16 i + 8): the middle of cell (row i, column j)."""
HEAD_STDS = (0.1, 0.1, 0.2, 0.2)
DELTA_LIMIT = math.log(1000 / 16)


def anchors(rows: int, cols: int) -> torch.Tensor:
    """[rows * cols * 25, 4], by cell, in it by side, in that by ratio."""
    shapes = torch.tensor([(s * (1 / r) ** 0.5, s * r**0.5) for s in SIDES for r in RATIOS])
    y, x = torch.meshgrid(torch.arange(rows) * STRIDE + OFFSET, torch.arange(cols) * STRIDE + OFFSET, indexing="ij")
    centres = torch.stack([x, y], -1).reshape(-1, 1, 2).float()
    return torch.cat([centres - shapes / 2, centres + shapes / 2], -1).reshape(-1, 4)


def area(boxes: torch.Tensor) -> torch.Tensor:
    return (boxes[..., 2] - boxes[..., 0]).clamp_min(0) * (boxes[..., 3] - boxes[..., 1]).clamp_min(0)


def iou(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    """a [..., N, 4], b [..., M, 4] -> [..., N, M]; two empty boxes have 0."""
    def shared(low: int, high: int) -> torch.Tensor:
        top = torch.minimum(a[..., :, None, high], b[..., None, :, high])
        return top.sub_(torch.maximum(a[..., :, None, low], b[..., None, :, low])).clamp_min_(0)

    common = shared(0, 2).mul_(shared(1, 3))
    return common / (area(a)[..., :, None] + area(b)[..., None, :]).sub_(common).clamp_min_(1e-9)


def encode(reference: torch.Tensor, boxes: torch.Tensor, stds=(1.0, 1.0, 1.0, 1.0)) -> torch.Tensor:
    """Faster R-CNN's (dx, dy, dw, dh) of boxes seen from reference boxes [..., 4]."""
    size = (reference[..., 2:] - reference[..., :2]).clamp_min(1e-3)
    middle = (reference[..., :2] + reference[..., 2:]) / 2
    goal = (boxes[..., 2:] - boxes[..., :2]).clamp_min(1e-3)
    shift = ((boxes[..., :2] + boxes[..., 2:]) / 2 - middle) / size
    return torch.cat([shift, torch.log(goal / size)], -1) / torch.tensor(stds)


def decode(reference: torch.Tensor, deltas: torch.Tensor, limit: tuple[int, int], stds=(1.0, 1.0, 1.0, 1.0)) -> torch.Tensor:
    """The inverse of encode, with growth cut at DELTA_LIMIT and boxes cut at (width, height) = limit."""
    deltas = deltas * torch.tensor(stds)
    size = reference[..., 2:] - reference[..., :2]
    middle = (reference[..., :2] + reference[..., 2:]) / 2 + deltas[..., :2] * size
    half = size * torch.exp(deltas[..., 2:].clamp(max=DELTA_LIMIT)) / 2
    width, height = limit
    boxes = torch.cat([middle - half, middle + half], -1)
    return boxes.clamp_min(0).minimum(torch.tensor([width, height, width, height], dtype=boxes.dtype))


def nms_batch(boxes: torch.Tensor, threshold: float) -> torch.Tensor:
    """Greedy suppression of every row of boxes [B, N, 4], best first -> keep [B, N]. Suppressed: IoU > threshold with a kept one.

    Exact: passes repeat until nothing changes; after k passes the first k boxes are right, in practice all after a few.
    """
    over = torch.triu(iou(boxes, boxes) > threshold, diagonal=1)
    keep = torch.ones(boxes.shape[:2], dtype=torch.bool)
    while True:
        new = ~(over & keep[:, :, None]).any(1)
        if torch.equal(new, keep):
            return keep
        keep = new
