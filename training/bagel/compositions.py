"""Scenes: up to six emoji placed on a plain background, and the random choice of them.

Two subjects of `held_out` never meet in one training scene, whatever the task; compositions are scored on those pairs.
"""
from __future__ import annotations

import json
import random
import zlib
from dataclasses import dataclass, replace

from training.bagel import paths  # puts training/sd3 on the path
from captions import COLOURS, STYLE_WORDS

SUBJECTS: list[dict] = json.loads((paths.TRAINING / "data" / "subjects.json").read_text())["subjects"]
STYLES = list(STYLE_WORDS)
COLOUR_NAMES = list(COLOURS)
SIDE = 128
MOST = 6  # objects in a scene
SMALL, LARGE, TINY = (54, 56, 58, 60, 62), (106, 109, 112, 116), (38, 40, 42)
SIZES = [*SMALL, *LARGE, *TINY]
PLACES = {
    "left": (0.0, 0.5), "right": (1.0, 0.5), "top": (0.5, 0.0), "bottom": (0.5, 1.0), "centre": (0.5, 0.5),
    "top left": (0.0, 0.0), "top right": (1.0, 0.0), "bottom left": (0.0, 1.0), "bottom right": (1.0, 1.0),
}
CORNERS = ("top left", "top right", "bottom left", "bottom right")
GRID = [(fx, fy) for fy in (0.12, 0.88) for fx in (0.0, 0.5, 1.0)]
READ_MIX = {"large": 0.2, "small": 0.2, "pair": 0.25, "corners": 0.08, "triple": 0.09, "quad": 0.05, "group": 0.13}
DRAW_MIX = {"large": 0.32, "small": 0.21, "pair": 0.31, "corners": 0.04, "triple": 0.06, "quad": 0.02, "group": 0.04}


@dataclass(frozen=True)
class Thing:
    """subject: index into SUBJECTS; place: a key of PLACES, or "" in a grid; x, y: left top corner in pixels."""

    subject: int
    place: str
    x: int
    y: int
    side: int


@dataclass(frozen=True)
class Composition:
    """kind: large | small | pair | corners | triple | quad | group (one or two subjects repeated)."""

    kind: str
    style: int
    colour: str
    things: tuple[Thing, ...]

    def with_things(self, *things: Thing) -> Composition:
        """The same picture with these things; its kind follows from their number."""
        kind = self.kind
        if len(things) == 1:
            kind = "small" if things[0].side in SMALL else "large"
        elif kind in ("small", "large") or len(things) != len(self.things):
            kind = "corners"  # several at any places
        return replace(self, kind=kind, things=things)

    @property
    def subjects(self) -> list[int]:
        """Distinct subjects in reading order."""
        return list(dict.fromkeys(t.subject for t in self.things))


def _held_out(a: int, b: int) -> bool:
    return a != b and zlib.crc32(f"{min(a, b)}:{max(a, b)}".encode()) % 25 == 0


HELD_OUT = [[_held_out(a, b) for b in range(len(SUBJECTS))] for a in range(len(SUBJECTS))]


def meet(subjects: list[int]) -> bool:
    """Whether these subjects may be seen together in training."""
    return not any(HELD_OUT[a][b] for i, a in enumerate(subjects) for b in subjects[:i])


def companion(others: list[int], rng: random.Random) -> int:
    """A subject that is none of the others and may be seen with each of them."""
    while True:
        subject = rng.randrange(len(SUBJECTS))
        if subject not in others and not any(HELD_OUT[subject][o] for o in others):
            return subject


def companions(count: int, rng: random.Random) -> list[int]:
    chosen: list[int] = []
    while len(chosen) < count:
        chosen.append(companion(chosen, rng))
    return chosen


def put(subject: int, place: str | tuple[float, float], side: int, rng: random.Random, jitter: int = 2) -> Thing:
    """Inside a margin of 3 px, with a little jitter so that no object sits on a fixed grid."""
    fx, fy = PLACES[place] if isinstance(place, str) else place
    free = SIDE - side - 6
    return Thing(subject, place if isinstance(place, str) else "", 3 + round(fx * free) + rng.randint(-jitter, jitter),
                 3 + round(fy * free) + rng.randint(-jitter, jitter), side)


def apart(a: str, b: str) -> bool:
    """Whether small objects at both places do not overlap."""
    (ax, ay), (bx, by) = PLACES[a], PLACES[b]
    return abs(ax - bx) == 1 or abs(ay - by) == 1


def free_places(things: tuple[Thing, ...]) -> list[str]:
    return [p for p in PLACES if all(t.side in SMALL and apart(p, t.place) for t in things)]


def _places(count: int, rng: random.Random) -> list[str] | list[tuple[float, float]]:
    if count == 1:
        return ["centre"]
    if count == 2:
        return ["left", "right"] if rng.random() < 0.7 else ["top", "bottom"]
    if count == 3:
        return ["top", "bottom left", "bottom right"]
    if count == 4:
        return list(CORNERS)
    return GRID if count == 6 else sorted(rng.sample(GRID, 5), key=lambda p: (p[1], p[0]))


def _group(rng: random.Random, subjects: list[int] | None, count: int | None) -> list[int]:
    """The subject of each thing: one repeated, or two of which the first is repeated."""
    count = count or rng.choices((2, 3, 4, 5, 6), (0.28, 0.28, 0.26, 0.1, 0.08))[0]
    if count > 2 and rng.random() < 0.35:
        first, second = subjects[:2] if subjects else companions(2, rng)
        ones = rng.randint(1, min(2, count - 1))
        return [first] * (count - ones) + [second] * ones
    return [subjects[0] if subjects else rng.randrange(len(SUBJECTS))] * count


def sample(rng: random.Random, mix: dict[str, float], subjects: list[int] | None = None, style: int | None = None,
           white: float = 0.35, count: int | None = None) -> Composition:
    """A random scene. mix: probability of each kind. Subjects (in reading order), style, and the count of a group may be given."""
    kind = rng.choices(list(mix), list(mix.values()))[0]
    style = rng.randrange(len(STYLES)) if style is None else style
    colour = "white" if rng.random() < white else rng.choice(COLOUR_NAMES)
    if kind == "large":
        chosen = subjects or [rng.randrange(len(SUBJECTS))]
        return Composition(kind, style, colour, (put(chosen[0], "centre", rng.choice(LARGE), rng),))
    side = rng.choice(SMALL if kind in ("small", "pair") else SMALL[:3])
    if kind == "small":
        chosen, places = subjects or [rng.randrange(len(SUBJECTS))], [rng.choice(list(PLACES))]
    elif kind == "pair":
        chosen, places = subjects or companions(2, rng), _places(2, rng)
    elif kind == "corners":
        count = count or rng.choice((2, 2, 3))
        chosen = subjects or companions(count, rng)
        places = sorted(rng.sample(CORNERS, len(chosen)), key=CORNERS.index)
    elif kind in ("triple", "quad"):
        count = 3 if kind == "triple" else 4
        chosen, places = subjects or companions(count, rng), _places(count, rng)
    else:
        chosen = _group(rng, subjects, count)
        places = _places(len(chosen), rng)
        if len(chosen) > 4:
            side = rng.choice(TINY)
    return Composition(kind, style, colour, tuple(put(s, p, side, rng) for s, p in zip(chosen, places)))
