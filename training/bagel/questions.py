"""Questions about one picture, with their answers. Every kind has many forms, so that users need no formula."""
from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

from training.bagel import words
from training.bagel.compositions import COLOUR_NAMES, PLACES, STYLES, SUBJECTS, Composition, companion

GROUPS = {"animal": "an animal", "food": "something to eat or drink"}


@dataclass(frozen=True)
class Asked:
    """key: what a right answer must contain (any of them), for scoring."""

    kind: str
    question: str
    answer: str
    key: tuple[str, ...]


def _names(subject: int) -> tuple[str, ...]:
    return (words.name(subject), *SUBJECTS[subject]["synonyms"])


def _single(scene: Composition) -> bool:
    return len(scene.things) == 1


def naming(scene: Composition, rng: random.Random) -> Asked:
    if _single(scene):
        subject = scene.things[0].subject
        question = rng.choice(["What is this?", "What is in the picture?", "What do you see?", "What does this picture show?", "What's this?",
                               "What is shown here?", "Name the object.", "Can you tell me what this is?", "Which emoji is this?",
                               "What am I looking at?", "Tell me what you see.", "Do you know what this is?", "What object is this?"])
        one = words.a(subject)
        answer = rng.choice([f"It is {one}.", f"This is {one}.", f"I see {one}.", f"The picture shows {one}."])
        return Asked("naming", question, answer, _names(subject))
    question = rng.choice(["What is in the picture?", "What do you see?", "What can you see here?", "What does this picture show?", "Name the objects.",
                           "Which things are in this picture?", "What is shown here?", "What are these?", "Which emoji are in the picture?",
                           "List everything you see.", "What is there?", "Tell me what you see."])
    every = words.contents(scene)
    answer = rng.choice([f"I see {every}.", f"There {'are' if scene.kind == 'group' else 'is'} {every}.", f"The picture shows {every}."])
    return Asked("naming-all", question, answer, tuple(words.name(s) for s in scene.subjects))


def naming_at(scene: Composition, rng: random.Random) -> Asked | None:
    if scene.kind in ("group", "large") or _single(scene):
        return None
    thing = rng.choice(scene.things)
    place, one = words.at(thing, rng), words.a(thing.subject)
    question = rng.choice([f"What is {place}?", f"What do you see {place}?", f"Which object is {place}?", f"Name the thing {place}.",
                           f"What stands {place}?", f"And what is {place}?"])
    answer = rng.choice([f"{one[0].upper()}{one[1:]}.", f"It is {one}.", f"There is {one} {place}."])
    return Asked("naming-at", question, answer, _names(thing.subject))


def caption(scene: Composition, rng: random.Random) -> Asked:
    question = rng.choice(["Describe the picture.", "Describe this.", "Write a caption.", "Can you describe the image?", "What does it look like?",
                           "Give me a caption for this picture.", "Describe everything in detail.", "Please describe what you see.",
                           "Write a description of the picture."])
    style = f"in {words.STYLE_NAMES[STYLES[scene.style]]} style"
    body = words.arranged(scene)
    answer = f"{body[0].upper()}{body[1:]} {words.on_colour(scene.colour)}, {style}."
    return Asked("caption", question, answer, tuple(words.name(s) for s in scene.subjects))


def counting(scene: Composition, rng: random.Random) -> Asked:
    found = words.counts(scene)
    number = len(scene.things)
    if rng.random() < 0.45:
        question = rng.choice(["How many objects are there?", "How many things do you see?", "How many things are in the picture?", "Count the objects.",
                               "How many emoji are there?", "How many are there?", "How many objects can you count?", "What is the number of objects?"])
        answer = rng.choice(["There is one object." if number == 1 else f"There are {words.NUMBERS[number]} objects.",
                             f"{words.NUMBERS[number].capitalize()}.", f"I count {words.NUMBERS[number]}."])
        return Asked("counting", question, answer, (words.NUMBERS[number],))
    subject = rng.choice(list(found)) if rng.random() < 0.78 else companion(list(found), rng)
    here, noun = found.get(subject, 0), words.any_name(subject, rng)
    many = words.plural(noun)
    question = rng.choice([f"How many {many} are there?", f"How many {many} do you see?", f"Count the {many}.", f"How many {many} are in the picture?",
                           f"How many {many} can you count?"])
    if here == 0:
        return Asked("counting", question, rng.choice([f"There are no {many}.", f"None, I see no {many}."]), ("no",))
    amount = words.counted(here, noun)
    answer = rng.choice([f"There {'is' if here == 1 else 'are'} {amount}.", f"{amount[0].upper()}{amount[1:]}.", f"I count {amount}."])
    return Asked("counting", question, answer, (words.NUMBERS[here],))


