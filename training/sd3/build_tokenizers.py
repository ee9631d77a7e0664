"""Train both tokenizers on captions and general emoji vocabulary, and write them in the layouts that SD3 pipelines expect.

tokenizer, tokenizer_2: CLIP byte-pair encoding (vocab.json + merges.txt), equal but for the pad token.
tokenizer_3: Unigram in T5's conventions (tokenizer.json; pad 0, eos 1, unk 2).
"""
from __future__ import annotations

import json
import math
import random
import re
from collections import Counter
from pathlib import Path

from tokenizers import Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

from scenes import CACHE, TRAINING, Pictures, describe, sample_scene
from text import LENGTH, VOCABULARY

OUT = CACHE / "tokenizers"
CLIP_PATTERN = r"'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"


def corpus() -> list[str]:
    """Captions of random scenes, then the names and keywords of every emoji, so that other words split well too."""
    pictures, rng = Pictures(), random.Random(5)
    mix = {"large": 0.4, "small": 0.2, "pair": 0.3, "triple": 0.1}
    lines = [describe(pictures, sample_scene(pictures, rng, mix), rng) for _ in range(20000)]
    data = TRAINING / "data" / "node_modules" / "emojibase-data" / "en" / "data.json"
    for entry in json.loads(data.read_text()):
        lines += [" ".join([entry["label"], *entry.get("tags", [])])] * 3
    return lines


def clip_tokenizer(lines: list[str]) -> tuple[dict[str, int], list[str]]:
    """vocab in CLIP's order (256 bytes, 256 bytes ending a word, merges, two specials) and merges."""
    tokenizer = Tokenizer(models.BPE(end_of_word_suffix="</w>"))
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFC(), normalizers.Replace(Regex(r"\s+"), " "), normalizers.Lowercase()])
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([
        pre_tokenizers.Split(Regex(CLIP_PATTERN), "removed", invert=True), pre_tokenizers.ByteLevel(add_prefix_space=False)])
    merges_wanted = VOCABULARY - 2 * 256 - 2
    trainer = trainers.BpeTrainer(vocab_size=2 * VOCABULARY, end_of_word_suffix="</w>", show_progress=False,
                                  initial_alphabet=pre_tokenizers.ByteLevel.alphabet())
    tokenizer.train_from_iterator(lines, trainer)
    merges = [m if isinstance(m, str) else " ".join(m) for m in json.loads(tokenizer.to_str())["model"]["merges"]][:merges_wanted]
    byte_values = [*range(33, 127), *range(161, 173), *range(174, 256)]
    letters = [chr(b) for b in byte_values]
    letters += [chr(256 + n) for n in range(256 - len(letters))]
    tokens = letters + [c + "</w>" for c in letters] + [m.replace(" ", "") for m in merges]
    tokens += ["<|startoftext|>", "<|endoftext|>"]
    assert len(tokens) == len(set(tokens)) == VOCABULARY, (len(tokens), len(set(tokens)))
    return {t: i for i, t in enumerate(tokens)}, merges


def write_clip(folder: Path, vocab: dict[str, int], merges: list[str], pad: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "vocab.json").write_text(json.dumps(vocab, ensure_ascii=False))
    (folder / "merges.txt").write_text("#version: 0.2\n" + "\n".join(merges) + "\n")
    special = {"bos_token": "<|startoftext|>", "eos_token": "<|endoftext|>", "pad_token": pad, "unk_token": "<|endoftext|>"}
    (folder / "special_tokens_map.json").write_text(json.dumps(special, indent=1))
    config = {"tokenizer_class": "CLIPTokenizer", "model_max_length": LENGTH, "do_lower_case": True, "errors": "replace",
              "add_prefix_space": False, **special}
    (folder / "tokenizer_config.json").write_text(json.dumps(config, indent=1))


def unigram_pieces(tokenizer: Tokenizer, lines: list[str]) -> list[tuple[str, float]]:
    """Specials, every ASCII character, the most frequent whole words, then pieces of a trained Unigram model.

    The trainer alone prunes even "▁a" and "▁slice"; with whole words a caption fits the short context.
    """
    words = Counter(w for line in lines for w in re.findall(r"[a-z]+|[0-9]+[a-z]*", line.lower()))
    total = sum(words.values())
    pieces = {"<pad>": 0.0, "</s>": 0.0, "<unk>": 0.0, "▁": -9.0}
    for word, count in words.most_common(1300):
        pieces.setdefault("▁" + word, max(-13.0, math.log(count / total)))
    for code in range(33, 127):
        pieces.setdefault(chr(code), -11.0)
    # Parts of words cost more than words, so that a known word never splits.
    for piece, score in json.loads(tokenizer.to_str())["model"]["vocab"]:
        if len(pieces) < VOCABULARY and len(piece) > 1:
            pieces.setdefault(piece, score - 8.0)
    return list(pieces.items())


def write_t5(folder: Path, lines: list[str]) -> None:
    tokenizer = Tokenizer(models.Unigram())
    tokenizer.normalizer = normalizers.Sequence([normalizers.NFKC(), normalizers.Lowercase()])
    # The published T5 tokenizers cut at white space first, which also drops runs of it.
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.WhitespaceSplit(), pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")])
    tokenizer.decoder = decoders.Metaspace(replacement="▁", prepend_scheme="always")
    trainer = trainers.UnigramTrainer(vocab_size=VOCABULARY, special_tokens=["<pad>", "</s>", "<unk>"], unk_token="<unk>",
                                      show_progress=False)
    tokenizer.train_from_iterator([line.lower() for line in lines], trainer)
    tokenizer.model = models.Unigram(unigram_pieces(tokenizer, lines), unk_id=2, byte_fallback=False)
    tokenizer.add_special_tokens(["<pad>", "</s>", "<unk>"])
    tokenizer.post_processor = processors.TemplateProcessing(
        single="$A </s>", pair="$A </s> $B </s>", special_tokens=[("</s>", 1)])
    assert [tokenizer.token_to_id(t) for t in ("<pad>", "</s>", "<unk>")] == [0, 1, 2]
    assert tokenizer.get_vocab_size() <= VOCABULARY
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(folder / "tokenizer.json"))
    special = {"eos_token": "</s>", "pad_token": "<pad>", "unk_token": "<unk>"}
    (folder / "special_tokens_map.json").write_text(json.dumps(special, indent=1))
    # The generic class keeps tokenizer.json as it is; transformers' T5 class would put its own normaliser in.
    config = {"tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": LENGTH, **special}
    (folder / "tokenizer_config.json").write_text(json.dumps(config, indent=1))


if __name__ == "__main__":
    text = corpus()
    vocabulary, merge_list = clip_tokenizer(text)
    # Ties in the merge order break differently from run to run: the encoders are trained on what stands in the cache.
    write_clip(OUT / "tokenizer", vocabulary, merge_list, "<|endoftext|>")
    write_clip(OUT / "tokenizer_2", vocabulary, merge_list, "!")
    write_t5(OUT / "tokenizer_3", text)
    print("\n".join(text[:6]))
