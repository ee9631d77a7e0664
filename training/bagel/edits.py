"""Edits: a scene, an instruction in varied words, and the same scene with only that change."""
from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, replace

from training.bagel import words
from training.bagel.compositions import (COLOUR_NAMES, LARGE, SMALL, STYLES, Composition, Thing, companion, free_places, put, sample)
from captions import STYLE_WORDS

ANY_MIX = {"large": 0.3, "small": 0.2, "pair": 0.3, "corners": 0.07, "triple": 0.08, "group": 0.05}
ROOM_MIX = {"small": 0.5, "pair": 0.35, "corners": 0.15}
SEVERAL_MIX = {"pair": 0.5, "corners": 0.2, "triple": 0.2, "quad": 0.1}
APART_MIX = {"large": 0.35, "small": 0.2, "pair": 0.3, "corners": 0.05, "triple": 0.1}
BARE_PLACES = {"left": "left side", "right": "right side", "top": "top", "bottom": "bottom", "centre": "middle"}


@dataclass(frozen=True)
class Edit:
    """changed: indices of the target's (or, for a removal, the source's) things that the edit touches."""

    kind: str
    source: Composition
    instruction: str
    target: Composition
    changed: tuple[int, ...]


def recolour(rng: random.Random, source: Composition) -> Edit:
    colour = rng.choice([c for c in COLOUR_NAMES if c != source.colour])
    word = rng.choice(["colour", "color"])
    on = words.on_colour(colour, rng)
    text = rng.choice([f"Make the background {colour}.", f"Change the background to {colour}.", f"change the {word} of the background to {colour}",
                       f"Put it {on}.", f"{colour} background please", f"Turn the background {colour}.", f"The same {on}.", f"Now {on}.",
                       f"I want a {colour} background.", f"Can you make the background {colour}?", f"make it {colour} behind", f"Paint the background {colour}.",
                       f"The background should be {colour}.", f"Set the background to {colour}."])
    return Edit("recolour", source, text, replace(source, colour=colour), ())


def add(rng: random.Random, source: Composition) -> Edit | None:
    places = free_places(source.things)
    if not places:
        return None
    place, subject = rng.choice(places), companion(source.subjects, rng)
    new = put(subject, place, source.things[0].side, rng)
    one, where = words.any_a(subject, rng), words.at(new, rng)
    text = rng.choice([f"Add {one} {where}.", f"Put {one} {where}.", f"add {one} {where}", f"Draw {one} {where} too.", f"Now add {one} {where}.",
                       f"Can you add {one} {where}?", f"Place {one} {where}.", f"I also want {one} {where}.", f"There should be {one} {where}."])
    return Edit("add", source, text, source.with_things(*source.things, new), (len(source.things),))


def remove(rng: random.Random, source: Composition) -> Edit | None:
    if len(source.things) < 2:
        return None
    index = rng.randrange(len(source.things))
    thing = source.things[index]
    noun = words.the(thing.subject, rng)
    text = rng.choice([f"Remove {noun}.", f"Take away {noun}.", f"Delete {noun}.", f"remove {noun}", f"Erase {noun}.", f"Without {noun}, please.",
                       f"I don't want {noun}.", f"Get rid of {noun}.", f"Can you remove {noun}?", f"Remove the thing {words.at(thing, rng)}."])
    return Edit("remove", source, text, source.with_things(*(t for t in source.things if t is not thing)), (index,))


def swap(rng: random.Random, source: Composition) -> Edit:
    index = rng.randrange(len(source.things))
    thing = source.things[index]
    subject = companion(source.subjects, rng)
    noun, one = words.the(thing.subject, rng), words.any_a(subject, rng)
    forms = [f"Replace {noun} with {one}.", f"Turn {noun} into {one}.", f"Change {noun} to {one}.", f"replace {noun} by {one}", f"Make {noun} {one}.",
             f"Swap {noun} for {one}.", f"Instead of {noun}, draw {one}.", f"Exchange {noun} for {one}.", f"{one} instead of {noun}"]
    if len(source.things) == 1:
        forms += [f"Make it {one}.", f"Now {one} instead.", f"Turn it into {one}.", f"Change it to {one}."]
    things = [replace(t, subject=subject) if i == index else t for i, t in enumerate(source.things)]
    return Edit("replace", source, rng.choice(forms), source.with_things(*things), (index,))


def move(rng: random.Random, source: Composition) -> Edit | None:
    index = rng.randrange(len(source.things))
    thing = source.things[index]
    others = tuple(t for t in source.things if t is not thing)
    places = [p for p in free_places(others) if p != thing.place] if thing.side in SMALL else []
    if not places:
        return None
    place = rng.choice(places)
    moved = put(thing.subject, place, thing.side, rng)
    noun, where = words.the(thing.subject, rng), words.at(moved, rng)
    to = f"to the {BARE_PLACES.get(place, f'{place} corner')}"
    forms = [f"Move {noun} {to}.", f"Put {noun} {where}.", f"move {noun} {to}", f"Place {noun} {where}.", f"Can you move {noun} {to}?",
             f"{noun.capitalize()} should be {where}."]
    if not others:
        forms += [f"Move it {to}.", f"Put it {where}."]
    return Edit("move", source, rng.choice(forms), source.with_things(*(moved if t is thing else t for t in source.things)), (index,))


def restyle(rng: random.Random, source: Composition) -> Edit:
    style = rng.choice([s for s in range(len(STYLES)) if s != source.style])
    word = rng.choice(STYLE_WORDS[STYLES[style]])
    text = rng.choice([f"Make it {word}.", f"Redraw it in {word} style.", f"In {word} style, please.", f"Change the style to {word}.", f"Now in {word}.",
                       f"draw it in {word} style", f"The same in {word} style.", f"Turn it into {word} style.", f"Use the {word} style."])
    return Edit("restyle", source, text.replace("style style", "style"), replace(source, style=style), tuple(range(len(source.things))))


def resize(rng: random.Random, source: Composition) -> Edit | None:
    if len(source.things) != 1 or source.things[0].place != "centre":
        return None
    thing = source.things[0]
    noun = rng.choice(["it", words.the(thing.subject, rng)])
    large = source.kind != "large"
    word = rng.choice(["bigger", "larger", "large", "big"] if large else ["smaller", "small", "tiny", "little"])
    text = rng.choice([f"Make {noun} {word}.", f"{noun} should be {word}", f"Can you make {noun} {word}?", f"Draw {noun} {word}."])
    new: Thing = put(thing.subject, "centre", rng.choice(LARGE if large else SMALL), rng)
    return Edit("resize", source, text, replace(source, kind="large" if large else "small", things=(new,)), (0,))


_Maker = Callable[[random.Random, Composition], Edit | None]
KINDS: dict[str, tuple[_Maker, dict[str, float], float]] = {
    "recolour": (recolour, ANY_MIX, 0.2), "add": (add, ROOM_MIX, 0.19), "remove": (remove, SEVERAL_MIX, 0.14), "replace": (swap, APART_MIX, 0.19),
    "move": (move, ROOM_MIX, 0.11), "restyle": (restyle, ANY_MIX, 0.13), "resize": (resize, {"large": 0.6, "small": 0.4}, 0.04)}


def edit(rng: random.Random, source: Composition | None = None, kind: str | None = None) -> Edit:
    """A random edit, of a given picture or of a new one that suits the kind of edit."""
    while True:
        chosen = kind or rng.choices(list(KINDS), [weight for _, _, weight in KINDS.values()])[0]
        maker, mix, _ = KINDS[chosen]
        made = maker(rng, source or sample(rng, mix))
        if made is not None:
            return made