def colour(scene: Composition, rng: random.Random) -> Asked:
    word = rng.choice(["colour", "color"])
    if rng.random() < 0.7:
        question = rng.choice([f"What {word} is the background?", f"Which {word} is the background?", f"What is the background {word}?",
                               f"Tell me the {word} of the background.", f"What {word} is behind it?", f"And the background {word}?"])
        answer = rng.choice([f"The background is {scene.colour}.", f"It is {scene.colour}.", f"{scene.colour.capitalize()}."])
        return Asked("colour", question, answer, (scene.colour,))
    yes = rng.random() < 0.5
    asked = scene.colour if yes else rng.choice([c for c in COLOUR_NAMES if c != scene.colour])
    question = rng.choice([f"Is the background {asked}?", f"Is it on a {asked} background?", f"Is the {word} of the background {asked}?"])
    answer = f"Yes, the background is {asked}." if yes else f"No, the background is {scene.colour}."
    return Asked("yes-no", question, answer, ("Yes" if yes else "No",))


def style(scene: Composition, rng: random.Random) -> Asked:
    given = words.STYLE_NAMES[STYLES[scene.style]]
    question = rng.choice(["Which style is this?", "What style is it drawn in?", "In which style is the picture?", "What kind of drawing style is this?",
                           "Which emoji set is this?"])
    return Asked("style", question, rng.choice([f"It is in {given} style.", f"The style is {given}."]), (given,))


def position(scene: Composition, rng: random.Random) -> Asked | None:
    if scene.kind == "group":
        return None
    thing = rng.choice(scene.things)
    noun, place = words.the(thing.subject, rng), words.at(thing)
    forms = [f"Where is {noun}?", f"Where do you see {noun}?", f"In which place is {noun}?", f"What is the position of {noun}?", f"Can you find {noun}?",
             f"Where can I find {noun}?"]
    if _single(scene):
        forms += ["Where is it?", "Where is the object?", "And where is it?"]
    answer = rng.choice([f"It is {place}.", f"{noun[0].upper()}{noun[1:]} is {place}."])
    return Asked("position", rng.choice(forms), answer, (place,))


def _relations(scene: Composition) -> list[tuple[int, int, str]]:
    """(one, other, relation) as indices of things; only clear cases."""
    found = []
    for i, one in enumerate(scene.things):
        for j, other in enumerate(scene.things):
            if i != j and scene.things[i].place and scene.things[j].place:
                (ax, ay), (bx, by) = PLACES[one.place], PLACES[other.place]
                if ay == by and ax < bx:
                    found += [(i, j, "left"), (j, i, "right")]
                if ax == bx and ay < by:
                    found += [(i, j, "above"), (j, i, "below")]
    return found


def relation(scene: Composition, rng: random.Random) -> Asked | None:
    """What is left of, right of, above or below something; whether it is so."""
    found = _relations(scene) if scene.kind not in ("group", "large", "small") else []
    if not found:
        return None
    i, j, kind = rng.choice(found)
    one, other = scene.things[i].subject, scene.things[j].subject
    side = {"left": ["to the left of", "left of"], "right": ["to the right of", "right of"], "above": ["above", "over"], "below": ["below", "under"]}
    if rng.random() < 0.5:
        question = rng.choice([f"What is {rng.choice(side[kind])} {words.the(other, rng)}?", f"Which object is {rng.choice(side[kind])} {words.the(other, rng)}?"])
        return Asked("relation", question, rng.choice([f"It is {words.a(one)}.", f"{words.a(one).capitalize()}."]), _names(one))
    yes = rng.random() < 0.5
    opposite = {"left": "right", "right": "left", "above": "below", "below": "above"}
    asked = kind if yes else opposite[kind]
    question = f"Is {words.the(one, rng)} {rng.choice(side[asked])} {words.the(other, rng)}?"
    told = side[kind][0]
    answer = f"{'Yes' if yes else 'No'}, the {words.name(one)} is {told} the {words.name(other)}."
    return Asked("yes-no", question, answer, ("Yes" if yes else "No",))


