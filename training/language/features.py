"""What the frozen target says about every generated token, kept on disk so that drafters train without it.

make_text writes them beside its text; `python -m training.language.features` makes those that are missing, and brings the others
to the draft vocabulary where that has been chosen again.

One file per text shard, rows of all its sequences one after another:
    tokens int32 [N], lengths int32 [sequences], prompts int32 [sequences] (tokens of each prompt)
    hidden, exit_hidden float16 [N, hidden]      row i saw tokens up to i and predicts token i + 1
    top_places int16, top_logits float16 [N, 32] the best of the draft vocabulary, by place in it
    total, total_full float32 [N]                log-sum-exp over the draft vocabulary and over all
    best int32 [N]                               the target's greedy choice over all
"""
from __future__ import annotations

import argparse
import json
import time
from pathlib import Path

import numpy as np
import torch

from training.language import gguf_source
from training.language.decoder import Decoder

TEXT = gguf_source.CACHE / "text"
FEATURES = gguf_source.CACHE / "features"
VOCABULARY = gguf_source.CACHE / "draft-vocabulary.npy"
TOP = 32


def english_counts(total: int) -> np.ndarray:
    """A tenth of a count for each id of WordNet's English."""
    from training.language.make_text import load_tokenizer
    from training.language.prompts import WordNet

    counts, words = np.zeros(total), WordNet()
    english = words.sentences[::2] + [f" {gloss}" for _, gloss in words.glosses[::4]]
    for ids in load_tokenizer()(english, add_special_tokens=False)["input_ids"]:
        np.add.at(counts, ids, 0.1)
    return counts


def count(counts: np.ndarray, rows: list[dict]) -> None:
    """Adds the ids of rows {"prompt", "answer"}."""
    for row in rows:
        np.add.at(counts, row["answer"], 1.0)
        np.add.at(counts, row["prompt"], 0.25)


def most_frequent(counts: np.ndarray, size: int) -> np.ndarray:
    """int64 [size], ascending; ties go to the lower id, which is the earlier merge."""
    return np.sort(np.argsort(-counts, kind="stable")[:size]).astype(np.int64)


def choose_vocabulary(size: int, total: int) -> np.ndarray:
    """The most frequent ids of the text so far, ascending.

    Prompts count a quarter, and WordNet's English a tenth, for words that the answers have not had yet. Chosen once: delete the file
    and run this module to choose again; features are then brought to the new vocabulary.
    """
    if not VOCABULARY.exists():
        counts = english_counts(total)
        for path in TEXT.glob("*.json"):
            count(counts, json.loads(path.read_text()))
        np.save(VOCABULARY, most_frequent(counts, size))
    return np.load(VOCABULARY)


def signature(vocabulary: torch.Tensor) -> int:
    """Tells features of one draft vocabulary from those of another."""
    return int((vocabulary * torch.arange(1, len(vocabulary) + 1)).sum() % 2**31)


@torch.inference_mode()
def bring_to(features: dict, net: Decoder, vocabulary: torch.Tensor) -> dict:
    """The same features with the target's best of another vocabulary, from the stored hidden rows of the answers."""
    starts = torch.cat([torch.zeros(1, dtype=torch.int64), features["lengths"].long().cumsum(0)])
    wanted = torch.zeros(len(features["tokens"]), dtype=torch.bool)
    for i, prompt in enumerate(features["prompts"].tolist()):
        wanted[int(starts[i]) + prompt - 1 : int(starts[i + 1])] = True
    for rows in wanted.nonzero()[:, 0].split(2048):
        trimmed = net.logits(features["hidden"][rows].float())[:, vocabulary].float()
        values, places = trimmed.topk(TOP, dim=-1)
        features["top_places"][rows], features["top_logits"][rows], features["total"][rows] = places.short(), values.half(), trimmed.logsumexp(-1)
    return features | {"vocabulary": torch.tensor(signature(vocabulary))}


@torch.inference_mode()
def forward_batch(net: Decoder, sequences: list[list[int]], vocabulary: torch.Tensor) -> list[dict[str, torch.Tensor]]:
    """Padding at the end needs no mask: causal rows never see it."""
    longest = max(map(len, sequences))
    ids = torch.tensor([s + [0] * (longest - len(s)) for s in sequences])
    hidden, exit_hidden = net(ids, net.sizes.exit_layers)
    out = []
    for i, sequence in enumerate(sequences):
        rows = hidden[i, : len(sequence)]
        logits = net.logits(rows).float()
        trimmed = logits[:, vocabulary]
        values, places = trimmed.topk(TOP, dim=-1)
        out.append({"tokens": torch.tensor(sequence, dtype=torch.int32), "hidden": rows.half(), "exit_hidden": exit_hidden[i, : len(sequence)].half(),
                    "top_places": places.short(), "top_logits": values.half(), "total": trimmed.logsumexp(-1), "total_full": logits.logsumexp(-1),
                    "best": logits.argmax(-1).int()})
    return out


