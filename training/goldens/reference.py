"""Runs a scenario with diffusers' own pipelines and records every stage."""

import torch
from diffusers import (
    StableDiffusion3Img2ImgPipeline,
    StableDiffusion3InpaintPipeline,
    StableDiffusion3Pipeline,
)

from . import pictures
from .independent import Trace
from .scenarios import Scenario

PIPELINES = {
    "text-to-image": StableDiffusion3Pipeline,
    "image-to-image": StableDiffusion3Img2ImgPipeline,
    "inpaint": StableDiffusion3InpaintPipeline,
}


def generators(scenario: Scenario) -> list[torch.Generator]:
    """One CPU generator per picture: seed, seed + 1, ..."""
    return [torch.Generator("cpu").manual_seed(scenario.seed + index) for index in range(scenario.count)]


def arguments(scenario: Scenario) -> dict:
    """The pipeline call of one scenario."""
    values = {
        "prompt": scenario.prompt,
        "prompt_2": scenario.prompt2,
        "prompt_3": scenario.prompt3,
        "negative_prompt": scenario.negative_prompt,
        "negative_prompt_2": scenario.negative_prompt2,
        "negative_prompt_3": scenario.negative_prompt3,
        "width": scenario.width,
        "height": scenario.height,
        "num_inference_steps": scenario.steps,
        "guidance_scale": scenario.guidance_scale,
        "clip_skip": scenario.clip_skip,
        "max_sequence_length": scenario.max_sequence_length,
        "num_images_per_prompt": scenario.count,
        "generator": generators(scenario),
    }
    if scenario.task != "text-to-image":
        values["image"] = pictures.picture(scenario.width, scenario.height)
        values["strength"] = scenario.strength
    if scenario.mask is not None:
        values["mask_image"] = pictures.mask_for(scenario.mask, scenario.width, scenario.height)
    if scenario.skip_layers is not None:
        values["skip_guidance_layers"] = list(scenario.skip_layers.layers)
        values["skip_layer_guidance_scale"] = scenario.skip_layers.scale
        values["skip_layer_guidance_start"] = scenario.skip_layers.start
        values["skip_layer_guidance_stop"] = scenario.skip_layers.end
    return values


def run(pipe: StableDiffusion3Pipeline, scenario: Scenario) -> tuple[Trace, torch.Tensor]:
    """Latents and velocities of each step, and the picture as the pipeline itself returns it ([0, 1], NCHW)."""
    pipeline = PIPELINES[scenario.task](**pipe.components)
    pipeline.set_progress_bar_config(disable=True)
    if "T5" in scenario.without_encoders:
        pipeline.text_encoder_3 = None
    trace = Trace()
    outputs: list[torch.Tensor] = []
    hook = pipeline.transformer.register_forward_hook(lambda _module, _inputs, out: outputs.append(out[0]))
    scheduler, step = pipeline.scheduler, pipeline.scheduler.step

    def recorded_step(velocity, timestep, sample, **rest):
        if not trace.latents:
            trace.latents.append(sample.clone())
        trace.velocities.append(velocity.clone())
        trace.raw.append(split_passes(outputs, scenario))
        outputs.clear()
        return step(velocity, timestep, sample, **rest)

    def after_step(_pipeline, _index, _timestep, values):
        trace.latents.append(values["latents"].clone())
        return {}

    scheduler.step = recorded_step
    try:
        out = pipeline(**arguments(scenario), output_type="pt", callback_on_step_end=after_step)
    finally:
        hook.remove()
        del scheduler.step
    return trace, out.images


def split_passes(outputs: list[torch.Tensor], scenario: Scenario) -> dict[str, torch.Tensor]:
    """Names the transformer outputs of one step. diffusers batches [negative, positive]."""
    if scenario.guidance_scale <= 1:
        return {"conditional": outputs[0].clone()}
    unconditional, conditional = outputs[0].chunk(2)
    passes = {"conditional": conditional.clone(), "unconditional": unconditional.clone()}
    if len(outputs) > 1:
        passes["skipped"] = outputs[1].clone()
    return passes
