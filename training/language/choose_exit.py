"""Where to leave the target early: python -m training.language.choose_exit -> training/runs/language/exit.json

For each depth E, a ridge regression from the stream after E layers to the final hidden row stands in for a trained adapter; its first
choices are compared with the target's on other sequences. `predicted` is the speed-up of the best draft length at that acceptance, in
layers read: a draft token costs E layers and the trimmed head, verification runs the rest.
"""
from __future__ import annotations

import json

import torch

from training.language import gguf_source
from training.language.feature_data import Features
from training.language.runlog import RUNS

EXITS = (3, 4, 6, 8, 10, 12, 16, 20, 24)
HEAD, DRAFT_HEAD = 8.0, 1.3  # cost of the whole head and of the trimmed one, in layers
VERIFY = {1: 1.0, 2: 1.15, 3: 1.31, 4: 1.4, 5: 1.59, 6: 1.77}


def predicted(accepted: float, layers: int, exit_layers: int) -> tuple[float, int]:
    """(speed-up, draft length): expected tokens over cost, both against plain decoding."""
    plain = layers + HEAD
    best = (1.0, 0)
    for length in range(1, 6):
        expected = (1 - accepted ** (length + 1)) / (1 - accepted)
        cost = (length + 1) * exit_layers + length * DRAFT_HEAD + (layers - exit_layers + HEAD) * VERIFY[length + 1]
        best = max(best, (round(expected * plain / cost, 3), length))
    return best


@torch.inference_mode()
def main() -> None:
    torch.set_num_threads(1)
    net = gguf_source.load().decoder().half()
    features = Features()
    data = next(iter(features.shards.values()))
    chosen = range(40, 160, 3)
    kept: list[dict[int, torch.Tensor]] = []
    for sequence in chosen:
        a, b = int(data["starts"][sequence]), int(data["starts"][sequence + 1])
        x = net.embedding(data["tokens"][a:b].long()[None]).float()
        first, row = int(data["prompts"][sequence]) - 1, {}
        for i, layer in enumerate(net.layers):
            x = layer(x, net.cos[: b - a], net.sin[: b - a])
            if i + 1 in EXITS:
                row[i + 1] = x[0, first:]
        row[0] = net.norm(x)[0, first:]
        kept.append(row)
    half, out = len(kept) * 3 // 4, {}
    for exit_layers in EXITS:
        def rows(part: list) -> tuple[torch.Tensor, torch.Tensor]:
            x = torch.cat([r[exit_layers] for r in part])
            return torch.nn.functional.rms_norm(x, (x.shape[-1],)), torch.cat([r[0] for r in part])
        x, y = rows(kept[:half])
        solution = torch.linalg.solve(x.T @ x + 30.0 * torch.eye(x.shape[1]), x.T @ y)
        x, y = rows(kept[half:])
        agree = float((net.logits(x @ solution).argmax(-1) == net.logits(y).argmax(-1)).float().mean())
        speed, length = predicted(agree, net.sizes.layers, exit_layers)
        out[exit_layers] = {"agree": round(agree, 4), "predicted": speed, "draft_length": length}
        print(exit_layers, out[exit_layers], flush=True)
    (RUNS / "exit.json").write_text(json.dumps(out, indent=1) + "\n")


if __name__ == "__main__":
    main()
