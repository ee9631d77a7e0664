"""A plain sampler written from the descriptions of the methods, on the torch modules alone.

It has two uses: it computes what diffusers does not offer (DPM++ 2M for flow matching, soft masks, an end to
guidance), and it repeats every diffusers run, so that each of the two checks the other.
"""

import math
from dataclasses import dataclass, field

import torch
from torch import nn

from .conditioning import Conditioning
from .scenarios import Scenario


@dataclass
class Trace:
    """What a run leaves behind."""

    latents: list[torch.Tensor] = field(default_factory=list)  # before the first step, then after each
    velocities: list[torch.Tensor] = field(default_factory=list)  # guided
    raw: list[dict[str, torch.Tensor]] = field(default_factory=list)  # the passes of each step


@dataclass(frozen=True)
class Repaint:
    """What inpainting mixes in after each step."""

    mask: torch.Tensor
    picture: torch.Tensor  # clean latent
    noise: torch.Tensor


def first_step(scenario: Scenario) -> int:
    """Index in the sigma list at which a run with an input picture starts."""
    if scenario.task == "text-to-image":
        return 0
    run = min(scenario.steps * scenario.strength, scenario.steps)
    return int(max(scenario.steps - run, 0))


def predict(
    network: nn.Module, x: torch.Tensor, sigma: float, context: torch.Tensor, pooled: torch.Tensor, skip=None
) -> torch.Tensor:
    """One velocity prediction; the timestep is 1000 sigma in float32."""
    batch = x.shape[0]
    timestep = torch.full((batch,), sigma, dtype=torch.float32) * 1000
    out = network(
        x, context.expand(batch, -1, -1), pooled.expand(batch, -1), timestep, return_dict=False, skip_layers=skip
    )
    return out[0]


def guided(
    network: nn.Module, x: torch.Tensor, sigma: float, index: int, count: int, c: Conditioning, scenario: Scenario
):
    """The velocity of one step after guidance, and the separate passes."""
    conditional = predict(network, x, sigma, c.context, c.pooled)
    passes = {"conditional": conditional}
    velocity = conditional
    # At or below 1 the second pass is left out; past its end guidance is left out as well.
    if scenario.guidance_scale > 1 and index < scenario.guidance_end * count:
        unconditional = predict(network, x, sigma, c.negative_context, c.negative_pooled)
        passes["unconditional"] = unconditional
        velocity = unconditional + scenario.guidance_scale * (conditional - unconditional)
        skip = scenario.skip_layers
        if skip is not None and count * skip.start < index < count * skip.end:
            skipped = predict(network, x, sigma, c.context, c.pooled, list(skip.layers))
            passes["skipped"] = skipped
            velocity = velocity + skip.scale * (conditional - skipped)
    return velocity, passes


def euler(x: torch.Tensor, velocity: torch.Tensor, sigma: float, following: float) -> torch.Tensor:
    """One step along the straight line."""
    return x + (following - sigma) * velocity


class DpmSolver:
    """DPM-Solver++ (2M) in the half-log-sigma time t = -ln sigma, as Stability AI's script runs it for SD3.

    With h = t_next - t, one step is x <- (sigma_next / sigma) x + (1 - e^-h) D. D is the predicted clean latent on the
    first and on the last step, and in between its extrapolation from the two most recent ones.
    """

    def __init__(self) -> None:
        self.previous: torch.Tensor | None = None
        self.previous_h = 0.0

    def step(self, x: torch.Tensor, velocity: torch.Tensor, sigma: float, following: float) -> torch.Tensor:
        clean = x - sigma * velocity
        if following == 0:
            return clean  # e^-h is 0: the logarithm of 0 is never taken
        h = math.log(sigma / following)
        direction = clean
        if self.previous is not None:
            ratio = self.previous_h / h
            direction = (1 + 1 / (2 * ratio)) * clean - (1 / (2 * ratio)) * self.previous
        self.previous, self.previous_h = clean, h
        return (following / sigma) * x - math.expm1(-h) * direction


def repainted(x: torch.Tensor, following: float, repaint: Repaint, rule: str | None) -> torch.Tensor:
    """Puts the noised input picture back where the mask does not ask for new paint."""
    mask = repaint.mask
    if rule == "threshold":
        mask = (mask >= following + 1e-4).float()
    known = following * repaint.noise + (1 - following) * repaint.picture
    return mask * x + (1 - mask) * known


def sample(
    network: nn.Module,
    start: torch.Tensor,
    sigmas: list[float],
    c: Conditioning,
    scenario: Scenario,
    repaint: Repaint | None,
) -> Trace:
    """Runs the sampler over the given sigmas (the last one is 0)."""
    trace = Trace(latents=[start])
    solver = DpmSolver()
    count = len(sigmas) - 1
    x = start
    for index, (sigma, following) in enumerate(zip(sigmas, sigmas[1:])):
        velocity, passes = guided(network, x, sigma, index, count, c, scenario)
        x = (
            solver.step(x, velocity, sigma, following)
            if scenario.sampler == "dpmpp-2m"
            else euler(x, velocity, sigma, following)
        )
        if repaint is not None:
            x = repainted(x, following, repaint, scenario.soft_rule)
        trace.latents.append(x)
        trace.velocities.append(velocity)
        trace.raw.append(passes)
    return trace


def check_first_order() -> None:
    """The first-order form of the solver must be Euler's step; raises where it is not."""
    generator = torch.Generator().manual_seed(3)
    x, velocity = torch.randn((2, 8, 8), generator=generator), torch.randn((2, 8, 8), generator=generator)
    for sigma, following in [(0.95, 0.88), (0.34, 0.0089), (0.0089, 0.0)]:
        difference = (
            (DpmSolver().step(x, velocity, sigma, following) - euler(x, velocity, sigma, following)).abs().max()
        )
        if difference > 1e-5:
            raise ValueError(f"First-order DPM++ differs from Euler by {difference:.2e} at sigma {sigma}")
