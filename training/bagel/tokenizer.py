"""The model's own byte-level BPE, with the special tokens of Qwen2.5's tokenizer, and a fast encoder for training.

The pre-tokenizer is the one of smollm2-135m (single digits, then GPT-2's pattern), which the studio already runs.
"""
from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path

from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers, trainers

SPECIAL = ["<|endoftext|>", "<|im_start|>", "<|im_end|>", "<|vision_start|>", "<|vision_end|>", "<|vision_pad|>", "<|image_pad|>"]
END_OF_TEXT, START, END, VISION_START, VISION_END = range(5)


def build(texts: Iterable[str], vocabulary: int) -> Tokenizer:
    """Trained on the texts; ids 0.. are the special tokens in the order of SPECIAL."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)])
    tokenizer.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=vocabulary, min_frequency=2, initial_alphabet=pre_tokenizers.ByteLevel.alphabet(), show_progress=False,
        special_tokens=[AddedToken(t, normalized=False, special=True) for t in SPECIAL])
    tokenizer.train_from_iterator(texts, trainer)
    return tokenizer


def write(tokenizer: Tokenizer, folder: Path, context: int) -> None:
    """tokenizer.json for the studio; vocab.json and merges.txt as well, which Qwen's tokenizer class reads."""
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(folder / "tokenizer.json"))
    tokenizer.model.save(str(folder))
    config = {
        "tokenizer_class": "PreTrainedTokenizerFast", "add_bos_token": False, "add_prefix_space": False, "bos_token": SPECIAL[START],
        "eos_token": SPECIAL[END], "pad_token": SPECIAL[END_OF_TEXT], "unk_token": SPECIAL[END_OF_TEXT], "model_max_length": context,
        "clean_up_tokenization_spaces": False,
    }
    (folder / "tokenizer_config.json").write_text(json.dumps(config, indent=1) + "\n")


class Encoder:
    """Encodes by words with a memory of each word: some twenty times faster than the library on short texts."""

    WORD = re.compile(r" ?[^\s0-9]+|\d| +(?=\d)|\s+")

    def __init__(self, folder: Path):
        self.tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self.memory: dict[str, list[int]] = {}

    def __call__(self, text: str) -> list[int]:
        ids: list[int] = []
        for word in self.WORD.findall(text):
            known = self.memory.get(word)
            if known is None:
                known = self.memory[word] = self.tokenizer.encode(word, add_special_tokens=False).ids
            ids += known
        return ids

    def decode(self, ids: list[int]) -> str:
        return self.tokenizer.decode(ids, skip_special_tokens=False)
