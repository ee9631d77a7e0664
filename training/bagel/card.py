"""Write the model card (README.md with its pictures) from the evaluation's numbers: python -m training.bagel.card [MODEL FOLDER]"""
from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path

from training.bagel import paths
from training.bagel.compositions import COLOUR_NAMES, STYLES
from training.bagel.settings import GENERATE_THINK, UNDERSTAND_THINK

MODEL = paths.TRAINING.parent / "resources" / "models" / "bagel-emoji"


def percent(value: float) -> str:
    return f"{100 * value:.0f} %"


def runs() -> list[dict]:
    """One entry for each call of the trainer: device, samples, minutes."""
    found: list[dict] = []
    for line in (paths.RUNS / "log.jsonl").read_text().splitlines():
        row = json.loads(line)
        if "parameters" in row:
            found.append({"device": row["device"], "parameters": row["parameters"], "before": row["history"]["samples"], "samples": 0, "minutes": 0.0})
        elif found and "samples" in row:
            found[-1] |= {"samples": row["samples"] - found[-1]["before"], "minutes": row["seconds"] / 60}
    return found


def readings() -> list[str]:
    """A row for each run of train_reading, which asks many questions about each picture."""
    rows = []
    for line in (paths.RUNS / "reading.jsonl").read_text().splitlines():
        row = json.loads(line)
        if row.get("finished"):
            rows.append(f"| a CPU, reading, places above all | {row['seconds'] / 60:.0f} min | {row['pictures']:,} pictures, {row['questions']:,} questions |")
    return rows


def conversations() -> str:
    """All 48 as text, under the picture of them."""
    lines = []
    for i, turns in enumerate(json.loads((paths.RUNS / "conversations.json").read_text()), 1):
        said = " ".join(f"**{t['who']}:** {t['said']}".replace("<think>", "`<think>`").replace("</think>", "`</think>`") for t in turns)
        lines.append(f"{i}. {said}")
    return "\n".join(lines)


