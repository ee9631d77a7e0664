"""What the official BAGEL code imports and a CPU does not have: flash attention, and the corner of torchvision it calls."""

import math
from types import SimpleNamespace

import numpy as np
import torch


def flash_attn_varlen_func(q, k, v, cu_seqlens_q, cu_seqlens_k, max_seqlen_q, max_seqlen_k, causal=False):
    """q [rows, heads, D], k and v [rows, KV, D], packed sequences; causal is aligned to the bottom right."""
    out = torch.empty_like(q)
    groups = q.shape[1] // k.shape[1]
    for i in range(len(cu_seqlens_q) - 1):
        rows, keys = slice(cu_seqlens_q[i], cu_seqlens_q[i + 1]), slice(cu_seqlens_k[i], cu_seqlens_k[i + 1])
        k_i, v_i = (t[keys].repeat_interleave(groups, dim=1) for t in (k, v))
        scores = torch.einsum("qhd,khd->hqk", q[rows], k_i) / math.sqrt(q.shape[-1])
        if causal:
            past = k_i.shape[0] - q[rows].shape[0]
            later = torch.arange(k_i.shape[0])[None] > past + torch.arange(q[rows].shape[0])[:, None]
            scores = scores.masked_fill(later, float("-inf"))
        out[rows] = torch.einsum("hqk,khd->qhd", scores.softmax(-1), v_i)
    return out


class InterpolationMode:
    BICUBIC = 3  # Pillow's own number


class ToTensor:
    """A picture as float32 [3, H, W], 0 to 1."""

    def __call__(self, picture):
        return torch.from_numpy(np.array(picture)).permute(2, 0, 1).contiguous().float().div(255)


class Normalize:
    def __init__(self, mean, std, inplace=False):
        self.mean, self.std = (torch.tensor(v).view(-1, 1, 1) for v in (mean, std))

    def __call__(self, tensor):
        return (tensor - self.mean) / self.std


# torchvision hands a Pillow picture straight to Pillow.
functional = SimpleNamespace(resize=lambda picture, size, interpolation, antialias=True: picture.resize(size[::-1], interpolation))
transforms = SimpleNamespace(ToTensor=ToTensor, Normalize=Normalize)
