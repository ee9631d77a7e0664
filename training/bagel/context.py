"""A batch of conversations as growing key and value rows: blocks are appended as the official inference does.

Used for evaluation; written apart from layout.py, so that the two can be compared.
"""
from __future__ import annotations

import torch

from training.bagel.model import Bagel, rotate
from training.bagel.tables import rotary
from training.bagel.tokenizer import END, END_OF_TEXT, START, VISION_END, VISION_START


class Context:
    """keys, values: one [B, T, kv heads, head] a layer; valid: bool [B, T]; rope: next position of each conversation [B]."""

    def __init__(self, model: Bagel, count: int):
        self.model, self.count = model, count
        empty = torch.zeros(count, 0, model.sizes.key_value_heads, model.sizes.head_size)
        self.keys, self.values = ([empty] * model.sizes.layers for _ in range(2))
        self.valid = torch.zeros(count, 0, dtype=torch.bool)
        self.rope = torch.zeros(count, dtype=torch.long)

    def copy(self) -> Context:
        """Shares the rows, which are never changed in place."""
        other = Context(self.model, self.count)
        other.keys, other.values, other.valid, other.rope = list(self.keys), list(self.values), self.valid, self.rope
        return other

    def run(self, und, gen, positions, valid, causal: bool, keep: bool):
        """One block: und [B, U, width], gen [B, G, width] or None -> hidden rows before the final norms."""
        model, sizes = self.model, self.model.sizes
        cos, sin = rotary(positions, sizes.head_size, sizes.rope_theta)
        rows = positions.shape[1]
        inside = torch.ones(rows, rows, dtype=torch.bool).tril() if causal else torch.ones(rows, rows, dtype=torch.bool)
        seen = torch.cat([self.valid[:, None].expand(-1, rows, -1), inside & valid[:, None] | torch.eye(rows, dtype=torch.bool)], 2)
        for i, layer in enumerate(model.layers):
            qk, v = layer.und.project(und)
            if gen is not None:
                qk, v = (torch.cat(pair, 1) for pair in zip((qk, v), layer.gen.project(gen)))
            qk = rotate(qk, cos, sin)
            k, v = torch.cat([self.keys[i], qk[:, :, sizes.heads :]], 1), torch.cat([self.values[i], v], 1)
            if keep:
                self.keys[i], self.values[i] = k, v
            groups = sizes.heads // sizes.key_value_heads
            q = qk[:, :, : sizes.heads].unflatten(2, (-1, groups))  # [B, S, kv heads, groups, head]
            scores = torch.einsum("bskgd,btkd->bkgst", q, k) * sizes.head_size**-0.5
            weights = scores.masked_fill(~seen[:, None, None], float("-inf")).softmax(-1)
            mixed = torch.einsum("bkgst,btkd->bskgd", weights, v).flatten(2)
            cut = und.shape[1]
            und = layer.und.finish(und, mixed[:, :cut])
            gen = None if gen is None else layer.gen.finish(gen, mixed[:, cut:])
        if keep:
            self.valid = torch.cat([self.valid, valid], 1)
        return und, gen

    def text(self, blocks: list[list[int]]) -> torch.Tensor:
        """One text block for each conversation (ids without bos and eos; None-like empty lists still get both)."""
        full = [[START, *ids, END] for ids in blocks]
        longest = max(map(len, full))
        ids = torch.tensor([row + [END_OF_TEXT] * (longest - len(row)) for row in full])
        lengths = torch.tensor([len(row) for row in full])
        order = torch.arange(longest)
        hidden, _ = self.run(self.model.embed(ids), None, self.rope[:, None] + order, order < lengths[:, None], causal=True, keep=True)
        self.rope = self.rope + lengths
        return hidden

    def _boundary(self) -> torch.Tensor:
        return self.model.embed(torch.tensor([VISION_START, VISION_END])).expand(self.count, -1, -1)

    def look(self, patches: torch.Tensor, places: torch.Tensor) -> None:
        """A picture to read: patches [B, P, 588]."""
        und = torch.cat([self._boundary(), self.model.vision(patches, places)], 1)
        self._picture(und, None, keep=True)
        self.rope = self.rope + 1

    def remember(self, latents: torch.Tensor, places: torch.Tensor) -> None:
        """A clean picture's latent tokens [B, N, 64]."""
        self._picture(self._boundary(), self.model.latents(latents, torch.zeros(self.count), places), keep=True)
        self.rope = self.rope + 1

    def velocity(self, latents: torch.Tensor, t: float, places: torch.Tensor) -> torch.Tensor:
        """Of noisy latent tokens [B, N, 64]; leaves no rows."""
        _, gen = self._picture(self._boundary(), self.model.latents(latents, torch.full((self.count,), t), places), keep=False)
        return self.model.velocity(gen)

    def _picture(self, und, gen, keep: bool):
        rows = und.shape[1] + (0 if gen is None else gen.shape[1])
        return self.run(und, gen, self.rope[:, None].expand(-1, rows), torch.ones(self.count, rows, dtype=torch.bool), causal=False, keep=keep)

    def answer(self, limit: int) -> list[list[int]]:
        """Greedy answers, without bos and eos; on a scratch copy."""
        scratch = self.copy()
        token = torch.full((self.count,), START)
        running = torch.ones(self.count, dtype=torch.bool)
        answers: list[list[int]] = [[] for _ in range(self.count)]
        for _ in range(limit):
            hidden, _ = scratch.run(self.model.embed(token[:, None]), None, scratch.rope[:, None], torch.ones(self.count, 1, dtype=torch.bool),
                                    causal=True, keep=True)
            scratch.rope = scratch.rope + 1
            token = self.model.logits(hidden[:, -1]).argmax(-1)
            running &= token != END
            if not running.any():
                break
            for i in running.nonzero().flatten().tolist():
                answers[i].append(int(token[i]))
        return answers
