"""Writes the model card: python -m training.detect.card      -> README.md, detections.png, reliability.png in the model's folder

detections.png: eight unseen scenes, uncurated (the first of their seed), with what the exported graph finds in them.
"""
from __future__ import annotations

import json

import numpy as np
import onnxruntime as ort
from PIL import Image, ImageDraw

from training.detect.drawn import detect
from training.detect.paths import CLASSES, MODEL, RUNS
from training.detect.pictures import STYLES
from training.detect.validate import unseen_scenes

EXAMPLES_SEED = 909


def last(run: str, key: str):
    """The last logged value of a column."""
    rows = [json.loads(line) for line in (RUNS / run / "log.jsonl").read_text().splitlines()]
    return [r[key] for r in rows if key in r][-1]


def examples(threshold: float) -> None:
    """Found boxes in red with name and score; labels as thin white frames."""
    session, tiles = ort.InferenceSession(MODEL / "detect.onnx"), []
    for scene in unseen_scenes(8, EXAMPLES_SEED):
        picture = Image.fromarray(scene.image)
        found, labels, values = detect(session, picture, threshold)
        pen = ImageDraw.Draw(picture)
        for box in scene.boxes.tolist():
            pen.rectangle([box[0], box[1], box[2] - 1, box[3] - 1], outline=(255, 255, 255))
        for box, label, value in zip(found.tolist(), labels, values):
            pen.rectangle([box[0], box[1], max(box[0] + 1, box[2] - 1), max(box[1] + 1, box[3] - 1)], outline=(230, 30, 90), width=2)
            at, text = (box[0], max(0.0, box[1] - 11)), f"{CLASSES[label]['name']} {value:.2f}"
            pen.rectangle(pen.textbbox(at, text), fill=(255, 255, 255))
            pen.text(at, text, fill=(200, 0, 60))
        picture.thumbnail((320, 320))
        tile = Image.new("RGB", (320, 320), (32, 32, 36))
        tile.paste(picture, ((320 - picture.width) // 2, (320 - picture.height) // 2))
        tiles.append(np.asarray(tile))
    Image.fromarray(np.concatenate([np.concatenate(tiles[:4], 1), np.concatenate(tiles[4:], 1)])).quantize(200).save(MODEL / "detections.png")


def reliability_plot(bins: list[dict]) -> None:
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    figure, axis = plt.subplots(figsize=(3.6, 3.4))
    axis.plot([0, 1], [0, 1], color="0.7", lw=1)
    axis.plot([b["said"] for b in bins], [b["was"] for b in bins], marker="o", ms=3, lw=1)
    axis.set_xlabel("score")
    axis.set_ylabel("share of right detections")
    figure.tight_layout()
    figure.savefig(MODEL / "reliability.png", dpi=90)
    plt.close(figure)


def style_table(by_style: dict) -> str:
    return "\n".join(f"| {style} | {by_style[style]['AP']:.3f} | {by_style[style]['AP50']:.3f} |" for style in STYLES)


def class_rows(classes: list[dict]) -> str:
    return ", ".join(f"{c['name']} {c['AP']:.2f}" for c in classes)


def card(measured: dict, drawn: dict) -> str:
    m, c = measured["metrics"], measured["calibration"]
    order = sorted(measured["classes"], key=lambda row: -row["AP"])
    names = ", ".join(row["name"] for row in CLASSES)
    verdict = "calibrated" if c["calibrated"] else "**not calibrated** well enough to be read as probabilities"
    return f"""# ThunderNet Emoji

A ThunderNet (SNet49, 320 x 320) that finds {len(CLASSES)} everyday things in emoji drawings: in crowded scenes, on any background, and in the pictures that
`sd3-emoji` draws. The architecture is the published one (SNet49 with 5 x 5 depthwise convolutions, context enhancement, compressed RPN, spatial
attention, PSRoI align, one layer of 1,024); anchors are sized for 320 px (24 to 256). The scenes that it learned from are computed.

Classes: {names}.

## Scores

COCO scores by pycocotools (scores above 0.002, suppression at 0.5) on {m['scenes']:,} unseen scenes with {m['labels']:,} labels, 320 to 800 px wide. Of every class one drawing style was never
trained on, and only that one appears here (with noto also its first drawings); backgrounds and the other emoji (which are to be passed over) are unseen too.

| AP | AP50 | AP75 | AP small (below 32 x 32) | AP medium (below 96 x 96) | AP large | AR100 |
|---|---|---|---|---|---|---|
| **{m['AP']:.3f}** | **{m['AP50']:.3f}** | {m['AP75']:.3f} | {m['APsmall']:.3f} | {m['APmedium']:.3f} | {m['APlarge']:.3f} | {m['AR100']:.3f} |

| held-out style of the class | AP | AP50 |
|---|---|---|
{style_table(m['byHeldOutStyle'])}

Drawings and backgrounds that training did see, in new scenes ({m['seenDrawings']['scenes']}): AP {m['seenDrawings']['AP']:.3f}, AP50 {m['seenDrawings']['AP50']:.3f}. Fluent's two styles share their outlines, so
a held-out one of them is the easier test; Noto and Twemoji are drawn by other hands.

Best classes (AP): {class_rows(order[:8])}. Worst: {class_rows(order[-8:])}.

At the default threshold of {measured['threshold']:.2f} (best F1 on other scenes): precision {m['precisionAtDefault']:.2f}, recall {m['recallAtDefault']:.2f}.

**Pictures by sd3-emoji**: {drawn['pictures']} prompts of one or two classes, nothing picked; {drawn['found']} of {drawn['named']} named things found ({100 * drawn['share']:.0f} %), in
{drawn['allFound']} pictures all of them; {drawn['detectionsOfOtherClasses']} detections of something that was not named. The drawing model errs too (see its card).

![eight unseen scenes, uncurated](detections.png)

Eight unseen scenes, the first of their seed. White: labels. Red: found.

## Calibration

Scores are {verdict}: expected calibration error {c['expectedCalibrationError']:.3f} on the {m['scenes']:,} scenes (before: {c['expectedCalibrationErrorBefore']:.3f}), over detections above 0.05, right where a label of the
class overlaps by 0.5 or more. Each class's log-odds are scaled by {c['slope']} and moved by {c['intercept']} inside the graphs, fitted on 400 other scenes; the order of a class's boxes stays. The
statement holds for such scenes; on photographs a score means nothing.

![score against share of right detections](reliability.png)

## Training

{last('pretrain', 'samples'):,} crops for the backbone, then {m['samplesSeen']:,} scenes for the whole ({m['trainingSeconds'] / 60:.0f} minutes of one thread on a CPU that did other work as well), drawn as it went: 192, 256, then 320 px; Muon and AdamW, averaged
weights, float32. It was still learning when the time was over; `training/README.md` tells how to go on from these files.

## Limits

- It knows drawings in the manner of the common emoji sets. No photograph of a thing was among its lessons; what it finds in photographs means nothing.
- {len(CLASSES)} classes. What looks like one of them may be taken for it, and a drawing that is unlike all that it saw is not found: see the worst classes.
- Things were 20 to 290 px large at 320 px in training; smaller ones were never shown. A large picture with many small things should be cut into pieces.
- Pictures are squeezed into a square: very wide or high ones lose detail in one direction.
- Boxes are of the whole drawing, also where something covers a part of it; no more than a third was covered by any one thing.
- Things were turned by up to 25 degrees, one in ten by up to 60; upside down was never shown.
- Suppression is within a class, so two classes may claim one thing.

## Data and licences

Noto Emoji, current and first drawings (Apache-2.0), Fluent Emoji 3D and flat (MIT), Twemoji, EmojiOne 2, Streamline and FxEmojis (CC BY 4.0); backgrounds: computed textures and photographs in the
public domain or under CC0 that come with scikit-image and matplotlib. Full notices: `NOTICE`, `LICENSE`.
"""


def main() -> None:
    measured = json.loads((RUNS / "metrics.json").read_text())
    drawn = json.loads((RUNS / "drawn.json").read_text())
    examples(measured["threshold"])
    reliability_plot(measured["reliability"])
    (MODEL / "README.md").write_text(card(measured, drawn))
    print(f"wrote {MODEL / 'README.md'}")


if __name__ == "__main__":
    main()
