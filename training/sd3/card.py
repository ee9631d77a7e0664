"""Write the model card (README.md with its contact sheet) from the evaluation's numbers: python card.py"""
from __future__ import annotations

import json
import shutil

from assets import DEFAULTS, MODEL
from runlog import RUNS

EVALUATION = RUNS / "evaluation"


def last(run: str, key: str):
    """The last logged value of a column."""
    values = [json.loads(line).get(key) for line in (RUNS / run / "log.jsonl").read_text().splitlines()]
    return [v for v in values if v is not None][-1]


def percent(value: float) -> str:
    return f"{100 * value:.0f} %"


def card() -> str:
    m = json.loads((EVALUATION / "metrics.json").read_text())
    captions = (EVALUATION / "contact-sheet.txt").read_text().splitlines()
    listing = "\n".join(f"{row + 1}. " + " | ".join(captions[8 * row : 8 * row + 8]) for row in range(-(-len(captions) // 8)))
    return f"""# SD3 Emoji

A Stable Diffusion 3 model small enough to be part of an application: it draws 153 everyday emoji in four styles at 128 px, alone,
small at a stated place, or two or three together. The architecture is SD3's own (MMDiT with QK normalisation, three text encoders,
16-channel autoencoder, rectified flow); only the sizes are toy sizes. It knows nothing outside its 153 subjects.

## How to ask

`a slice of pizza, fluent 3d` | `an owl on a purple background, noto` | `a small key on the left, flat` | `a cat and a red apple, twemoji`

Styles: noto, fluent 3d, flat, twemoji. Backgrounds: white (when none is named), grey, black, red, orange, yellow, green, light blue,
blue, purple, pink, brown. Subjects: `training/data/subjects.json`. Best at {DEFAULTS['width']} x {DEFAULTS['height']},
{DEFAULTS['steps']} steps, guidance {DEFAULTS['guidanceScale']}, shift {DEFAULTS['shift']}. Prompts are cut at 24 tokens.

## Parts

| part | size | trained |
|---|---|---|
| transformer | 8 blocks, width 256, 4 heads, 18.6 M | {m['samplesSeen']:,} samples, rectified flow, logit-normal times |
| text_encoder, text_encoder_2 | CLIP-style, 3 layers, width 128 and 192 | contrastively on pictures and captions, {last('clip', 'samples'):,} pairs |
| text_encoder_3 | T5-style, 2 layers, width 320 | together with the transformer |
| VAE | space-to-depth 2, widths 64-128-192, 2.4 M | {last('vae', 'samples'):,} pictures, {last('vae', 'psnr'):.1f} dB PSNR on new compositions |

Weights are float16 on disk, inputs, outputs and arithmetic float32. Condition dropping: every text encoder alone in 15 % of the
samples, the empty prompt in 10 %. Configurations, logs and curves: `training/runs/`.

## Scores

Judge: an independent classifier trained on the same emoji that never saw a generated picture. Nothing was picked by hand.

| {m['steps']} steps, guidance {m['guidance']}, shift {m['shift']} | score | judge on real pictures | judge on VAE reconstructions |
|---|---|---|---|
| one object, 200 captions, named right | **{percent(m['singles'])}** | {percent(m['judge_real_large'])} | {percent(m['judge_vae_large'])} |
| one small object, 100 captions, named right | **{percent(m['smallSingles'])}** | {percent(m['judge_real_small'])} | {percent(m['judge_vae_small'])} |
| two objects never seen together, 100 captions, both found | **{percent(m['unseenPairs'])}** | {percent(m['judge_real_pair'])} | {percent(m['judge_vae_pair'])} |
| the same, share of the objects found | {percent(m['unseenPairsEach'])} | | |

The judge knows the training pictures: the first two scores measure whether the right emoji is drawn, not whether new drawings are
invented. The judge itself errs (columns on the right), so a score cannot be read against 100 %.

## Contact sheet

64 samples, uncurated: the first captions of the evaluation, each with its own noise.

![64 uncurated samples](contact-sheet.png)

{listing}

## Limits

- Only the listed subjects, colours and styles; other words give something near or nothing sensible.
- Trained at 128 px. Other sizes run (the position table reaches 512 px) but objects repeat or break up.
- No counting, no text, no scenes beyond plain backgrounds, no people.
- Small details (eyes, strings, keys) are soft: one latent cell covers 8 x 8 px.

## Data and licences

Noto Emoji (Apache-2.0), Fluent Emoji 3D and flat (MIT), Twemoji (CC BY 4.0, rendered, scaled and composed); names and keywords from
emojibase (MIT). Pictures drawn by this model resemble these sets. Full notices: `NOTICE`, `LICENSE`.
"""


if __name__ == "__main__":
    shutil.copy(EVALUATION / "contact-sheet.png", MODEL / "contact-sheet.png")
    (MODEL / "README.md").write_text(card())
    print(f"wrote {MODEL / 'README.md'}")
