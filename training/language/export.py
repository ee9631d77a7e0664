"""The shipped folder: python -m training.language.export [--out resources/models/smollm2-135m] [--drafters-only]

Every graph is compared with PyTorch and the export stops above the tolerances of `verify`; then `hash-model.mjs` seals the folder.
"""
from __future__ import annotations

import argparse
import json
import shutil
import subprocess
from pathlib import Path

import numpy as np
import torch

from training.language import card, gguf_source, gguf_tokenizer, manifest
from training.language.drafters import DRAFTERS
from training.language.evaluate import ranks_of
from training.language.export_drafters import export_drafters, quantise_drafter, write_drafter, write_drafters
from training.language.export_target import PRECISIONS, export_target, write_weights
from training.language.feature_data import Features
from training.language.features import TEXT, choose_vocabulary
from training.language.make_text import END, chat, load_tokenizer
from training.language.medusa_tree import grow, rank_shares
from training.language.suffix_array import write_datastore
from training.language.train_drafters import load_drafter
from training.language.verify import check_drafters, check_target
from training.language.weight_file import WeightFile

ROOT = Path(__file__).resolve().parents[2]
DATASTORE_TOKENS = 640_000  # 6 bytes each
SAMPLE = ("The lighthouse keeper climbed the stairs every evening, lit the lamp and wrote a line in his book. Describe his work, "
          "then translate the sentence into French and add 17 and 25.")


def datastore(path: Path) -> int:
    """The target's answers, newest shards first, until the file is full; answers end in the end token, so texts do not run together."""
    tokens: list[int] = []
    for shard in sorted(TEXT.glob("*.json"), reverse=True):
        for row in json.loads(shard.read_text()):
            if len(tokens) + len(row["answer"]) < DATASTORE_TOKENS:
                tokens += row["answer"] if row["answer"][-1] == END else [*row["answer"], END]
    write_datastore(path, np.array(tokens, dtype=np.uint16))
    return len(tokens)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--out", type=Path, default=ROOT / "resources" / "models" / "smollm2-135m")
    parser.add_argument("--drafters-only", action="store_true", help="leave the target's files as they are")
    options = parser.parse_args()
    torch.set_num_threads(1)
    folder: Path = options.out
    target = gguf_source.load()
    sizes, net = target.sizes, target.decoder()
    vocabulary = torch.from_numpy(choose_vocabulary(sizes.draft_vocabulary, sizes.vocabulary))
    drafters = {name: load_drafter(name, net, vocabulary)[0].eval().requires_grad_(False) for name in DRAFTERS}
    held_out = Features(held_out=True)
    tree = grow(rank_shares([v["rank"] for v in ranks_of(drafters["medusa"], held_out, net, 12)])) if held_out.shards else [[0], [1], [0, 0]]
    for drafter in drafters.values():
        quantise_drafter(drafter)

    folder.mkdir(parents=True, exist_ok=True)
    weights, embedding, extra, own = (WeightFile(folder / f"{n}.data") for n in ("weights", "embedding", "drafters", "mtp"))
    write_weights(target, weights, embedding)
    write_drafters({name: d for name, d in drafters.items() if name != "mtp"}, target, vocabulary, extra)
    write_drafter(drafters["mtp"], own)
    for file in (weights, embedding, extra, own):
        file.close()
    ids = np.array([chat(load_tokenizer(), SAMPLE)])
    if not options.drafters_only:
        for precision in PRECISIONS:
            export_target(sizes, weights, embedding, precision, folder)
        print(json.dumps(check_target(folder, sizes, net, ids, {"float32": 1e-3, "int8": 0.03, "int4": 0.03}), indent=1), flush=True)
    files = [own, extra, embedding]
    export_drafters(list(drafters), sizes, files, folder, "float32", "-float32")
    export_drafters(list(drafters), sizes, files, folder)
    print(json.dumps(check_drafters(folder, drafters, net, ids, 0.85), indent=1), flush=True)
    for name in drafters:
        (folder / f"{name}-float32.onnx").unlink()

    gguf_tokenizer.export(folder, sizes.context)
    stored = datastore(folder / "datastore.bin")
    licence = next((gguf_source.CACHE / "source").rglob("LICENSE"))
    shutil.copy(licence, folder / "LICENSE")
    card.write(folder, stored)
    manifest.write(folder, manifest.manifest(
        sizes, weights.sha256(), list(drafters), tree, [END], name="SmolLM2 135M Instruct", licence="Apache-2.0",
        description="A small chat model with five trained drafters for speculative decoding.",
        retrieval={"file": "datastore.bin", "licence": "Apache-2.0"}))
    subprocess.run(["node", "scripts/hash-model.mjs", str(folder)], cwd=ROOT, check=True)


if __name__ == "__main__":
    main()
