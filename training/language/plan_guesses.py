"""What MTP guesses along the answers to the evaluation prompts, for scripts/simulate-plan.mjs: python -m training.language.plan_guesses

-> cache/language/guesses.json: by category, of each prompt its `tokens` (prompt and answer), how many of them are the `prompt`, and
`ids` and `confidence` [depth][row]: row i of depth d (from 0) guesses token i + d + 2, given the true tokens before it. evaluate.py must have run.
"""
from __future__ import annotations

import argparse
import json

import numpy as np
import torch

from training.language import gguf_source
from training.language.evaluate import FOLDER
from training.language.feature_data import Features
from training.language.features import VOCABULARY
from training.language.objectives import unrolled
from training.language.train_drafters import load_drafter

DEPTHS = 6


@torch.inference_mode()
def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--threads", type=int, default=1)
    torch.set_num_threads(parser.parse_args().threads)
    net = gguf_source.load().decoder()
    vocabulary = torch.from_numpy(np.load(VOCABULARY))
    drafter = load_drafter("mtp", net, vocabulary)[0].eval()
    features, out = Features(FOLDER), {}
    for name, data in features.shards.items():
        prompts = out.setdefault(name.rsplit("-", 1)[0], [])
        for member in data["members"]:
            batch = features.batch(data, [member], False)
            length, ids, confidence = int(batch.lengths[0]), [], []
            for rows in unrolled(drafter, batch, net.embedding(batch.tokens).float(), net.cos, net.sin, DEPTHS):
                surest, place = drafter.logits(rows[0, :length]).softmax(-1).max(-1)
                ids.append(vocabulary[place].tolist())
                confidence.append([round(float(p), 5) for p in surest])
            prompts.append({"tokens": batch.tokens[0, :length].tolist(), "prompt": int(batch.first[0]) + 1, "ids": ids, "confidence": confidence})
    (gguf_source.CACHE / "guesses.json").write_text(json.dumps(out))


if __name__ == "__main__":
    main()
