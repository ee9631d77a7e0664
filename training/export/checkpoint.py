"""A BAGEL checkpoint folder: ema.safetensors, llm_config.json, vit_config.json, tokenizer files, and ae.safetensors or vae/.

Every size is read from the configs or from the tensors' shapes; nothing is assumed of the 7B model.
"""
from __future__ import annotations

import json
from dataclasses import dataclass
from math import isqrt
from pathlib import Path

from training.export.safetensors_file import SafetensorsFile

VIT = "vit_model.vision_model"
LLM = "language_model.model"


@dataclass(frozen=True)
class VisionSizes:
    layers: int
    hidden: int
    heads: int
    patch: int
    side: int  # patches a side of the position tables
    epsilon: float


@dataclass(frozen=True)
class BagelSizes:
    layers: int
    hidden: int
    heads: int
    key_value_heads: int
    head_size: int
    feed_forward: int
    vocabulary: int
    context: int
    rope_base: float
    epsilon: float
    latent_side: int  # latent tokens a side of the position table
    latent_width: int  # numbers of one latent token
    vision: VisionSizes

    @property
    def query_width(self) -> int:
        return self.heads * self.head_size

    @property
    def key_value_width(self) -> int:
        return self.key_value_heads * self.head_size


def read_sizes(folder: Path, weights: SafetensorsFile) -> BagelSizes:
    llm, vit = (json.loads((folder / f"{n}_config.json").read_text()) for n in ("llm", "vit"))
    hidden, heads = llm["hidden_size"], llm["num_attention_heads"]
    vision = VisionSizes(
        layers=vit["num_hidden_layers"] - 1,  # the official loader drops the last layer
        hidden=vit["hidden_size"], heads=vit["num_attention_heads"], patch=vit["patch_size"],
        side=_side(weights, "vit_pos_embed.pos_embed"), epsilon=vit.get("layer_norm_eps", 1e-6))
    return BagelSizes(
        layers=llm["num_hidden_layers"], hidden=hidden, heads=heads, key_value_heads=llm["num_key_value_heads"], head_size=hidden // heads,
        feed_forward=llm["intermediate_size"], vocabulary=weights.shape("language_model.lm_head.weight")[0],
        context=llm["max_position_embeddings"], rope_base=float(llm.get("rope_theta", 1e6)), epsilon=llm.get("rms_norm_eps", 1e-6),
        latent_side=_side(weights, "latent_pos_embed.pos_embed"), latent_width=weights.shape("vae2llm.weight")[1], vision=vision)


def _side(weights: SafetensorsFile, name: str) -> int:
    rows = weights.shape(name)[0]
    side = isqrt(rows)
    if side * side != rows:
        raise ValueError(f"{name} has {rows} rows, which is no square")
    return side
