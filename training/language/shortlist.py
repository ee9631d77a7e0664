"""A head in two steps: few numbers a token say which tokens may be the best, and only those are scored in full.

A draft costs about as much as reading its weights from memory, and half of them are the head's. W (V x hidden) is close to rows x project
of rank r where hidden rows really lie: of all such products, the one whose scores have the least squared error over rows of a given
second moment C comes from the singular vectors of W C^(1/2). The best of the approximate scores are then scored with W's own rows.
"""
from __future__ import annotations

import torch

from training.language.blocks import EightBit, SignedFourBit
from training.language.weight_file import WeightFile

RANK = 192
CANDIDATES = 48


def factors(head: torch.Tensor, moment: torch.Tensor, rank: int) -> tuple[torch.Tensor, torch.Tensor]:
    """head [V, hidden] and the second moment of hidden rows [hidden, hidden] -> rows [V, rank], project [rank, hidden]."""
    values, vectors = torch.linalg.eigh(moment.double())
    values = values.clamp(min=float(values.max()) * 1e-6)
    root, inverse = ((vectors * v) @ vectors.T for v in (values.sqrt(), values.rsqrt()))
    left, sizes, right = torch.linalg.svd(head.double() @ root, full_matrices=False)
    share = sizes[:rank].sqrt()
    return (left[:, :rank] * share).float(), (share[:, None] * (right[:rank] @ inverse)).float()


def write_shortlist(file: WeightFile, ids: torch.Tensor, head: torch.Tensor, moment: torch.Tensor, rank: int = RANK) -> None:
    """ids int64 [V], head [V, hidden]: the tokens that may be drafted, and their rows of the target's embedding."""
    rows, project = factors(head, moment, rank)
    file.add("mtp.shortlist.ids", ids.numpy())
    for name, matrix in (("rows", SignedFourBit.quantise(rows.numpy())), ("project", EightBit.quantise(project.numpy()))):
        file.add(f"mtp.shortlist.{name}.codes", matrix.codes)
        file.add(f"mtp.shortlist.{name}.scale", matrix.scale)
