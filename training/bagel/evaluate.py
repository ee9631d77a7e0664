"""Score the trained model: python -m training.bagel.evaluate [--part 0.2]

Questions and drawings of two subjects use pairs that no training scene shows together; all other scenes are new random compositions.
Nothing is picked. Drawings and edits are judged by sd3-emoji's classifier, which never saw a generated picture; answers by their words.
"""
from __future__ import annotations

import argparse
import json
import random
import re
import time
from collections.abc import Callable
from functools import cached_property

import torch

from training.bagel import edits, paths, questions, requests, words
from training.bagel.compositions import COLOURS, HELD_OUT, SUBJECTS, Composition, sample
from training.bagel.questions import Asked
from training.bagel.render import Scribe
from training.bagel.sample import DRAW, EDIT, Guidance
from training.bagel.studio import Studio
from judge import load_judge

PAIRS = [(a, b) for a in range(len(SUBJECTS)) for b in range(len(SUBJECTS)) if HELD_OUT[a][b]]
SINGLE, PAIR = {"large": 0.5, "small": 0.5}, {"pair": 0.8, "corners": 0.2}


def unseen(rng: random.Random, mix: dict[str, float], several: bool) -> Composition:
    return sample(rng, mix, subjects=list(rng.choice(PAIRS)) if several else None)


def counted(rng: random.Random, most: int = 4) -> Composition:
    """Equal shares of one to four things: singles, unseen pairs, groups."""
    number = rng.randint(1, most)
    if number == 1 or number == 2 and rng.random() < 0.5:
        return unseen(rng, SINGLE if number == 1 else PAIR, number == 2)
    return sample(rng, {"group": 1.0}, subjects=list(rng.choice(PAIRS)), count=number)


def right(asked: Asked, answer: str) -> bool:
    """Whether an answer says what the key wants; numbers and yes or no count where they come first."""
    if asked.kind == "counting":
        numbers = [w for w in re.findall(r"[a-z]+", answer.lower()) if w in (*words.NUMBERS, "none")]
        return bool(numbers) and numbers[0].replace("none", "no") == asked.key[0]
    if asked.kind == "yes-no":
        return answer.startswith(asked.key[0])
    if asked.key == ("blue",):
        answer = answer.replace("light blue", "")
    found = [key.lower() in answer.lower() for key in asked.key]
    return all(found) if asked.kind == "naming-all" else any(found)


QUESTIONS: dict[str, tuple[Callable, Callable[[random.Random], Composition]]] = {
    "naming": (questions.naming, lambda rng: unseen(rng, SINGLE, False)),
    "naming both of an unseen pair": (questions.naming, lambda rng: unseen(rng, PAIR, True)),
    "naming at a place, unseen pair": (questions.naming_at, lambda rng: unseen(rng, PAIR, True)),
    "colour of the background": (questions.colour, lambda rng: unseen(rng, SINGLE | PAIR, False) if rng.random() < 0.5 else unseen(rng, PAIR, True)),
    "counting to four": (questions.counting, counted),
    "counting to six": (questions.counting, lambda rng: counted(rng, 6)),
    "position, unseen pair": (questions.position, lambda rng: unseen(rng, PAIR, True)),
    "position, single": (questions.position, lambda rng: unseen(rng, {"small": 1.0}, False)),
    "yes or no": (questions.presence, lambda rng: unseen(rng, SINGLE, False) if rng.random() < 0.5 else unseen(rng, PAIR, True)),
    "what is left, right, above, below": (questions.relation, lambda rng: unseen(rng, {"pair": 1.0}, True)),
    "what else, unseen pair": (questions.other, lambda rng: unseen(rng, PAIR, True)),
    "style": (questions.style, lambda rng: unseen(rng, SINGLE, False)),
}


