"""Batches as arrays, worker processes that write them, and the loss of a batch on the device."""
from __future__ import annotations

import multiprocessing
import random
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F

from training.bagel import corpus, paths
from training.bagel.layout import LAYOUTS, PATCHES, Layout
from training.bagel.model import Bagel
from training.bagel.render import Renderer, Scribe
from training.bagel.samples import Author, Sample
from training.bagel.tokenizer import END_OF_TEXT, VISION_END, VISION_START, Encoder


@dataclass
class Batch:
    """ids int16 [B, T]; lengths, starts int16 [B, slots]; rows int32 [N] (flat, of B * T) and targets int16 [N]; scenes as Scribe writes them."""

    layout: str
    ids: np.ndarray
    lengths: np.ndarray
    starts: np.ndarray
    rows: np.ndarray
    targets: np.ndarray
    colours: np.ndarray
    things: np.ndarray


def assemble(layout: Layout, samples: list[Sample], scribe: Scribe) -> Batch:
    count, width = len(samples), layout.text_rows
    ids = np.full((count, width), END_OF_TEXT, np.int16)
    lengths, starts = (np.zeros((count, len(layout.slots)), np.int16) for _ in range(2))
    rows, targets = [], []
    for b, one in enumerate(samples):
        rope = column = 0
        texts, kept = iter(one.texts), iter(one.kept)
        for i, slot in enumerate(layout.slots):
            starts[b, i] = rope
            if slot.kind == "text":
                text = next(texts)
                lengths[b, i] = len(text.ids)
                ids[b, column : column + len(text.ids)] = text.ids
                rows += [b * width + column + r for r in text.rows]
                targets += [text.ids[r + 1] for r in text.rows]
                rope, column = rope + len(text.ids), column + slot.size
            else:
                lengths[b, i] = next(kept)
                rope += slot.kind != "noise"  # a dropped picture still takes its position, as in the official training
    pictures = [one.pictures[p] for p in range(layout.pictures) for one in samples]
    colours, things = scribe.write(pictures)
    return Batch(layout.name, ids, lengths, starts, np.array(rows, np.int32), np.array(targets, np.int16), colours, things)


class Writer:
    """Batches of any layout from one random stream."""

    def __init__(self, seed: int):
        self.author = Author(Encoder(paths.CARRIED / "tokenizer"), *corpus.load(), random.Random(seed))
        self.scribe = Scribe()

    def batch(self, name: str, count: int) -> Batch:
        layout = LAYOUTS[name]
        sizes = [s.size for s in layout.of("text")]
        return assemble(layout, [self.author.write(name, sizes) for _ in range(count)], self.scribe)


def _work(seed: int, kinds: dict[str, dict[str, float]], sizes: dict[str, int], warm_up, queues) -> None:
    torch.set_num_threads(1)
    writer = Writer(seed)
    rng = random.Random(seed + 1)
    while True:
        if warm_up.value:
            queues[0].put([writer.batch("text", sizes["warm-up"])])
        else:
            names = [rng.choices(list(mix), list(mix.values()))[0] for mix in kinds.values()]
            queues[1].put([writer.batch(name, sizes[name]) for name in names])


class Loader:
    """Worker processes that keep a queue of steps filled. kinds: for each part of a step, the layouts that may be it and their shares."""

    def __init__(self, workers: int, seed: int, kinds: dict[str, dict[str, float]], sizes: dict[str, int], warm_up: bool):
        context = multiprocessing.get_context("fork")
        self.warm_up = context.Value("b", warm_up)
        self.queues = [context.Queue(maxsize=max(4, 3 * workers)) for _ in range(2)]
        self.processes = [context.Process(target=_work, args=(seed + 7919 * i, kinds, sizes, self.warm_up, self.queues), daemon=True) for i in range(workers)]
        for process in self.processes:
            process.start()

    def end_warm_up(self) -> None:
        self.warm_up.value = 0

    def step(self) -> list[Batch]:
        """The batches of one step; what the warm-up left in its queue is dropped once it has ended."""
        if self.warm_up.value:
            return self.queues[0].get()
        while not self.queues[0].empty():
            self.queues[0].get()  # a worker may wait to put its last warm-up step
        return self.queues[1].get()

    def close(self) -> None:
        for process in self.processes:
            process.terminate()


