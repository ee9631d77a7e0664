"""Write a checkpoint folder in BAGEL's official layout, which training/export turns into graphs.

python -m training.bagel.write_checkpoint OUT [--weights FOLDER]     the trained weights (default cache/bagel)
python -m training.bagel.write_checkpoint OUT --tiny                 a very small random model of the same kind
ema.safetensors holds everything but the autoencoder, which is sd3-emoji's own, frozen: its graphs are copied to vae/.
"""
from __future__ import annotations

import argparse
import json
import shutil
from pathlib import Path

import torch
from safetensors.torch import save_file

from training.bagel import paths, tokenizer
from training.bagel.model import Bagel
from training.bagel.settings import settings
from training.bagel.sizes import BUNDLED, TINY, Sizes, llm_config, vit_config
from training.bagel.tables import position_table
from training.bagel.weights import load_shards, to_official

SD3 = paths.TRAINING.parent / "resources" / "models" / "sd3-emoji"
TOKENIZER_FILES = ("tokenizer.json", "tokenizer_config.json", "vocab.json", "merges.txt")


def random_weights(sizes: Sizes) -> dict[str, torch.Tensor]:
    """Every tensor random, norms and biases too, so that a fault in any of them shows."""
    torch.manual_seed(5)
    model = Bagel(sizes)
    for name, parameter in model.named_parameters():
        if name.endswith(("norm", "norm1.weight", "norm2.weight", "vision.norm.weight")):
            parameter.data = 1 + 0.1 * torch.randn_like(parameter)
        elif parameter.ndim == 1:
            parameter.data = 0.1 * torch.randn_like(parameter)
    for small in (model.head, model.latent_out):
        torch.nn.init.normal_(small.weight, std=sizes.hidden**-0.5)
    return to_official(dict(model.named_parameters()), sizes)


def write(folder: Path, official: dict[str, torch.Tensor], sizes: Sizes, autoencoder: Path, metrics: dict) -> None:
    """official: trained tensors under the official names; autoencoder: folder with vae_encoder, vae_decoder, preview_decoder."""
    folder.mkdir(parents=True, exist_ok=True)
    tables = {"latent_pos_embed.pos_embed": position_table(sizes.latent_side, sizes.hidden),
              "vit_pos_embed.pos_embed": position_table(sizes.vision_side, sizes.hidden)}
    tensors = {name: tensor.detach().float().contiguous().clone() for name, tensor in (official | tables).items()}
    save_file(tensors, folder / "ema.safetensors", metadata={"format": "pt"})
    for name, config in (("llm_config.json", llm_config(sizes, tokenizer.START, tokenizer.END)), ("vit_config.json", vit_config(sizes)),
                         ("settings.json", settings(metrics))):
        (folder / name).write_text(json.dumps(config, indent=1, ensure_ascii=False) + "\n")
    for name in TOKENIZER_FILES:
        shutil.copy(paths.CARRIED / "tokenizer" / name, folder / name)
    for part in ("vae_encoder", "vae_decoder", "preview_decoder"):
        shutil.copytree(autoencoder / part, folder / ("vae" if part.startswith("vae") else "") / part, dirs_exist_ok=True)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("out", type=Path)
    parser.add_argument("--weights", type=Path, default=paths.WEIGHTS)
    parser.add_argument("--tiny", action="store_true")
    parser.add_argument("--autoencoder", type=Path, default=SD3)
    args = parser.parse_args()
    if args.tiny:
        write(args.out, random_weights(TINY), TINY, args.autoencoder, {})
        return
    official, _ = load_shards(args.weights)
    metrics = paths.RUNS / "metrics.json"
    write(args.out, official, BUNDLED, args.autoencoder, json.loads(metrics.read_text()) if metrics.exists() else {})


if __name__ == "__main__":
    main()