def card() -> str:
    m = json.loads((paths.RUNS / "metrics.json").read_text())
    part = m["part"]
    questions = "\n".join(f"| {name} | **{percent(value)}** |" for name, value in m["questions"].items())
    drawings = "\n".join(f"| {name} | **{percent(value)}** | {percent(m['drawings'][f'{name}, each'])} |"
                         for name, value in m["drawings"].items() if not name.endswith(", each"))
    changed = "\n".join(f"| {kind} | **{percent(e['right'])}** | {percent(e['subjects'])} | {percent(e['background'])} | {e['kept']:.1f} dB | {e['limit']:.1f} dB |"
                        for kind, e in m["edits"].items())
    trained = [f"| {'one H200' if r['device'] == 'cuda' else 'two CPU cores'} | {r['minutes']:.0f} min | {r['samples']:,} |" for r in runs()]
    history = "\n".join(trained + readings())
    captions = (paths.RUNS / "contact-sheet.txt").read_text().splitlines()
    listing = "\n".join(f"{row + 1}. " + " | ".join(captions[8 * row : 8 * row + 8]) for row in range(-(-len(captions) // 8)))
    return f"""# BAGEL Emoji

A BAGEL small enough to be part of an application: in one conversation it reads pictures of 153 everyday emoji, draws them and edits
them, at 128 px. The architecture is BAGEL's own (two experts of one decoder sharing each layer's attention, SigLIP-style tower to read,
latents of an autoencoder to draw, interleaved context, guidance over three contexts, an optional thought before the answer); only the
sizes are toy sizes. It knows nothing outside its subjects and says so.

## How to talk to it

- Attach a picture of emoji and ask: *What is this?*, *How many dogs are there?*, *What colour is the background?*, *Where is the cat?*,
  *What is to the left of the rocket?*, *Is there a bee?*, *Describe the picture.* Two pictures: *What is different?*
- Ask for a drawing: *Please draw me a cat and a dog on a blue background*, *a small key on the left, flat*, *three apples*.
- Ask for a change: *make the background red*, *add a bee in the top left corner*, *remove the dog*, *turn the cat into a fox*,
  *move it to the right*, *in noto style please*.

Styles: {', '.join(STYLES)}. Backgrounds: {', '.join(COLOUR_NAMES)}. Subjects: `training/data/subjects.json`. Thinking is switched on by one
of two texts that the model was trained on: "{UNDERSTAND_THINK}" and "{GENERATE_THINK}"

## Parts

| part | size |
|---|---|
| decoder | 8 layers, hidden 384, 6 heads of 64, 2 key-value heads, MLP 1024; understanding and generation expert each 12.6 M |
| embeddings, head | 4,096 tokens (own byte-level BPE with Qwen2.5's special tokens), untied, 1.6 M each |
| vision tower | 6 layers, width 192, patch 14, 10 x 10 table, 2.8 M; connector 0.2 M |
| autoencoder | sd3-emoji's, frozen (16 channels, factor 8, 2.4 M): 64 latent tokens a picture |
| all but the autoencoder | {runs()[0]['parameters'] / 1e6:.1f} M |

## Training

| machine | time | samples |
|---|---|---|
{history}

bfloat16 with float32 masters; Muon for matrices, Adam for the rest; averaged weights. A text-only warm-up on simple English came first (WordNet's
glosses and examples, sentences of SmolLM2), then the generation expert started as a copy of the understanding expert. Every step: one
batch to draw (a fifth of it with a thought), one to edit, one to read (one question to four, two pictures, earlier words, small talk).
Official recipe: noisy blocks seen by nobody else, t = sigmoid of a normal number, velocity target, dropped for guidance: text 0.1, latents
0.3, ViT patches 0.3. Cross-entropy weighs 0.3 against the velocity error. Configuration, log and curves: `training/runs/bagel`.

After that run, "where is the cat?" was a guess between two things: no head of attention linked a word to its patches. Four runs on a CPU taught
the understanding expert's attention in layers 3 to 7 just that, each step with a loss of its own (look at the thing, know its place, say it), while
the old weights' velocities were kept; everything else stayed as it was to the last bit. It cost ten points in counting and some in drawings of two things and in edits.

## Scores

Every pair of subjects below is one that training never showed together; all compositions are new. Nothing was picked by hand.
Answered for each kind: at least {round(200 * part['questions'])} questions.

| question | right |
|---|---|
{questions}

Drawings ({m['samplesSeen']:,} samples seen): judged by sd3-emoji's classifier, trained on the same emoji, which never saw a generated picture.
{round(200 * part['drawings'])} singles, {round(100 * part['drawings'])} small singles and unseen pairs, {round(40 * part['drawings'])} with a thought.

| drawing | all subjects found | share of the subjects |
|---|---|---|
{drawings}

Edits: right means every subject of the target found and the background's colour right; kept is the median PSNR outside the changed
boxes against the wanted picture, beside what the autoencoder alone reaches. {round(40 * part['edits'])} of each kind.

| edit | right | subjects | background | kept | autoencoder alone |
|---|---|---|---|---|---|
{changed}

## Contact sheet

64 drawings, uncurated: the first requests of each set above (singles, small singles, unseen pairs, unseen pairs with a thought).

![64 uncurated drawings](contact-sheet.png)

{listing}

## 48 conversations

Uncurated: the first of one fixed seed. 20 about a new picture, 14 that draw, 8 that draw and then edit, 6 without a picture.

![48 uncurated conversations](conversations.png)

{conversations()}

## Limits

- Only the listed subjects, colours, styles and places. Photographs and other drawings are answered with nonsense.
- Trained at 128 px on plain backgrounds; up to six objects to read, two or three to draw well.
- A thought is a plan in one fixed form; it does not reason.
- Small talk is learnt by heart.

## Data and licences

Noto Emoji (Apache-2.0), Fluent Emoji 3D and flat (MIT), Twemoji (CC BY 4.0, rendered, scaled and composed); names and keywords from
emojibase (MIT). Warm-up text: WordNet 3.1 (Princeton's licence), answers written by SmolLM2-135M (Apache-2.0). Full notices: `NOTICE`, `LICENSE`.
"""


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else MODEL
    for name in ("contact-sheet.png", "conversations.png"):
        shutil.copy(paths.RUNS / name, folder / name)
    for source, name in (("LICENSE", "LICENSE"), ("NOTICE-bagel", "NOTICE")):
        shutil.copy(paths.TRAINING / "data" / "licences" / source, folder / name)
    (folder / "README.md").write_text(card())
    print(f"wrote {folder / 'README.md'}")


if __name__ == "__main__":
    main()