def features_of(net: Decoder, rows: list[dict], vocabulary: torch.Tensor, batch_tokens: int = 4096) -> dict[str, torch.Tensor]:
    """rows: {"prompt", "answer"}. Sequences of like length share a batch; the file keeps that order."""
    rows = [rows[i] for i in by_length(rows)]
    parts, batch = [], []
    for i, row in enumerate(rows):
        batch.append(row["prompt"] + row["answer"])
        if i + 1 == len(rows) or len(batch) * (len(rows[i + 1]["prompt"]) + len(rows[i + 1]["answer"])) > batch_tokens:
            parts += forward_batch(net, batch, vocabulary)
            batch = []
    out = {name: torch.cat([p[name] for p in parts]) for name in parts[0]}
    out["lengths"] = torch.tensor([len(p["tokens"]) for p in parts], dtype=torch.int32)
    out["prompts"] = torch.tensor([len(r["prompt"]) for r in rows], dtype=torch.int32)
    out["vocabulary"] = torch.tensor(signature(vocabulary))
    return out


def by_length(rows: list[dict]) -> list[int]:
    """The order in which a file of features has the rows {"prompt", "answer"} of a text."""
    return sorted(range(len(rows)), key=lambda i: len(rows[i]["prompt"]) + len(rows[i]["answer"]))


class Recorder:
    """Collects the same rows while the target writes (generate.answers), which saves a second forward.

    Rows of the prompt other than its last have no target distribution; nothing is trained on them.
    """

    def __init__(self, vocabulary: torch.Tensor, sequences: int):
        self.vocabulary = vocabulary
        self.parts: list[list[dict[str, torch.Tensor]]] = [[] for _ in range(sequences)]

    def __call__(self, rows: list[int], first: list[int], streams: tuple[torch.Tensor, torch.Tensor], logits: torch.Tensor) -> None:
        trimmed = logits[:, self.vocabulary]
        values, places = trimmed.topk(TOP, dim=-1)
        last = {"top_places": places.short(), "top_logits": values.half(), "total": trimmed.logsumexp(-1), "total_full": logits.logsumexp(-1),
                "best": logits.argmax(-1).int()}
        for i, row in enumerate(rows):
            hidden, exit_hidden = (s[i, first[i] :].half() for s in streams)
            part = {"hidden": hidden, "exit_hidden": exit_hidden}
            for name, value in last.items():
                part[name] = value.new_zeros(len(hidden), *value.shape[1:])
                part[name][-1] = value[i]
            self.parts[row].append(part)

    def features(self, rows: list[dict]) -> dict[str, torch.Tensor]:
        """rows: {"prompt", "answer"} of all sequences, in the recorder's order. The last token's row was never computed: it repeats."""
        order = by_length(rows)
        joined: dict[str, list[torch.Tensor]] = {}
        for i in order:
            length = len(rows[i]["prompt"]) + len(rows[i]["answer"])
            for name in self.parts[i][0]:
                value = torch.cat([p[name] for p in self.parts[i]])[:length]
                joined.setdefault(name, []).append(torch.cat([value, value[-1:].expand(length - len(value), *value.shape[1:])]))
        out = {name: torch.cat(values) for name, values in joined.items()}
        out["tokens"] = torch.tensor([t for i in order for t in rows[i]["prompt"] + rows[i]["answer"]], dtype=torch.int32)
        out["lengths"] = torch.tensor([len(rows[i]["prompt"]) + len(rows[i]["answer"]) for i in order], dtype=torch.int32)
        out["prompts"] = torch.tensor([len(rows[i]["prompt"]) for i in order], dtype=torch.int32)
        out["vocabulary"] = torch.tensor(signature(self.vocabulary))
        return out


def save(path: Path, features: dict[str, torch.Tensor]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    torch.save(features, path.with_suffix(".part"))
    path.with_suffix(".part").replace(path)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    target = gguf_source.load()
    vocabulary = torch.from_numpy(choose_vocabulary(target.sizes.draft_vocabulary, target.sizes.vocabulary))
    net = target.decoder().half()
    for path in sorted(TEXT.glob("*.json")):
        started, place = time.time(), FEATURES / f"{path.stem}.pt"
        if place.exists():
            known = torch.load(place)
            if int(known.get("vocabulary", -1)) != signature(vocabulary):
                save(place, bring_to(known, net, vocabulary))
                print(time.strftime("%H:%M:%S"), path.stem, "brought to the draft vocabulary", flush=True)
            continue
        features = features_of(net, json.loads(path.read_text()), vocabulary)
        save(FEATURES / f"{path.stem}.pt", features)
        print(time.strftime("%H:%M:%S"), path.stem, f"{len(features['tokens']) / (time.time() - started):.0f} tokens/s", flush=True)


if __name__ == "__main__":
    main()
