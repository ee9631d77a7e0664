"""One run, logged: loss, loss scale, lost updates, histograms of the gradients, time a step."""

import math
import time
from dataclasses import dataclass

import torch
from torch.nn import functional as F

from .network import SmallNet
from .pictures import CLASSES, batch
from .rounding import BACKWARD, rounded
from .scaling import LossScale

STEPS = 400
BATCH = 64
RATE = 0.04
EVERY = 8
HISTOGRAM_STEPS = (8, 200, 400)
BINS = 16


@dataclass(frozen=True)
class Recipe:
    """What a run does differently. `master`: the optimiser keeps float32 weights."""

    form: str
    master: bool = True
    scaling: str = "none"

    @property
    def label(self) -> str:
        if self.form == "fp32":
            return "FP32"
        name = {"bf16": "BF16", "fp16": "FP16", "fp8-e4m3fn": "FP8 E4M3, gradients E5M2"}[self.form]
        parts = [] if self.master else ["no master weights"]
        parts += [{"none": "no loss scaling", "static": "loss x 1024", "dynamic": "dynamic loss scale"}[self.scaling]]
        return ", ".join([name, *parts])


def histogram(values: torch.Tensor) -> dict:
    """As contract/exponent-histogram.ts counts: sixteen bins an octave, zeros and what is not finite apart."""
    flat = values.flatten().double()
    finite = flat[torch.isfinite(flat) & (flat != 0)].abs()
    mantissa, exponent = torch.frexp(finite)
    octave = exponent.long() - 1
    part = ((mantissa * 2 - 1) * BINS).long().clamp(0, BINS - 1)
    first = int(octave.min()) if len(octave) else 0
    places = (octave - first) * BINS + part
    length = (int(octave.max()) - first + 1) * BINS if len(octave) else 0
    return {
        "firstExponent": first,
        "counts": torch.bincount(places, minlength=length).tolist() if length else [],
        "zeros": int((flat == 0).sum()),
        "infinite": int(torch.isinf(flat).sum()),
        "notANumber": int(torch.isnan(flat).sum()),
        "total": flat.numel(),
    }


def number(value: float) -> float | None:
    """Four digits; null for what JSON has no word for."""
    return float(f"{value:.4g}") if math.isfinite(value) else None


def run(recipe: Recipe, drawings: torch.Tensor, labels: torch.Tensor) -> dict:
    """Trains with momentum SGD; the same seed, order and first weights for every recipe."""
    torch.manual_seed(7)
    random = torch.Generator().manual_seed(11)
    network = SmallNet(CLASSES, recipe.form)
    parameters = list(network.parameters())
    if not recipe.master:
        with torch.no_grad():
            for parameter in parameters:
                parameter.copy_(rounded(parameter, recipe.form))
    momenta = [torch.zeros_like(parameter) for parameter in parameters]
    scale = LossScale(recipe.scaling)
    log = {name: [] for name in ("steps", "loss", "scale", "lostUpdates")}
    gradients, times, skipped = [], [], 0
    for step in range(1, STEPS + 1):
        pictures, wanted = batch(drawings, labels, BATCH, random)
        started = time.perf_counter()
        loss = F.cross_entropy(network(pictures), wanted)
        for parameter in parameters:
            parameter.grad = None
        (loss * scale.value).backward()
        stored = [rounded(parameter.grad, BACKWARD.get(recipe.form, recipe.form)) for parameter in parameters]
        overflowed = not all(bool(torch.isfinite(gradient).all()) for gradient in stored)
        may_step = scale.update(overflowed)
        lost = 0.0
        if may_step:
            lost = update(parameters, stored, momenta, scale.value if recipe.scaling == "static" else previous(scale), recipe)
        else:
            skipped += 1
        times.append(time.perf_counter() - started)
        if step in HISTOGRAM_STEPS:
            gradients.append({"step": step, "histogram": histogram(torch.cat([one.flatten() for one in stored]))})
        if step % EVERY == 0:
            log["steps"].append(step)
            log["loss"].append(number(loss.item()))
            log["scale"].append(number(math.log2(scale.value)))
            log["lostUpdates"].append(number(lost))
    times.sort()
    return {
        "label": recipe.label,
        "format": recipe.form,
        "masterWeights": recipe.master,
        "lossScaling": recipe.scaling,
        "emulated": recipe.form != "fp32",
        **log,
        "accuracy": number(accuracy(network, drawings, labels)),
        "skippedSteps": skipped,
        "millisecondsPerStep": number(1000 * times[len(times) // 2]),
        "gradients": gradients,
    }


def previous(scale: LossScale) -> float:
    """The scale that this step's loss had: `update` may just have doubled it."""
    grew = scale.kind == "dynamic" and scale.good > 0 and scale.good % scale.interval == 0
    return scale.value / 2 if grew else scale.value


@torch.no_grad()
def update(parameters, gradients, momenta, scale: float, recipe: Recipe) -> float:
    """One step of SGD with momentum 0.9. Gives the share of the updates that changed nothing, of those that were not 0."""
    changed, wanted = 0, 0
    for parameter, gradient, momentum in zip(parameters, gradients, momenta, strict=True):
        momentum.mul_(0.9).add_(gradient / scale)
        step = RATE * momentum
        after = parameter - step
        if not recipe.master:
            # Without master weights the optimiser's own numbers are stored in the format as well.
            momentum.copy_(rounded(momentum, recipe.form))
            after = rounded(after, recipe.form)
        changed += int(((after != parameter) & (step != 0)).sum())
        wanted += int((step != 0).sum())
        parameter.copy_(after)
    return 1 - changed / wanted if wanted else 0.0


@torch.no_grad()
def accuracy(network: SmallNet, drawings: torch.Tensor, labels: torch.Tensor) -> float:
    """On 1024 scenes that training did not draw."""
    random = torch.Generator().manual_seed(99)
    right = 0
    for _ in range(8):
        pictures, wanted = batch(drawings, labels, 128, random)
        right += int((network(pictures).argmax(1) == wanted).sum())
    return right / 1024
