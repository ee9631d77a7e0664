"""Peak memory of an export at the 7B model's widths: python -m training.export.measure_memory <scratch folder> [--precision int4] [--layers 2]

Writes a checkpoint with the real shapes but few layers (every layer costs the exporter the same), exports it, and fails
above 16 GB. A layer is 0.93 GB on disk, embedding and head 2.2 GB.
"""
from __future__ import annotations

import argparse
import json
import resource
import shutil
from pathlib import Path

import torch

from training.export import bagel
from training.export.checkpoint import LLM, VIT
from training.export.graph import PRECISIONS, Style
from training.goldens.bagel_folder import CHECKPOINT

LIMIT = 16e9
HIDDEN, MLP, HEADS, KEY_VALUE, SIZE, VOCABULARY = 3584, 18944, 28, 512, 128, 152064
VISION, VISION_MLP, VIT_SIDE, LATENT_SIDE = 1152, 4304, 70, 64
BLOCK = torch.randn(1 << 20).bfloat16()  # repeated through all tensors: the exporter does not look at the values


def shapes(layers: int, vision_layers: int) -> dict[str, tuple[int, ...]]:
    """Every tensor of ema.safetensors."""
    out: dict[str, tuple[int, ...]] = {f"{LLM}.embed_tokens.weight": (VOCABULARY, HIDDEN), "language_model.lm_head.weight": (VOCABULARY, HIDDEN)}

    def linear(name: str, rows: int, columns: int, bias: bool = True) -> None:
        out[f"{name}.weight"] = (rows, columns)
        if bias:
            out[f"{name}.bias"] = (rows,)

    for e in ("", "_moe_gen"):
        out[f"{LLM}.norm{e}.weight"] = (HIDDEN,)
        for i in range(layers):
            name = f"{LLM}.layers.{i}"
            for part, rows in (("q", HIDDEN), ("k", KEY_VALUE), ("v", KEY_VALUE)):
                linear(f"{name}.self_attn.{part}_proj{e}", rows, HIDDEN)
            linear(f"{name}.self_attn.o_proj{e}", HIDDEN, HIDDEN, bias=False)
            for part in ("gate", "up"):
                linear(f"{name}.mlp{e}.{part}_proj", MLP, HIDDEN, bias=False)
            linear(f"{name}.mlp{e}.down_proj", HIDDEN, MLP, bias=False)
            out |= {f"{name}.{n}{e}.weight": (HIDDEN,) for n in ("input_layernorm", "post_attention_layernorm")}
            out |= {f"{name}.self_attn.{n}_norm{e}.weight": (SIZE,) for n in "qk"}
    linear(f"{VIT}.embeddings.patch_embedding", VISION, 588)
    out |= {f"{VIT}.embeddings.position_embedding.weight": (VIT_SIDE**2, VISION), "vit_pos_embed.pos_embed": (VIT_SIDE**2, HIDDEN),
            "latent_pos_embed.pos_embed": (LATENT_SIDE**2, HIDDEN)}
    norms = [f"{VIT}.post_layernorm"]
    for i in range(vision_layers):
        name = f"{VIT}.encoder.layers.{i}"
        norms += [f"{name}.layer_norm1", f"{name}.layer_norm2"]
        for part in ("q", "k", "v", "out"):
            linear(f"{name}.self_attn.{part}_proj", VISION, VISION)
        linear(f"{name}.mlp.fc1", VISION_MLP, VISION)
        linear(f"{name}.mlp.fc2", VISION, VISION_MLP)
    out |= {f"{n}.{k}": (VISION,) for n in norms for k in ("weight", "bias")}
    for name, rows, columns in (("connector.fc1", HIDDEN, VISION), ("connector.fc2", HIDDEN, HIDDEN), ("time_embedder.mlp.0", HIDDEN, 256),
                                ("time_embedder.mlp.2", HIDDEN, HIDDEN), ("vae2llm", HIDDEN, 64), ("llm2vae", 64, HIDDEN)):
        linear(name, rows, columns)
    return out


def write_file(path: Path, listed: dict[str, tuple[int, ...]]) -> None:
    """A safetensors file of bfloat16 tensors, written piece by piece."""
    header, at = {}, 0
    for name, shape in listed.items():
        size = 2 * torch.Size(shape).numel()
        header[name] = {"dtype": "BF16", "shape": list(shape), "data_offsets": [at, at + size]}
        at += size
    text = json.dumps(header).encode()
    block = BLOCK.view(torch.uint8).numpy().tobytes()
    with path.open("wb") as file:
        file.write(len(text).to_bytes(8, "little") + text)
        while at > 0:
            file.write(block[:at])
            at -= len(block)


def write_checkpoint(folder: Path, layers: int, vision_layers: int) -> None:
    """The autoencoder and the tokenizer are the tiny model's: their share is small."""
    shutil.copytree(CHECKPOINT, folder, dirs_exist_ok=True)
    write_file(folder / "ema.safetensors", shapes(layers, vision_layers))
    llm = {"hidden_size": HIDDEN, "num_hidden_layers": layers, "num_attention_heads": HEADS, "num_key_value_heads": KEY_VALUE // SIZE,
           "intermediate_size": MLP, "max_position_embeddings": 32768, "rope_theta": 1e6, "rms_norm_eps": 1e-6}
    vit = {"hidden_size": VISION, "num_hidden_layers": vision_layers + 1, "num_attention_heads": 16, "patch_size": 14}
    for name, value in (("llm", llm), ("vit", vit)):
        (folder / f"{name}_config.json").write_text(json.dumps(value))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--precision", choices=PRECISIONS, default="int4")
    parser.add_argument("--layers", type=int, default=2)
    args = parser.parse_args()
    write_checkpoint(args.folder / "checkpoint", args.layers, vision_layers=2)
    size = (args.folder / "checkpoint" / "ema.safetensors").stat().st_size
    bagel.export(args.folder / "checkpoint", args.folder / "exported", Style(args.precision))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(f"{args.precision}: checkpoint {size / 1e9:.1f} GB, peak memory {peak / 1e9:.1f} GB")
    if peak > LIMIT:
        raise SystemExit(f"more than {LIMIT / 1e9:.0f} GB")


if __name__ == "__main__":
    main()
