"""What each drafter is trained on and measured by: guesses at some depths against the target's own distributions."""
from __future__ import annotations

import torch
import torch.nn.functional as F

from training.language.decoder import Decoder
from training.language.drafters import Drafter, MultiToken, project
from training.language.feature_data import Batch

MTP_DEPTHS = 4
DEPTH_WEIGHT = 0.8  # of each further depth


def unrolled(drafter: MultiToken, batch: Batch, embeddings: torch.Tensor, cos: torch.Tensor, sin: torch.Tensor,
             depths: int) -> list[torch.Tensor]:
    """Rows of every depth (B, T, hidden); row i of depth d guesses token i + d + 1.

    As in use: a row at depth d looks at the rows that true hidden states made (depth 1, up to row i), and at the guesses' own rows on
    its path (depths 2 to d, row i only). Positions: row i of depth d stands at position i + d - 1.
    """
    layer, length = drafter.layer, batch.tokens.shape[1]
    diagonal = torch.eye(length, dtype=torch.bool, device=batch.tokens.device)
    masks, keys, values, out = [torch.ones_like(diagonal).tril()], [], [], []
    hidden = batch.hidden
    for depth in range(1, depths + 1):
        ahead = torch.roll(embeddings, -depth, dims=1)
        x = project(drafter.merge, torch.cat([drafter.hidden_norm(hidden), drafter.embedding_norm(ahead)], dim=-1)).float()
        q, k, v = layer.heads(x, cos[depth - 1 : depth - 1 + length], sin[depth - 1 : depth - 1 + length])
        keys.append(k)
        values.append(v)
        if depth > 1:
            masks.append(diagonal)
        keys_of_heads, values_of_heads = (torch.cat(t, 2).repeat_interleave(q.shape[1] // k.shape[1], 1) for t in (keys, values))
        mixed = F.scaled_dot_product_attention(q, keys_of_heads, values_of_heads, attn_mask=torch.cat(masks, 1))
        hidden = drafter.norm(layer.after_attention(x, mixed))
        out.append(hidden)
    return out


def guesses(drafter: Drafter, batch: Batch, net: Decoder, depths: int = MTP_DEPTHS) -> list[tuple[torch.Tensor, int]]:
    """(rows (B, T, hidden), ahead) of each head or depth: row i guesses what target row i + ahead says. depths: of the sequential kind."""
    length = batch.tokens.shape[1]
    cos, sin = net.cos, net.sin
    match drafter.name:
        case "draft":
            return [(drafter(net.embedding(batch.tokens).float(), cos[:length], sin[:length]), 0)]
        case "early-exit":
            return [(drafter(batch.exit_hidden), 0)]
        case "medusa":
            return [(rows, k + 1) for k, rows in enumerate(drafter(batch.hidden))]
        case "mtp":
            return [(rows, d + 1) for d, rows in enumerate(unrolled(drafter, batch, net.embedding(batch.tokens).float(), cos, sin, depths))]
        case _:
            return [(rows, k + 1) for k, rows in enumerate(drafter(batch.hidden, cos[:length], sin[:length]))]


class _Divergence(torch.autograd.Function):
    """Written out, so that few passes go over as many numbers as rows times the vocabulary.

    The loss of logits l is -sum_k p_k log q_k - r log(1 - sum_k q_k) over the target's best k, with q = softmax(l) and r what p leaves
    over. With g_k = p_k - r q_k / (1 - sum q), its gradient is q sum(g) - g. Sums are in float32: beside a sure guess, what q leaves over
    is smaller than bfloat16 can tell. Where it is below 1e-6 it is taken for constant.
    """

    @staticmethod
    def forward(ctx, rows: torch.Tensor, head: torch.Tensor, places: torch.Tensor, p: torch.Tensor) -> torch.Tensor:
        logits = rows @ head.T
        q = logits.softmax(-1, dtype=p.dtype)
        best_q = q.gather(1, places)
        log_q = best_q.clamp(min=1e-30).log()
        rest_p, rest_q = (1 - p.sum(-1)).clamp(min=0), 1 - best_q.sum(-1)
        g = p - torch.where(rest_q > 1e-6, rest_p / rest_q, 0)[:, None] * best_q
        gradient = q.mul_(g.sum(-1, keepdim=True)).scatter_add_(1, places, -g)
        ctx.save_for_backward(gradient.to(head.dtype) @ head)
        return -(p * log_q).sum(-1) - rest_p * rest_q.clamp(min=1e-6).log()

    @staticmethod
    def backward(ctx, of_loss: torch.Tensor) -> tuple:
        return ctx.saved_tensors[0] * of_loss[:, None], None, None, None


def divergence(rows: torch.Tensor, head: torch.Tensor, places: torch.Tensor, teacher: torch.Tensor, total: torch.Tensor) -> torch.Tensor:
    """Forward KL of rows, up to the target's entropy: its best 32 one by one, all others as one outcome.

    rows [N, hidden], head [V, hidden]; places, teacher [N, 32]; total [N]: log-sum-exp of the target over the draft vocabulary.
    """
    return _Divergence.apply(rows.to(head.dtype), head, places, (teacher - total[:, None]).exp())


def loss(drafter: Drafter, batch: Batch, net: Decoder, depths: int = MTP_DEPTHS) -> tuple[torch.Tensor, list[float], int]:
    """Weighted mean over depths; each depth's own loss; rows trained on."""
    sums, weights, each, count = 0.0, 0.0, [], 0
    for i, (rows, ahead) in enumerate(guesses(drafter, batch, net, depths)):
        guess, wanted = batch.rows(ahead)
        value = divergence(rows[guess], drafter.head, batch.places[wanted], batch.logits[wanted], batch.total[wanted]).mean()
        weight = DEPTH_WEIGHT**i
        sums, weights, count = sums + weight * value, weights + weight, count + int(wanted.sum())
        each.append(float(value.detach()))
    return sums / weights, each, count


@torch.inference_mode()
def acceptance(drafter: Drafter, batch: Batch, net: Decoder) -> list[dict[str, torch.Tensor]]:
    """Per depth, for every counted row: `agree` (first choices equal), `overlap` (sum of min(p, q) over the target's best 32),
    `rank` (place of the target's choice among the drafter's, 10 and above as 10) and `sequence` (row of the batch)."""
    out = []
    for rows, ahead in guesses(drafter, batch, net):
        guess, wanted = batch.rows(ahead)
        log_q = drafter.logits(rows[guess]).float().log_softmax(-1)
        q = log_q.gather(1, batch.places[wanted]).exp()
        p = (batch.logits[wanted] - batch.total_full[wanted][:, None]).exp()
        ids = drafter.vocabulary_ids[log_q.topk(10, dim=-1).indices]
        found = ids == batch.best[wanted][:, None]
        rank = torch.where(found.any(-1), found.int().argmax(-1), 10)
        out.append({"agree": (rank == 0).float(), "overlap": torch.minimum(p, q).sum(-1), "rank": rank,
                    "sequence": wanted.nonzero()[:, 0]})
    return out
