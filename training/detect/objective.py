"""What the detector is trained on: sampled anchors and proposals, matched and suppressed for the whole batch at once."""
from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F

from training.detect.boxes import HEAD_STDS, anchors, decode, encode, iou, nms_batch
from training.detect.thundernet import Thundernet, psroi_align


@dataclass
class Labels:
    """boxes float32 [B, G, 4]; classes int64 [B, G], -1 where a row is padding."""

    boxes: torch.Tensor
    classes: torch.Tensor


def flat_maps(scores: torch.Tensor, deltas: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """RPN maps -> scores [B, A] and deltas [B, A, 4] in the order of the anchors."""
    b = scores.shape[0]
    deltas = deltas.reshape(b, -1, 4, *deltas.shape[2:]).permute(0, 3, 4, 1, 2)
    return scores.permute(0, 2, 3, 1).reshape(b, -1), deltas.reshape(b, -1, 4)


def choose(mask: torch.Tensor, key: torch.Tensor, count: int) -> tuple[torch.Tensor, torch.Tensor]:
    """The `count` masked entries of each row with the highest key -> index [B, count] and whether each is one of them."""
    value, index = key.masked_fill(~mask, -1e9).topk(min(count, key.shape[1]), dim=1)
    return index, value > -1e8


def rpn_loss(scores: torch.Tensor, deltas: torch.Tensor, boxes: torch.Tensor, labels: Labels, sampled: int = 256):
    """Binary cross-entropy on sampled anchors and smooth L1 (beta 1/9) on the positive ones.

    Positive: IoU >= 0.6, or a label's best anchor (IoU >= 0.25). Negative: < 0.3. Half of the negatives are the hardest.
    """
    known = labels.classes >= 0
    overlap = iou(labels.boxes, boxes).masked_fill(~known[:, :, None], -1.0)
    best, owner = overlap.max(1)
    top = overlap.amax(2, keepdim=True)
    forced = ((overlap >= top - 1e-6) & (top >= 0.25)).any(1)
    positive, negative = (best >= 0.6) | forced, best < 0.3
    index_p, ok_p = choose(positive, torch.rand_like(best), sampled // 2)
    quarter = sampled // 4
    index_h, ok_h = choose(negative, scores.detach(), quarter)
    index_r, ok_r = choose(negative, torch.rand_like(best), quarter)
    index, ok = torch.cat([index_p, index_h, index_r], 1), torch.cat([ok_p, ok_h, ok_r], 1)
    goal = torch.zeros_like(index, dtype=torch.float32)
    goal[:, : index_p.shape[1]] = 1
    loss = F.binary_cross_entropy_with_logits(scores.gather(1, index), goal, reduction="none")
    weight = ok.float()
    classify = (loss * weight).sum() / weight.sum()
    # A forced anchor learns the box it overlaps most.
    chosen = owner.gather(1, index_p)
    wanted = encode(boxes[index_p], labels.boxes.gather(1, chosen[..., None].expand(-1, -1, 4)))
    given = deltas.gather(1, index_p[..., None].expand(-1, -1, 4))
    locate = F.smooth_l1_loss(given, wanted, beta=1 / 9, reduction="none").sum(-1)
    return classify, (locate * ok_p).sum() / ok_p.sum().clamp_min(1)


@torch.no_grad()
def proposals(scores: torch.Tensor, deltas: torch.Tensor, boxes: torch.Tensor, side: int, before: int, after: int):
    """Decoded and suppressed boxes [B, after, 4] and whether each exists, best first."""
    top, index = scores.topk(min(before, scores.shape[1]), dim=1)
    found = decode(boxes[index], deltas.gather(1, index[..., None].expand(-1, -1, 4)), (side, side))
    keep = nms_batch(found, 0.7)
    order = torch.where(keep, torch.arange(keep.shape[1]), 10**6).topk(min(after, keep.shape[1]), dim=1, largest=False)
    exists = order.values < 10**6
    pick = order.indices[..., None].expand(-1, -1, 4)
    return found.gather(1, pick), exists


@torch.no_grad()
def sample_rois(found: torch.Tensor, exists: torch.Tensor, labels: Labels, background: int, sampled: int, positives: int):
    """Proposals and shaken labels -> rois [B, sampled, 4], classes [B, sampled] (-1: leave out), goal boxes [B, sampled, 4]."""
    known = labels.classes >= 0
    size = (labels.boxes[..., 2:] - labels.boxes[..., :2]).repeat(1, 1, 2)
    shaken = labels.boxes + size * (torch.rand_like(labels.boxes) - 0.5) * 0.3
    boxes, valid = torch.cat([found, labels.boxes, shaken], 1), torch.cat([exists, known, known], 1)
    overlap = iou(boxes, labels.boxes).masked_fill(~known[:, None, :], -1.0)
    best, owner = overlap.max(2)
    classes = torch.where(best >= 0.5, labels.classes.gather(1, owner), background)
    index_p, ok_p = choose(valid & (best >= 0.5), torch.rand_like(best), positives)
    # Half of the background comes from the proposals that the RPN liked most, where other emoji are.
    first = -torch.arange(boxes.shape[1]).float().expand_as(best)
    rest = sampled - positives
    index_h, ok_h = choose(valid & (best < 0.5), first, rest // 2)
    index_r, ok_r = choose(valid & (best < 0.5), torch.rand_like(best), rest - rest // 2)
    index, ok = torch.cat([index_p, index_h, index_r], 1), torch.cat([ok_p, ok_h, ok_r], 1)
    wide = index[..., None].expand(-1, -1, 4)
    goal = labels.boxes.gather(1, owner.gather(1, index)[..., None].expand(-1, -1, 4))
    return boxes.gather(1, wide), classes.gather(1, index).masked_fill(~ok, -1), goal


def head_loss(logits: torch.Tensor, deltas: torch.Tensor, rois: torch.Tensor, classes: torch.Tensor, goal: torch.Tensor, background: int):
    """Cross-entropy on all sampled RoIs, smooth L1 on the positive ones."""
    classes = classes.reshape(-1)
    classify = F.cross_entropy(logits, classes, ignore_index=-1)
    positive = (classes >= 0) & (classes < background)
    wanted = encode(rois, goal, HEAD_STDS).reshape(-1, 4)[positive]
    locate = F.smooth_l1_loss(deltas[positive], wanted, beta=0.5, reduction="none").sum(-1)
    return classify, locate.sum() / positive.sum().clamp_min(1)


def losses(model: Thundernet, images: torch.Tensor, labels: Labels, background: int, sampled: int = 96, positives: int = 40) -> dict[str, torch.Tensor]:
    """The four terms for a batch of square pictures."""
    side = images.shape[-1]
    scores, deltas, features, _ = model.dense(images)
    boxes = anchors(*scores.shape[2:])
    scores, deltas = flat_maps(scores, deltas)
    rpn_class, rpn_box = rpn_loss(scores, deltas, boxes, labels)
    found, exists = proposals(scores.detach(), deltas.detach(), boxes, side, 300, 128)
    rois, classes, goal = sample_rois(found, exists, labels, background, sampled, positives)
    logits, corrections = model.head(psroi_align(features, rois))
    head_class, head_box = head_loss(logits, corrections, rois, classes, goal, background)
    return {"rpn_class": rpn_class, "rpn_box": rpn_box, "head_class": head_class, "head_box": head_box}
