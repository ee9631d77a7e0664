"""Computes one scenario from start to end and writes its two files."""

from pathlib import Path

import torch
from diffusers import StableDiffusion3Pipeline
from safetensors.torch import save_file

from . import independent, models, pictures, reference, text
from .conditioning import Conditioning, encode, token_ids
from .scenarios import Scenario

SIGMA_FLAGS = {
    "none": {},
    "karras": {"use_karras_sigmas": True},
    "exponential": {"use_exponential_sigmas": True},
    "beta": {"use_beta_sigmas": True},
}
# Two exact implementations may differ by the rounding of float32 through all the steps, and by no more.
AGREEMENT = 2e-3


def scheduler_for(scenario: Scenario):
    """The scheduler with the scenario's shift and sigma conversion."""
    return models.scheduler(shift=scenario.shift, **SIGMA_FLAGS[scenario.sigma_conversion])


def sigma_list(scenario: Scenario) -> list[float]:
    """The whole sigma list, before an input picture cuts it."""
    scheduler = scheduler_for(scenario)
    scheduler.set_timesteps(scenario.steps)
    return scheduler.sigmas.tolist()


def inputs(pipe: StableDiffusion3Pipeline, scenario: Scenario, sigma: float) -> dict[str, torch.Tensor]:
    """Noise, picture latent and start latents. Order of the draws: posterior sample, then noise."""
    vae = pipe.vae
    shape = (1, 16, scenario.height // 8, scenario.width // 8)
    drawn = reference.generators(scenario)
    if scenario.task == "text-to-image":
        noise = torch.cat([torch.randn(shape, generator=generator) for generator in drawn])
        return {"noise": noise, "latents.0": noise}
    picture = pictures.picture(scenario.width, scenario.height)
    moments = vae.encoder(picture * 2 - 1)
    mean, log_variance = moments.chunk(2, dim=1)
    latent = mean
    tensors = {"input.picture": picture, "input.moments": moments}
    if scenario.posterior == "sample":
        draw = torch.randn(shape, generator=drawn[0])
        tensors["input.posterior_noise"] = draw
        latent = mean + torch.exp(0.5 * log_variance.clamp(-30, 20)) * draw
    latent = (latent - vae.config.shift_factor) * vae.config.scaling_factor
    noise = torch.randn(shape, generator=drawn[0])
    start = sigma * noise + (1 - sigma) * latent
    tensors |= {"input.latent": latent, "noise": noise, "latents.0": start}
    if scenario.mask is not None:
        mask = pictures.mask_for(scenario.mask, scenario.width, scenario.height)
        small = mask[:, :, ::8, ::8]  # nearest: the top left pixel of each cell
        tensors |= {
            "input.mask": mask,
            "input.latent_mask": (small >= 0.5).float() if scenario.mask == "hard" else small,
        }
    return tensors


def decode(pipe: StableDiffusion3Pipeline, latents: torch.Tensor) -> torch.Tensor:
    """Latents to a picture in [0, 1], with the shift on the way back."""
    config = pipe.vae.config
    decoded = pipe.vae.decoder(latents / config.scaling_factor + config.shift_factor)
    return (decoded / 2 + 0.5).clamp(0, 1)


def compare(name: str, what: str, one: torch.Tensor, other: torch.Tensor) -> None:
    """Raises where two implementations part."""
    difference = float((one - other).abs().max())
    if difference > AGREEMENT * max(1.0, float(other.abs().max())):
        raise ValueError(f"{name}: {what} differs by {difference:.2e} between diffusers and the independent sampler")


def compute(pipe: StableDiffusion3Pipeline, scenario: Scenario) -> tuple[dict, dict[str, torch.Tensor]]:
    """The JSON document and the tensors of one scenario."""
    pipe.scheduler = scheduler_for(scenario)
    sigmas = sigma_list(scenario)
    start = independent.first_step(scenario)
    conditioning = encode(pipe, scenario)
    tensors = inputs(pipe, scenario, sigmas[start])
    repaint = None
    if scenario.mask is not None:
        repaint = independent.Repaint(tensors["input.latent_mask"], tensors["input.latent"], tensors["noise"])
    trace = independent.sample(pipe.transformer, tensors["latents.0"], sigmas[start:], conditioning, scenario, repaint)
    notes = list(scenario.notes)
    if scenario.source == "diffusers":
        own, (trace, returned) = trace, reference.run(pipe, scenario)
        for index, (one, other) in enumerate(zip(own.latents, trace.latents, strict=True)):
            compare(scenario.name, f"latents.{index}", one, other)
        difference = float((decode(pipe, trace.latents[-1]) - returned).abs().max())
        if scenario.task == "inpaint":
            notes.append(f"the largest difference between the two decodings is {difference:.3f}")
        elif difference > 1e-5:
            raise ValueError(
                f"{scenario.name}: the decoded picture differs by {difference:.2e} from the pipeline's own"
            )
    tensors |= stages(conditioning, trace, scenario)
    tensors["image"] = decode(pipe, trace.latents[-1])
    return document(pipe, scenario, sigmas, start, notes, tensors), tensors


def stages(c: Conditioning, trace: independent.Trace, scenario: Scenario) -> dict[str, torch.Tensor]:
    """Tensors of the conditioning and of the kept steps."""
    tensors = {"context.positive": c.context, "pooled.positive": c.pooled}
    if scenario.guidance_scale > 1:
        tensors |= {"context.negative": c.negative_context, "pooled.negative": c.negative_pooled}
    count = len(trace.velocities)
    kept = range(count + 1) if scenario.keep_latents == "all" else (0, 1, count // 2, count)
    for index in kept:
        tensors[f"latents.{index}"] = trace.latents[index]
    tensors["velocity.0"] = trace.velocities[0]
    tensors |= {f"velocity.0.{name}": value for name, value in trace.raw[0].items()}
    for index, passes in enumerate(trace.raw):
        if "skipped" in passes:
            tensors[f"velocity.{index}"] = trace.velocities[index]
            tensors |= {f"velocity.{index}.{name}": value for name, value in passes.items()}
    return tensors


def document(pipe, scenario: Scenario, sigmas: list[float], start: int, notes: list[str], tensors: dict) -> dict:
    """The JSON side of a scenario."""
    return {
        "name": scenario.name,
        "about": scenario.about,
        "source": scenario.source,
        "notes": notes,
        "request": scenario.request(),
        "tokenIds": token_ids(pipe, scenario),
        "sigmas": sigmas,
        "timesteps": [sigma * 1000 for sigma in sigmas[:-1]],
        "firstStep": start,
        "tensors": {name: list(tensor.shape) for name, tensor in sorted(tensors.items())},
    }


def write(folder: Path, document: dict, tensors: dict[str, torch.Tensor]) -> None:
    """Writes `<name>.json` and `<name>.safetensors`."""
    folder.mkdir(parents=True, exist_ok=True)
    text.dump(folder / f"{document['name']}.json", document)
    path = folder / f"{document['name']}.safetensors"
    save_file({name: tensor.contiguous().clone() for name, tensor in tensors.items()}, path)


def pipeline(model: Path, networks: dict) -> StableDiffusion3Pipeline:
    """diffusers' pipeline on the seeded networks."""
    tokenizer, tokenizer_2, tokenizer_3 = text.load(model)
    pipe = StableDiffusion3Pipeline(
        scheduler=models.scheduler(), tokenizer=tokenizer, tokenizer_2=tokenizer_2, tokenizer_3=tokenizer_3, **networks
    )
    pipe.set_progress_bar_config(disable=True)
    return pipe
