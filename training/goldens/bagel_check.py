"""The exported graphs through every golden, then with each classic fault planted: python -m training.goldens.bagel_check

Needs no official code. Fails when a golden is missed, and when a planted fault is not noticed.
"""

import argparse
import json
from pathlib import Path

import numpy as np
import onnx
from PIL import Image
from safetensors.numpy import load_file

from training.goldens import bagel_drawing, bagel_tiny
from training.goldens.bagel_engine import Context, Engine, best_size
from training.goldens.bagel_graphs import Graphs

FIXTURES = Path(__file__).parents[2] / "test-fixtures"
GOLDENS, MODEL = FIXTURES / "goldens" / "bagel", FIXTURES / "models" / "tiny-bagel"
ROWS, LATENTS = 2e-5, 5e-5
# A fault, and runs that must notice it.
FAULTS = {
    "patches channel first": ("read",), "stretched to the whole grid": ("read",), "rising positions in a picture": ("read", "edit-global"),
    "boundary tokens missing": ("read", "draw", "edit-global"), "boundary tokens through the generation expert": ("draw", "edit-global"),
    "guidance contexts missing": ("draw", "edit-global"), "wanted size ignored": ("draw-wide", "draw-tall"), "time x1000": ("draw",),
    "row and column swapped": ("read", "draw-wide", "edit-global"), "noise as channels, rows, columns": ("draw",),
    "latents kept in the cache": ("draw",), "eos forgotten": ("read", "draw"), "rounded bytes": ("draw",), "no causal mask": ("read", "draw"),
    "eps ignored": ("edit-global",), "vision before latents": ("edit-global",), "picture not resized for the autoencoder first": ("read",),
    "thinking in the no-text context": ("draw-think",), "thinking in the no-image context": ("edit-think",),
}
GRAPH_FAULTS = {"vision encoder without its last norm": ("read",), "one vision layer too few": ("read",), "sines before cosines": ("draw",)}


class Missed(Exception):
    """A golden is not met."""


def near(name: str, got: np.ndarray, expected: np.ndarray, bound: float, worst: dict) -> None:
    if got.shape != expected.shape:
        raise Missed(f"{name}: {got.shape} instead of {expected.shape}")
    error = float(np.abs(got.astype(np.float64) - expected).max()) if got.size else 0.0
    kind = name.split(".")[0]
    worst[kind] = max(worst.get(kind, 0.0), error)
    if not error <= bound:
        raise Missed(f"{name}: off by {error:.1e}")


def same(name: str, got: object, expected: object) -> None:
    if got != expected:
        raise Missed(f"{name}: {got} instead of {expected}")


def fill(engine: Engine, document: dict, tensors: dict) -> dict[str, Context]:
    """The contexts when the drawing or the answer begins, before any thinking."""
    request, block = document["request"], engine.block
    full, no_image = engine.empty(), engine.empty()
    no_text = (0, 0)
    if request["think"]:
        words = block["prompts"]["understandThink" if request["mode"] == "read" else "generateThink"]
        for context in (full, no_image):
            engine.add_text(context, words)
    for entry in request["inputs"]:
        if "text" in entry:
            no_text = (full.length, full.rope)
            engine.add_text(full, entry["text"])
            engine.add_text(no_image, entry["text"])
            continue
        at = entry["picture"]
        picture = on_white(tensors[f"picture.{at}.pixels"])
        if not engine.has("picture not resized for the autoencoder first"):
            picture = picture.resize(best_size(picture.size, block["vaeTransform"]), Image.BICUBIC)
            same(f"picture {at} resized", np.array_equal(np.array(picture), tensors[f"picture.{at}.vae_resized"]), True)
        steps = [lambda: engine.add_vision(full, picture)]
        if request["mode"] != "read":
            steps.insert(1 if engine.has("vision before latents") else 0, lambda: engine.add_latents(full, picture, tensors[f"picture.{at}.eps"]))
        for step in steps:
            step()
        no_text = (full.length, full.rope)
    return {"full": full, "noImage": no_image, "noText": full.prefix(*no_text)}


def on_white(pixels: np.ndarray) -> Image.Image:
    picture = Image.fromarray(pixels)
    if picture.mode == "RGB":
        return picture
    white = Image.new("RGB", picture.size, (255, 255, 255))
    white.paste(picture, mask=picture.split()[3])
    return white


