"""Batches of feature files: sequences of like length, padded, with the rows that are trained on."""
from __future__ import annotations

import json
import random
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from training.language.features import FEATURES, TEXT, VOCABULARY, by_length, signature


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
        column = torch.arange(self.tokens.shape[1], device=self.tokens.device)[None]
        wanted = (column >= self.first[:, None]) & (column < self.lengths[:, None] - 1) & (column >= ahead)
        guess = torch.zeros_like(wanted)
        guess[:, : wanted.shape[1] - ahead] = wanted[:, ahead:]
        return guess, wanted


class Features:
    """All shards of the present draft vocabulary; new ones are taken up by refresh. held_out keeps every 16th shard apart; seeds: of the
    texts that are taken, all where there are none. greedy: leaves out the answers that were drawn at a temperature."""

    def __init__(self, folder: Path = FEATURES, held_out: bool = False, seeds: list[int] = (), greedy: bool = False):
        self.folder, self.held_out, self.seeds, self.greedy, self.shards = folder, held_out, seeds, greedy, {}
        self.signature = signature(torch.from_numpy(np.load(VOCABULARY)))
        self.refresh()

    @classmethod
    def empty(cls, of: int) -> "Features":
        """Without a folder: shards are added from memory. of: the draft vocabulary's signature."""
        made = cls.__new__(cls)
        made.folder, made.held_out, made.seeds, made.greedy, made.shards, made.signature = None, False, [], False, {}, of
        return made

    def add(self, name: str, data: dict) -> None:
        if int(data.get("vocabulary", -1)) == self.signature:
            members = list(range(len(data["lengths"])))
            if self.greedy:
                rows = json.loads((TEXT / f"{name}.json").read_text())
                members = [member for member, row in enumerate(by_length(rows)) if rows[row]["temperature"] == 0]
            starts = torch.cat([torch.zeros(1, dtype=torch.int64), data["lengths"].long().cumsum(0)])
            self.shards[name] = data | {"starts": starts, "members": members}

    def refresh(self) -> None:
        if self.folder is None:
            return
        for path in sorted(self.folder.glob("*.pt")):
            seed, shard = path.stem.rsplit("-", 1)
            if path.stem not in self.shards and (int(shard) % 16 == 2) == self.held_out and (not self.seeds or int(seed) in self.seeds):
                self.add(path.stem, torch.load(path, mmap=True))

    @property
    def answer_tokens(self) -> int:
        return int(sum((d["lengths"] - d["prompts"])[d["members"]].sum() for d in self.shards.values()))

    def batch(self, data: dict, members: list[int], with_exit: bool) -> Batch:
        lengths = data["lengths"][members].long()
        longest = -(-int(lengths.max()) // 16) * 16  # attention on a GPU wants rows of masks that are aligned
        column, device = torch.arange(longest)[None], data["tokens"].device
        places = (data["starts"][members][:, None] + torch.minimum(column, lengths[:, None] - 1)).to(device)
        real = (column < lengths[:, None]).to(device)

        def padded(name: str, kind: torch.dtype) -> torch.Tensor:
            rows = data[name][places].to(kind)
            return rows * real.view(*real.shape, *[1] * (rows.ndim - 2))

        return Batch(padded("tokens", torch.int64), padded("hidden", torch.float32), padded("exit_hidden", torch.float32) if with_exit else None,
                     (data["prompts"][members].long() - 1).to(device), lengths.to(device), padded("top_places", torch.int64), padded("top_logits", torch.float32),
                     padded("total", torch.float32), padded("total_full", torch.float32), padded("best", torch.int64))

    def epoch(self, rng: random.Random, batch_tokens: int, with_exit: bool):
        """Every sequence once. Shards hold their sequences sorted by length, so neighbours make a batch."""
        plan = []
        for name, data in self.shards.items():
            taken, members = data["members"], []
            lengths = data["lengths"][taken].tolist()
            for i in range(len(taken)):
                members.append(taken[i])
                if i + 1 == len(taken) or (len(members) + 1) * lengths[i + 1] > batch_tokens:
                    plan.append((name, members))
                    members = []
        rng.shuffle(plan)
        for name, members in plan:
            yield self.batch(self.shards[name], members, with_exit)
