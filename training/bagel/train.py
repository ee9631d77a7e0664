"""Train the bundled model: python -m training.bagel.train --minutes 6.5

A text-only warm-up of the understanding expert comes first; then the generation expert starts as its copy, and every step adds the
losses of a batch to draw, one to edit and one to read. The rate rises, stays, and falls to zero over the last part of the wall clock.
  --resume        goes on from --state, or from the weights in --out with a fresh optimiser (no warm-up)
  --scale 0.1     batches for a CPU
Writes the averaged weights into --out (float16 shards under the official names) every --save seconds.
"""
from __future__ import annotations

import argparse
import json
import os
import signal
import time
from pathlib import Path

import torch

from training.bagel import paths
from training.bagel.batches import Batch, Loader, Trainee
from training.bagel.fusion import Fusion
from training.bagel.model import Bagel
from training.bagel.optim import Optimiser
from training.bagel.packed import unpack
from training.bagel.render import Renderer
from training.bagel.sizes import BUNDLED
from training.bagel.weights import from_official, load_shards, save_shards

KINDS = {"drawing": {"draw": 0.78, "think": 0.22}, "editing": {"edit": 0.86, "think-edit": 0.14},
         "reading": {"read": 0.56, "context": 0.2, "two": 0.12, "text": 0.12}}
BATCH = {"draw": 192, "think": 128, "edit": 96, "think-edit": 80, "read": 128, "context": 96, "two": 96, "text": 192, "warm-up": 640}
TEXT_WEIGHT = 0.3  # of the cross-entropy against the velocity error; the official 0.25, a little raised for the small model
EDIT_WEIGHT = 0.7


class Log:
    """Lines of JSON, and means of losses that stay on the device until they are written."""

    def __init__(self, path: Path):
        self.path, self.sums, self.counts = path, {}, {}
        path.parent.mkdir(parents=True, exist_ok=True)

    def add(self, name: str, value: torch.Tensor) -> None:
        value = value.detach()
        self.sums[name] = self.sums[name] + value if name in self.sums else value
        self.counts[name] = self.counts.get(name, 0) + 1

    def write(self, **values) -> None:
        means = {name: total.item() / self.counts[name] for name, total in self.sums.items()}
        line = {k: float(f"{v:.4g}") if isinstance(v, float) else v for k, v in (values | means).items()}
        self.sums, self.counts = {}, {}
        with self.path.open("a") as file:
            file.write(json.dumps(line) + "\n")
        print(time.strftime("%H:%M:%S"), json.dumps(line), flush=True)


