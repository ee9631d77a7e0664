"""Builds the tokenizers of the tiny model, in the file formats of the published ones.

CLIP: byte-level BPE, `vocab.json` + `merges.txt`. The vocabulary is laid out as OpenAI's: 256 byte symbols,
the same 256 with the end-of-word mark, one entry per merge, then the two special tokens.
T5: a Unigram model in `tokenizer.json`, with ids 0, 1, 2 for pad, end and unknown.
"""

import base64
import io
import json
import math
import re
from pathlib import Path

import sentencepiece
from sentencepiece import sentencepiece_model_pb2
from tokenizers import Regex, Tokenizer, decoders, models, pre_tokenizers, processors
from transformers import CLIPTokenizer, T5TokenizerFast

CORPUS = Path(__file__).with_name("corpus.txt")
MERGES = 420
PIECES = 300
CLIP_LENGTH = 77
T5_LENGTH = 512

BOS, EOS = "<|startoftext|>", "<|endoftext|>"


def byte_symbols() -> list[str]:
    """The 256 printable stand-ins of bytes, in the order of CLIP's vocabulary ("!" is id 0)."""
    plain = [*range(33, 127), *range(161, 173), *range(174, 256)]
    rest = [byte for byte in range(256) if byte not in plain]
    return [chr(byte) for byte in plain] + [chr(256 + index) for index in range(len(rest))]


def train_merges() -> list[tuple[str, str]]:
    """Learns merges from the corpus with CLIP's own way of cutting text into words."""
    words: dict[tuple[str, ...], int] = {}
    cutter = pre_tokenizers.Sequence(
        [
            pre_tokenizers.Split(clip_pattern(), behavior="removed", invert=True),
            pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
        ]
    )
    for line in CORPUS.read_text(encoding="utf-8").splitlines():
        for word, _ in cutter.pre_tokenize_str(line.lower()):
            symbols = (*word[:-1], word[-1] + "</w>")
            words[symbols] = words.get(symbols, 0) + 1
    merges: list[tuple[str, str]] = []
    while len(merges) < MERGES:
        pairs: dict[tuple[str, str], int] = {}
        for symbols, count in words.items():
            for pair in zip(symbols, symbols[1:]):
                pairs[pair] = pairs.get(pair, 0) + count
        # Ties go to the alphabetically first pair, so that the result does not hang on dictionary order.
        best = min(pairs, key=lambda pair: (-pairs[pair], pair))
        merges.append(best)
        words = {merge_pair(symbols, best): count for symbols, count in words.items()}
    return merges


def merge_pair(symbols: tuple[str, ...], pair: tuple[str, str]) -> tuple[str, ...]:
    """Joins every occurrence of the pair, from the left."""
    out: list[str] = []
    index = 0
    while index < len(symbols):
        if symbols[index : index + 2] == pair:
            out.append(pair[0] + pair[1])
            index += 2
        else:
            out.append(symbols[index])
            index += 1
    return tuple(out)


def clip_pattern() -> Regex:
    """CLIP's word pattern: specials, English contractions, letters, single digits, runs of anything else."""
    return Regex(r"<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+")


def special(content: str, normalized: bool = False) -> dict:
    """An added token as it stands in tokenizer_config.json."""
    flags = {"lstrip": False, "normalized": normalized, "rstrip": False, "single_word": False, "special": True}
    return {"content": content, **flags}


def write_clip(folder: Path, merges: list[tuple[str, str]], pad: str) -> None:
    """Writes one CLIP tokenizer folder. `pad` is the end token for CLIP-L and "!" for CLIP-G, as published."""
    folder.mkdir(parents=True, exist_ok=True)
    symbols = byte_symbols()
    tokens = [*symbols, *(s + "</w>" for s in symbols), *(a + b for a, b in merges), BOS, EOS]
    vocab = {token: index for index, token in enumerate(tokens)}
    if len(vocab) != len(tokens):
        raise ValueError("Two merges make the same token: the ids would not be unique")
    added = {str(vocab[BOS]): special(BOS, True), str(vocab[EOS]): special(EOS, pad == EOS)}
    if pad != EOS:
        # Listing the pad token makes every "!" in a prompt become id 0, as with the published CLIP-G files.
        added = {str(vocab[pad]): special(pad), **added}
    common = {"bos_token": BOS, "eos_token": EOS, "pad_token": pad, "unk_token": EOS}
    config = {
        "add_prefix_space": False,
        "added_tokens_decoder": added,
        **common,
        "clean_up_tokenization_spaces": True,
        "do_lower_case": True,
        "errors": "replace",
        "model_max_length": CLIP_LENGTH,
        "tokenizer_class": "CLIPTokenizer",
    }
    dump(folder / "vocab.json", vocab, indent=None)
    (folder / "merges.txt").write_text("#version: 0.2\n" + "".join(f"{a} {b}\n" for a, b in merges), encoding="utf-8")
    dump(folder / "tokenizer_config.json", config)
    dump(folder / "special_tokens_map.json", common)


