"""What the exported manifest says of the model beyond its sizes: names, prompts, presets, defaults, what it can talk about."""
from __future__ import annotations

import json

from training.bagel import paths
from training.bagel.sample import DRAW, EDIT, Guidance

# Given to the model as the first text block when it shall think; trained on exactly these words.
UNDERSTAND_THINK = "First think about what you see between <think> and </think>, then answer."
GENERATE_THINK = "First plan the picture between <think> and </think>, then draw it."
SENTENCE = ("I know 153 everyday emoji in four styles on plain backgrounds: I can name, count and place them, tell colours, draw them alone "
            "or together, and change such pictures. Of anything else I know nothing; for real pictures load the full BAGEL.")
KINDS = ["naming", "describing", "counting", "colours", "positions", "yes or no", "drawing", "editing"]


def capabilities() -> dict:
    """Everything the model was trained to speak of, as a person would say it."""
    from captions import COLOURS, STYLE_WORDS, with_article

    subjects = json.loads((paths.TRAINING / "data" / "subjects.json").read_text())["subjects"]
    return {"subjects": [with_article(s["name"]) for s in subjects], "styles": list(STYLE_WORDS), "colours": list(COLOURS), "kinds": KINDS,
            "sentence": SENTENCE}


def drawing(g: Guidance) -> dict:
    """The manifest's fields of a guidance."""
    return {"width": 128, "height": 128, "steps": g.steps, "shift": g.shift, "textScale": g.text_scale, "imageScale": g.image_scale,
            "interval": list(g.interval), "renorm": g.renorm, "renormMin": g.renorm_min}


def settings(metrics: dict) -> dict:
    """settings.json beside the weights: fields that override the exporter's own."""
    return {
        "id": "bagel-emoji", "name": "BAGEL Emoji",
        "description": "A very small BAGEL: reads, draws and edits pictures of 153 everyday emoji in one conversation, at 128 px. The true "
                       "architecture at toy size: what it was not trained on fails. Works offline, on a CPU.",
        "licence": "MIT AND Apache-2.0 AND CC-BY-4.0",
        "provenance": "training/bagel",
        "metrics": metrics,
        "prompts": ["Draw a cat and a dog on a light blue background", "Draw a rocket, fluent 3d", "Draw three apples",
                    "Draw a small key on the left, flat", "What can you do?"],
        "bagel": {
            "vaeTransform": {"maxSide": 128, "minSide": 128, "stride": 16},
            "vitTransform": {"maxSide": 140, "minSide": 126, "stride": 14},
            "vae": {"samples": False},
            "prompts": {"understandThink": UNDERSTAND_THINK, "generateThink": GENERATE_THINK},
            "defaults": {
                "read": {"temperature": 0.0, "maxTokens": 96},
                "draw": drawing(DRAW), "edit": drawing(EDIT),
                "think": {"temperature": 0.0, "maxTokens": 96},
            },
            "sizes": [[128, 128]],
            "capabilities": capabilities(),
        },
    }
