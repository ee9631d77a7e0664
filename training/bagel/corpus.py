"""Simple English for the text-only warm-up: WordNet's glosses and example sentences, and SmolLM2's own simple answers."""
from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator

from training.bagel import paths

PLAIN = re.compile(r"[A-Za-z0-9 ,.;:'\"!?()\-]+")
SHORTEST, LONGEST = 20, 240


def _plain(text: str) -> bool:
    return SHORTEST <= len(text) <= LONGEST and PLAIN.fullmatch(text) is not None


def wordnet() -> tuple[list[str], list[str]]:
    """(sentences, topics): definitions as sentences and examples; nouns to ask about."""
    from training.language.prompts import WordNet

    net = WordNet()
    texts = [f"{word}: {gloss}." for word, gloss in net.glosses] + [s[0].upper() + s[1:].rstrip(".") + "." for s in net.sentences]
    topics = sorted({t for t in net.topics if t.isalpha() and 3 < len(t) < 12})
    return [t for t in texts if _plain(t)], topics


def answers() -> Iterator[str]:
    """First sentences of what the small language model wrote, where they are plain English."""
    from training.language.make_text import TEXT, load_tokenizer

    tokenizer = load_tokenizer()
    for path in sorted(TEXT.glob("*.json")):
        for row in json.loads(path.read_text()):
            paragraph = tokenizer.decode(row["answer"], skip_special_tokens=True).split("\n")[0]
            text = paragraph[: LONGEST + 1]
            text = text[: text.rfind(".") + 1]
            if _plain(text) and len(set(text.split())) > 0.6 * len(text.split()):
                yield text


def load() -> tuple[list[str], list[str]]:
    """(sentences, topics) as prepare.py stored them."""
    stored = json.loads(gzip.decompress((paths.CARRIED / "corpus.json.gz").read_bytes()))
    return stored["sentences"], stored["topics"]
