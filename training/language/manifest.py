"""studio.json of a language model's folder."""
from __future__ import annotations

import json
from pathlib import Path

from training.language.drafters import DRAFT_LAYERS, PARALLEL_HEADS
from training.language.export_target import PRECISIONS
from training.language.sizes import Sizes


def manifest(sizes: Sizes, weights_hash: str, drafters: list[str], tree: list[list[int]], end_tokens: list[int], **extra) -> dict:
    """extra: name, description, licence, retrieval, ..."""
    parts = {"draft": {"layers": DRAFT_LAYERS}, "early-exit": {}, "medusa": {"tree": tree}, "mtp": {}, "mtp-parallel": {"heads": PARALLEL_HEADS}}
    precisions = {p: {"target": f"target-{p}.onnx", "lower": f"target-{p}-lower.onnx", "upper": f"target-{p}-upper.onnx"} for p in PRECISIONS}
    return {
        "family": "causal-lm", **{k: v for k, v in extra.items() if k in ("name", "description", "licence")},
        "sizes": {"layers": sizes.layers, "hidden": sizes.hidden, "keyValueWidth": sizes.key_value_width, "vocabulary": sizes.vocabulary,
                  "contextLength": sizes.context, "exitLayers": sizes.exit_layers, "draftVocabulary": sizes.draft_vocabulary},
        "beginToken": None, "endTokens": end_tokens, "precisions": precisions, "defaultPrecision": PRECISIONS[0], "weights": "weights.data",
        "drafters": {name: {"file": f"{name}.onnx", "target": weights_hash, **parts[name]} for name in parts if name in drafters},
        **{k: v for k, v in extra.items() if k not in ("name", "description", "licence")},
    }


def write(folder: Path, value: dict) -> None:
    (folder / "studio.json").write_text(json.dumps(value, indent=1, ensure_ascii=False) + "\n")
