"""Requests to draw a scene, and the plan that is thought before it."""
from __future__ import annotations

import random

from training.bagel import words
from training.bagel.compositions import STYLES, SUBJECTS, Composition
from captions import caption_for

ASK = ["{c}"] * 10 + [
    "draw {c}", "Draw {c}.", "Please draw {c}.", "Draw me {c}.", "please draw me {c}", "Can you draw {c}?", "Could you draw {c}?", "paint {c}", "Paint {c}.",
    "I would like a picture of {c}.", "Make a picture of {c}.", "make me a picture of {c}", "Create an image of {c}.", "generate {c}", "Show me {c}.",
    "A picture of {c}.", "an emoji of {c}", "I want to see {c}.", "Please make {c}.", "Draw a picture with {c}.", "Let me see {c}.", "Can I have {c}?",
    "a drawing of {c}", "Now draw {c}.", "Give me {c}, please.", "Design {c}."]


def phrase(scene: Composition, rng: random.Random) -> str:
    """A description of any scene; those that sd3-emoji knows too are described in its own words."""
    if scene.kind in ("large", "small", "pair", "triple"):
        place = scene.things[0].place
        place = {"left": "beside", "top": "above"}.get(place, place) if scene.kind == "pair" else place
        return caption_for([SUBJECTS[t.subject] for t in scene.things], STYLES[scene.style], scene.kind, place, scene.colour, rng)
    if scene.kind == "quad" and rng.random() < 0.6:
        what = words.contents(scene, rng)
    else:
        what = words.arranged(scene, rng)
    ground = f" {words.on_colour(scene.colour, rng)}" if scene.colour != "white" or rng.random() < 0.15 else ""
    style = words.style_words(scene, rng)
    return what + ground + rng.choice(["", f", {style}", f", {style}", f" in {style} style".replace("style style", "style")])


def request(scene: Composition, rng: random.Random) -> str:
    text = rng.choice(ASK).format(c=phrase(scene, rng))
    return text.lower() if rng.random() < 0.25 else text


def plan(scene: Composition, rng: random.Random) -> str:
    """The thought before a drawing: objects with places, style, background."""
    body = words.arranged(scene)
    style = words.STYLE_NAMES[STYLES[scene.style]]
    opening = rng.choice(["I draw", "The picture shows"])
    return f"<think>{opening} {body}. Style: {style}. Background: {scene.colour}.</think>"


def observation(scene: Composition) -> str:
    """The thought before an answer about a picture."""
    number = words.NUMBERS[len(scene.things)]
    noun = "thing" if len(scene.things) == 1 else "things"
    return f"<think>I see {number} {noun}: {words.arranged(scene)}. The background is {scene.colour}.</think>"
