"""The drawing half of bagel_engine.py: schedule, guidance, TaylorSeer, and the last step to bytes."""

import math
from dataclasses import dataclass

import numpy as np

from training.goldens.bagel_engine import Context, Engine, patchify, unpatchify


@dataclass
class Drawn:
    latents: list[np.ndarray]
    velocities: list[np.ndarray]
    branches: list[list[str]]
    image: np.ndarray


def schedule(points: int, shift: float) -> np.ndarray:
    steps = np.linspace(1, 0, points, dtype=np.float32)
    return (np.float32(shift) * steps / (1 + np.float32(shift - 1) * steps)).astype(np.float32)


class Taylor:
    """Extrapolates one branch's hidden rows: full passes at its first five steps, then at every third."""

    def __init__(self):
        self.step, self.since, self.last, self.before, self.factors = 0, 0, 0, 0, []

    def wants_pass(self) -> bool:
        return self.step < 5 or self.since == 2

    def after(self, hidden: np.ndarray | None) -> np.ndarray:
        """The rows of this step: given ones are remembered, absent ones extrapolated."""
        if hidden is None:
            self.since += 1
            distance = self.step - self.last
            hidden = sum(f * np.float32(distance**i / math.factorial(i)) for i, f in enumerate(self.factors))
        else:
            self.since, self.before, self.last = 0, self.last, self.step
            factors = [hidden]
            if self.step > 3:
                for i, old in enumerate(self.factors[:6]):
                    factors.append((factors[i] - old) / np.float32(self.last - self.before))
            self.factors = factors
        self.step += 1
        return hidden


def guided(velocities: dict[str, np.ndarray], request: dict) -> np.ndarray:
    v, u, w = velocities["full"], velocities.get("noText"), velocities.get("noImage")
    if u is None:
        return v
    a, b = np.float32(request["textScale"]), np.float32(request["imageScale"])
    kind, least = request["renorm"], request["renormMin"]

    def shrunk(z: np.ndarray, axis) -> np.ndarray:
        norms = [np.sqrt((t**2).sum(axis=axis, keepdims=True)) for t in (v, z)]
        return z * np.clip(norms[0] / (norms[1] + np.float32(1e-8)), least, 1)

    g = u + a * (v - u)
    if kind == "text_channel":
        g = shrunk(g, -1)
    g = g if w is None else w + b * (g - w)
    return g if kind == "text_channel" else shrunk(g, -1 if kind == "channel" else None)


def draw(engine: Engine, request: dict, contexts: dict[str, Context], size: tuple[int, int], noise: np.ndarray) -> Drawn:
    """size: [width, height]; contexts: full, noText, noImage."""
    columns, rows = (s // engine.block["latentDownsample"] for s in size)
    places = engine.places(rows, columns, engine.block["maxLatentSize"])
    x = noise
    if engine.has("noise as channels, rows, columns"):
        x = patchify(noise.reshape(-1, 2 * rows, 2 * columns), 2)
    times, low, high = schedule(request["steps"], request["shift"]), *request["interval"]
    seers = {name: Taylor() for name in contexts}
    out = Drawn([x], [], [], np.zeros(0))
    for t, following in zip(times[:-1], times[1:]):
        names = ["full"]
        if low < t <= high and request["textScale"] > 1 and not engine.has("guidance contexts missing"):
            names += ["noText"] + (["noImage"] if request["imageScale"] > 1 else [])
        velocities = {}
        for name in names:
            hidden, seer = None, seers[name]
            if not request["taylorSeer"] or seer.wants_pass():
                hidden = engine.latent_rows(contexts[name], x, places, float(t), keep=engine.has("latents kept in the cache"))
            if request["taylorSeer"]:
                hidden = seer.after(hidden)
            velocities[name] = engine.graphs.run("velocity_head", gen_hidden=hidden)[0]
        velocity = guided(velocities, request)
        x = x - velocity * (t - following)
        out.latents.append(x)
        out.velocities.append(velocity)
        out.branches.append(sorted(names))
    vae = engine.block["vae"]
    pixels = engine.graphs.run("vae_decoder", latent=np.ascontiguousarray(unpatchify(x, rows, columns) / np.float32(vae["scale"]) + np.float32(vae["shift"])))[0][0]
    values = np.clip(pixels * np.float32(0.5) + np.float32(0.5), 0, 1) * np.float32(255)
    out.image = (np.rint(values) if engine.has("rounded bytes") else values).astype(np.uint8).transpose(1, 2, 0)
    return out
