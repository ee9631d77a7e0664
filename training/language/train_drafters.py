"""Trains drafters one after another on the feature files: python -m training.language.train_drafters --resume --minutes 15 --only mtp

The rate warms up, holds, and falls to a twentieth over the last 60 % of the minutes, so that every run ends in a usable state; going
on with --resume keeps network, optimiser and counters.
"""
from __future__ import annotations

import argparse
import random
import time

import torch
from torch import nn

from training.language import gguf_source
from training.language.decoder import Decoder
from training.language.drafters import DRAFTERS, Drafter, build, fit
from training.language.feature_data import Features
from training.language.features import choose_vocabulary
from training.language.objectives import MTP_DEPTHS, acceptance, guesses, loss
from training.language.runlog import RunLog
from training.sd3.optim import MuonAdamW

CHECKPOINTS = gguf_source.CACHE / "drafters"


def load_drafter(name: str, net: Decoder, vocabulary: torch.Tensor) -> tuple[Drafter, dict | None]:
    """The drafter at its start, or as its checkpoint has it."""
    drafter, path = build(name, net, vocabulary).to(net.cos.device), CHECKPOINTS / f"{name}.pt"
    state = torch.load(path, map_location=net.cos.device) if path.exists() else None
    if state is not None:
        drafter.load_state_dict(state["drafter"])
    return drafter, state


@torch.no_grad()
def start_from_features(drafter: Drafter, net: Decoder, features: Features, batches: int = 40) -> None:
    """A least-squares start for the drafters that end in a map: better than their first minutes of training."""
    which = next((n for n in ("map", "maps") if getattr(drafter, n, None) is not None), None)
    if which is None:
        return
    final = getattr(drafter, which)
    setattr(drafter, which, None)
    rows: list[list[torch.Tensor]] = []
    hidden: list[list[torch.Tensor]] = []
    for i, batch in enumerate(features.epoch(random.Random(7), 2048, drafter.name == "early-exit")):
        if i == batches:
            break
        with torch.autocast(net.cos.device.type, dtype=torch.bfloat16):
            depths = guesses(drafter, batch, net)
        for depth, (value, ahead) in enumerate(depths):
            if len(rows) <= depth:
                rows.append([])
                hidden.append([])
            guess, wanted = batch.rows(ahead)
            rows[depth].append(value[guess].float())
            hidden[depth].append(batch.hidden[wanted])
    setattr(drafter, which, final)
    for linear, x, y in zip(final if which == "maps" else [final], rows, hidden):
        fit(linear, torch.cat(x), torch.cat(y))


def factor(elapsed: float) -> float:
    """elapsed: share of the run's time."""
    return min(1.0, elapsed / 0.03 + 0.05) * min(1.0, max(0.05, (1 - elapsed) / 0.6))


def measure(drafter: Drafter, held_out: Features, net: Decoder, batches: int = 12) -> dict[str, list[float]]:
    drafter.eval()
    sums: list[list[torch.Tensor]] = []
    for i, batch in enumerate(held_out.epoch(random.Random(0), 4096, drafter.name == "early-exit")):
        if i == batches:
            break
        with torch.autocast(net.cos.device.type, dtype=torch.bfloat16):
            for depth, values in enumerate(acceptance(drafter, batch, net)):
                if len(sums) <= depth:
                    sums.append([torch.zeros(3, device=net.cos.device)])
                sums[depth].append(torch.stack([values["agree"].sum(), values["overlap"].sum(), values["agree"].new_tensor(len(values["agree"]))]))
    drafter.train()
    totals = [torch.stack(s).sum(0) for s in sums]
    return {"agree": [float(t[0] / t[2]) for t in totals], "overlap": [float(t[1] / t[2]) for t in totals]}


