"""The graphs of a shipped folder anew, over the weights that lie in it: python -m training.language.export_graphs [folder]

For changes to the graphs alone. The files of weights are read and stay as they are, byte for byte; every graph is compared with PyTorch.
"""
from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import torch
from torch import nn

from training.language.blocks import EightBit, FourBit
from training.language.drafters import DRAFTERS, Drafter, build
from training.language.export_drafters import export_drafters
from training.language.export_target import PRECISIONS, export_target
from training.language.sizes import SMOLLM2, Sizes
from training.language.target import MATRICES, NORMS, Target
from training.language.verify import check_drafters, check_target
from training.language.weight_file import WeightFile

ROOT = Path(__file__).resolve().parents[2]
LENGTH = 48  # rows of made-up text that the graphs are compared on


def stored_target(sizes: Sizes, weights: WeightFile, embedding: WeightFile) -> Target:
    def four(name: str) -> FourBit:
        return FourBit(*(weights.array(f"{name}.{part}") for part in ("codes", "scale", "minimum")))

    layers = [f"layers.{i}" for i in range(sizes.layers)]
    norms = {name: weights.array(name) for name in ["norm", *(f"{x}.{n}" for x in layers for n in NORMS)]}
    return Target(sizes, {f"{x}.{m}": four(f"{x}.{m}") for x in layers for m in MATRICES}, norms,
                  EightBit(embedding.array("embedding.codes"), embedding.array("embedding.scale")))


@torch.no_grad()
def stored_drafters(net, common: WeightFile, own: WeightFile) -> dict[str, Drafter]:
    """own: of the sequential module, which has a vocabulary of its own where it has a shortlist."""
    out = {}
    for name in DRAFTERS:
        file = own if name == "mtp" else common
        vocabulary = torch.from_numpy(own.array("mtp.shortlist.ids") if name == "mtp" and "mtp.shortlist.ids" in own.places else common.array("draft_ids"))
        mapped = any(f"{name}.{m}.codes" in file.places for m in ("map", "maps.0"))
        out[name] = build(name, net, vocabulary, mapped).eval().requires_grad_(False)
        for path, module in out[name].named_modules():
            if isinstance(module, nn.Linear):
                stored = EightBit(file.array(f"{name}.{path}.codes"), file.array(f"{name}.{path}.scale"))
                module.weight.copy_(torch.from_numpy(stored.dequantise()))
            elif hasattr(module, "epsilon"):
                module.weight.copy_(torch.from_numpy(file.array(f"{name}.{path}")))
    return out


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "resources" / "models" / "smollm2-135m"
    torch.set_num_threads(1)
    weights, embedding, extra, own = (WeightFile.written(folder / f"{n}.data") for n in ("weights", "embedding", "drafters", "mtp"))
    target = stored_target(SMOLLM2, weights, embedding)
    net = target.decoder()
    drafters = stored_drafters(net, extra, own)
    files = [own, extra, embedding]
    ids = np.random.default_rng(3).integers(3, SMOLLM2.vocabulary, (1, LENGTH))
    for precision in PRECISIONS:
        export_target(SMOLLM2, weights, embedding, precision, folder)
    print(json.dumps(check_target(folder, SMOLLM2, net, ids, {"float32": 1e-3, "int8": 0.03, "int4": 0.03}), indent=1), flush=True)
    export_drafters(list(drafters), SMOLLM2, files, folder, "float32", "-float32")
    export_drafters(list(drafters), SMOLLM2, files, folder)
    print(json.dumps(check_drafters(folder, drafters, net, ids, 0.85), indent=1), flush=True)
    for name in drafters:
        (folder / f"{name}-float32.onnx").unlink()
    subprocess.run(["node", "scripts/hash-model.mjs", str(folder)], cwd=ROOT, check=True)


if __name__ == "__main__":
    main()
