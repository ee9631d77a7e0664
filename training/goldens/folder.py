"""Assembles the tiny model on disk in the layout of an optimum export: graphs, configs, tokenizers, scheduler."""

import json
import shutil
from pathlib import Path

import diffusers
from torch import nn

from . import export_onnx, models, text

PARTS = {
    "scheduler": ["diffusers", "FlowMatchEulerDiscreteScheduler"],
    "text_encoder": ["transformers", "CLIPTextModelWithProjection"],
    "text_encoder_2": ["transformers", "CLIPTextModelWithProjection"],
    "text_encoder_3": ["transformers", "T5EncoderModel"],
    "tokenizer": ["transformers", "CLIPTokenizer"],
    "tokenizer_2": ["transformers", "CLIPTokenizer"],
    "tokenizer_3": ["transformers", "T5TokenizerFast"],
    "transformer": ["diffusers", "SD3Transformer2DModel"],
    "vae": ["diffusers", "AutoencoderKL"],
}


def load_networks(model: Path) -> dict[str, nn.Module]:
    """Builds the seeded networks for the vocabularies of the tokenizers on disk."""
    clip, _, t5 = text.load(model)
    return models.build(len(clip), len(t5))


def config_of(network: nn.Module) -> dict:
    """A network's config.json, without the fields that only say how the library stored it."""
    if hasattr(network.config, "to_dict"):  # transformers
        values = network.config.to_dict()
        return {key: value for key, value in values.items() if key not in ("dtype", "transformers_version")}
    values = {key: value for key, value in network.config.items() if not key.startswith("_")}
    return {"_class_name": type(network).__name__, "_diffusers_version": diffusers.__version__, **values}


def write_configs(model: Path, networks: dict[str, nn.Module]) -> None:
    """Writes the JSON files beside the graphs, and the ones of the whole model."""
    for name, network in networks.items():
        for folder in ["vae_encoder", "vae_decoder"] if name == "vae" else [name]:
            (model / folder).mkdir(parents=True, exist_ok=True)
            text.dump(model / folder / "config.json", config_of(network))
    scheduler = models.scheduler()
    (model / "scheduler").mkdir(exist_ok=True)
    values = {key: value for key, value in scheduler.config.items() if not key.startswith("_")}
    head = {"_class_name": type(scheduler).__name__, "_diffusers_version": diffusers.__version__}
    text.dump(model / "scheduler" / "scheduler_config.json", {**head, **values})
    head = {"_class_name": "StableDiffusion3Pipeline", "_diffusers_version": diffusers.__version__}
    text.dump(model / "model_index.json", {**head, **PARTS})


def build(fixtures: Path) -> Path:
    """Writes `tiny-sd3` and `tiny-sd3-gates`; returns the first."""
    model, gated = fixtures / "tiny-sd3", fixtures / "tiny-sd3-gates"
    for folder in (model, gated):
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
    text.build(model)
    networks = load_networks(model)
    for graph in export_onnx.graphs(networks):
        export_onnx.export(graph, model / graph.folder / "model.onnx")
    write_configs(model, networks)
    shutil.copytree(model, gated, dirs_exist_ok=True)
    export_onnx.export(export_onnx.gated_graph(networks["transformer"]), gated / "transformer" / "model.onnx")
    return model


def size_of(folder: Path) -> int:
    """Bytes of all files below a folder."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


def read_json(path: Path) -> dict:
    """Reads one JSON file."""
    return json.loads(path.read_text(encoding="utf-8"))