class Examiner:
    def __init__(self, studio: Studio):
        self.studio, self.scribe = studio, Scribe()

    @cached_property
    def judge(self):
        """Read at its first use: questions need none."""
        return load_judge(len(SUBJECTS))

    def pixels(self, scenes: list[Composition]) -> torch.Tensor:
        colours, things = self.scribe.write(scenes)
        return self.studio.renderer.pixels(torch.from_numpy(colours), torch.from_numpy(things))

    def answers(self, name: str, count: int, think: bool = False) -> tuple[float, list[tuple[Asked, str]]]:
        rng, (maker, scene) = random.Random(f"{name}/31"), QUESTIONS[name]
        rows: list[tuple[Asked, str]] = []
        while len(rows) < count:
            scenes, asked = [], []
            while len(scenes) < min(50, count - len(rows)):
                one = scene(rng)
                question = maker(one, rng)
                if question is not None and (name != "colour of the background" or question.kind == "colour"):
                    scenes.append(one)
                    asked.append(question)
            said = self.studio.ask(self.pixels(scenes), [a.question for a in asked], think)
            rows += [(a, s.split("</think>")[-1]) for a, s in zip(asked, said)]
        return sum(right(a, s) for a, s in rows) / len(rows), rows

    def top(self, images: torch.Tensor, subjects: list[list[int]]) -> list[list[bool]]:
        """For every picture, whether each subject is among the judge's highest (as many as wanted)."""
        logits = self.judge(images)
        return [[s in row.topk(len(want)).indices for s in want] for row, want in zip(logits, subjects)]

    def drawings(self, mix: dict[str, float], several: bool, count: int, seed: int, think: bool = False, guidance: Guidance = DRAW):
        """(share with every subject found, share of subjects found, pictures, requests)."""
        rng = random.Random(seed)
        scenes = [unseen(rng, mix, several) for _ in range(count)]
        asked = [requests.request(s, rng) for s in scenes]
        parts = [self.studio.draw(asked[i : i + 40], guidance, seed + i, think)[0] for i in range(0, count, 40)]
        images = torch.cat(parts)
        hits = self.top(images, [s.subjects for s in scenes])
        return sum(map(all, hits)) / count, sum(map(sum, hits)) / sum(map(len, hits)), images, asked

    def edit(self, kind: str, count: int, guidance: Guidance = EDIT) -> dict[str, float]:
        """subjects: all of the target found; background: nearest palette colour right; kept: PSNR outside the changed boxes."""
        rng = random.Random(f"{kind}/5")
        made = [edits.edit(rng, kind=kind) for _ in range(count)]
        source, target = self.pixels([e.source for e in made]), self.pixels([e.target for e in made])
        drawn = torch.cat([self.studio.edit(source[i : i + 30], [e.instruction for e in made[i : i + 30]], guidance, i) for i in range(0, count, 30)])
        hits = self.top(drawn, [e.target.subjects for e in made])
        palette = torch.tensor(list(COLOURS.values())).float() / 127.5 - 1
        edge = torch.cat([drawn[:, :, :2].flatten(2), drawn[:, :, :, :2].flatten(2), drawn[:, :, -2:].flatten(2), drawn[:, :, :, -2:].flatten(2)], 2)
        nearest = torch.cdist(edge.median(2).values, palette).argmin(1).tolist()
        ground = [list(COLOURS)[n] == e.target.colour for n, e in zip(nearest, made)]
        limit = self.studio.renderer.decode(self.studio.renderer.latents(target))
        kept = {"kept": _outside(drawn, target, made), "limit": _outside(limit, target, made)}
        both = [all(h) and g for h, g in zip(hits, ground)]
        return {"right": sum(both) / count, "subjects": sum(map(all, hits)) / count, "background": sum(ground) / count} | kept


def _outside(images: torch.Tensor, target: torch.Tensor, made: list[edits.Edit]) -> float:
    """Median PSNR in dB against the target, outside the boxes of what the edit changes."""
    values = []
    for image, wanted, one in zip(images, target, made):
        mask = torch.ones(image.shape[1:], dtype=torch.bool)
        for scene in (one.source, one.target):
            for i in one.changed:
                if i < len(scene.things) and not (one.kind == "remove" and scene is one.target):
                    t = scene.things[i]
                    mask[max(0, t.y) : t.y + t.side, max(0, t.x) : t.x + t.side] = False
        if mask.any():
            values.append(-10 * torch.log10((((image - wanted) / 2)[:, mask]).square().mean().clamp_min(1e-9)))
    return torch.stack(values).median().item()


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--part", type=float, default=1.0, help="share of the questions and pictures, for a quick look")
    parser.add_argument("--only", choices=("read", "draw", "edit"))
    parser.add_argument("--threads", type=int, default=1)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    from sample import sheet  # sd3-emoji's

    examiner, start = Examiner(Studio()), time.time()
    paths.RUNS.mkdir(parents=True, exist_ok=True)
    file = paths.RUNS / "metrics.json"
    metrics = json.loads(file.read_text()) if args.only and file.exists() else {}
    metrics |= {"samplesSeen": int(examiner.studio.note["samples"]), "minutes": float(examiner.studio.note["minutes"])}

    def note(group: str, name: str, value) -> None:
        rounded = {k: round(v, 4) for k, v in value.items()} if isinstance(value, dict) else round(value, 4)
        metrics.setdefault(group, {})[name] = rounded
        metrics.setdefault("part", {})[group] = args.part
        print(f"{time.time() - start:5.0f} s", group, name, rounded, flush=True)
        file.write_text(json.dumps(metrics, indent=1) + "\n")

    if args.only in (None, "read"):
        for name in QUESTIONS:
            score, rows = examiner.answers(name, round(200 * args.part))
            note("questions", name, score)
            wrong = [(a, s) for a, s in rows if not right(a, s)][:2]
            print("".join(f"        {a.question} | {s} | wanted {a.key[0]}\n" for a, s in wrong), end="")
    if args.only in (None, "draw"):
        board = []
        for name, mix, several, count, think in (
                ("singles", {"large": 1.0}, False, 200, False), ("small singles", {"small": 1.0}, False, 100, False),
                ("unseen pairs", {"pair": 1.0}, True, 100, False), ("unseen pairs, thinking", {"pair": 1.0}, True, 40, True)):
            every, each, images, asked = examiner.drawings(mix, several, round(count * args.part), 11, think)
            note("drawings", name, every)
            note("drawings", f"{name}, each", each)
            board += list(zip(images[:16], asked))
        sheet(torch.stack([i for i, _ in board]), 8, paths.RUNS / "contact-sheet.png")
        (paths.RUNS / "contact-sheet.txt").write_text("\n".join(a for _, a in board) + "\n")
    if args.only in (None, "edit"):
        for kind in ("recolour", "add", "remove", "replace", "move", "restyle"):
            note("edits", kind, examiner.edit(kind, round(40 * args.part)))


if __name__ == "__main__":
    main()
