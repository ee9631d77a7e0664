"""studio.json of an exported BAGEL, and the files beside the graphs."""
from __future__ import annotations

import json
import shutil
from pathlib import Path

from training.export.checkpoint import BagelSizes

SPECIAL = {"start": "<|im_start|>", "end": "<|im_end|>", "visionStart": "<|vision_start|>", "visionEnd": "<|vision_end|>"}
TOKENIZER_FILES = ("tokenizer.json", "tokenizer_config.json", "vocab.json", "merges.txt", "special_tokens_map.json", "added_tokens.json")

# What neither the configs nor the weights say. A checkpoint of ours has a settings.json of this form instead.
OFFICIAL = {
    "id": "bagel-7b-mot", "name": "BAGEL 7B MoT", "licence": "Apache-2.0",
    "description": "Reads, draws and edits pictures in one conversation. By ByteDance Seed; exported from the official checkpoint.",
    "bagel": {
        "vaeTransform": {"maxSide": 1024, "minSide": 512, "stride": 16},
        "vitTransform": {"maxSide": 980, "minSide": 224, "stride": 14},
        # The words the official inference code begins a thinking turn with; the model was trained on them.
        "prompts": {
            "understandThink": "You should first think about the reasoning process in the mind and then provide the user with the answer. \n"
                               "The reasoning process is enclosed within <think> </think> tags, i.e. <think> reasoning process here </think> answer here",
            "generateThink": "You should first think about the planning process in the mind and then generate the image. \n"
                             "The planning process is enclosed within <think> </think> tags, i.e. <think> planning process here </think> image here",
        },
        # Temperature 0 takes the likeliest token, the official default.
        "defaults": {
            "read": {"maxTokens": 512, "temperature": 0},
            "draw": {"textScale": 4, "imageScale": 1, "interval": [0.4, 1], "steps": 50, "shift": 3, "renorm": "global", "renormMin": 0,
                     "width": 1024, "height": 1024},
            "edit": {"textScale": 4, "imageScale": 2, "interval": [0, 1], "steps": 50, "shift": 3, "renorm": "text_channel", "renormMin": 0},
            "think": {"maxTokens": 1000, "temperature": 0},
        },
        "sizes": [[1024, 1024], [1024, 768], [768, 1024], [1024, 576], [576, 1024]],
        "capabilities": {
            "subjects": [], "kinds": ["read", "draw", "edit", "think"],
            "sentence": "Talks about any picture, draws what you describe and edits what you attach, at up to 1024 pixels a side.",
        },
    },
}


def read_settings(checkpoint: Path, over: Path | None) -> dict:
    """The checkpoint's own settings.json, or those of the official model; the second file's fields replace theirs."""
    own = checkpoint / "settings.json"
    base = json.loads(own.read_text(encoding="utf-8")) if own.exists() else OFFICIAL
    return merge(base, json.loads(over.read_text(encoding="utf-8"))) if over else base


def merge(base: dict, over: dict) -> dict:
    both = {k: merge(base[k], v) if isinstance(v, dict) and isinstance(base.get(k), dict) else v for k, v in over.items()}
    return {**base, **both}


def copy_tokenizer(checkpoint: Path, folder: Path) -> dict[str, int]:
    """Copies the tokenizer, as tokenizer.json whatever the checkpoint has, and returns the ids of the special tokens."""
    from transformers import AutoTokenizer

    present = [n for n in TOKENIZER_FILES if (checkpoint / n).exists()]
    for name in present:
        shutil.copyfile(checkpoint / name, folder / name)
    tokenizer = AutoTokenizer.from_pretrained(str(checkpoint))
    known = tokenizer.get_vocab()
    tokenizer.add_tokens([t for t in SPECIAL.values() if t not in known], special_tokens=True)
    if "tokenizer.json" not in present or any(t not in known for t in SPECIAL.values()):
        tokenizer.backend_tokenizer.save(str(folder / "tokenizer.json"))
    return {kind: tokenizer.convert_tokens_to_ids(text) for kind, text in SPECIAL.items()}


def manifest(sizes: BagelSizes, settings: dict, precision: str, parts: list[dict], vae: dict, special: dict[str, int]) -> dict:
    vision = sizes.vision
    roles = ("token_embedding", "vision_encoder", "vae_encoder", "latent_embedding", "lm_head", "velocity_head", "vae_decoder")
    own = {k: v for k, v in settings.items() if k != "bagel"}
    return {
        "schemaVersion": 1, "family": "bagel", **own, "precision": precision,
        "graphs": {**{role: f"{role}.onnx" for role in roles}, "decoder": parts},
        "bagel": {
            "layers": sizes.layers, "hidden": sizes.hidden, "heads": sizes.heads, "keyValueHeads": sizes.key_value_heads, "headSize": sizes.head_size,
            "vocabulary": sizes.vocabulary, "context": sizes.context, "ropeTheta": sizes.rope_base, "latentChannels": sizes.latent_width // 4,
            "latentPatch": 2, "latentDownsample": 16, "maxLatentSize": sizes.latent_side, "vitPatch": vision.patch, "vitMaxPatches": vision.side,
            "specialTokens": special, **merge({"vae": vae}, settings["bagel"]),
        },
    }


def write(folder: Path, value: dict) -> None:
    (folder / "studio.json").write_text(json.dumps(value, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
