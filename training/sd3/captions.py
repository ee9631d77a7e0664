"""Captions: many ways to say what a scene shows, so that users need not learn a template."""
from __future__ import annotations

import random

COLOURS: dict[str, tuple[int, int, int]] = {
    "white": (255, 255, 255), "grey": (150, 152, 156), "black": (24, 24, 28), "red": (214, 60, 60),
    "orange": (245, 150, 60), "yellow": (250, 220, 90), "green": (90, 180, 100), "light blue": (160, 210, 245),
    "blue": (60, 110, 215), "purple": (140, 90, 200), "pink": (250, 175, 205), "brown": (130, 90, 60),
}
STYLE_WORDS = {
    "noto": ["noto", "noto emoji", "noto style"],
    "fluent 3d": ["fluent 3d", "fluent 3d", "3d", "3d render", "glossy 3d"],
    "flat": ["flat", "flat", "fluent flat", "flat design"],
    "twemoji": ["twemoji", "twemoji style", "twemoji"],
}
# Words that take no article ("scissors") or may go without one ("bread").
PLURAL = {"grapes", "cherries", "french fries", "fries", "books", "scissors", "glasses", "eyeglasses", "bananas", "cattle",
          "sunglasses face"}
MASS = {"corn", "maize", "bread", "toast", "cheese", "coffee", "hot drink", "beer", "wine", "fire", "lightning", "high voltage",
        "love", "planet earth", "earth", "saturn", "cooking", "tennis", "candy on a stick", "death's head", "citrus", "rage"}


def with_article(words: str) -> str:
    if words in PLURAL or words in MASS:
        return words
    # "u" as in unicorn and "ufo" sounds like "you"; "umbrella" does not.
    vowel = words[0] in "aeio" or (words[0] == "u" and not words.startswith(("uni", "ufo", "us")))
    return ("an " if vowel else "a ") + words


def noun_phrase(subject: dict, rng: random.Random, adjective: str = "") -> str:
    words = subject["name"]
    if subject["synonyms"] and rng.random() < 0.35:
        words = rng.choice(subject["synonyms"])
    if adjective:
        words = f"{adjective} {words}"
    return words if rng.random() < 0.08 else with_article(words)


def _join(phrases: list[str], place: str, rng: random.Random) -> str:
    """Two or three objects. The first named stands left (or on top), unless the words say otherwise."""
    if len(phrases) == 3:
        a, b, c = phrases
        return rng.choice([f"{a}, {b} and {c}", f"{a}, {b} and {c}", f"{a} and {b} and {c}", f"{a} above {b} and {c}"])
    a, b = phrases
    if place == "above":
        return rng.choice([f"{a} above {b}", f"{a} above {b}", f"{b} below {a}", f"{a} on top of {b}"])
    return rng.choice(
        [f"{a} and {b}"] * 4
        + [f"{a} next to {b}", f"{a} beside {b}", f"{a} to the left of {b}", f"{b} to the right of {a}",
           f"{a} on the left and {b} on the right", f"{a} with {b}"]
    )


def caption_for(subjects: list[dict], style: str, kind: str, place: str, colour: str, rng: random.Random) -> str:
    """subjects: entries of subjects.json, in reading order."""
    if kind == "large":
        what = noun_phrase(subjects[0], rng, rng.choice(["large", "big"]) if rng.random() < 0.12 else "")
    elif kind == "small":
        what = noun_phrase(subjects[0], rng, rng.choice(["small", "small", "little", "tiny"]))
        if place == "centre":
            what += rng.choice(["", "", " in the centre", " in the middle"])
        elif " " in place:
            what += f" in the {place}" + rng.choice(["", " corner"])
        else:
            what += rng.choice([f" on the {place}", f" at the {place}"])
    else:
        what = _join([noun_phrase(s, rng) for s in subjects], place, rng)
    ground = ""
    if colour != "white" or rng.random() < 0.15:
        ground = rng.choice([f" on a {colour} background", f" on {colour}", f", {colour} background", f" on a {colour} background"])
        ground = ground.replace("a orange", "an orange")
    words = rng.choice(STYLE_WORDS[style])
    form = rng.random()
    if form < 0.12:  # no style named
        return what + ground
    if form < 0.55:
        return f"{what}{ground}, {words}"
    if form < 0.75:
        return f"{words} emoji of {what}{ground}".replace("emoji emoji", "emoji").replace("style emoji", "emoji")
    if form < 0.88:
        return f"{what}{ground} in {words} style".replace("style style", "style")
    return f"{words}: {what}{ground}"
