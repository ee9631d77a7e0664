"""Training's files from a shipped folder, for when the cache is gone: python -m training.bagel.from_folder [FOLDER]

Writes the float weights (cache/bagel), what training and scoring read (cache/bagel-gpu) and the frozen autoencoder
(cache/vae-frozen.pt, which the judge's training reads as well). Matrices that the folder holds as signed bytes come back within half
a step of their row's scale, less than 0.4 % of its largest value; all others as exact as float16. Optimiser and momenta do not come back.
Needs cache/emoji (training/data) and cache/language/wordnet; written for the layouts of training/export/graph.py, precision int8-dynamic.
"""
from __future__ import annotations

import argparse
import gzip
import json
import random
import shutil
from pathlib import Path

import numpy as np
import onnx
import torch
from onnx import numpy_helper

from training.bagel import corpus, paths
from training.bagel.prepare import TOPICS, pack_pictures
from training.bagel.sizes import BUNDLED, Sizes
from training.bagel.weights import from_official, save_shards
from training.bagel.write_checkpoint import TOKENIZER_FILES
from vae import CONFIG, Autoencoder

SHIPPED = paths.TRAINING.parent / "resources" / "models" / "bagel-emoji"
GRAPHS = ("token_embedding", "vision_encoder", "latent_embedding", "lm_head", "velocity_head", "decoder")
BYTE = 127  # the code of a row's largest input, and so a factor of every stored scale
GATHERED = ("embed_tokens.weight", "position_embedding.weight")  # rows are picked from these, so they are stored as they are
TABLES = ("latent_pos_embed.pos_embed", "vit_pos_embed.pos_embed")  # computed, not trained


def initialisers(path: Path) -> dict[str, torch.Tensor]:
    """Every stored tensor of a graph, float16 as float32."""
    arrays = {t.name: numpy_helper.to_array(t, str(path.parent)) for t in onnx.load(str(path), load_external_data=False).graph.initializer}
    return {name: torch.from_numpy(np.array(a, np.float32 if a.dtype == np.float16 else a.dtype)) for name, a in arrays.items()}


def products(stored: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """Matrices as [outputs, inputs] under their module's name: signed bytes times their scales, and plain ones turned back."""
    out = {}
    for name, tensor in stored.items():
        if name.endswith(".codes"):
            module = name.removesuffix(".codes")
            out[f"{module}.weight"] = (tensor.float() * stored[f"{module}.scale"] * BYTE).T.contiguous()
        elif name.endswith(".weight") and tensor.ndim == 2 and not name.endswith(GATHERED):
            out[name] = tensor.T.contiguous()
        elif name.endswith((".weight", ".bias")):
            out[name] = tensor
    return out


def official_weights(folder: Path, sizes: Sizes) -> dict[str, torch.Tensor]:
    """All trained tensors of a shipped folder under the official names, float32."""
    stored: dict[str, torch.Tensor] = {}
    for graph in GRAPHS:
        stored |= products(initialisers(folder / f"{graph}.onnx"))
    head = sizes.head_size
    language = {"q": sizes.heads * head, "k": sizes.key_value_heads * head, "v": sizes.key_value_heads * head}
    out = {}
    for name, tensor in stored.items():
        suffix = "_moe_gen" if "_moe_gen" in name else ""
        if f".q_proj{suffix}." in name:  # q, k and v are one product
            rows = language if name.startswith("language_model") else dict.fromkeys("qkv", len(tensor) // 3)
            for part, value in zip(rows, tensor.split(list(rows.values()))):
                out[name.replace("q_proj", f"{part}_proj")] = value
        elif ".gate_proj." in name:
            out[name], out[name.replace("gate_proj", "up_proj")] = tensor.chunk(2)
        elif f".q_norm{suffix}." in name:
            out[name] = tensor * head**0.5  # the graph's norm holds the scale of attention
        elif name not in TABLES:
            out[name] = tensor
    return out


def _shuffled(weight: torch.Tensor, square: int) -> torch.Tensor:
    """A convolution over SpaceToDepth's channels (row, column, channel) as one over PixelUnshuffle's (channel, row, column)."""
    outputs, channels, k, _ = weight.shape
    return weight.view(outputs, square, channels // square, k, k).transpose(1, 2).reshape(outputs, channels, k, k)


def autoencoder(folder: Path) -> dict:
    """What make_latents.py of sd3-emoji keeps in vae-frozen.pt."""
    stored = initialisers(folder / "vae_encoder.onnx") | initialisers(folder / "vae_decoder.onnx")
    model, state = Autoencoder(CONFIG), {}
    for name in model.state_dict():
        half, rest = name.split(".layers.")
        state[name] = stored[f"{half}.{rest}"]
    state["encoder.layers.1.weight"] = _shuffled(state["encoder.layers.1.weight"], CONFIG["patch"] ** 2)
    model.load_state_dict(state)
    vae = json.loads((folder / "studio.json").read_text())["bagel"]["vae"]
    return {"config": CONFIG, "model": state, "scaling_factor": vae["scale"], "shift_factor": vae["shift"]}


def write_words() -> None:
    """Topics of small talk and sentences: WordNet alone, what the small language model wrote is not shipped."""
    sentences, topics = corpus.wordnet()
    random.Random(3).shuffle(sentences)
    random.Random(4).shuffle(topics)
    (paths.CARRIED / "corpus.json.gz").write_bytes(gzip.compress(json.dumps({"sentences": sentences, "topics": topics[:TOPICS]}).encode()))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?", default=SHIPPED)
    parser.add_argument("--out", type=Path, default=paths.WEIGHTS)
    folder, out = (args := parser.parse_args()).folder, args.out
    seen = json.loads((folder / "studio.json").read_text())["metrics"]
    state = from_official(official_weights(folder, BUNDLED), BUNDLED)
    save_shards(state, BUNDLED, out, {"samples": str(seen["samplesSeen"]), "minutes": str(seen["minutes"])})
    (paths.CARRIED / "tokenizer").mkdir(parents=True, exist_ok=True)
    for name in TOKENIZER_FILES:
        shutil.copy(folder / name, paths.CARRIED / "tokenizer" / name)
    pack_pictures()
    frozen = autoencoder(folder)
    torch.save(frozen, paths.CARRIED / "vae.pt")
    torch.save(frozen, paths.CACHE / "vae-frozen.pt")
    write_words()
    print(len(state), "tensors,", sum(t.numel() for t in state.values()), "parameters in", out)


if __name__ == "__main__":
    main()
