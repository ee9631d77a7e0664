"""A newly trained MTP module in a shipped folder: python -m training.language.replace_mtp [folder].

Its matrices and its shortlist (which may name other tokens than the other drafters' head) make up mtp.data. Everything else stays as it
is, byte for byte.
"""
from __future__ import annotations

import json
import random
import subprocess
import sys
from pathlib import Path

import numpy as np
import torch

from training.language.drafters import Drafter
from training.language.export_drafters import export_drafters, quantise_drafter, write_drafter
from training.language.export_graphs import ROOT, stored_target
from training.language.feature_data import Features
from training.language.features import VOCABULARY
from training.language.objectives import guesses
from training.language.shortlist import write_shortlist
from training.language.sizes import SMOLLM2
from training.language.train_drafters import load_drafter
from training.language.verify import check_drafters
from training.language.weight_file import WeightFile

MOMENT_BATCHES = 24


@torch.no_grad()
def moment_of(drafter: Drafter, net, features: Features) -> torch.Tensor:
    """The second moment of the rows that the drafter gives its head, over all depths: [hidden, hidden]."""
    total, count = torch.zeros(net.sizes.hidden, net.sizes.hidden), 0
    for i, batch in enumerate(features.epoch(random.Random(3), 2048, False)):
        if i == MOMENT_BATCHES:
            break
        for rows, ahead in guesses(drafter, batch, net):
            some = rows[batch.rows(ahead)[0]].float()
            total, count = total + some.T @ some, count + len(some)
    return total / count


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "resources" / "models" / "smollm2-135m"
    weights, embedding = (WeightFile.written(folder / f"{n}.data") for n in ("weights", "embedding"))
    net = stored_target(SMOLLM2, weights, embedding).decoder()
    vocabulary = torch.from_numpy(np.load(VOCABULARY))
    drafter = load_drafter("mtp", net, vocabulary)[0].eval().requires_grad_(False)
    quantise_drafter(drafter)
    own = WeightFile(folder / "mtp.data")
    write_drafter(drafter, own)
    write_shortlist(own, vocabulary, drafter.head.float(), moment_of(drafter, net, Features()))
    own.close()
    files = [own, embedding]
    export_drafters(["mtp"], SMOLLM2, files, folder, "float32", "-float32")
    export_drafters(["mtp"], SMOLLM2, files, folder)
    features = Features(held_out=True)
    data = next(iter((features if features.shards else Features()).shards.values()))
    ids = data["tokens"][: int(data["lengths"][0])].long()[None].numpy()
    print(json.dumps(check_drafters(folder, {"mtp": drafter}, net, ids, 0.85), indent=1), flush=True)
    (folder / "mtp-float32.onnx").unlink()
    subprocess.run(["node", "scripts/hash-model.mjs", str(folder)], cwd=ROOT, check=True)


if __name__ == "__main__":
    main()
