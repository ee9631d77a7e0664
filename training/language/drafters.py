"""The five drafters in PyTorch. Each reads what the frozen target gives (embeddings, an inner stream, or its last hidden rows) and
ends in the same frozen head: the rows of the target's embedding that belong to the draft vocabulary.

Rows: B sequences of T tokens. `hidden` is the target's output after its final norm, row i predicting token i + 1.
"""
from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import nn

from training.language.decoder import Decoder, Layer, RMSNorm, project
from training.language.sizes import Sizes

MEDUSA_HEADS = 4
PARALLEL_HEADS = 4
DRAFT_LAYERS = 2


class Drafter(nn.Module):
    """forward gives rows for the head: the head itself is `logits`, so that a trainer may apply it to chosen rows only."""

    name: str

    def __init__(self, sizes: Sizes, vocabulary_ids: torch.Tensor, head: torch.Tensor):
        super().__init__()
        self.sizes = sizes
        self.register_buffer("vocabulary_ids", vocabulary_ids, persistent=False)
        self.register_buffer("head", head, persistent=False)

    def logits(self, rows: torch.Tensor) -> torch.Tensor:
        return F.linear(rows.to(self.head.dtype), self.head)


class Draft(Drafter):
    """A small language model: the target's first two layers, and a map from their stream to the target's last hidden rows."""

    name = "draft"

    def __init__(self, sizes: Sizes, vocabulary_ids: torch.Tensor, head: torch.Tensor, target: Decoder | None = None, mapped: bool = True):
        super().__init__(sizes, vocabulary_ids, head)
        self.map = nn.Linear(sizes.hidden, sizes.hidden, bias=False) if mapped else None
        self.layers = nn.ModuleList(Layer(sizes) for _ in range(DRAFT_LAYERS))
        self.norm = RMSNorm(sizes.hidden, sizes.epsilon)
        if target is not None:
            self.layers[0].load_state_dict(target.layers[0].state_dict())
            self.layers[1].load_state_dict(target.layers[1 if mapped else -1].state_dict())
            if not mapped:
                self.norm.load_state_dict(target.norm.state_dict())

    def forward(self, embeddings: torch.Tensor, cos: torch.Tensor, sin: torch.Tensor) -> torch.Tensor:
        x = embeddings
        for layer in self.layers:
            x = layer(x, cos, sin)
        rows = self.norm(x)
        return rows if self.map is None else project(self.map, rows)


class EarlyExit(Drafter):
    """A gated feed-forward block on the stream after the exit layer, and a map to the target's last hidden rows.

    Kangaroo's adapter (2404.18911) has attention; this one has none, so it needs no cache.
    """

    name = "early-exit"

    def __init__(self, sizes: Sizes, vocabulary_ids: torch.Tensor, head: torch.Tensor, target: Decoder | None = None, mapped: bool = True):
        super().__init__(sizes, vocabulary_ids, head)
        self.map = nn.Linear(sizes.hidden, sizes.hidden, bias=False) if mapped else None
        self.feed_forward_norm = RMSNorm(sizes.hidden, sizes.epsilon)
        self.gate_up = nn.Linear(sizes.hidden, 2 * sizes.feed_forward, bias=False)
        self.down = nn.Linear(sizes.feed_forward, sizes.hidden, bias=False)
        self.norm = RMSNorm(sizes.hidden, sizes.epsilon)
        if target is not None:
            nn.init.zeros_(self.down.weight)
            if not mapped:
                self.norm.load_state_dict(target.norm.state_dict())

    def forward(self, exit_hidden: torch.Tensor) -> torch.Tensor:
        gate, up = project(self.gate_up, self.feed_forward_norm(exit_hidden)).chunk(2, dim=-1)
        rows = self.norm(exit_hidden + project(self.down, F.silu(gate) * up))
        return rows if self.map is None else project(self.map, rows)


class Medusa(Drafter):
    """K residual blocks on the last hidden row; block k guesses token i + k + 1 (2401.10774).

    The paper's block, h + SiLU(W h), is followed by a head of its own; here the head is shared and frozen, so the block has a second
    matrix. It starts at zero: every block begins as a copy of the target's own head.
    """

    name = "medusa"

    def __init__(self, sizes: Sizes, vocabulary_ids: torch.Tensor, head: torch.Tensor, target: Decoder | None = None):
        super().__init__(sizes, vocabulary_ids, head)
        self.up = nn.ModuleList(nn.Linear(sizes.hidden, 2 * sizes.hidden, bias=False) for _ in range(MEDUSA_HEADS))
        self.down = nn.ModuleList(nn.Linear(2 * sizes.hidden, sizes.hidden, bias=False) for _ in range(MEDUSA_HEADS))
        if target is not None:
            for linear in self.down:
                nn.init.zeros_(linear.weight)

    def forward(self, hidden: torch.Tensor) -> torch.Tensor:
        """(B, T, hidden) -> (K, B, T, hidden)."""
        return torch.stack([hidden + project(d, F.silu(project(u, hidden))) for u, d in zip(self.up, self.down)])


