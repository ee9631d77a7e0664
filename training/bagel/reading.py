"""Batches of independent questions about a picture: each sees the picture and none of the others, so one picture serves many.

What is special: "where is the cat?" takes three steps, none of which the answers' words alone teach in reasonable time, and each is
taught by a loss of its own. The row of a noun looks at the patches of that thing (`match`); it then knows the place (`place`, by a
linear reader that is thrown away); and the rows that say the place look back at the noun (`recall`).
"""
from __future__ import annotations

import random
import re
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F

from training.bagel import paths, questions, words
from training.bagel.compositions import SIDE, SUBJECTS, Composition, sample
from training.bagel.layout import NEVER, PATCHES
from training.bagel.model import Bagel, attend, rotate
from training.bagel.render import Renderer, Scribe
from training.bagel.samples import Text
from training.bagel.tables import rotary
from training.bagel.tokenizer import END_OF_TEXT, VISION_END, VISION_START, Encoder

TEXT_ROWS = 205  # with the picture's 83 a multiple of 16
WORDED = 0.35
"""Share of the places whose whole answer is learnt."""
MIX = {"large": 0.03, "small": 0.1, "pair": 0.52, "corners": 0.19, "triple": 0.1, "quad": 0.04, "group": 0.02}
# Places above all; of everything else just so much that it is not forgotten.
KINDS = [(questions.position, 0.58), (questions.presence, 0.08), (questions.relation, 0.04), (questions.naming_at, 0.03), (questions.naming, 0.05),
         (questions.counting, 0.06), (questions.other, 0.02), (questions.colour, 0.07), (questions.style, 0.07)]
MATCH = ((3, 4), (4, 1), (5, 4))  # (layer, query head): from nouns to patches
RECALL = ((5, 0), (6, 0))  # from the words of a place back to the noun
READ = 6  # the layer before which the place is read from a noun's row


@dataclass
class Questions:
    """B pictures with TEXT_ROWS rows of text each. segment: which question a row belongs to (-1: padding); order: place inside it;
    rows and targets: flat rows that predict a learnt token; nouns: flat rows of nouns, boxes bool [N, 81] the patches they name;
    told: flat rows that say a place, and back bool [M, TEXT_ROWS] the nouns that it is the place of."""

    ids: np.ndarray
    segment: np.ndarray
    order: np.ndarray
    rows: np.ndarray
    targets: np.ndarray
    nouns: np.ndarray
    boxes: np.ndarray
    told: np.ndarray
    back: np.ndarray
    colours: np.ndarray
    things: np.ndarray


def patches_of(scene: Composition, subject: int) -> np.ndarray:
    """bool [81]: the patches whose middle lies in a box of the subject."""
    side = round(PATCHES**0.5)
    middle = (np.arange(side) + 0.5) * SIDE / side
    inside = np.zeros((side, side), bool)
    for t in scene.things:
        if t.subject == subject:
            inside |= ((middle >= t.y) & (middle < t.y + t.side))[:, None] & ((middle >= t.x) & (middle < t.x + t.side))[None]
    return inside.reshape(-1)


