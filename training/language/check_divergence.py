"""The written-out divergence against autograd's, values and gradients: python -m training.language.check_divergence

Rows that are sure of one token are among them: there the rest that a guess leaves over is near what float32 can tell.
"""
from __future__ import annotations

import torch

from training.language.objectives import divergence

ROWS, WIDTH, TOKENS, BEST = 96, 64, 512, 32


def by_autograd(rows: torch.Tensor, head: torch.Tensor, places: torch.Tensor, p: torch.Tensor) -> torch.Tensor:
    log_q = (rows @ head.T).log_softmax(-1)
    best_q, rest_p = log_q.gather(1, places), (1 - p.sum(-1)).clamp(min=0)
    others = torch.ones_like(log_q, dtype=torch.bool).scatter(1, places, False)
    return -(p * best_q).sum(-1) - rest_p * log_q.masked_fill(~others, -torch.inf).logsumexp(-1)


def main() -> None:
    torch.manual_seed(0)
    head = torch.randn(TOKENS, WIDTH)
    sureness = torch.linspace(0.05, 0.6, ROWS)[:, None]
    rows = sureness * torch.randn(ROWS, WIDTH)
    target = (rows + 0.3 * sureness * torch.randn(ROWS, WIDTH)) @ head.T
    teacher, places = target.topk(BEST, dim=-1)
    total = target.logsumexp(-1)
    theirs = rows.double().requires_grad_()
    wanted = by_autograd(theirs, head.double(), places, (teacher - total[:, None]).exp().double())
    wanted.sum().backward()
    print(f"the surest row leaves over {float((1 - (teacher - total[:, None]).exp().sum(-1)).min()):.1e}")
    for kind, limit in ((torch.float32, 1e-4), (torch.bfloat16, 0.05)):
        mine = rows.clone().requires_grad_()
        value = divergence(mine, head.to(kind), places, teacher, total)
        value.sum().backward()
        off = float(((value - wanted).detach().abs() / (1 + wanted.detach().abs())).max()), float((mine.grad - theirs.grad).norm() / theirs.grad.norm())
        print(f"{kind}: greatest difference of values {off[0]:.1e}, of gradients {off[1]:.1e}")
        if max(off) > limit:
            raise SystemExit("The divergence is not autograd's")


if __name__ == "__main__":
    main()