def check_run(engine: Engine, name: str) -> dict[str, float]:
    """Largest differences by stage; Missed where one is beyond its bound."""
    document, tensors, worst = json.loads((GOLDENS / f"{name}.json").read_text()), load_file(GOLDENS / f"{name}.safetensors"), {}
    request, contexts = document["request"], fill(engine, document, tensors)
    full = contexts["full"]
    if request["mode"] == "read" or request["think"]:
        before = full.prefix(full.length, full.rope)
        tokens, text, logits = engine.answer(before, request["maxTokens"])
        near("logits.0", logits, tensors["logits.0"], 1e-4, worst)
        same("tokens", tokens, document["texts"][0]["tokens"])
        same("text", text, document["texts"][0]["text"])
        if request["mode"] != "read":
            engine.add_text(full, text)
            if engine.has("thinking in the no-text context"):
                contexts["noText"] = full.prefix(full.length, full.rope)
            if engine.has("thinking in the no-image context"):
                engine.add_text(contexts["noImage"], text)
    same("blocks", full.blocks, [{k: b[k] for k in ("kind", "firstRow", "rows", "ropeAfter")} for b in document["blocks"]])
    for kind, expected in document["contexts"].items():
        same(f"context {kind}", {"length": contexts[kind].length, "rope": contexts[kind].rope}, expected)
    for tensor, expected in tensors.items():
        if tensor.startswith("rows."):
            _, kind, half, layer = tensor.split(".")
            near(tensor, contexts[kind].rows[int(layer)][half == "v"], expected, ROWS, worst)
    if request["mode"] != "read":
        check_drawing(engine, document, tensors, contexts, worst)
    return worst


def check_drawing(engine: Engine, document: dict, tensors: dict, contexts: dict[str, Context], worst: dict) -> None:
    size = (64, 64) if engine.has("wanted size ignored") else tuple(document["pictureSize"])
    noise = tensors["noise"] if size == tuple(document["pictureSize"]) else np.resize(tensors["noise"], (16, 64))
    drawn = bagel_drawing.draw(engine, document["request"], contexts, size, noise)
    same("branches", drawn.branches, document["branches"])
    for i, latents in enumerate(drawn.latents):
        near(f"latents.{i}", latents, tensors[f"latents.{i}"], LATENTS, worst)
    image = tensors["image"].astype(int)
    near("image", drawn.image.astype(int), image, 1, worst)
    unlike = float((drawn.image != image).mean())
    if unlike > 1e-3:
        raise Missed(f"image: {unlike:.1%} of the bytes are unlike")


def damaged(folder: Path, fault: str) -> Graphs:
    """The graphs with one of GRAPH_FAULTS planted."""
    import onnxruntime as ort

    role = "latent_embedding" if fault == "sines before cosines" else "vision_encoder"
    model = onnx.load(str(folder / f"{role}.onnx"))
    node = lambda word: next(n for n in model.graph.node if word in n.name)  # noqa: E731
    norm = "post_layernorm"
    if fault == "sines before cosines":
        joined = node("Concat")
        joined.input[0], joined.input[1] = joined.input[1], joined.input[0]
    elif fault == "one vision layer too few":
        node(norm).input[0] = node(f"layers.{last_layer(model)}.layer_norm1").input[0]
    else:
        skipped, kept = node(norm).output[0], node(norm).input[0]
        for other in model.graph.node:
            for i, value in enumerate(other.input):
                other.input[i] = kept if value == skipped else value
    graphs = Graphs(folder)
    graphs.sessions[role] = ort.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    return graphs


def last_layer(model: onnx.ModelProto) -> int:
    return max(int(n.name.split("layers.")[1].split(".")[0]) for n in model.graph.node if "layers." in n.name)


def check_sizes() -> None:
    """Half-up rounding must be noticed as well."""
    document = json.loads((GOLDENS / "sizes.json").read_text())
    noticed = False
    for entry in document["sizes"]:
        for name, preset in document["presets"].items():
            same(f"{entry['size']} {name}", list(best_size(tuple(entry["size"]), preset)), entry[name])
            noticed = noticed or list(best_size(tuple(entry["size"]), preset, half_up=True)) != entry[name]
    if not noticed:
        raise SystemExit("no size tells half-up from half-to-even rounding")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", nargs="?", type=Path, default=MODEL)
    folder = parser.parse_args().folder
    graphs, tokenizer = Graphs(folder), bagel_tiny.fast_tokenizer(folder)
    check_sizes()
    for path in sorted(GOLDENS.glob("*.safetensors")):
        if path.stem not in ("pictures", "modules"):
            print(f"{path.stem:34s} {' '.join(f'{k} {v:.1e}' for k, v in check_run(Engine(graphs, tokenizer), path.stem).items())}")
    unnoticed = []
    for fault, names in {**FAULTS, **GRAPH_FAULTS}.items():
        engine = Engine(damaged(folder, fault) if fault in GRAPH_FAULTS else graphs, tokenizer, fault)
        for name in names:
            try:
                check_run(engine, name)
                unnoticed.append(f"{fault} in {name}")
            except Missed as miss:
                print(f"{fault:46s} {name:14s} {str(miss)[:90]}")
    if unnoticed:
        raise SystemExit(f"not noticed: {unnoticed}")


if __name__ == "__main__":
    main()
