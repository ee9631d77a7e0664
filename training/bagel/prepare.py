"""Gather what training reads into cache/bagel-gpu: emoji sheet, frozen autoencoder, tokenizer, text. python -m training.bagel.prepare

Needs cache/emoji, cache/vae-frozen.pt and cache/language (see training/README.md).
"""
from __future__ import annotations

import gzip
import json
import random
import shutil

import numpy as np
import torch
from PIL import Image

from training.bagel import chat, comparisons, corpus, edits, paths, questions, requests, settings, tokenizer
from training.bagel.compositions import DRAW_MIX, READ_MIX, sample
from training.bagel.sizes import BUNDLED

TOPICS = 4000  # nouns that small talk may ask about


def pack_pictures() -> None:
    """All emoji below each other in one PNG."""
    source = paths.CACHE / "emoji"
    size = json.loads((source / "pictures.json").read_text())["size"]
    raw = np.frombuffer((source / "pictures.rgba").read_bytes(), np.uint8).reshape(-1, size, 4)
    Image.fromarray(raw, "RGBA").save(paths.CARRIED / "pictures.png")
    shutil.copy(source / "pictures.json", paths.CARRIED / "pictures.json")


def pack_autoencoder() -> None:
    frozen = torch.load(paths.CACHE / "vae-frozen.pt")
    frozen["model"] = {k: v.half() if v.is_floating_point() else v for k, v in frozen["model"].items()}
    torch.save(frozen, paths.CARRIED / "vae.pt")


def task_texts(count: int, topics: list[str]) -> list[str]:
    """Everything that a conversation may contain."""
    rng, texts = random.Random(17), []
    for _ in range(count):
        scene = sample(rng, READ_MIX)
        asked = questions.ask(scene, rng)
        drawn = sample(rng, DRAW_MIX)
        texts += [asked.question, asked.answer, requests.request(drawn, rng), requests.plan(drawn, rng), requests.observation(scene),
                  edits.edit(rng).instruction, comparisons.two(rng)[2].answer, *chat.small_talk(rng, topics)]
    return texts + [settings.UNDERSTAND_THINK, settings.GENERATE_THINK] * 50


def main() -> None:
    paths.CARRIED.mkdir(parents=True, exist_ok=True)
    pack_pictures()
    pack_autoencoder()
    sentences, topics = corpus.wordnet()
    sentences += list(corpus.answers())
    random.Random(3).shuffle(sentences)
    random.Random(4).shuffle(topics)
    topics = topics[:TOPICS]
    (paths.CARRIED / "corpus.json.gz").write_bytes(gzip.compress(json.dumps({"sentences": sentences, "topics": topics}).encode()))
    built = tokenizer.build(sentences + 3 * task_texts(12000, topics), BUNDLED.vocabulary)
    tokenizer.write(built, paths.CARRIED / "tokenizer", BUNDLED.context)
    print(len(sentences), "sentences;", built.get_vocab_size(), "tokens;",
          {f.name: f.stat().st_size for f in sorted(paths.CARRIED.glob("*"))})


if __name__ == "__main__":
    main()
