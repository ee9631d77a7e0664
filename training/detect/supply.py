"""A second process that draws scenes ahead of the training loop, at whatever side the loop asks for."""
from __future__ import annotations

import multiprocessing as mp
import os
from queue import Full
from typing import Callable

import numpy as np


def _work(queue, side, make: Callable, seed: int) -> None:
    import cv2

    cv2.setNumThreads(1)
    parent, batch = os.getppid(), make(seed)
    while os.getppid() == parent:
        made = batch(side.value)
        while os.getppid() == parent:  # a full queue must not keep it alive when the loop has died
            try:
                queue.put(made, timeout=5)
                break
            except Full:
                pass


class Supply:
    """make(seed) -> batch(side) -> anything that pickles; both run in the second process."""

    def __init__(self, make: Callable, seed: int, side: int, ahead: int = 4):
        context = mp.get_context("spawn")
        self.queue, self.side = context.Queue(ahead), context.Value("i", side)
        self.process = context.Process(target=_work, args=(self.queue, self.side, make, seed), daemon=True)
        self.process.start()

    def next(self):
        return self.queue.get(timeout=300)

    def set_side(self, side: int) -> None:
        self.side.value = side

    def close(self) -> None:
        self.process.terminate()


def fresh_seed() -> int:
    """A resumed run must not see the scenes of its first minutes again."""
    return int(np.random.SeedSequence().generate_state(1)[0])