def presence(scene: Composition, rng: random.Random) -> Asked:
    yes = rng.random() < 0.5
    subject = rng.choice(scene.subjects) if yes else companion(scene.subjects, rng)
    one, here = words.any_a(subject, rng), words.a(subject)
    forms = [f"Is there {one}?", f"Do you see {one}?", f"Is there {one} in the picture?", f"Can you see {one}?", f"Does the picture show {one}?"]
    if _single(scene):
        forms += [f"Is this {one}?", f"Is it {one}?"]
    if yes:
        return Asked("yes-no", rng.choice(forms), rng.choice([f"Yes, there is {here}.", f"Yes, I see {here}."]), ("Yes",))
    rest = words.contents(scene)
    return Asked("yes-no", rng.choice(forms), rng.choice([f"No, I see {rest}.", f"No, there is {rest}." if scene.kind != "group" else f"No, I see {rest}."]), ("No",))


def counting_check(scene: Composition, rng: random.Random) -> Asked:
    number, yes = len(scene.things), rng.random() < 0.5
    asked = number if yes else rng.choice([n for n in range(1, 6) if n != number])
    noun = "thing" if asked == 1 else "things"
    question = rng.choice([f"Are there {words.NUMBERS[asked]} {noun}?" if asked > 1 else "Is there only one thing?",
                           f"Do you see {words.NUMBERS[asked]} {'object' if asked == 1 else 'objects'}?"])
    truth = "there is one" if number == 1 else f"there are {words.NUMBERS[number]}"
    return Asked("yes-no", question, f"{'Yes' if yes else 'No'}, {truth}.", ("Yes" if yes else "No",))


def other(scene: Composition, rng: random.Random) -> Asked:
    """What else is there, beside one of the subjects."""
    subject = rng.choice(scene.subjects)
    noun = words.the(subject, rng)
    question = rng.choice([f"What else is there besides {noun}?", f"What is there next to {noun}?", f"Besides {noun}, what do you see?",
                           f"Apart from {noun}, what is in the picture?", f"Is there anything besides {noun}?"])
    rest = [words.counted(n, words.name(s)) if n > 1 else words.a(s) for s, n in words.counts(scene).items() if s != subject]
    if not rest:
        return Asked("else", question, rng.choice(["Nothing else.", f"Nothing, I only see {words.contents(scene)}."]), ("Nothing", "nothing"))
    return Asked("else", question, rng.choice([f"There is also {words.listing(rest)}.", f"I also see {words.listing(rest)}."]),
                 tuple(words.name(s) for s in scene.subjects if s != subject))


def size(scene: Composition, rng: random.Random) -> Asked | None:
    if not _single(scene):
        return None
    large, noun = scene.kind == "large", words.the(scene.things[0].subject, rng)
    question = rng.choice([f"Is {noun} big or small?", "Is it large or small?", f"How big is {noun}?", "How large is it?"])
    answer = rng.choice(["It is large, it fills the picture.", "It is large."]) if large else rng.choice(["It is small.", "It is a small one."])
    return Asked("size", question, answer, ("large" if large else "small",))


def sort(scene: Composition, rng: random.Random) -> Asked | None:
    """What sort of thing a single object is."""
    if not _single(scene):
        return None
    subject = scene.things[0].subject
    asked = rng.choice(list(GROUPS))
    question = rng.choice([f"Is it {GROUPS[asked]}?", f"Is this {GROUPS[asked]}?"])
    if asked == SUBJECTS[subject]["group"]:
        return Asked("yes-no", question, f"Yes, {words.a(subject)} is {GROUPS[asked]}.", ("Yes",))
    return Asked("yes-no", question, f"No, it is {words.a(subject)}.", ("No",))


KINDS: list[tuple[Callable[[Composition, random.Random], Asked | None], float]] = [
    (naming, 0.13), (naming_at, 0.11), (caption, 0.09), (counting, 0.17), (colour, 0.1), (style, 0.05), (position, 0.17), (relation, 0.14),
    (presence, 0.15), (counting_check, 0.03), (other, 0.09), (size, 0.03), (sort, 0.03)]


def ask(scene: Composition, rng: random.Random, kinds=KINDS) -> Asked:
    """One question of a random kind that suits the scene. kinds: makers of questions and their weights."""
    makers, weights = zip(*kinds)
    while True:
        asked = rng.choices(makers, weights)[0](scene, rng)
        if asked is not None:
            return asked
