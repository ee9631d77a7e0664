"""Goldens that need no network: noise, sigma lists and token ids."""

from pathlib import Path

import torch
from safetensors.torch import save_file
from transformers import T5TokenizerFast

from . import models, text

SEEDS = [0, 42, 2**32 - 1, 12345678901]
LENGTHS = [1, 8, 15, 16, 17, 33, 1024]
# Draws from one generator, one after the other: the state must carry over, also between the two formulas
# (below 16 values torch draws 53-bit doubles one by one, from 16 on it fills blocks of 16).
SEQUENCES = [[1024, 1024], [16, 17], [33, 8], [8, 33], [15, 16, 1], [1, 1, 1], [3, 40, 5, 64]]

STEPS = [1, 2, 3, 4, 8, 10, 20, 28, 40, 50, 100]
SHIFTS = [0.5, 1.0, 2.0, 3.0, 5.0]
CONVERSIONS = {
    "none": {},
    "karras": {"use_karras_sigmas": True},
    "exponential": {"use_exponential_sigmas": True},
    "beta": {"use_beta_sigmas": True},
}
STRENGTHS = [0.02, 0.1, 0.3, 0.5, 0.6, 0.75, 0.8, 0.99, 1.0]

TEXTS = [
    "",
    " ",
    "   \t\n  ",
    "a",
    "a red apple on a wooden table",
    "A RED Apple On A Wooden TABLE",
    "a  photograph   of    a     lighthouse",
    "  leading and trailing  ",
    "line one\nline two\r\nline three\tTab",
    "it's, I'm, you're, we've, they'll, he'd, don't, IT'S, cat's'dog",
    "the painter’s “quoted” text – with dashes — and …",
    "'single' \"double\" `backtick`",
    "hello!",
    "!",
    "!!! wow !!!",
    "what?! really?!?!",
    "comma,separated,words;semicolons:colons.full.stops",
    "(parentheses) [brackets] {braces} <angle>",
    "50% off @ $3.99 #sale & more * a+b=c ^ ~ | \\ /",
    "snake_case and kebab-case and camelCase",
    "1 12 123 1234 3.14 1,000,000 2nd 3D mp4",
    "1024x768 at 60fps",
    "½ ¾ ² ³ Ⅷ ٣ 五",
    "naïve café façade über Ångström",
    "e\u0301le\u0300ve decomposed accents",
    "ﬁne ligature and ﬀ",
    "ＦＵＬＬ width １２３",
    "ß ẞ İstanbul ıstanbul ΣΑΣ",
    "Привет мир",
    "日本の灯台の写真",
    "灯塔的照片，黄昏。",
    "등대 사진",
    "صورة منارة",
    "תמונה של מגדלור",
    "ภาพถ่ายประภาคาร",
    "a smiling sun 🌞 with sunglasses 😎",
    "👩‍🚀👨‍👩‍👧‍👦🏳️‍🌈 1️⃣",
    "zero\u200bwidth\u00a0nbsp\u3000ideographic\u2003em\ufeffbom",
    "control\u0000\u0007\u001b characters\u007f",
    "<|endoftext|>",
    "before <|startoftext|> middle <|endoftext|> after",
    "<|ENDOFTEXT|> upper",
    "</s> <pad> <unk> <extra_id_0>",
    "▁metaspace ▁▁ in text</w>",
    "photographphotographlighthouse",
    "xylophone quizzical zyzzyva",
    "a" * 200,
    "a red apple " * 40,
    "🙂" * 30,
]


def noise(folder: Path) -> None:
    """`noise.safetensors`: torch CPU randn by seed and length, and sequential draws."""
    tensors: dict[str, torch.Tensor] = {}
    for seed in SEEDS:
        for length in LENGTHS:
            tensors[f"seed{seed}.{length}"] = torch.randn(length, generator=torch.Generator().manual_seed(seed))
        for sequence in SEQUENCES:
            generator = torch.Generator().manual_seed(seed)
            name = "-".join(map(str, sequence))
            for index, length in enumerate(sequence):
                tensors[f"seed{seed}.sequence.{name}.{index}"] = torch.randn(length, generator=generator)
    save_file(tensors, folder / "noise.safetensors")
    text.dump(folder / "noise.json", {"seeds": SEEDS, "lengths": LENGTHS, "sequences": SEQUENCES})


def sigmas(folder: Path) -> None:
    """`sigmas.json`: scheduler sigma lists, and the first step of a run that starts from a picture."""
    lists = []
    for conversion, flags in CONVERSIONS.items():
        for shift in SHIFTS:
            for steps in STEPS:
                if steps > 28 and shift not in (1.0, 3.0):
                    continue  # the long lists repeat what the short ones show
                scheduler = models.scheduler(shift=shift, **flags)
                scheduler.set_timesteps(steps)
                entry = {"steps": steps, "shift": shift, "sigmaConversion": conversion}
                lists.append({**entry, "sigmas": [round(value, 9) for value in scheduler.sigmas.tolist()]})
    starts = [
        {"steps": steps, "strength": strength, "firstStep": int(max(steps - min(steps * strength, steps), 0))}
        for steps in STEPS
        for strength in STRENGTHS
    ]
    text.dump(folder / "sigmas.json", {"schedules": lists, "starts": starts}, indent=None)


def tokens(folder: Path, model: Path, nfkc: Path) -> None:
    """`tokens.json`: ids of the three tokenizers for odd texts; unpadded, and padded to the pipeline's length."""
    clip_l, clip_g, t5 = text.load(model)
    t5_nfkc = T5TokenizerFast.from_pretrained(nfkc)

    def ids(tokenizer, value: str, length: int) -> dict:
        padded = tokenizer(value, padding="max_length", max_length=length, truncation=True).input_ids
        return {"full": tokenizer(value).input_ids, "padded": padded}

    entries = [
        {
            "text": value,
            "clipL": ids(clip_l, value, 77),
            "clipG": ids(clip_g, value, 77),
            "t5": ids(t5, value, 32),
            "t5Nfkc": ids(t5_nfkc, value, 32),
        }
        for value in TEXTS
    ]
    text.dump(folder / "tokens.json", {"lengths": {"clip": 77, "t5": 32}, "entries": entries}, indent=None)


def build(folder: Path, model: Path) -> None:
    """Writes all stand-alone goldens."""
    folder.mkdir(parents=True, exist_ok=True)
    nfkc = folder / "tokenizer-t5-nfkc"
    text.write_t5_nfkc(nfkc)
    noise(folder)
    sigmas(folder)
    tokens(folder, model, nfkc)