class Asker:
    """Writes batches from one random stream."""

    def __init__(self, seed: int):
        self.encode, self.scribe, self.rng = Encoder(paths.CARRIED / "tokenizer"), Scribe(), random.Random(seed)

    def _mentions(self, scene: Composition, said: str, start: int) -> list[tuple[int, int]]:
        """(subject, row where its name ends) of things that a text names; start: the row of its start token."""
        found = []
        for subject in scene.subjects:
            names = sorted((words.name(subject), *SUBJECTS[subject]["synonyms"]), key=len, reverse=True)
            hit = re.search("|".join(rf"\b{re.escape(n)}\b" for n in names), said, re.IGNORECASE)
            if hit:
                found.append((subject, start + len(self.encode(said[: hit.end()]))))
        return found

    def _question(self, scene: Composition, text: Text) -> tuple[list[tuple[int, int]], list[int]]:
        """Adds a question and its answer; returns the nouns' (subject, row), and the rows that say a place."""
        asked = questions.ask(scene, self.rng, KINDS)
        said = asked.question.lower().rstrip("?.") if self.rng.random() < 0.15 else asked.question
        nouns = self._mentions(scene, said, len(text.ids))
        text.add(self.encode(said))
        start, answer = len(text.ids), self.encode(asked.answer)
        if asked.kind != "position":
            text.add(answer, learnt=True)
            return nouns, []
        # The place is learnt in every answer, and looks back at the noun. Its wording is known already and is learnt in a third of them:
        # in all it would drown the place, in none it is forgotten.
        before = asked.answer[: asked.answer.index(asked.key[0])].rstrip()
        first = start + len(self.encode(before))
        text.add(answer)
        text.rows += range(start if self.rng.random() < WORDED else first, start + len(answer) + 1)
        told = list(range(first, start + len(self.encode(before + " " + asked.key[0]))))
        return nouns + self._mentions(scene, before, start), told if nouns else []

    def batch(self, count: int) -> Questions:
        ids = np.full((count, TEXT_ROWS), END_OF_TEXT, np.int16)
        segment, order = np.full((count, TEXT_ROWS), -1, np.int16), np.zeros((count, TEXT_ROWS), np.int16)
        rows, targets, nouns, boxes, told, back, scenes = [], [], [], [], [], [], []
        for b in range(count):
            scene = sample(self.rng, MIX)
            scenes.append(scene)
            at = part = 0
            while True:
                text = Text()
                named, places = self._question(scene, text)
                if at + len(text.ids) > TEXT_ROWS:
                    break
                here = b * TEXT_ROWS + at
                ids[b, at : at + len(text.ids)] = text.ids
                segment[b, at : at + len(text.ids)], order[b, at : at + len(text.ids)] = part, np.arange(len(text.ids))
                rows += [here + r for r in text.rows]
                targets += [text.ids[r + 1] for r in text.rows]
                nouns += [here + row for _, row in named]
                boxes += [patches_of(scene, subject) for subject, _ in named]
                mask = np.zeros(TEXT_ROWS, bool)
                mask[[at + row for _, row in named]] = True
                told += [here + row for row in places]
                back += [mask] * len(places)
                at, part = at + len(text.ids), part + 1
        arrays = (np.array(values) for values in (rows, targets, nouns, boxes, told, back))
        return Questions(ids, segment, order, *arrays, *self.scribe.write(scenes))


def places_of(boxes: torch.Tensor) -> torch.Tensor:
    """bool [N, 81] -> one of nine places: left, middle or right of each third from the top."""
    side = round(PATCHES**0.5)
    axis = torch.arange(side) - (side - 1) / 2
    grid = boxes.view(-1, side, side).float()
    weight = grid.sum((1, 2))
    thirds = [(m > 1).long() - (m < -1).long() + 1 for m in ((grid.sum(over) * axis).sum(1) / weight for over in (2, 1))]
    return 3 * thirds[0] + thirds[1]