def unigram_pieces() -> list[tuple[str, float]]:
    """Pieces with log-frequency scores: every common character, then the substrings that save most symbols.

    A plain count replaces the usual expectation-maximisation trainer, whose result changes from run to run.
    """
    alphabet = "▁abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.,;:!?'\"-()"
    counts: dict[str, int] = dict.fromkeys(alphabet, 1)
    for word in CORPUS.read_text(encoding="utf-8").split():
        marked = "▁" + word
        for start in range(len(marked)):
            for end in range(start + 1, min(len(marked), start + 10) + 1):
                counts[marked[start:end]] = counts.get(marked[start:end], 0) + 1
    long = sorted((piece for piece in counts if len(piece) > 1), key=lambda p: (-counts[p] * (len(p) - 1), p))
    pieces = [*long[: PIECES - len(alphabet) - 3], *alphabet]
    total = sum(counts[piece] for piece in pieces)
    # The small slope keeps any two scores apart, so that no two ways of cutting a word tie.
    scored = [(piece, math.log(counts[piece] / total) - index * 1.7e-4) for index, piece in enumerate(pieces)]
    return [(piece, round(score, 6)) for piece, score in sorted(scored, key=lambda item: -item[1])]


def write_t5(folder: Path) -> None:
    """Writes the Unigram tokenizer: pad, end, unknown, then the pieces from the most to the least frequent."""
    folder.mkdir(parents=True, exist_ok=True)
    names = ["<pad>", "</s>", "<unk>"]
    tokenizer = Tokenizer(models.Unigram([*((name, 0.0) for name in names), *unigram_pieces()], unk_id=2))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
        [
            pre_tokenizers.WhitespaceSplit(),
            pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always", split=True),
        ]
    )
    tokenizer.decoder = decoders.Metaspace(replacement="▁", prepend_scheme="always", split=True)
    tokenizer.add_special_tokens(names)
    tokenizer.post_processor = processors.TemplateProcessing(
        single=["$A", "</s>"], pair=["$A", "</s>", "$B", "</s>"], special_tokens=[("</s>", 1)]
    )
    dump(folder / "tokenizer.json", json.loads(tokenizer.to_str()), indent=None)
    common = {"eos_token": "</s>", "pad_token": "<pad>", "unk_token": "<unk>"}
    added = {str(index): special(token) for index, token in enumerate(names)}
    config = {
        "added_tokens_decoder": added,
        "clean_up_tokenization_spaces": True,
        **common,
        "extra_ids": 0,
        "model_max_length": T5_LENGTH,
        "tokenizer_class": "T5Tokenizer",
    }
    dump(folder / "tokenizer_config.json", config)
    dump(folder / "special_tokens_map.json", common)


def charsmap() -> bytes:
    """The compiled normalisation rules of the published T5 model (SentencePiece's `nmt_nfkc`)."""
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(CORPUS.read_text(encoding="utf-8").splitlines()),
        model_writer=model,
        vocab_size=200,
        model_type="unigram",
        normalization_rule_name="nmt_nfkc",
        minloglevel=2,
    )
    proto = sentencepiece_model_pb2.ModelProto()
    proto.ParseFromString(model.getvalue())
    return proto.normalizer_spec.precompiled_charsmap


def write_t5_nfkc(folder: Path) -> None:
    """The Unigram tokenizer once more, with the normaliser of the published T5: kept apart because it is large."""
    write_t5(folder)
    path = folder / "tokenizer.json"
    document = json.loads(path.read_text(encoding="utf-8"))
    rules = base64.b64encode(charsmap()).decode("ascii")
    document["normalizer"] = {"type": "Precompiled", "precompiled_charsmap": rules}
    dump(path, document, indent=None)


def dump(path: Path, value: object, indent: int | None = 2) -> None:
    """Writes JSON with a newline at the end, letters as they are, and lists of numbers on one line."""
    body = json.dumps(value, indent=indent, ensure_ascii=False)
    if indent is not None:
        body = re.sub(r"\[\s+([-\d\s,.e]+?)\s+\]", lambda match: f"[{' '.join(match[1].split())}]", body)
    path.write_text(body + "\n", encoding="utf-8")


def build(model: Path) -> None:
    """Writes `tokenizer`, `tokenizer_2` and `tokenizer_3` below the model folder."""
    merges = train_merges()
    write_clip(model / "tokenizer", merges, pad=EOS)
    write_clip(model / "tokenizer_2", merges, pad="!")
    write_t5(model / "tokenizer_3")


def load(model: Path) -> tuple[CLIPTokenizer, CLIPTokenizer, T5TokenizerFast]:
    """Loads the three tokenizers with transformers, as the reference pipeline does."""
    return (
        CLIPTokenizer.from_pretrained(model / "tokenizer"),
        CLIPTokenizer.from_pretrained(model / "tokenizer_2"),
        T5TokenizerFast.from_pretrained(model / "tokenizer_3"),
    )
