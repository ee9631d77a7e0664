"""A BAGEL checkpoint as the studio's graphs: python -m training.export.bagel <checkpoint> <folder> --precision int8

The checkpoint is the official folder (ema.safetensors, ae.safetensors, llm_config.json, vit_config.json, tokenizer), or one
of ours with vae/ in place of ae.safetensors. Weights pass through memory matrix by matrix.
"""
from __future__ import annotations

import argparse
import os
from pathlib import Path

import onnx

from training.export import ends, manifest
from training.export.autoencoder import adopt, export_flux, renamed
from training.export.checkpoint import read_sizes
from training.export.decoder import export_decoder
from training.export.graph import PRECISIONS, Style
from training.export.safetensors_file import SafetensorsFile

ENDS = (ends.export_token_embedding, ends.export_vision_encoder, ends.export_latent_embedding, ends.export_lm_head, ends.export_velocity_head)


def export(checkpoint: Path, folder: Path, style: Style, parts: int = 1, settings: Path | None = None) -> dict:
    """Writes graphs, tokenizer and studio.json into the folder; returns the manifest (hash it with scripts/hash-model.mjs)."""
    folder.mkdir(parents=True, exist_ok=True)
    source = SafetensorsFile(checkpoint / "ema.safetensors")
    sizes = read_sizes(checkpoint, source)
    if not 1 <= parts <= sizes.layers:
        raise ValueError(f"{sizes.layers} layers cannot make {parts} parts")
    for export_end in ENDS:
        report(export_end(source, sizes, folder, style))
    listed = []
    for i in range(parts):
        first, last = (sizes.layers * at // parts for at in (i, i + 1))
        name = "decoder" if parts == 1 else f"decoder-{i}"
        report(export_decoder(source, sizes, folder, style, first, last, name))
        listed.append({"file": f"{name}.onnx", "layers": [first, last]})
    flux = checkpoint / "ae.safetensors"
    vae = export_flux(flux, folder, style) if flux.exists() else adopt(checkpoint / "vae", folder)
    special = manifest.copy_tokenizer(checkpoint, folder)
    chosen = manifest.read_settings(checkpoint, settings)
    value = manifest.manifest(sizes, chosen, style.precision, listed, vae, special)
    preview = checkpoint / "preview_decoder" / "model.onnx"
    if preview.exists():
        onnx.save(renamed(preview, {"latent_sample": "latent", "sample": "pixels"}, "preview_decoder"), folder / "preview_decoder.onnx")
        value["graphs"]["preview_decoder"] = "preview_decoder.onnx"
    manifest.write(folder, value)
    return value


def report(path: Path) -> None:
    files = [path, Path(f"{path}.data")]
    size = sum(os.path.getsize(f) for f in files if f.exists())
    print(f"{path.stem:18s} {size / 1e6:10.2f} MB", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--precision", choices=PRECISIONS, default="float16")
    parser.add_argument("--compute", choices=("float32", "float16"), default="float32", help="the type of products on the device; float16 for GPUs")
    parser.add_argument("--attention", choices=("plain", "fused"), default="plain",
                        help="fused: one Attention operator (opset 23), which spares the score matrix of big pictures where the device has it")
    parser.add_argument("--parts", type=int, default=1, help="of the decoder, for cards that hold only some layers at a time")
    parser.add_argument("--settings", type=Path, help="JSON whose fields replace those of the manifest")
    args = parser.parse_args()
    export(args.checkpoint, args.folder, Style(args.precision, args.compute, args.attention), args.parts, args.settings)


if __name__ == "__main__":
    main()