def rate_factor(step: int, used: float, decay: float) -> float:
    """used: share of the phase's time; linear over the first 60 steps, flat, linear to zero over the last `decay`."""
    return min(1.0, (step + 1) / 60) * min(1.0, max(0.0, (1 - used) / decay))


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--minutes", type=float, default=6.5, help="wall clock of the whole run, start and warm-up included")
    parser.add_argument("--warm-up", type=float, default=0.09, help="share of the text-only warm-up")
    parser.add_argument("--decay", type=float, default=0.4, help="share of the main phase over which the rate falls to zero")
    parser.add_argument("--scale", type=float, default=1.0, help="multiplies all batch sizes")
    parser.add_argument("--batch", nargs="*", default=[], metavar="LAYOUT=COUNT", help="batch sizes of single layouts, before scaling")
    parser.add_argument("--lr-muon", type=float, default=3.5e-3)
    parser.add_argument("--lr-adam", type=float, default=1.5e-3)
    parser.add_argument("--average", type=float, default=0.998)
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--device", default="cuda" if torch.cuda.is_available() else "cpu")
    parser.add_argument("--compile", action="store_true", help="fuse small operations; falls back by itself where that fails")
    parser.add_argument("--resume", action="store_true")
    parser.add_argument("--start", type=Path, help="go on from weights that packed.py wrote")
    parser.add_argument("--out", type=Path, default=paths.WEIGHTS)
    parser.add_argument("--state", type=Path, help="file for the whole state (masters, momenta), written beside the weights")
    parser.add_argument("--log", type=Path, default=paths.RUNS / "log.jsonl")
    parser.add_argument("--save", type=float, default=90, help="seconds between two savings")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def main() -> None:
    start = time.time()
    args = arguments()
    resumed = args.start is not None or args.resume and (args.state is not None and args.state.exists() or any(args.out.glob("bagel-*.safetensors")))
    counts = BATCH | {name: int(count) for name, count in (pair.split("=") for pair in args.batch)}
    sizes = {name: max(4, round(args.scale * count)) for name, count in counts.items()}
    loader = Loader(args.workers, args.seed + 10**6 * (int(start) if resumed else 0), KINDS, sizes, warm_up=not resumed)
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed if not resumed else int(start))
    device, dtype = torch.device(args.device), torch.bfloat16
    model = Bagel(BUNDLED)
    log = Log(args.log)
    named = [name for name, _ in model.named_parameters()]
    model.to(device, dtype)
    fusion = Fusion(model, device, dtype) if args.compile else None
    if fusion:
        log.write(compiled=fusion.works, seconds=time.time() - start)
    renderer = Renderer(device, BUNDLED)
    trainee = Trainee(model, renderer, device, dtype)
    samples = steps = 0
    history = {"samples": 0, "minutes": 0.0}

    def optimiser_for(names: list[str]) -> Optimiser:
        return Optimiser(model, names, args.lr_muon, args.lr_adam)

    optimiser = None
    if resumed:
        optimiser = optimiser_for(named)
        if args.state is not None and args.state.exists():
            state = torch.load(args.state, map_location=device)
            optimiser.load_state_dict(state["optimiser"])
            history = state["history"]
        else:
            official, note = unpack(args.start) if args.start else load_shards(args.out)
            optimiser.load_weights(from_official(official, BUNDLED))
            history = {"samples": int(note["samples"]), "minutes": float(note["minutes"])}
    log.write(parameters=sum(p.numel() for p in model.parameters()), device=str(device), resumed=resumed, batch=sizes,
              arguments={k: str(v) for k, v in vars(args).items()}, seconds=time.time() - start, history=dict(history))
    stop: list[bool] = []
    signal.signal(signal.SIGTERM, lambda *_: stop.append(True))  # a polite kill still saves

    def learn(batches: list[Batch], factor: float, average: float) -> None:
        """One step: the weighted losses of all batches."""
        nonlocal samples, steps
        optimiser.zero_grad()
        for batch in batches:
            text, error = trainee.losses(batch)
            loss = 0.0
            if error is not None:
                loss = error * (EDIT_WEIGHT if "edit" in batch.layout else 1.0)
                log.add(batch.layout, error)
            if text is not None:
                loss = loss + TEXT_WEIGHT * text
                log.add(f"{batch.layout}-text", text)
            loss.backward()
            samples += len(batch.ids)
        log.add("norm", optimiser.step(factor, average))
        steps += 1

    def share() -> float:
        return (time.time() - start) / (60 * args.minutes)

    def save() -> None:
        total = {"samples": history["samples"] + samples, "minutes": round(history["minutes"] + (time.time() - start) / 60, 2)}
        save_shards(optimiser.averaged(), BUNDLED, args.out, {k: str(v) for k, v in total.items()})
        if args.state is not None:
            part = args.state.with_suffix(".part")
            torch.save({"optimiser": optimiser.state_dict(), "history": total}, part)
            os.replace(part, args.state)

    if not resumed:
        words = optimiser_for([n for n in named if ".und." in n or n in ("embed.weight", "und_norm", "head.weight")])
        mark, step = time.time(), 0
        began = share()
        while share() < began + args.warm_up and not stop:
            (batch,) = loader.step()
            words.zero_grad()
            loss, _ = trainee.losses(batch)
            loss.backward()
            words.step(rate_factor(step, (share() - began) / args.warm_up * 0.7, 0.4), 0.0)
            log.add("warm-up", loss)
            step += 1
            if step % 50 == 0:
                log.write(phase="warm-up", step=step, rate=50 * sizes["warm-up"] / (time.time() - mark), seconds=time.time() - start)
                mark = time.time()
        words.zero_grad()
        model.copy_understanding()
        loader.end_warm_up()
        del words
        optimiser = optimiser_for(named)

    if fusion:
        log.write(**fusion.choose(lambda: learn(loader.step(), rate_factor(steps, 0.0, args.decay), 0.9)), seconds=time.time() - start)
    began, mark, saved, logged = share(), time.time(), time.time(), samples
    while (now := share()) < 1 and not stop:
        factor = rate_factor(steps, (now - began) / (1 - began), args.decay)
        learn(loader.step(), factor, min(args.average, (1 + steps) / (10 + steps)))
        if steps % (100 if device.type == "cuda" else 20) == 0:
            log.write(samples=history["samples"] + samples, step=steps, rate=(samples - logged) / (time.time() - mark), factor=factor, seconds=time.time() - start)
            mark, logged = time.time(), samples
        if time.time() - saved > args.save:
            save()
            saved = time.time()
    save()
    log.write(finished=True, samples=history["samples"] + samples, step=steps, seconds=time.time() - start)
    loader.close()


if __name__ == "__main__":
    main()