class Trainee:
    """The losses of a batch on a device. teacher: a model whose velocities are to be kept, in place of the true ones."""

    def __init__(self, model: Bagel, renderer: Renderer | None, device: torch.device, dtype: torch.dtype, teacher: Bagel | None = None):
        self.model, self.renderer, self.device, self.dtype, self.teacher = model, renderer, device, dtype, teacher
        self.layouts = {name: layout.to(device) for name, layout in LAYOUTS.items()}
        self.boundary = torch.tensor([VISION_START, VISION_END], device=device)

    def _put(self, array: np.ndarray) -> torch.Tensor:
        tensor = torch.from_numpy(array)
        return tensor.pin_memory().to(self.device, non_blocking=True) if self.device.type == "cuda" else tensor

    def _run(self, model: Bagel, layout: Layout, ids, patches, gen_parts, positions, bias):
        """Hidden rows of both experts. patches: of all pictures to read, picture by picture; gen_parts: (latents, times) of each slot."""
        count, und = len(ids), [model.embed(ids)]
        if patches is not None:
            seen = model.vision(patches, self.renderer.patch_places)
            und.append(seen.view(-1, count, PATCHES, seen.shape[-1]).transpose(0, 1).flatten(1, 2))
        if layout.images:
            und.append(model.embed(self.boundary.repeat(layout.images)).expand(count, -1, -1))
        gen = [model.latents(x, t, self.renderer.latent_places) for x, t in gen_parts]
        return model.decode(torch.cat(und, 1), torch.cat(gen, 1) if gen else None, positions, bias)

    def losses(self, batch: Batch) -> tuple[torch.Tensor | None, torch.Tensor | None]:
        """(cross-entropy, velocity error), each a mean, or None where the layout has none."""
        layout, model = self.layouts[batch.layout], self.model
        ids, lengths, starts = (self._put(a).long() for a in (batch.ids, batch.lengths, batch.starts))
        count, patches = len(ids), None
        with torch.no_grad():
            positions, bias = layout.positions(starts), layout.bias(lengths, self.dtype)
            gen_parts, target = [], None
            if layout.pictures:
                pixels = self.renderer.pixels(self._put(batch.colours), self._put(batch.things))
                groups = pixels.split(count)
                vit = [s.picture for s in layout.of("vit")]
                patches = self.renderer.patches(torch.cat([groups[p] for p in vit])).to(self.dtype) if vit else None
                drawn = [s for s in layout.slots if s.kind in ("vae", "noise")]
                clean = self.renderer.latents(torch.cat([groups[s.picture] for s in drawn])).split(count) if drawn else []
                for slot, x0 in zip(drawn, clean):
                    if slot.kind == "vae":
                        gen_parts.append((x0, torch.zeros(count, device=self.device)))
                        continue
                    # One time from each of B equal slices of the logit-normal: less noise in the gradient for nothing.
                    quantile = (torch.randperm(count, device=self.device) + torch.rand(count, device=self.device)) / count
                    t = torch.sigmoid(torch.special.ndtri(quantile.clamp(1e-4, 1 - 1e-4)))
                    noise = torch.randn_like(x0)
                    target = noise - x0
                    gen_parts.append((torch.lerp(x0, noise, t[:, None, None]), t))
        hidden, drawing = self._run(model, layout, ids, patches, gen_parts, positions, bias)
        if target is not None and self.teacher is not None:
            with torch.no_grad():
                _, taught = self._run(self.teacher, layout, ids, patches, gen_parts, positions, bias)
                target = self.teacher.velocity(taught[:, -target.shape[1] :]).float()
        text = error = None
        if len(batch.rows):
            rows = hidden[:, : layout.text_rows].reshape(-1, hidden.shape[-1]).index_select(0, self._put(batch.rows))
            text = F.cross_entropy(model.logits(rows).float(), self._put(batch.targets).long())
        if target is not None:
            error = (model.velocity(drawing[:, -target.shape[1] :]).float() - target).square().mean()
        return text, error
