"""Words for what a scene shows: nouns, plurals, places, counts, whole descriptions."""
from __future__ import annotations

import random

from training.bagel.compositions import SUBJECTS, STYLES, Composition, Thing
from captions import PLURAL, STYLE_WORDS, noun_phrase, with_article

NUMBERS = ["no", "one", "two", "three", "four", "five", "six"]
IRREGULAR = {"mouse": "mice", "little mouse": "little mice", "sheep": "sheep", "tropical fish": "tropical fish", "fish": "fish",
             "loaf": "loaves", "maple leaf": "maple leaves", "snowman": "snowmen", "watch": "watches", "tomato": "tomatoes",
             "wristwatch": "wristwatches", "sun": "suns", "smiling face": "smiling faces", "cactus": "cacti", "ox": "oxen"}
AT = {"left": ["on the left"], "right": ["on the right"], "top": ["at the top"], "bottom": ["at the bottom"],
      "centre": ["in the middle", "in the centre"], "top left": ["in the top left corner", "at the top left"],
      "top right": ["in the top right corner", "at the top right"], "bottom left": ["in the bottom left corner", "at the bottom left"],
      "bottom right": ["in the bottom right corner", "at the bottom right"]}
STYLE_NAMES = {"noto": "noto", "fluent 3d": "fluent 3d", "flat": "flat", "twemoji": "twemoji"}


def name(subject: int) -> str:
    return SUBJECTS[subject]["name"]


def a(subject: int) -> str:
    """The canonical name with its article."""
    return with_article(name(subject))


def any_name(subject: int, rng: random.Random) -> str:
    """The name, or in a third of the cases a synonym."""
    synonyms = SUBJECTS[subject]["synonyms"]
    return rng.choice(synonyms) if synonyms and rng.random() < 0.33 else name(subject)


def any_a(subject: int, rng: random.Random) -> str:
    return noun_phrase(SUBJECTS[subject], rng)


def the(subject: int, rng: random.Random) -> str:
    return f"the {any_name(subject, rng)}"


def _plural_word(word: str) -> str:
    if word in IRREGULAR:
        return IRREGULAR[word]
    if word.endswith("y") and word[-2] not in "aeiou":
        return word[:-1] + "ies"
    return word + ("es" if word.endswith(("s", "x", "ch", "sh")) else "s")


def plural(words: str) -> str:
    """"slice of pizza" -> "slices of pizza"."""
    if words in PLURAL:
        return words
    for joint in (" of ", " with ", " in a ", " on a "):
        if joint in words:
            head, tail = words.split(joint, 1)
            return _plural_word(head) + joint + tail
    return _plural_word(words)


def counted(count: int, words: str) -> str:
    """"one dog", "three dogs"."""
    return f"one {words}" if count == 1 else f"{NUMBERS[count]} {plural(words)}"


def listing(phrases: list[str]) -> str:
    return phrases[0] if len(phrases) == 1 else ", ".join(phrases[:-1]) + " and " + phrases[-1]


def counts(scene: Composition) -> dict[int, int]:
    """How often each subject is there, in reading order."""
    found: dict[int, int] = {}
    for thing in scene.things:
        found[thing.subject] = found.get(thing.subject, 0) + 1
    return found


def contents(scene: Composition, rng: random.Random | None = None) -> str:
    """"a cat and a dog", "two cats and a dog"; canonical names without rng."""
    phrases = []
    for subject, count in counts(scene).items():
        if count > 1:
            phrases.append(counted(count, any_name(subject, rng) if rng else name(subject)))
        else:
            phrases.append(any_a(subject, rng) if rng else a(subject))
    return listing(phrases)


def at(thing: Thing, rng: random.Random | None = None) -> str:
    phrases = AT[thing.place]
    return rng.choice(phrases) if rng else phrases[0]


def arranged(scene: Composition, rng: random.Random | None = None) -> str:
    """Each object with its place: "a cat on the left and a dog on the right". Groups and large objects have none."""
    if scene.kind == "group":
        return contents(scene, rng)
    if scene.kind == "large":
        return f"a large {name(scene.things[0].subject)}"
    if scene.kind == "small":
        thing = scene.things[0]
        return f"a small {name(thing.subject)} {at(thing, rng)}"
    return listing([f"{a(t.subject)} {at(t, rng)}" for t in scene.things])


def style_words(scene: Composition, rng: random.Random) -> str:
    return rng.choice(STYLE_WORDS[STYLES[scene.style]])


def on_colour(colour: str, rng: random.Random | None = None) -> str:
    article = "an" if colour == "orange" else "a"
    phrases = [f"on {article} {colour} background", f"on {colour}", f"with {article} {colour} background"]
    return rng.choice(phrases) if rng else phrases[0]