def train(name: str, net: Decoder, vocabulary: torch.Tensor, options: argparse.Namespace, features: Features, held_out: Features) -> None:
    drafter, state = load_drafter(name, net, vocabulary)
    if not options.resume and state is not None:
        drafter, state = build(name, net, vocabulary).to(net.cos.device), None
    if state is None:
        start_from_features(drafter, net, features)
    drafter.head = drafter.head.bfloat16()
    matrices = [p for p in drafter.parameters() if p.ndim == 2]
    optimiser = MuonAdamW(matrices, [p for p in drafter.parameters() if p.ndim != 2] or [nn.Parameter(torch.zeros(1))],
                          options.lr_muon, options.lr_adamw, weight_decay=0.01)
    seen = {"rows": 0, "steps": 0, "seconds": 0.0}
    if state is not None:
        if "optimiser" in state:  # weights alone come from on_gpu_take
            optimiser.load_state_dict(state["optimiser"])
        seen = state["seen"]
    log = RunLog(name, vars(options) | {"answer_tokens": features.answer_tokens, "parameters": sum(p.numel() for p in drafter.parameters())})
    if state is None:
        log.path.unlink(missing_ok=True)
    rng, started, reported, earlier = random.Random(seen["steps"]), time.time(), time.time(), seen["seconds"]
    length, running = 60 * options.minutes, None
    if state is None:
        log.write(**seen, **measure(drafter, held_out, net, 4))

    def save() -> None:
        CHECKPOINTS.mkdir(parents=True, exist_ok=True)
        part = CHECKPOINTS / f"{name}.part"
        torch.save({"drafter": drafter.state_dict(), "optimiser": optimiser.state_dict(), "seen": seen}, part)
        part.replace(CHECKPOINTS / f"{name}.pt")

    def report() -> None:
        log.write(**seen, rows_per_second=round((seen["rows"] - before) / (time.time() - reported)), loss=running, **measure(drafter, held_out, net),
                  answer_tokens=features.answer_tokens)
        log.curves("loss", "agree", "overlap")
        save()

    before = seen["rows"]
    while time.time() - started < length:
        features.refresh()
        for batch in features.epoch(rng, options.batch_tokens, name == "early-exit"):
            with torch.autocast(net.cos.device.type, dtype=torch.bfloat16):
                value, each, count = loss(drafter, batch, net, options.depths)
            optimiser.zero_grad()
            value.backward()
            nn.utils.clip_grad_norm_(optimiser.adamw.param_groups[0]["params"], 1.0)
            elapsed = (time.time() - started) / length
            optimiser.step(factor(elapsed))
            running = each if running is None else [0.95 * a + 0.05 * b for a, b in zip(running, each)]
            seen["rows"], seen["steps"], seen["seconds"] = seen["rows"] + count, seen["steps"] + 1, earlier + time.time() - started
            if time.time() - reported > options.report_seconds:
                report()
                before, reported = seen["rows"], time.time()
            if elapsed >= 1:
                break
    report()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--only", nargs="+", default=list(DRAFTERS), choices=list(DRAFTERS))
    parser.add_argument("--minutes", type=float, default=10, help="for each drafter")
    parser.add_argument("--resume", action="store_true")
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--batch-tokens", type=int, default=1024)
    parser.add_argument("--lr-muon", type=float, default=5e-3)
    parser.add_argument("--lr-adamw", type=float, default=1e-3)
    parser.add_argument("--depths", type=int, default=MTP_DEPTHS, help="of the sequential multi-token module")
    parser.add_argument("--seeds", type=int, nargs="*", default=[], help="of the text to train on (make_text --seed); all where none is given")
    parser.add_argument("--greedy", action="store_true", help="on the answers alone that were written at temperature 0")
    parser.add_argument("--report-seconds", type=float, default=90)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.manual_seed(0)
    target = gguf_source.load()
    vocabulary = torch.from_numpy(choose_vocabulary(target.sizes.draft_vocabulary, target.sizes.vocabulary))
    net = target.decoder()
    for name in options.only:
        train(name, net, vocabulary, options, *(Features(held_out=held_out, seeds=options.seeds, greedy=options.greedy) for held_out in (False, True)))


if __name__ == "__main__":
    main()
