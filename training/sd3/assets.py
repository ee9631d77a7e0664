"""The small files around the graphs: configs, model index, scheduler, licences."""
from __future__ import annotations

import json
import shutil
from pathlib import Path

from captions import COLOURS, STYLE_WORDS, with_article
from scenes import CACHE, TRAINING
from text import LENGTH

MODEL = TRAINING.parent / "resources" / "models" / "sd3-emoji"
DEFAULTS = {"width": 128, "height": 128, "steps": 28, "guidanceScale": 5.0, "shift": 1.0}


def write_json(path: Path, value: dict) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n")


def write_index(folder: Path) -> None:
    write_json(folder / "model_index.json", {
        "_class_name": "StableDiffusion3Pipeline", "_diffusers_version": "0.42.1",
        "scheduler": ["diffusers", "FlowMatchEulerDiscreteScheduler"],
        "text_encoder": ["transformers", "CLIPTextModelWithProjection"],
        "text_encoder_2": ["transformers", "CLIPTextModelWithProjection"],
        "text_encoder_3": ["transformers", "T5EncoderModel"],
        "tokenizer": ["transformers", "CLIPTokenizer"], "tokenizer_2": ["transformers", "CLIPTokenizer"],
        "tokenizer_3": ["transformers", "PreTrainedTokenizerFast"],
        "transformer": ["diffusers", "SD3Transformer2DModel"], "vae": ["diffusers", "AutoencoderKL"]})
    write_json(folder / "scheduler" / "scheduler_config.json", {
        "_class_name": "FlowMatchEulerDiscreteScheduler", "num_train_timesteps": 1000, "shift": DEFAULTS["shift"],
        "use_dynamic_shifting": False})


def write_configs(folder: Path, mmdit: dict, vae: dict, scale: float, shift: float, clips, t5) -> None:
    write_json(folder / "transformer" / "config.json", {"_class_name": "SD3Transformer2DModel", **mmdit})
    halves = {
        "_class_name": "AutoencoderKL", "in_channels": 3, "out_channels": 3, "latent_channels": vae["latent_channels"],
        # Four factor-2 levels as in SD3 (the first is a space-to-depth): pipelines take the factor 8 from the count.
        "block_out_channels": [12, *vae["widths"]], "layers_per_block": vae["blocks"], "norm_num_groups": vae["norm_groups"],
        "space_to_depth": vae["patch"], "sample_size": 128, "scaling_factor": round(scale, 6), "shift_factor": round(shift, 6),
        "use_quant_conv": False, "use_post_quant_conv": False, "mid_block_add_attention": False}
    for half in ("vae_encoder", "vae_decoder"):
        write_json(folder / half / "config.json", halves)
    for name, model in zip(("text_encoder", "text_encoder_2", "text_encoder_3"), (*clips, t5)):
        config = {k: v for k, v in model.config.to_diff_dict().items() if k not in ("_name_or_path", "transformers_version", "dtype")}
        write_json(folder / name / "config.json", {"architectures": [type(model).__name__], **config})


def copy_tokenizers(folder: Path) -> None:
    for name in ("tokenizer", "tokenizer_2", "tokenizer_3"):
        shutil.copytree(CACHE / "tokenizers" / name, folder / name, dirs_exist_ok=True)


def write_licences(folder: Path) -> None:
    for name in ("LICENSE", "NOTICE"):
        shutil.copy(TRAINING / "data" / "licences" / name, folder / name)


def vocabulary() -> dict:
    """Everything that the captions speak of, as a prompt says it."""
    subjects = json.loads((TRAINING / "data" / "subjects.json").read_text())["subjects"]
    return {"subjects": [{"words": with_article(s["name"]), "emoji": s["emoji"]} for s in subjects],
            "styles": list(STYLE_WORDS), "colours": list(COLOURS)}


def write_studio(folder: Path, latent_colours: dict, metrics: dict) -> None:
    write_json(folder / "studio.json", {
        "schemaVersion": 1, "id": "sd3-emoji", "family": "sd3", "name": "SD3 Emoji",
        "description": "A very small Stable Diffusion 3: draws 153 everyday emoji in four styles, alone or two or three "
                       "together, at 128 px. The true architecture at toy size: what it was not trained on fails, and so do crowded scenes. Works offline, in seconds, on a CPU. For real pictures add a folder with Stable Diffusion 3.5.",
        "licence": "MIT AND Apache-2.0 AND CC-BY-4.0", "defaults": DEFAULTS,
        "sizes": [[128, 128], [160, 128], [128, 160], [160, 160], [192, 192]], "maxSide": 256, "t5Length": LENGTH,
        "latentColours": latent_colours,
        "vocabulary": vocabulary(),
        "prompts": ["a slice of pizza, fluent 3d", "an owl on a purple background, noto", "a cat and a red apple, flat"],
        "provenance": "training/sd3", "metrics": metrics})
