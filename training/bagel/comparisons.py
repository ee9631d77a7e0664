"""Questions about two pictures in one message."""
from __future__ import annotations

import random
from dataclasses import replace

from training.bagel import words
from training.bagel.compositions import READ_MIX, STYLES, Composition, meet, sample
from training.bagel.edits import edit
from training.bagel.questions import Asked, ask

ORDINAL = ("first", "second")


def two(rng: random.Random) -> tuple[Composition, Composition, Asked]:
    """Two scenes and a question: which one shows something, what differs, or about one of them."""
    form = rng.random()
    if form < 0.3:
        return _which(rng)
    if form < 0.65:
        return _difference(rng)
    first, second = sample(rng, READ_MIX), sample(rng, READ_MIX)
    index = rng.randrange(2)
    asked = ask((first, second)[index], rng)
    question = f"In the {ORDINAL[index]} picture: {asked.question[0].lower()}{asked.question[1:]}"
    if rng.random() < 0.5:
        question = f"Look at the {ORDINAL[index]} picture. {asked.question}"
    return first, second, replace(asked, kind="two", question=question)


def _which(rng: random.Random) -> tuple[Composition, Composition, Asked]:
    while True:
        scenes = sample(rng, READ_MIX), sample(rng, READ_MIX)
        if not set(scenes[0].subjects) & set(scenes[1].subjects) and meet(scenes[0].subjects + scenes[1].subjects):
            break
    index = rng.randrange(2)
    answer = rng.choice([f"The {ORDINAL[index]} picture.", f"It is in the {ORDINAL[index]} picture."])
    if rng.random() < 0.7 or scenes[0].colour == scenes[1].colour:
        one = words.any_a(rng.choice(scenes[index].subjects), rng)
        question = rng.choice([f"Which picture shows {one}?", f"In which picture is {one}?", f"Which one has {one}?", f"Where is there {one}, in the first or the second picture?"])
    else:
        colour = scenes[index].colour
        question = rng.choice([f"Which picture has a {colour} background?", f"In which picture is the background {colour}?"])
    return *scenes, Asked("two", question, answer, (ORDINAL[index],))


def _difference(rng: random.Random) -> tuple[Composition, Composition, Asked]:
    question = rng.choice(["What is different?", "What is the difference between the two pictures?", "Compare the two pictures.", "What has changed?",
                           "Are the two pictures the same?", "How do the pictures differ?"])
    if rng.random() < 0.12:
        same = sample(rng, READ_MIX)
        return same, same, Asked("two", question, "Nothing, they are the same.", ("same",))
    made = edit(rng, kind=rng.choice(["recolour", "add", "remove", "replace", "restyle"]))
    one, other = made.source, made.target
    if made.kind == "recolour":
        answer, key = f"The background: the first is {one.colour}, the second is {other.colour}.", other.colour
    elif made.kind == "restyle":
        names = [words.STYLE_NAMES[STYLES[s.style]] for s in (one, other)]
        answer, key = f"The style: the first is {names[0]}, the second is {names[1]}.", names[1]
    elif made.kind == "replace":
        was, now = (s.things[made.changed[0]].subject for s in (one, other))
        answer, key = f"The first has {words.a(was)}, the second has {words.a(now)}.", words.name(now)
    else:
        more, scene = ("second", other) if made.kind == "add" else ("first", one)
        subject = scene.things[made.changed[0]].subject
        answer, key = f"Only the {more} picture has {words.a(subject)}.", words.name(subject)
    return one, other, Asked("two", question, answer, (key,))