class Reader:
    """The losses of a batch of questions. frozen: layers of the decoder below which nothing is trained, the vision tower included."""

    def __init__(self, model: Bagel, renderer: Renderer, dtype: torch.dtype, frozen: int):
        self.model, self.renderer, self.dtype, self.frozen = model, renderer, dtype, frozen
        self.place = torch.nn.Linear(model.sizes.hidden, 9)
        self.optimiser = torch.optim.Adam(self.place.parameters(), lr=2e-2)

    def _bias(self, segment: torch.Tensor) -> torch.Tensor:
        """[B, 1, S, S]: text rows see the picture and the past of their own question; the picture sees itself."""
        count, rows = segment.shape
        size = rows + PATCHES + 2
        allowed = torch.zeros(count, size, size, dtype=torch.bool)
        allowed[:, :, rows:] = True
        past = torch.ones(rows, rows, dtype=torch.bool).tril()
        allowed[:, :rows, :rows] = (segment[:, :, None] == segment[:, None]) & past
        return torch.zeros(allowed.shape, dtype=self.dtype).masked_fill_(~allowed, NEVER)[:, None]

    def _mass(self, qk: torch.Tensor, head: int, rows: torch.Tensor, keys: slice, wanted: torch.Tensor, hidden: torch.Tensor | None) -> torch.Tensor:
        """Logarithm of the share of a head's attention from flat text rows to the wanted ones among the keys' rows."""
        sizes, count = self.model.sizes, qk.shape[1] - PATCHES - 2
        query = qk[:, :count, head].reshape(-1, sizes.head_size).index_select(0, rows)
        key = qk[:, keys, sizes.heads + head * sizes.key_value_heads // sizes.heads].index_select(0, rows // count)
        scores = torch.bmm(key, query[:, :, None])[:, :, 0].float() * sizes.head_size**-0.5
        if hidden is not None:
            scores = scores.masked_fill(hidden, NEVER)
        return scores.masked_fill(~wanted, NEVER).logsumexp(-1) - scores.logsumexp(-1)

    def losses(self, batch: Questions) -> dict[str, torch.Tensor]:
        """answers: cross-entropy; match, place, recall: the three steps' own losses."""
        model, sizes = self.model, self.model.sizes
        ids, segment, order = (torch.from_numpy(a).long() for a in (batch.ids, batch.segment, batch.order))
        nouns, boxes, told, back = (torch.from_numpy(a) for a in (batch.nouns, batch.boxes, batch.told, batch.back))
        count = len(ids)
        with torch.no_grad():
            pixels = self.renderer.pixels(torch.from_numpy(batch.colours), torch.from_numpy(batch.things))
            patches = self.renderer.patches(pixels).to(self.dtype)
            bias = self._bias(segment)
            unseen = bias[:, 0, :TEXT_ROWS, :TEXT_ROWS].reshape(-1, TEXT_ROWS)[told] != 0
            positions = torch.cat([order + 1, torch.zeros(count, PATCHES + 2, dtype=torch.long)], 1)
            cos, sin = (t.to(self.dtype) for t in rotary(positions, sizes.head_size, sizes.rope_theta))
        with torch.set_grad_enabled(self.frozen == 0):
            boundary = model.embed(torch.tensor([VISION_START, VISION_END])).expand(count, -1, -1)
            und = torch.cat([model.embed(ids), model.vision(patches, self.renderer.patch_places), boundary], 1)
        match, recall, place = [], [], None
        for i, layer in enumerate(model.layers):
            with torch.set_grad_enabled(i >= self.frozen):
                if i == READ:
                    rows = und[:, :TEXT_ROWS].reshape(-1, sizes.hidden).index_select(0, nouns).float()
                    place = F.cross_entropy(self.place(F.rms_norm(rows, rows.shape[-1:])), places_of(boxes))
                qk, v = layer.und.project(und)
                qk = rotate(qk, cos, sin)
                match += [-self._mass(qk, h, nouns, slice(TEXT_ROWS, TEXT_ROWS + PATCHES), boxes, None).mean() for at, h in MATCH if at == i]
                recall += [-self._mass(qk, h, told, slice(TEXT_ROWS), back, unseen).mean() for at, h in RECALL if at == i]
                und = layer.und.finish(und, attend(qk[:, :, : sizes.heads], qk[:, :, sizes.heads :], v, bias))
        hidden = und[:, :TEXT_ROWS].reshape(-1, sizes.hidden).index_select(0, torch.from_numpy(batch.rows))
        answers = F.cross_entropy(model.logits(hidden).float(), torch.from_numpy(batch.targets))
        return {"answers": answers, "match": torch.stack(match).mean(), "place": place, "recall": torch.stack(recall).mean()}
