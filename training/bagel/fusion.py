"""Compiled versions of the parts around attention (norms, projections, rotation, MLP), used only where they work and are faster."""
from __future__ import annotations

import time
from collections.abc import Callable

import torch

from training.bagel import model as network
from training.bagel.model import Bagel, Expert


class Fusion:
    """Compiles each part once for all layouts (batch and rows are dynamic sizes) and tries it forwards and backwards at once."""

    def __init__(self, model: Bagel, device: torch.device, dtype: torch.dtype):
        self.device = device
        self.eager = (Expert.project, Expert.finish, network.rotate)
        self.fused = tuple(torch.compile(part, dynamic=True) for part in self.eager)
        self.works = True
        self.use(self.fused)
        try:
            layer, width = model.layers[0], model.sizes.hidden
            for count, rows, latents in ((6, 24, 16), (10, 40, 32), (12, 48, 0)):
                und = torch.randn(count, rows, width, device=device, dtype=dtype, requires_grad=True)
                gen = torch.randn(count, latents, width, device=device, dtype=dtype, requires_grad=True) if latents else None
                angle = torch.randn(count, rows + latents, 1, model.sizes.head_size // 2, device=device, dtype=dtype)
                bias = torch.zeros(count, 1, rows + latents, rows + latents, device=device, dtype=dtype)
                out = layer(und, gen, angle.cos(), angle.sin(), bias)
                sum(part.float().square().mean() for part in out if part is not None).backward()
        except Exception as error:  # noqa: BLE001  (a missing compiler must not end the run)
            print("not compiled:", repr(error)[:300], flush=True)
            self.works = False
        model.zero_grad(set_to_none=True)
        self.use(self.eager)

    def use(self, parts: tuple) -> None:
        Expert.project, Expert.finish, network.rotate = parts

    def _time(self, step: Callable[[], None], count: int) -> float:
        if self.device.type == "cuda":
            torch.cuda.synchronize()
        start = time.time()
        for _ in range(count):
            step()
        if self.device.type == "cuda":
            torch.cuda.synchronize()
        return (time.time() - start) / count

    def choose(self, step: Callable[[], None], count: int = 15) -> dict:
        """Times real training steps both ways (the first few, in which sizes are new, do not count) and keeps the faster."""
        if not self.works:
            return {"fused": False}
        times = {}
        for name, parts in (("eager", self.eager), ("fused", self.fused)):
            self.use(parts)
            self._time(step, count)
            times[name] = self._time(step, count)
        self.use(self.fused if times["fused"] < times["eager"] else self.eager)
        return {"fused": times["fused"] < times["eager"], **{f"{k}-step": v for k, v in times.items()}}
