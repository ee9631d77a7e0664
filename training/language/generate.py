"""Batched answers of the target: a static cache, left padding, half of the rows greedy and half at temperature 0.7.

Finished rows leave the batch as soon as they are a fifth of it; prompts of like length share one.
"""
from __future__ import annotations

import torch
import torch.nn.functional as F

from training.language.decoder import Decoder, rotate


class Cache:
    """Keys (layers, B, Hkv, D, length) and values (layers, B, Hkv, length, D) in bfloat16.

    A step reads the whole length under a mask: a slice of it would be copied before every product, which costs more.
    """

    def __init__(self, net: Decoder, batch: int, length: int):
        s, place = net.sizes, {"dtype": torch.bfloat16, "device": net.embedding.weight.device}
        self.keys = torch.zeros(s.layers, batch, s.key_value_heads, s.head_size, length, **place)
        self.values = torch.zeros(s.layers, batch, s.key_value_heads, length, s.head_size, **place)

    def keep(self, rows: torch.Tensor) -> None:
        """rows: bool (B)."""
        self.keys, self.values = self.keys[:, rows], self.values[:, rows]


Streams = tuple[torch.Tensor, torch.Tensor]  # (B, T, hidden): after the final norm, and after the exit layer


def _prefill(net: Decoder, ids: torch.Tensor, start: torch.Tensor, cache: Cache) -> Streams:
    """ids (B, P), left-padded; start (B): the first real column."""
    length = ids.shape[1]
    columns = torch.arange(length, device=ids.device)
    positions = (columns[None] - start[:, None]).clamp(min=0)
    cos, sin = net.cos[positions][:, None], net.sin[positions][:, None]
    seen = (columns[None, None] <= columns[None, :, None]) & (columns[None, None] >= start[:, None, None])
    seen |= torch.eye(length, dtype=torch.bool, device=ids.device)
    mask = torch.where(seen, 0.0, -1e9).to(torch.bfloat16)[:, None]
    x = net.embedding(ids).float()
    group = net.sizes.heads // net.sizes.key_value_heads
    for i, layer in enumerate(net.layers):
        q, k, v = (t.to(torch.bfloat16) for t in layer.heads(x, cos, sin))
        cache.keys[i, ..., :length], cache.values[i, :, :, :length] = k.mT, v
        mixed = F.scaled_dot_product_attention(q, k.repeat_interleave(group, 1), v.repeat_interleave(group, 1), attn_mask=mask)
        x = layer.after_attention(x, mixed)
        if i + 1 == net.sizes.exit_layers:
            exit_hidden = x
    return net.norm(x), exit_hidden


def _step(net: Decoder, token: torch.Tensor, at: int, start: torch.Tensor, mask: torch.Tensor, cache: Cache) -> Streams:
    """token (B); at: its column; mask (B, 1, 1, length). The heads of a group are the query rows of one key head."""
    s = net.sizes
    positions = at - start
    cos, sin = net.cos[positions][:, None, None], net.sin[positions][:, None, None]
    x = net.embedding(token[:, None]).float()
    for i, layer in enumerate(net.layers):
        q, k, v = layer.heads(x, cos, sin)
        cache.keys[i, ..., at], cache.values[i, :, :, at] = k[:, :, 0].to(torch.bfloat16), v[:, :, 0].to(torch.bfloat16)
        grouped = q.view(len(token), s.key_value_heads, -1, s.head_size).to(torch.bfloat16)
        scores = (grouped * s.head_size**-0.5) @ cache.keys[i]  # four times faster than the fused call
        mixed = (scores + mask).softmax(-1) @ cache.values[i]
        x = layer.after_attention(x, mixed.reshape(len(token), s.heads, 1, s.head_size))
        if i + 1 == s.exit_layers:
            exit_hidden = x
    return net.norm(x), exit_hidden


@torch.inference_mode()
def answers(net: Decoder, prompts: list[list[int]], new_tokens: int, temperature: torch.Tensor, end: int,
            generator: torch.Generator, record=None) -> list[list[int]]:
    """temperature (B), 0 for greedy. Returns each row's answer up to and with the end token.

    record(rows, first columns, streams, logits of the last column) is told what the target thinks, for training.
    """
    batch, longest, device = len(prompts), max(map(len, prompts)), net.embedding.weight.device
    start = torch.tensor([longest - len(p) for p in prompts], device=device)
    ids = torch.tensor([[end] * (longest - len(p)) + p for p in prompts], device=device)
    cache = Cache(net, batch, longest + new_tokens)
    streams = _prefill(net, ids, start, cache)
    columns = torch.arange(longest + new_tokens, device=device)
    mask = torch.where((columns >= start[:, None]) & (columns < longest), 0.0, -1e9).to(torch.bfloat16)[:, None, None]
    rows: list[list[int]] = [[] for _ in prompts]
    alive = torch.arange(batch, device=device)  # the prompts that the remaining rows belong to
    for i in range(new_tokens):
        logits = net.logits(streams[0][:, -1]).float()
        if record is not None:
            record(alive.tolist(), start.tolist() if i == 0 else [0] * len(alive), streams, logits)
        token = logits.argmax(-1)
        sampled = temperature > 0
        if sampled.any():
            top, at = (logits[sampled] / temperature[sampled, None]).topk(64, dim=-1)
            drawn = torch.multinomial(top.softmax(-1), 1, generator=generator)
            token[sampled] = at.gather(1, drawn)[:, 0]
        for row, t in zip(alive.tolist(), token.tolist()):
            if not rows[row] or rows[row][-1] != end:
                rows[row].append(t)
        running = torch.tensor([rows[row][-1] != end for row in alive.tolist()], device=device)
        if running.float().mean() < 0.05 or i + 1 == new_tokens:
            break
        if running.float().mean() < 0.8:
            alive, token, start, mask, temperature = (t[running] for t in (alive, token, start, mask, temperature))
            cache.keep(running)
        mask[..., longest + i] = 0
        streams = _step(net, token, longest + i, start, mask, cache)
    return rows
