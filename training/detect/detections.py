"""From a trained network to boxes with names, as the studio does it."""
from __future__ import annotations

import numpy as np
import torch

from training.detect.boxes import HEAD_STDS, anchors, decode, nms_batch
from training.detect.objective import flat_maps, proposals
from training.detect.thundernet import Thundernet, psroi_align

BEFORE, AFTER, PROPOSAL_NMS = 1000, 200, 0.7


@torch.no_grad()
def raw(model: Thundernet, images: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """[B, 3, S, S] -> boxes [B, R, 4], probabilities [B, R, C + 1], whether a row exists [B, R]."""
    side = images.shape[-1]
    scores, deltas, features, _ = model.dense(images)
    scores, deltas = flat_maps(scores, deltas)
    rois, exists = proposals(scores, deltas, anchors(*features.shape[2:]), side, BEFORE, AFTER)
    logits, corrections = model.head(psroi_align(features, rois))
    b, r = rois.shape[:2]
    boxes = decode(rois, corrections.reshape(b, r, 4), (side, side), HEAD_STDS)
    return boxes, logits.softmax(-1).reshape(b, r, -1), exists


def filtered(boxes: np.ndarray, scores: np.ndarray, threshold: float, overlap: float = 0.5, most: int = 100):
    """boxes [R, 4], scores [R, C + 1] -> row, class and score of what stays: hard NMS in each class, highest first."""
    row, label = np.nonzero(scores[:, :-1] > threshold)
    value = scores[row, label]
    order = np.argsort(-value, kind="stable")[:1500]
    row, label, value = row[order], label[order], value[order]
    if len(row) == 0:
        return row, label, value
    # Boxes of different classes are moved apart, so that one suppression serves all.
    apart = torch.from_numpy(boxes[row] + 10_000.0 * label[:, None])
    keep = np.flatnonzero(nms_batch(apart[None].double(), overlap)[0].numpy())[:most]
    return row[keep], label[keep], value[keep]
