"""What stands before and after the decoder: embeddings, the vision encoder, and the two heads."""
from __future__ import annotations

import math
from pathlib import Path

import torch
from onnx import TensorProto

from training.export.checkpoint import LLM, VIT, BagelSizes
from training.export.graph import MICROSOFT, BagelGraph, Style
from training.export.safetensors_file import SafetensorsFile

FREQUENCIES = 128  # of the time embedding: as many cosines, then as many sines


def export_token_embedding(source: SafetensorsFile, sizes: BagelSizes, folder: Path, style: Style) -> Path:
    g = BagelGraph("token_embedding", source, folder, style)
    ids = g.input("input_ids", ["S"], TensorProto.INT64)
    g.output(g.gather(g.table(f"{LLM}.embed_tokens.weight"), ids), "embeds", [1, "S", sizes.hidden])
    return g.save()


def export_vision_encoder(source: SafetensorsFile, sizes: BagelSizes, folder: Path, style: Style) -> Path:
    """SigLIP with its final norm, the connector, and the fixed sin-cos table on top.

    On a CPU its matrices are a third of what reading a small picture costs, so that int8-dynamic holds them in bytes too.
    """
    g, vision = BagelGraph("vision_encoder", source, folder, style), sizes.vision
    patches, ids = g.input("patches", ["P", 3 * vision.patch**2]), g.input("position_ids", ["P"], TensorProto.INT64)
    product = lambda x, *names: g.product(x, list(names), bias=True, quantised=style.precision == "int8-dynamic")  # noqa: E731
    x = g.product(g("Unsqueeze", patches, g.ints(0)), [f"{VIT}.embeddings.patch_embedding"], bias=True)
    x = g("Add", x, g.gather(g.table(f"{VIT}.embeddings.position_embedding.weight"), ids))
    for i in range(vision.layers):
        name = f"{VIT}.encoder.layers.{i}"
        h = g.layer_norm_of(x, f"{name}.layer_norm1", vision.epsilon)
        flat = g.lower(product(h, *(f"{name}.self_attn.{p}_proj" for p in "qkv")))
        q, k, v = g("Split", flat, axis=-1, num_outputs=3, outputs=3)
        mixed = g.raised(g("MultiHeadAttention", q, k, v, domain=MICROSOFT, num_heads=vision.heads, label=f"{name}.self_attn"))
        x = g("Add", x, product(mixed, f"{name}.self_attn.out_proj"))
        h = g.layer_norm_of(x, f"{name}.layer_norm2", vision.epsilon)
        h = g.gelu(product(h, f"{name}.mlp.fc1"))
        x = g("Add", x, product(h, f"{name}.mlp.fc2"))
    x = g.layer_norm_of(x, f"{VIT}.post_layernorm", vision.epsilon)
    x = product(g.gelu(product(x, "connector.fc1")), "connector.fc2")
    x = g("Add", x, g.gather(g.table("vit_pos_embed.pos_embed"), ids))
    g.output(x, "embeds", [1, "P", sizes.hidden])
    return g.save()


def export_latent_embedding(source: SafetensorsFile, sizes: BagelSizes, folder: Path, style: Style) -> Path:
    """vae2llm(latents) + the time's embedding + the position's. Time is 0 to 1, not times 1000."""
    g = BagelGraph("latent_embedding", source, folder, style)
    latents, timestep = g.input("latents", ["N", sizes.latent_width]), g.input("timestep", [1])
    ids = g.input("position_ids", ["N"], TensorProto.INT64)
    frequency = torch.exp(-math.log(10000.0) * torch.arange(FREQUENCIES, dtype=torch.float32) / FREQUENCIES).numpy()
    angles = g("Mul", g("Reshape", timestep, g.ints(1, 1, 1)), g._constant("time_frequency", frequency))
    time = g.product(g("Concat", g("Cos", angles), g("Sin", angles), axis=-1), ["time_embedder.mlp.0"], bias=True)
    time = g.product(g.silu(time), ["time_embedder.mlp.2"], bias=True)
    x = g.product(g("Unsqueeze", latents, g.ints(0)), ["vae2llm"], bias=True)
    x = g("Add", g("Add", x, time), g.gather(g.table("latent_pos_embed.pos_embed"), ids))
    g.output(x, "embeds", [1, "N", sizes.hidden])
    return g.save()


def export_lm_head(source: SafetensorsFile, sizes: BagelSizes, folder: Path, style: Style) -> Path:
    g = BagelGraph("lm_head", source, folder, style)
    logits = g.product(g.input("hidden", [1, 1, sizes.hidden]), ["language_model.lm_head"], quantised=True)
    g.output(g("Reshape", logits, g.ints(1, -1)), "logits", [1, sizes.vocabulary])
    return g.save()


def export_velocity_head(source: SafetensorsFile, sizes: BagelSizes, folder: Path, style: Style) -> Path:
    """The generation norm belongs to this graph: extrapolated hidden rows have not met it yet."""
    g = BagelGraph("velocity_head", source, folder, style)
    x = g.norm(g.input("gen_hidden", [1, "N", sizes.hidden]), f"{LLM}.norm_moe_gen.weight", sizes.epsilon)
    g.output(g("Reshape", g.product(x, ["llm2vae"], bias=True), g.ints(-1, sizes.latent_width)), "velocity", ["N", sizes.latent_width])
    return g.save()
