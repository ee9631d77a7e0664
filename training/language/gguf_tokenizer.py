"""tokenizer.json and tokenizer_config.json from the GGUF's vocabulary: byte-level BPE that splits digits one by one."""
from __future__ import annotations

import json
from pathlib import Path

from training.language.gguf_source import find

CONTROL = 3  # llama.cpp's token type of special tokens


def byte_level_tokenizer(vocabulary: dict[str, int], merges: list[tuple[str, str]], special: list[str]):
    from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=merges))
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([pre_tokenizers.Digits(individual_digits=True),
                                                       pre_tokenizers.ByteLevel(add_prefix_space=False)])
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([AddedToken(t, normalized=False, special=True) for t in special])
    return tokenizer


def write(folder: Path, tokenizer, template: str, end_token: str, context: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    tokenizer.save(str(folder / "tokenizer.json"), pretty=False)
    config = {"tokenizer_class": "PreTrainedTokenizerFast", "add_bos_token": False, "add_prefix_space": False, "bos_token": "<|im_start|>",
              "eos_token": end_token, "pad_token": end_token, "unk_token": "<|endoftext|>", "model_max_length": context,
              "clean_up_tokenization_spaces": False, "chat_template": template}
    (folder / "tokenizer_config.json").write_text(json.dumps(config, indent=1, ensure_ascii=False) + "\n")


def export(folder: Path, context: int) -> None:
    from gguf import GGUFReader

    fields = GGUFReader(find()).fields
    tokens = fields["tokenizer.ggml.tokens"].contents()
    kinds = fields["tokenizer.ggml.token_type"].contents()
    merges = [tuple(m.split(" ", 1)) for m in fields["tokenizer.ggml.merges"].contents()]
    special = [t for t, kind in zip(tokens, kinds) if kind == CONTROL]
    tokenizer = byte_level_tokenizer({t: i for i, t in enumerate(tokens)}, merges, special)
    write(folder, tokenizer, fields["tokenizer.chat_template"].contents(), "<|im_end|>", context)
