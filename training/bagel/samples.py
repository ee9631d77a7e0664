"""One sample of each layout: its texts as blocks, its pictures as scenes, and what is dropped for guidance."""
from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass

from training.bagel import comparisons, edits, questions, requests, settings
from training.bagel.chat import small_talk
from training.bagel.compositions import DRAW_MIX, READ_MIX, Composition, sample
from training.bagel.tokenizer import END, START, Encoder

DROP_TEXT, DROP_VAE, DROP_VIT = 0.1, 0.3, 0.3  # as the official recipe has them


class Text:
    """Consecutive text blocks of one slot: ids with bos and eos around each, and which rows predict a learnt token."""

    def __init__(self):
        self.ids: list[int] = []
        self.rows: list[int] = []  # rows whose next token is learnt

    def add(self, ids: list[int], learnt: bool = False) -> Text:
        if learnt:
            self.rows += range(len(self.ids), len(self.ids) + len(ids) + 1)
        self.ids += [START, *ids, END]
        return self


@dataclass
class Sample:
    """texts: one for each text slot; pictures: as the layout numbers them; kept: one flag for each image slot, in order."""

    texts: list[Text]
    pictures: list[Composition]
    kept: list[bool]


class Author:
    """Writes samples for a layout; what does not fit the layout's text slots is written anew."""

    def __init__(self, encode: Encoder, sentences: list[str], topics: list[str], rng: random.Random):
        self.encode, self.sentences, self.topics, self.rng = encode, sentences, topics, rng
        self.makers: dict[str, Callable[[], Sample]] = {
            "text": self.text, "read": self.read, "context": self.context, "two": self.two, "draw": self.draw, "think": self.think,
            "edit": self.edit, "think-edit": self.think_edit}
        self.gloss_share = 0.5  # of the text samples; 1 in the warm-up would leave out small talk

    def write(self, name: str, sizes: list[int]) -> Sample:
        """sizes: rows of the layout's text slots."""
        while True:
            made = self.makers[name]()
            if all(len(t.ids) <= size for t, size in zip(made.texts, sizes)):
                return made

    def typed(self, text: str) -> list[int]:
        """As users type: now and then without capitals or the last stop."""
        if self.rng.random() < 0.2:
            text = text.lower().rstrip(".?!")
        return self.encode(text)

    def question(self, text: Text, scene: Composition, thought: bool = False) -> None:
        asked = questions.ask(scene, self.rng)
        answer = f"{requests.observation(scene)}{asked.answer}" if thought else asked.answer
        text.add(self.typed(asked.question)).add(self.encode(answer), learnt=True)

    def talk(self, text: Text, learnt: bool) -> None:
        said, answer = small_talk(self.rng, self.topics)
        text.add(self.typed(said)).add(self.encode(answer), learnt)

    def text(self) -> Sample:
        text = Text()
        if self.rng.random() < self.gloss_share:
            while len(text.ids) < 60:
                ids = self.encode(self.rng.choice(self.sentences))[: 90 - len(text.ids)]
                text.add(ids, learnt=True)
        else:
            for _ in range(self.rng.choice((1, 1, 2, 2, 3))):
                self.talk(text, learnt=True)
        return Sample([text], [], [])

    def read(self) -> Sample:
        scene, text = sample(self.rng, READ_MIX), Text()
        for _ in range(self.rng.choice((1, 2, 2, 3, 3, 4))):
            before = len(text.ids), len(text.rows)
            self.question(text, scene)
            if len(text.ids) > 77 and before[0]:
                del text.ids[before[0]:], text.rows[before[1]:]
        return Sample([text], [scene], [True])

    def context(self) -> Sample:
        """A picture that follows earlier words: thinking aloud, small talk, or the request that drew it."""
        first, text, form = Text(), Text(), self.rng.random()
        scene = sample(self.rng, READ_MIX if form < 0.6 else DRAW_MIX)
        if form < 0.4:
            first.add(self.encode(settings.UNDERSTAND_THINK))
        elif form < 0.6:
            self.talk(first, learnt=False)
        else:
            first.add(self.typed(requests.request(scene, self.rng)))
        self.question(text, scene, thought=form < 0.4)
        if form >= 0.4:
            self.question(text, scene)
        return Sample([first, text], [scene], [True])

    def two(self) -> Sample:
        one, other, asked = comparisons.two(self.rng)
        text = Text().add(self.typed(asked.question)).add(self.encode(asked.answer), learnt=True)
        return Sample([text], [one, other], [True, True])

    def draw(self) -> Sample:
        scene, text = sample(self.rng, DRAW_MIX), Text()
        if self.rng.random() >= DROP_TEXT:
            if self.rng.random() < 0.08:
                self.talk(text, learnt=False)
            text.add(self.typed(requests.request(scene, self.rng)))
        return Sample([text], [scene], [True])

    def think(self) -> Sample:
        """System prompt, request, plan. Dropping takes request and plan, as guidance does."""
        scene, text = sample(self.rng, DRAW_MIX), Text().add(self.encode(settings.GENERATE_THINK))
        if self.rng.random() >= DROP_TEXT:
            text.add(self.typed(requests.request(scene, self.rng)))
            text.add(self.encode(requests.plan(scene, self.rng)), learnt=True)
        return Sample([text], [scene], [True])

    def _dropped(self) -> list[bool]:
        return [self.rng.random() >= DROP_VAE, self.rng.random() >= DROP_VIT, True]

    def edit(self) -> Sample:
        """A picture, often with the request that drew it, and an instruction."""
        made, first, text = edits.edit(self.rng), Text(), Text()
        if self.rng.random() < 0.25:
            first.add(self.typed(requests.phrase(made.source, self.rng)))
        if self.rng.random() >= DROP_TEXT:
            text.add(self.typed(made.instruction))
        return Sample([first, text], [made.source, made.target], self._dropped())

    def think_edit(self) -> Sample:
        made, text = edits.edit(self.rng), Text()
        if self.rng.random() >= DROP_TEXT:
            text.add(self.typed(made.instruction)).add(self.encode(requests.plan(made.target, self.rng)), learnt=True)
        return Sample([Text().add(self.encode(settings.GENERATE_THINK)), text], [made.source, made.target], self._dropped())
