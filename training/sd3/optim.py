"""Muon for matrices and convolutions, AdamW for everything else, in one optimiser object."""
from __future__ import annotations

import torch
from torch import nn


def orthogonalise(g: torch.Tensor, steps: int = 5) -> torch.Tensor:
    """Newton-Schulz iteration: g [n, r, c] -> about U V^T of each matrix. bf16 is enough: the result is only a direction."""
    a, b, c = 3.4445, -4.7750, 2.0315
    x = g.bfloat16()
    tall = x.shape[-2] > x.shape[-1]
    if tall:
        x = x.mT
    x = x / (x.norm(dim=(-2, -1), keepdim=True) + 1e-7)
    for _ in range(steps):
        s = x @ x.mT
        x = a * x + (b * s + c * (s @ s)) @ x
    return (x.mT if tall else x).float()


class MuonAdamW:
    """muon: parameters of two or more dimensions (convolutions are flattened to [out, rest]); adamw: the others.

    The Muon update has the root mean square 0.2 * lr, so its rate is comparable to AdamW's.
    """

    def __init__(self, muon: list[nn.Parameter], adamw: list[nn.Parameter], lr_muon: float, lr_adamw: float,
                 momentum: float = 0.95, weight_decay: float = 0.0):
        self.muon, self.momentum, self.weight_decay = muon, momentum, weight_decay
        self.base = (lr_muon, lr_adamw)
        self.buffers = [torch.zeros_like(p) for p in muon]
        self.adamw = torch.optim.AdamW(adamw, lr=lr_adamw, betas=(0.9, 0.98), weight_decay=0.0, fused=True)
        self.groups: dict[tuple[int, int], list[int]] = {}
        for i, p in enumerate(muon):
            self.groups.setdefault((p.shape[0], p[0].numel()), []).append(i)

    def zero_grad(self) -> None:
        for p in self.muon:
            p.grad = None
        self.adamw.zero_grad(set_to_none=True)

    @torch.no_grad()
    def step(self, factor: float) -> None:
        """factor: the schedule's multiple of the base rates."""
        lr = self.base[0] * factor
        for (rows, cols), members in self.groups.items():
            stack = []
            for i in members:
                buffer, grad = self.buffers[i], self.muon[i].grad
                buffer.lerp_(grad, 1 - self.momentum)
                stack.append(grad.lerp(buffer, self.momentum).reshape(rows, cols))
            update = orthogonalise(torch.stack(stack))
            scale = 0.2 * max(rows, cols) ** 0.5
            for i, u in zip(members, update):
                p = self.muon[i]
                if self.weight_decay:
                    p.mul_(1 - lr * self.weight_decay)
                p.add_(u.reshape(p.shape), alpha=-lr * scale)
        self.adamw.param_groups[0]["lr"] = self.base[1] * factor
        self.adamw.step()

    def state_dict(self) -> dict:
        return {"buffers": self.buffers, "adamw": self.adamw.state_dict()}

    def load_state_dict(self, state: dict) -> None:
        for mine, saved in zip(self.buffers, state["buffers"]):
            mine.copy_(saved)
        self.adamw.load_state_dict(state["adamw"])
