"""Score the denoiser with the independent judge, and draw the contact sheet.

python evaluate.py                         the full score: 200 singles, 100 small singles, 100 unseen pairs, 28 steps
python evaluate.py --search                a small grid over guidance and shift (60 singles, 40 pairs)
Captions are random forms (synonyms, colours, styles) drawn with a fixed seed; every picture has its own noise; nothing is
picked. A pair counts only if both subjects are the judge's two highest; these pairs were never shown together in training.
"""
from __future__ import annotations

import argparse
import itertools
import json
import random
import time

import torch

from assets import DEFAULTS
from export import load_parts
from judge import load_judge, test
from runlog import RUNS
from sample import encode_prompts, sample, sheet
from scenes import CACHE, Pictures, describe, held_out, sample_scene
from text import Prompts

OUT = RUNS / "evaluation"


def single_captions(pictures: Pictures, kind: str, count: int, seed: int) -> list[tuple[str, list[int]]]:
    rng = random.Random(seed)
    order = list(range(len(pictures.subjects))) * 2
    rng.shuffle(order)
    scenes = [sample_scene(pictures, rng, {kind: 1.0}, subjects=[s]) for s in order[:count]]
    return [(describe(pictures, s, rng), [o.subject for o in s.objects]) for s in scenes]


def pair_captions(pictures: Pictures, count: int, seed: int) -> list[tuple[str, list[int]]]:
    """Pairs that the training scenes leave out."""
    rng, n = random.Random(seed), len(pictures.subjects)
    pairs = [(a, b) for a in range(n) for b in range(n) if a < b and held_out(a, b)]
    scenes = [sample_scene(pictures, rng, {"pair": 1.0}, subjects=rng.sample(p, 2)) for p in rng.sample(pairs, count)]
    return [(describe(pictures, s, rng), [o.subject for o in s.objects]) for s in scenes]


class Painter:
    def __init__(self):
        self.net, self.t5, self.clips, self.vae, self.scale, self.shift, self.samples = load_parts()
        self.prompts = Prompts(CACHE / "tokenizers")

    @torch.no_grad()
    def draw(self, captions: list[str], steps: int, guidance: float, shift: float, seed: int = 1234) -> torch.Tensor:
        """[N, 3, 128, 128] in [-1, 1]."""
        empty = encode_prompts([""], self.prompts, self.clips, self.t5)
        images = []
        for i in range(0, len(captions), 40):
            condition = encode_prompts(captions[i : i + 40], self.prompts, self.clips, self.t5)
            x = sample(self.net, condition, empty, steps, guidance, shift, seed + i)
            images.append(self.vae.decoder(x / self.scale + self.shift).clamp(-1, 1))
        return torch.cat(images)


@torch.no_grad()
def agreement(judge, images: torch.Tensor, wanted: list[list[int]]) -> dict[str, float]:
    """all: every wanted subject among the judge's highest (as many as wanted); each: share of wanted subjects found."""
    logits = torch.cat([judge(part) for part in images.split(40)])
    hits = [[s in row.topk(len(want)).indices.tolist() for s in want] for row, want in zip(logits, wanted)]
    return {"all": sum(map(all, hits)) / len(hits), "each": sum(map(sum, hits)) / sum(map(len, hits))}


def search(painter: Painter, judge, pictures: Pictures, guidances: list[float], shifts: list[float]) -> None:
    singles, pairs = single_captions(pictures, "large", 60, 5), pair_captions(pictures, 40, 6)
    rows = []
    for guidance, shift in itertools.product(guidances, shifts):
        row = {"guidance": guidance, "shift": shift}
        for name, captions in (("singles", singles), ("pairs", pairs)):
            images = painter.draw([c for c, _ in captions], 28, guidance, shift)
            row[name] = agreement(judge, images, [w for _, w in captions])["all"]
        rows.append(row)
        print(row, flush=True)
    (OUT / "search.json").write_text(json.dumps({"samples": painter.samples, "rows": rows}, indent=1) + "\n")


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--search", action="store_true")
    parser.add_argument("--guidances", type=float, nargs="+", default=[2.0, 3.0, 4.5])
    parser.add_argument("--shifts", type=float, nargs="+", default=[1.0, 2.0])
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--part", type=float, default=1.0, help="share of the captions, for a quick look")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    OUT.mkdir(parents=True, exist_ok=True)
    pictures, painter = Pictures(), Painter()
    judge = load_judge(len(pictures.subjects))
    if args.search:
        search(painter, judge, pictures, args.guidances, args.shifts)
        return
    settings = (DEFAULTS["steps"], DEFAULTS["guidanceScale"], DEFAULTS["shift"])
    metrics = {"samplesSeen": painter.samples, "steps": settings[0], "guidance": settings[1], "shift": settings[2]}
    sets = {"singles": single_captions(pictures, "large", round(200 * args.part), 1),
            "smallSingles": single_captions(pictures, "small", round(100 * args.part), 2),
            "unseenPairs": pair_captions(pictures, round(100 * args.part), 3)}
    start, board = time.time(), []
    for name, captions in sets.items():
        images = painter.draw([c for c, _ in captions], *settings)
        score = agreement(judge, images, [w for _, w in captions])
        metrics[name] = round(score["all"], 4)
        if name == "unseenPairs":
            metrics["unseenPairsEach"] = round(score["each"], 4)
        take = {"singles": 40, "smallSingles": 8, "unseenPairs": 16}[name]
        board += [(image, caption) for image, (caption, _) in zip(images[:take], captions)]
        print(name, score, f"{time.time() - start:.0f} s", flush=True)
    for through_vae in (False, True):
        metrics |= {f"judge_{k}": round(v, 4) for k, v in test(judge, pictures, through_vae).items()}
    sheet(torch.stack([i for i, _ in board]), 8, OUT / "contact-sheet.png")
    (OUT / "contact-sheet.txt").write_text("\n".join(c for _, c in board) + "\n")
    (OUT / "metrics.json").write_text(json.dumps(metrics, indent=1) + "\n")
    print(json.dumps(metrics, indent=1))


if __name__ == "__main__":
    main()
