"""Batches of feature files: sequences of like length, padded, with the rows that are trained on."""
from __future__ import annotations

import random
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from training.language.features import FEATURES, VOCABULARY, signature


@dataclass
class Batch:
    tokens: torch.Tensor  # int64 (B, T), padded with 0
    hidden: torch.Tensor  # float32 (B, T, hidden)
    exit_hidden: torch.Tensor | None
    first: torch.Tensor  # (B): the first row that predicts a token of the answer
    lengths: torch.Tensor  # (B)
    places: torch.Tensor  # int64 (B, T, 32): the target's best, by place in the draft vocabulary
    logits: torch.Tensor  # float32 (B, T, 32)
    total: torch.Tensor  # (B, T) over the draft vocabulary
    total_full: torch.Tensor  # (B, T)
    best: torch.Tensor  # int64 (B, T)

    def rows(self, ahead: int) -> tuple[torch.Tensor, torch.Tensor]:
        """Rows i whose guess concerns target row i + ahead, both as (B, T) masks: where to read guesses, where the target's answer is.

        A guess counts when the token it is about belongs to the answer; the row of the last token is left out, as nothing follows it.
        """
        column = torch.arange(self.tokens.shape[1])[None]
        wanted = (column >= self.first[:, None]) & (column < self.lengths[:, None] - 1) & (column >= ahead)
        guess = torch.zeros_like(wanted)
        guess[:, : wanted.shape[1] - ahead] = wanted[:, ahead:]
        return guess, wanted


class Features:
    """All shards of the present draft vocabulary; new ones are taken up by refresh. held_out keeps every 16th shard apart."""

    def __init__(self, folder: Path = FEATURES, held_out: bool = False):
        self.folder, self.held_out, self.shards = folder, held_out, {}
        self.signature = signature(torch.from_numpy(np.load(VOCABULARY)))
        self.refresh()

    def refresh(self) -> None:
        for path in sorted(self.folder.glob("*.pt")):
            if path.stem not in self.shards and (int(path.stem.rsplit("-", 1)[1]) % 16 == 2) == self.held_out:
                data = torch.load(path, mmap=True)
                if int(data.get("vocabulary", -1)) != self.signature:
                    continue
                data["starts"] = torch.cat([torch.zeros(1, dtype=torch.int64), data["lengths"].long().cumsum(0)])
                self.shards[path.stem] = data

    @property
    def answer_tokens(self) -> int:
        return int(sum((d["lengths"] - d["prompts"]).sum() for d in self.shards.values()))

    def batch(self, data: dict, members: list[int], with_exit: bool) -> Batch:
        lengths = data["lengths"][members].long()
        longest = int(lengths.max())

        def padded(name: str, kind: torch.dtype) -> torch.Tensor:
            source = data[name]
            out = torch.zeros(len(members), longest, *source.shape[1:], dtype=kind)
            for i, m in enumerate(members):
                out[i, : lengths[i]] = source[data["starts"][m] : data["starts"][m + 1]].to(kind)
            return out

        return Batch(padded("tokens", torch.int64), padded("hidden", torch.float32), padded("exit_hidden", torch.float32) if with_exit else None,
                     data["prompts"][members].long() - 1, lengths, padded("top_places", torch.int64), padded("top_logits", torch.float32),
                     padded("total", torch.float32), padded("total_full", torch.float32), padded("best", torch.int64))

    def epoch(self, rng: random.Random, batch_tokens: int, with_exit: bool):
        """Every sequence once. Shards hold their sequences sorted by length, so neighbours make a batch."""
        plan = []
        for name, data in self.shards.items():
            lengths, members = data["lengths"].tolist(), []
            for i in range(len(lengths)):
                members.append(i)
                if i + 1 == len(lengths) or (len(members) + 1) * lengths[i + 1] > batch_tokens:
                    plan.append((name, members))
                    members = []
        rng.shuffle(plan)
        for name, members in plan:
            yield self.batch(self.shards[name], members, with_exit)
