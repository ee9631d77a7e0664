"""The trained model as a conversation partner, in batches: reads, thinks, draws, edits. For evaluation and the model card."""
from __future__ import annotations

from pathlib import Path

import torch

from training.bagel import paths, settings
from training.bagel.context import Context
from training.bagel.render import Renderer
from training.bagel.sample import DRAW, EDIT, Guidance, draw
from training.bagel.sizes import BUNDLED
from training.bagel.tokenizer import Encoder
from training.bagel.weights import load_model

def quick():
    """Matrix products in bfloat16: twice as fast on a CPU, pictures change by 0.1 %."""
    return torch.autocast("cpu", dtype=torch.bfloat16)


class Studio:
    def __init__(self, weights: Path = paths.WEIGHTS):
        self.model, self.note = load_model(weights, BUNDLED)
        self.renderer = Renderer(torch.device("cpu"), BUNDLED, torch.float32)
        self.encode = Encoder(paths.CARRIED / "tokenizer")

    def context(self, count: int) -> Context:
        return Context(self.model, count)

    def say(self, context: Context, texts: list[str]) -> None:
        context.text([self.encode(t) for t in texts])

    def look(self, context: Context, pixels: torch.Tensor) -> None:
        context.look(self.renderer.patches(pixels), self.renderer.patch_places)

    def remember(self, context: Context, pixels: torch.Tensor) -> None:
        """The two blocks of a picture that is to be edited: latents, then patches."""
        context.remember(self.renderer.latents(pixels), self.renderer.latent_places)
        self.look(context, pixels)

    def reply(self, context: Context, limit: int = 64) -> list[str]:
        """Greedy answers, which become blocks of the context."""
        ids = context.answer(limit)
        context.text(ids)
        return [self.encode.decode(i) for i in ids]

    @torch.no_grad()
    def ask(self, pixels: torch.Tensor, questions: list[str], think: bool = False) -> list[str]:
        """One question about each picture [B, 3, 128, 128]."""
        context = self.context(len(questions))
        if think:
            self.say(context, [settings.UNDERSTAND_THINK] * len(questions))
        self.look(context, pixels)
        self.say(context, questions)
        return [self.encode.decode(i) for i in context.answer(64)]

    @torch.no_grad()
    def draw(self, requests: list[str], guidance: Guidance = DRAW, seed: int = 1, think: bool = False) -> tuple[torch.Tensor, list[str]]:
        """Pictures [B, 3, 128, 128] in [-1, 1] and the thoughts (empty without thinking)."""
        full = self.context(len(requests))
        if think:
            self.say(full, [settings.GENERATE_THINK] * len(requests))
        no_text = full.copy()
        self.say(full, requests)
        thoughts = self.reply(full) if think else [""] * len(requests)
        with quick():
            tokens = draw(full, no_text, None, self.renderer.latent_places, guidance, seed)
        return self.renderer.decode(tokens), thoughts

    @torch.no_grad()
    def edit(self, pixels: torch.Tensor, instructions: list[str], guidance: Guidance = EDIT, seed: int = 1) -> torch.Tensor:
        """The edited pictures [B, 3, 128, 128]."""
        full, no_image = self.context(len(instructions)), self.context(len(instructions))
        self.remember(full, pixels)
        no_text = full.copy()
        for context in (full, no_image):
            self.say(context, instructions)
        with quick():
            tokens = draw(full, no_text, no_image, self.renderer.latent_places, guidance, seed)
        return self.renderer.decode(tokens)
