"""Go on with reading alone, on a CPU: python -m training.bagel.train_reading --minutes 60

Trains the attention of the understanding expert's upper layers; all else, the generation expert above all, stays as it is to the
last bit. Every eighth step (--every) takes a small batch of another layout beside the questions: with noise, it keeps the velocities of
--teacher, since texts and pictures to edit are read by the same expert; without, it keeps the answers. Minutes are the processor's,
so that a busy machine trains as long as an idle one. Writes the averaged weights into --out; go on with --start OUT.
"""
from __future__ import annotations

import argparse
import signal
import time
from pathlib import Path

import torch

from training.bagel import paths
from training.bagel.batches import Trainee, Writer
from training.bagel.model import Bagel
from training.bagel.optim import Optimiser
from training.bagel.reading import Asker, Reader
from training.bagel.render import Renderer
from training.bagel.sizes import BUNDLED
from training.bagel.train import Log, rate_factor
from training.bagel.weights import from_official, load_shards, save_shards

BESIDE = ("draw", "two", "edit", "context", "draw", "text", "think", "edit", "draw", "context", "think-edit")  # in turn
WARM = 54  # of the 60 steps over which the rate rises are left out: a CPU takes few
STEP_WEIGHTS = {"answers": 1.0, "match": 0.3, "place": 0.3, "recall": 0.2}


def is_trained(name: str, frozen: int) -> bool:
    """The attention of the understanding expert's upper layers: where to look, and what to take from there."""
    return any(f".und.{part}" in name for part in ("qkv", "out")) and int(name.split(".")[1]) >= frozen


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--minutes", type=float, default=60, help="of the processor")
    parser.add_argument("--decay", type=float, default=0.35, help="share of the time over which the rate falls to zero")
    parser.add_argument("--pictures", type=int, default=16, help="of a step")
    parser.add_argument("--beside", type=int, default=6, help="samples of the other layout of a step")
    parser.add_argument("--every", type=int, default=8, help="steps from one batch of another layout to the next")
    parser.add_argument("--frozen", type=int, default=3, help="layers of the decoder that are left as they are, with all below them")
    parser.add_argument("--kept", type=float, default=8.0, help="weight of the squared distance to the old velocities: it is some thousandths")
    parser.add_argument("--lr-muon", type=float, default=4e-3)
    parser.add_argument("--lr-adam", type=float, default=1e-3)
    parser.add_argument("--average", type=float, default=0.95)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--start", type=Path, default=paths.WEIGHTS)
    parser.add_argument("--teacher", type=Path, default=paths.WEIGHTS, help="the weights whose velocities are kept")
    parser.add_argument("--out", type=Path, default=paths.CACHE / "bagel-read")
    parser.add_argument("--log", type=Path, default=paths.RUNS / "reading.jsonl")
    parser.add_argument("--save", type=float, default=60, help="seconds of the processor between two savings")
    parser.add_argument("--seed", type=int, default=21)
    return parser.parse_args()


def main() -> None:
    start, args = time.process_time(), arguments()
    torch.set_num_threads(args.threads)
    torch.manual_seed(args.seed)
    official, note = load_shards(args.start)
    weights, dtype = from_official(official, BUNDLED), torch.bfloat16
    model, teacher = Bagel(BUNDLED).to(dtype), Bagel(BUNDLED).to(dtype).requires_grad_(False)
    teacher.load_state_dict(from_official(load_shards(args.teacher)[0], BUNDLED))
    trained = [name for name, _ in model.named_parameters() if is_trained(name, args.frozen)]
    for name, parameter in model.named_parameters():
        parameter.requires_grad_(is_trained(name, args.frozen))
    optimiser = Optimiser(model, trained, args.lr_muon, args.lr_adam)
    optimiser.load_weights(weights)
    renderer = Renderer(torch.device("cpu"), BUNDLED)
    asker, writer = Asker(args.seed), Writer(args.seed + 1)
    reader, trainee = Reader(model, renderer, dtype, args.frozen), Trainee(model, renderer, torch.device("cpu"), dtype, teacher)
    log, stop = Log(args.log), []
    log.write(arguments={k: str(v) for k, v in vars(args).items()}, note=note, trained=sum(weights[n].numel() for n in trained))
    signal.signal(signal.SIGTERM, lambda *_: stop.append(True))  # a polite kill still saves

    def save() -> None:
        averaged = optimiser.averaged()
        minutes = round(float(note["minutes"]) + (time.process_time() - start) / 60, 1)
        total = {"samples": str(int(note["samples"]) + samples), "minutes": str(minutes)}
        save_shards(weights | {name: averaged[name] for name in trained}, BUNDLED, args.out, total)

    step = asked = samples = 0
    mark = saved = time.process_time()
    while (used := (time.process_time() - start) / (60 * args.minutes)) < 1 and not stop:
        optimiser.zero_grad()
        batch = asker.batch(args.pictures)
        reader.optimiser.zero_grad()
        losses = reader.losses(batch)
        sum(losses[name] * weight for name, weight in STEP_WEIGHTS.items()).backward()
        reader.optimiser.step()
        beside, text, kept = BESIDE[step // args.every % len(BESIDE)], None, None
        if step % args.every == 0:
            text, kept = trainee.losses(writer.batch(beside, args.beside))
            (sum(t * w for t, w in ((text, 0.3), (kept, args.kept)) if t is not None)).backward()
        log.add("norm", optimiser.step(rate_factor(step + WARM, used, args.decay), min(args.average, (1 + step) / (10 + step))))
        for name, value in (losses | {f"{beside}-text": text, f"{beside}-kept": kept}).items():
            if value is not None:
                log.add(name, value)
        step, samples, asked = step + 1, samples + args.pictures, asked + int(batch.segment.max(1).sum()) + args.pictures
        if step % 5 == 0:
            now = time.process_time()
            log.write(step=step, pictures=step * args.pictures, questions=asked, rate=5 * args.pictures / (now - mark), seconds=now - start)
            mark = now
        if time.process_time() - saved > args.save:
            save()
            saved = time.process_time()
    save()
    log.write(finished=True, step=step, pictures=step * args.pictures, questions=asked, seconds=time.process_time() - start)


if __name__ == "__main__":
    main()