class MultiToken(Drafter):
    """One block used again for every depth (DeepSeek-V3's module, 2412.19437; shared over depths as FastMTP does).

    Row i of a depth reads the hidden row i of the depth before and the embedding of token i + depth; the block's output goes back in.
    """

    name = "mtp"

    def __init__(self, sizes: Sizes, vocabulary_ids: torch.Tensor, head: torch.Tensor, target: Decoder | None = None):
        super().__init__(sizes, vocabulary_ids, head)
        self.hidden_norm, self.embedding_norm = (RMSNorm(sizes.hidden, sizes.epsilon) for _ in range(2))
        self.merge = nn.Linear(2 * sizes.hidden, sizes.hidden, bias=False)
        self.layer = Layer(sizes)
        self.norm = RMSNorm(sizes.hidden, sizes.epsilon)
        if target is not None:
            start_from_norm(self.hidden_norm, self.norm, target)
            with torch.no_grad():
                nn.init.normal_(self.merge.weight, std=0.3 * sizes.hidden**-0.5)
                self.merge.weight[:, : sizes.hidden] += torch.eye(sizes.hidden)
            start_as_identity(self.layer)

    def forward(self, hidden: torch.Tensor, embeddings: torch.Tensor, cos: torch.Tensor, sin: torch.Tensor,
                mask: torch.Tensor | None = None) -> torch.Tensor:
        """hidden of positions i, embeddings of tokens i + 1 (both (B, T, hidden)) -> rows that predict tokens i + 2."""
        x = project(self.merge, torch.cat([self.hidden_norm(hidden), self.embedding_norm(embeddings)], dim=-1))
        return self.norm(self.layer(x, cos, sin, mask))


class Parallel(Drafter):
    """Independent heads of one layer each over the hidden rows; head k (from 0) guesses token i + k + 2 (2404.19737)."""

    name = "mtp-parallel"

    def __init__(self, sizes: Sizes, vocabulary_ids: torch.Tensor, head: torch.Tensor, target: Decoder | None = None, mapped: bool = True):
        super().__init__(sizes, vocabulary_ids, head)
        self.maps = nn.ModuleList(nn.Linear(sizes.hidden, sizes.hidden, bias=False) for _ in range(PARALLEL_HEADS)) if mapped else None
        self.hidden_norms, self.norms = (nn.ModuleList(RMSNorm(sizes.hidden, sizes.epsilon) for _ in range(PARALLEL_HEADS)) for _ in range(2))
        self.layers = nn.ModuleList(Layer(sizes) for _ in range(PARALLEL_HEADS))
        if target is not None:
            for before, layer, after in zip(self.hidden_norms, self.layers, self.norms):
                start_from_norm(before, after, target)
                start_as_identity(layer)

    def forward(self, hidden: torch.Tensor, cos: torch.Tensor, sin: torch.Tensor) -> torch.Tensor:
        """(B, T, hidden) -> (heads, B, T, hidden)."""
        rows = [after(layer(before(hidden), cos, sin)) for before, layer, after in zip(self.hidden_norms, self.layers, self.norms)]
        return torch.stack(rows if self.maps is None else [project(m, r) for m, r in zip(self.maps, rows)])


@torch.no_grad()
def start_from_norm(before: RMSNorm, after: RMSNorm, target: Decoder) -> None:
    """before undoes the gains of the target's final norm and after applies them again."""
    gains = target.norm.weight
    before.weight.copy_(1 / gains.abs().clamp(min=0.05) * gains.sign())
    after.weight.copy_(gains)


def start_as_identity(layer: Layer) -> None:
    nn.init.zeros_(layer.out.weight)
    nn.init.zeros_(layer.down.weight)


DRAFTERS: dict[str, type[Drafter]] = {c.name: c for c in (MultiToken, Medusa, Draft, Parallel, EarlyExit)}


def build(name: str, target: Decoder, vocabulary_ids: torch.Tensor, mapped: bool = True) -> Drafter:
    """Begins from the target's weights and identities. mapped: whether draft model, early exit and parallel heads end in a map (see fit)."""
    head = target.embedding.weight.detach()[vocabulary_ids].clone()
    extra = {} if mapped or name not in ("draft", "early-exit", "mtp-parallel") else {"mapped": False}
    return DRAFTERS[name](target.sizes, vocabulary_ids, head, target, **extra)


@torch.no_grad()
def fit(linear: nn.Linear, rows: torch.Tensor, hidden: torch.Tensor, ridge: float = 100.0) -> None:
    """The matrix that brings rows [N, hidden] closest to the target's last hidden rows [N, hidden], by least squares."""
    solution = torch.linalg.solve(rows.T @ rows + ridge * torch.eye(rows.shape[1], device=rows.device), rows.T @ hidden)
    linear.weight.copy_(solution.T)
