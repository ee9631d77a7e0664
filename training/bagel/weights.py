"""Weights under the official names: split and merge of the fused matrices, and shards that hold a whole model."""
from __future__ import annotations

import os
from pathlib import Path

import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file

from training.bagel.model import Bagel
from training.bagel.sizes import Sizes

SHARD_BYTES = 14_000_000


def _expert(out: dict, name: str, expert, sizes: Sizes, suffix: str) -> None:
    head, attention = sizes.head_size, f"{name}.self_attn"
    rows = (sizes.heads * head, sizes.key_value_heads * head, sizes.key_value_heads * head)
    for part, weight, bias in zip("qkv", expert["qkv.weight"].split(rows), expert["qkv.bias"].split(rows)):
        out[f"{attention}.{part}_proj{suffix}.weight"], out[f"{attention}.{part}_proj{suffix}.bias"] = weight, bias
    out[f"{attention}.o_proj{suffix}.weight"] = expert["out.weight"]
    out[f"{attention}.q_norm{suffix}.weight"], out[f"{attention}.k_norm{suffix}.weight"] = expert["q_norm"], expert["k_norm"]
    gate, up = expert["gate_up.weight"].chunk(2)
    mlp = f"{name}.mlp{suffix}"
    out[f"{mlp}.gate_proj.weight"], out[f"{mlp}.up_proj.weight"], out[f"{mlp}.down_proj.weight"] = gate, up, expert["down.weight"]
    out[f"{name}.input_layernorm{suffix}.weight"] = expert["input_norm"]
    out[f"{name}.post_attention_layernorm{suffix}.weight"] = expert["post_norm"]


def _below(state: dict[str, torch.Tensor], prefix: str) -> dict[str, torch.Tensor]:
    return {k.removeprefix(prefix): v for k, v in state.items() if k.startswith(prefix)}


def _pairs(sizes: Sizes) -> list[tuple[str, str]]:
    """(our name, official name) of every tensor that is stored as it is."""
    language, tower = "language_model.model", "vit_model.vision_model"
    pairs = [("embed.weight", f"{language}.embed_tokens.weight"), ("und_norm", f"{language}.norm.weight"),
             ("gen_norm", f"{language}.norm_moe_gen.weight"), ("head.weight", "language_model.lm_head.weight"),
             ("vision.position", f"{tower}.embeddings.position_embedding.weight")]
    linear = [("vision.patch", f"{tower}.embeddings.patch_embedding"), ("vision.norm", f"{tower}.post_layernorm"),
              ("vision.fc1", "connector.fc1"), ("vision.fc2", "connector.fc2"), ("latent_in", "vae2llm"), ("latent_out", "llm2vae"),
              ("time.0", "time_embedder.mlp.0"), ("time.2", "time_embedder.mlp.2")]
    for i in range(sizes.vision_layers):
        at, to = f"vision.layers.{i}", f"{tower}.encoder.layers.{i}"
        linear += [(f"{at}.norm1", f"{to}.layer_norm1"), (f"{at}.norm2", f"{to}.layer_norm2"), (f"{at}.out", f"{to}.self_attn.out_proj"),
                   (f"{at}.fc1", f"{to}.mlp.fc1"), (f"{at}.fc2", f"{to}.mlp.fc2")]
    return pairs + [(f"{ours}.{kind}", f"{official}.{kind}") for ours, official in linear for kind in ("weight", "bias")]


def to_official(state: dict[str, torch.Tensor], sizes: Sizes) -> dict[str, torch.Tensor]:
    """state: parameters under our names -> all trained tensors under the official ones."""
    out = {official: state[ours] for ours, official in _pairs(sizes)}
    for i in range(sizes.layers):
        for kind, suffix in (("und", ""), ("gen", "_moe_gen")):
            _expert(out, f"language_model.model.layers.{i}", _below(state, f"layers.{i}.{kind}."), sizes, suffix)
    for i in range(sizes.vision_layers):
        for kind in ("weight", "bias"):
            for part, tensor in zip("qkv", state[f"vision.layers.{i}.qkv.{kind}"].chunk(3)):
                out[f"vit_model.vision_model.encoder.layers.{i}.self_attn.{part}_proj.{kind}"] = tensor
    return out


def from_official(official: dict[str, torch.Tensor], sizes: Sizes) -> dict[str, torch.Tensor]:
    """The inverse of to_official; tables and other extra tensors are left out."""
    state = {ours: official[name] for ours, name in _pairs(sizes)}
    for i in range(sizes.layers):
        name = f"language_model.model.layers.{i}"
        for kind, suffix in (("und", ""), ("gen", "_moe_gen")):
            to, attention, mlp = f"layers.{i}.{kind}", f"{name}.self_attn", f"{name}.mlp{suffix}"
            for part in ("weight", "bias"):
                state[f"{to}.qkv.{part}"] = torch.cat([official[f"{attention}.{p}_proj{suffix}.{part}"] for p in "qkv"])
            state[f"{to}.out.weight"] = official[f"{attention}.o_proj{suffix}.weight"]
            state[f"{to}.q_norm"], state[f"{to}.k_norm"] = (official[f"{attention}.{p}_norm{suffix}.weight"] for p in "qk")
            state[f"{to}.gate_up.weight"] = torch.cat([official[f"{mlp}.{p}_proj.weight"] for p in ("gate", "up")])
            state[f"{to}.down.weight"] = official[f"{mlp}.down_proj.weight"]
            state[f"{to}.input_norm"] = official[f"{name}.input_layernorm{suffix}.weight"]
            state[f"{to}.post_norm"] = official[f"{name}.post_attention_layernorm{suffix}.weight"]
    for i in range(sizes.vision_layers):
        at = f"vit_model.vision_model.encoder.layers.{i}.self_attn"
        for kind in ("weight", "bias"):
            state[f"vision.layers.{i}.qkv.{kind}"] = torch.cat([official[f"{at}.{p}_proj.{kind}"] for p in "qkv"])
    return state


def save_shards(state: dict[str, torch.Tensor], sizes: Sizes, folder: Path, note: dict[str, str]) -> int:
    """float16 shards bagel-<n>.safetensors below SHARD_BYTES each, written one after the other and renamed. Returns their count."""
    shards: list[dict[str, torch.Tensor]] = [{}]
    room = SHARD_BYTES
    for name, tensor in to_official(state, sizes).items():
        half = tensor.detach().to("cpu", torch.float16).contiguous()
        if half.nbytes > room and shards[-1]:
            shards.append({})
            room = SHARD_BYTES
        shards[-1][name] = half.clone()
        room -= half.nbytes
    folder.mkdir(parents=True, exist_ok=True)
    for i, shard in enumerate(shards):
        part = folder / "shard.part"
        save_file(shard, part, metadata=note)
        os.replace(part, folder / f"bagel-{i}.safetensors")
    return len(shards)


def load_shards(folder: Path) -> tuple[dict[str, torch.Tensor], dict[str, str]]:
    """All tensors (official names, float32) and the note of the first shard."""
    files = sorted(folder.glob("bagel-*.safetensors"))
    if not files:
        raise FileNotFoundError(f"no bagel-*.safetensors in {folder}")
    with safe_open(files[0], "pt") as first:
        note = first.metadata() or {}
    return {name: tensor.float() for file in files for name, tensor in load_file(file).items()}, note


def load_model(folder: Path, sizes: Sizes) -> tuple[Bagel, dict[str, str]]:
    """The model of a folder of shards, float32, for inference."""
    official, note = load_shards(folder)
    model = Bagel(sizes)
    model.load_state_dict(from_official(official, sizes))
    return model.eval().requires_grad_(False), note
