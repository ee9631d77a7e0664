"""48 conversations with the trained model, uncurated: the first of a fixed seed. python -m training.bagel.conversations

20 about a new picture, 14 that draw (every third one thinks first), 8 that draw and then edit what was drawn, 6 without pictures.
Writes runs/bagel/conversations.json and conversations.png.
"""
from __future__ import annotations

import json
import random
import textwrap

import torch
from PIL import Image, ImageDraw, ImageFont

from training.bagel import chat, corpus, edits, paths, questions, requests
from training.bagel.compositions import DRAW_MIX, READ_MIX, Composition, meet, sample
from training.bagel.evaluate import PAIRS, Examiner
from training.bagel.studio import Studio

Turn = tuple[str, str | torch.Tensor]  # (who, text or picture)
CELL = (330, 250)
PICTURE = 96


def _scene(rng: random.Random, mix: dict[str, float]) -> Composition:
    """A new composition; pairs are pairs that training never showed."""
    scene = sample(rng, mix)
    return sample(rng, {"pair": 1.0}, subjects=list(rng.choice(PAIRS))) if scene.kind == "pair" else scene


@torch.no_grad()
def reading(examiner: Examiner, rng: random.Random) -> list[Turn]:
    scene, studio = _scene(rng, READ_MIX), examiner.studio
    pixels = examiner.pixels([scene])
    context = studio.context(1)
    studio.look(context, pixels)
    turns: list[Turn] = [("you", pixels[0])]
    for _ in range(3):
        asked = questions.ask(scene, rng)
        studio.say(context, [asked.question])
        turns += [("you", asked.question), ("model", studio.reply(context)[0])]
    return turns


def drawing(examiner: Examiner, rng: random.Random, think: bool, seed: int) -> list[Turn]:
    request = requests.request(_scene(rng, DRAW_MIX), rng)
    image, thoughts = examiner.studio.draw([request], seed=seed, think=think)
    return [("you", request), *([("model", thoughts[0])] if think else []), ("model", image[0])]


def editing(examiner: Examiner, rng: random.Random, seed: int) -> list[Turn]:
    """Draws, edits what came out, and asks about the result."""
    studio = examiner.studio
    while True:
        made = edits.edit(rng)
        if meet(made.target.subjects):
            break
    request = requests.phrase(made.source, rng)
    first, _ = studio.draw([request], seed=seed)
    second = studio.edit(first, [made.instruction], seed=seed + 1)
    question = questions.naming(made.target, rng).question
    return [("you", request), ("model", first[0]), ("you", made.instruction), ("model", second[0]), ("you", question),
            ("model", studio.ask(second, [question])[0])]


@torch.no_grad()
def talking(examiner: Examiner, rng: random.Random, topics: list[str]) -> list[Turn]:
    studio, context, turns = examiner.studio, examiner.studio.context(1), []
    for _ in range(3):
        said, _ = chat.small_talk(rng, topics)
        studio.say(context, [said])
        turns += [("you", said), ("model", studio.reply(context)[0])]
    return turns


def paint(conversations: list[list[Turn]], columns: int = 6) -> Image.Image:
    """All conversations on one sheet: what you say in blue, what the model says in black."""
    rows = -(-len(conversations) // columns)
    board = Image.new("RGB", (columns * CELL[0], rows * CELL[1]), "white")
    pen, font = ImageDraw.Draw(board), ImageFont.load_default(12)
    for i, turns in enumerate(conversations):
        left, top = i % columns * CELL[0], i // columns * CELL[1]
        pen.rectangle((left, top, left + CELL[0] - 1, top + CELL[1] - 1), outline="#dddddd")
        x, y = left + 8, top + 6
        pictures = [t for _, t in turns if not isinstance(t, str)]
        for who, said in turns:
            if isinstance(said, str):
                for line in textwrap.wrap(said, 52):
                    pen.text((x, y), line, font=font, fill="#1d4ed8" if who == "you" else "black")
                    y += 14
                y += 2
                continue
            bytes_ = ((said.clamp(-1, 1) + 1) * 127.5).byte().permute(1, 2, 0).numpy()
            size = PICTURE if len(pictures) < 2 else 64
            board.paste(Image.fromarray(bytes_).resize((size, size), Image.LANCZOS), (x, y))
            y += size + 4
    return board


def main() -> None:
    torch.set_num_threads(1)
    examiner, rng = Examiner(Studio()), random.Random(2026)
    _, topics = corpus.load()
    every = [reading(examiner, rng) for _ in range(20)]
    every += [drawing(examiner, rng, i % 3 == 2, 500 + i) for i in range(14)]
    every += [editing(examiner, rng, 700 + 2 * i) for i in range(8)]
    every += [talking(examiner, rng, topics) for _ in range(6)]
    paint(every).save(paths.RUNS / "conversations.png", optimize=True)
    words = [[{"who": who, "said": said if isinstance(said, str) else "(picture)"} for who, said in turns] for turns in every]
    (paths.RUNS / "conversations.json").write_text(json.dumps(words, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
