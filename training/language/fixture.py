"""tiny-causal-lm and tiny-causal-lm-standard: seeded random weights through the real exporters. python -m training.language.fixture

The drafters start from the target with some noise, so that each of them is right now and then.
"""
from __future__ import annotations

import hashlib
import json
import subprocess
from pathlib import Path

import numpy as np
import torch

from training.language import manifest
from training.language.drafters import DRAFTERS, Drafter, build
from training.language.export_drafters import export_drafters, quantise_drafter, write_drafters
from training.language.export_standard import export_standard, write_config
from training.language.export_target import PRECISIONS, export_target, write_weights
from training.language.gguf_tokenizer import byte_level_tokenizer, write
from training.language.sizes import TINY
from training.language.suffix_array import write_datastore
from training.language.target import Target
from training.language.verify import check_drafters, check_target, made_tensors
from training.language.weight_file import WeightFile

ROOT = Path(__file__).resolve().parents[2]
MODELS = ROOT / "test-fixtures" / "models"
GOLDENS = ROOT / "test-fixtures" / "goldens" / "speculation"
SPECIAL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
END = 2
TREE = [[0], [1], [0, 0], [2], [0, 1], [0, 0, 0], [1, 0]]
TEMPLATE = ("{% for message in messages %}{% if loop.first and messages[0]['role'] != 'system' %}{{ '<|im_start|>system\nYou are a tiny model<|im_end|>\n' }}"
            "{% endif %}{{'<|im_start|>' + message['role'] + '\n' + message['content'] + '<|im_end|>' + '\n'}}{% endfor %}"
            "{% if add_generation_prompt %}{{ '<|im_start|>assistant\n' }}{% endif %}")
SENTENCES = ["The quick brown fox jumps over the lazy dog.", "A tiny model writes tiny words, and the words are strange.",
             "What is the answer to the question? The answer is in the text.", "Once upon a time there was a small house by the sea.",
             "It rains in the north and the sun shines in the south."]


def tokenizer():
    """256 bytes, three special tokens, and the merges that bring the vocabulary to its size."""
    from tokenizers import Tokenizer, models, pre_tokenizers, trainers

    trained = Tokenizer(models.BPE())
    trained.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    trainer = trainers.BpeTrainer(vocab_size=TINY.vocabulary, special_tokens=SPECIAL, show_progress=False,
                                  initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), min_frequency=1)
    trained.train_from_iterator(SENTENCES, trainer)
    model = json.loads(trained.to_str())["model"]
    return byte_level_tokenizer(model["vocab"], [tuple(m) for m in model["merges"]], SPECIAL)


def tiny_target() -> Target:
    """The last two layers are weaker, so that the first two know something about the answer."""
    return Target.random(TINY, seed=5, strength=[1.0, 1.0, 0.35, 0.35], embedding_spread=0.25)


def tiny_drafters(target: Target, frequent: torch.Tensor) -> dict[str, Drafter]:
    torch.manual_seed(11)
    net = target.decoder()
    drafters = {name: build(name, net, frequent, mapped=False) for name in DRAFTERS}
    with torch.no_grad():
        for drafter in drafters.values():
            for module in drafter.modules():
                if isinstance(module, torch.nn.Linear):
                    module.weight.add_(torch.randn_like(module.weight) * 0.15 * module.in_features**-0.5)
            quantise_drafter(drafter.eval())
    return drafters


@torch.inference_mode()
def greedy(net, ids: list[int], count: int) -> list[int]:
    for _ in range(count):
        ids = ids + [int(net.logits(net(torch.tensor([ids]))[0][:, -1]).argmax())]
    return ids


def write_tiny(folder: Path) -> tuple[Target, dict[str, Drafter], torch.Tensor]:
    target, words = tiny_target(), tokenizer()
    write(folder, words, TEMPLATE, SPECIAL[END], TINY.context)
    net = target.decoder()
    text = [i for s in SENTENCES for i in greedy(net, words.encode(s).ids, 48)]
    counts = np.bincount(text, minlength=TINY.vocabulary)
    frequent = torch.from_numpy(np.sort(np.argsort(-counts, kind="stable")[: TINY.draft_vocabulary]).astype(np.int64))
    drafters = tiny_drafters(target, frequent)
    weights, embedding, extra = (WeightFile(folder / f"{n}.data") for n in ("weights", "embedding", "drafters"))
    write_weights(target, weights, embedding)
    write_drafters(drafters, target, frequent, extra)
    for file in (weights, embedding, extra):
        file.close()
    for precision in PRECISIONS:
        export_target(TINY, weights, embedding, precision, folder)
    export_drafters(list(drafters), TINY, [extra, embedding], folder)
    check(folder, target, drafters, extra, embedding, text)
    write_made_golden(folder / "target-int8.onnx")
    write_datastore(folder / "datastore.bin", np.array(text, dtype=np.uint16))
    manifest.write(folder, manifest.manifest(TINY, weights.sha256(), list(drafters), TREE, [END], name="Tiny language model",
                                             licence="CC0-1.0", description="Random weights for tests.",
                                             retrieval={"file": "datastore.bin", "licence": "CC0-1.0"}))
    return target, drafters, frequent


def write_made_golden(graph: Path) -> None:
    """The hashes of what the studio must make of the 4-bit codes, in the plan's order."""
    hashes = {name: hashlib.sha256(array.tobytes()).hexdigest() for name, array in made_tensors(graph).items()}
    (GOLDENS / "requantised.json").write_text(json.dumps(hashes, indent=1) + "\n")


def check(folder: Path, target: Target, drafters: dict[str, Drafter], extra: WeightFile, embedding: WeightFile, text: list[int]) -> None:
    """Float32 drafter graphs are written beside the others for the comparison, then removed."""
    ids, net = np.array([text[:40]]), target.decoder()
    print(check_target(folder, TINY, net, ids, {"float32": 1e-3, "int8": 0.2, "int4": 0.2}))
    export_drafters(list(drafters), TINY, [extra, embedding], folder, "float32", "-float32")
    print(check_drafters(folder, drafters, net, ids, 0.8))
    for path in folder.glob("*-float32.onnx"):
        if not path.name.startswith("target"):
            path.unlink()


def main() -> None:
    folder = MODELS / "tiny-causal-lm"
    target, _, _ = write_tiny(folder)
    standard = MODELS / "tiny-causal-lm-standard"
    write(standard, tokenizer(), TEMPLATE, SPECIAL[END], TINY.context)
    write_config(TINY, standard / "config.json", 1, END)
    export_standard(target, standard / "onnx" / "model.onnx")
    subprocess.run(["node", "scripts/hash-model.mjs", str(folder)], cwd=ROOT, check=True)


if __name__ == "__main__":
    main()
