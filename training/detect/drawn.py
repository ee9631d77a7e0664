"""Does it find what the bundled drawing model draws? Pairs of classes are drawn by sd3-emoji through the studio's own command line.

    npm run build && python -m training.detect.drawn --draw 40      draws into cache/detect/drawn (once; missing ones only)
    python -m training.detect.drawn                                  -> runs/detect/drawn.json and drawn.png

A named thing counts as found when one detection above the default threshold has its class. The drawing model itself errs
(it shows both things of a pair in most pictures, not in all), so the score cannot be read against 100 %.
"""
from __future__ import annotations

import argparse
import json
import random
import subprocess

import numpy as np
import onnxruntime as ort
from PIL import Image, ImageDraw

from training.detect.detections import filtered
from training.detect.paths import CACHE, CLASSES, MODEL, RUNS, SIDE, SUBJECTS, TRAINING
from training.detect.pretrain import normalised

FOLDER = CACHE / "drawn"
STYLES = ("noto", "fluent 3d", "flat", "twemoji")


def article(name: str) -> str:
    return f"an {name}" if name[0] in "aeio" else f"a {name}"


def prompts(count: int) -> list[tuple[str, list[int]]]:
    """Prompt and the classes that it names; every fourth names one thing alone, in the same order every time."""
    rng, made = random.Random(4), []
    for i in range(count):
        labels = rng.sample(range(len(CLASSES)), 1 if i % 4 == 3 else 2)
        names = [article(SUBJECTS[CLASSES[label]["subject"]]["name"]) for label in labels]
        made.append((f"{' and '.join(names)}, {STYLES[(i + i // 4) % 4]}", labels))
    return made


def draw(count: int) -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    for i, (prompt, _) in enumerate(prompts(count)):
        path = FOLDER / f"{i:03d}.png"
        if not path.exists():
            subprocess.run(["npx", "atelier", "generate", prompt, "-m", "sd3-emoji", "--seed", str(i), "-o", str(path)], cwd=TRAINING.parent, check=True, stdout=subprocess.DEVNULL)


def detect(session: ort.InferenceSession, picture: Image.Image, threshold: float):
    """Boxes in picture pixels, classes and scores."""
    tensor = normalised(np.array(picture.resize((SIDE, SIDE), Image.BILINEAR))[None]).contiguous().numpy()
    boxes, scores = session.run(None, {"image": tensor})
    rows, labels, values = filtered(boxes, scores, threshold)
    return boxes[rows] * np.array([picture.width, picture.height] * 2) / SIDE, labels, values


def marked(picture: Image.Image, found, labels, values) -> Image.Image:
    """The picture at 192 px with its detections."""
    big, scale = picture.resize((192, 192)), 192 / picture.width
    pen = ImageDraw.Draw(big)
    for box, label, value in zip(found * scale, labels, values):
        pen.rectangle(box.tolist(), outline=(230, 30, 90), width=2)
        text = f"{CLASSES[label]['name']} {value:.2f}"
        at = (max(0.0, box[0]), min(180.0, max(0.0, box[1] - 11)))
        pen.rectangle(pen.textbbox(at, text), fill=(255, 255, 255))
        pen.text(at, text, fill=(200, 0, 60))
    return big


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--draw", type=int, default=0)
    args = parser.parse_args()
    if args.draw:
        draw(args.draw)
        return
    session = ort.InferenceSession(MODEL / "detect.onnx")
    threshold = json.loads((MODEL / "studio.json").read_text())["detector"]["defaults"]["scoreThreshold"]
    count = len(list(FOLDER.glob("*.png")))
    tiles, rows = [], []
    for i, (prompt, wanted) in enumerate(prompts(count)):
        picture = Image.open(FOLDER / f"{i:03d}.png").convert("RGB")
        found, labels, values = detect(session, picture, threshold)
        extra = [int(label) for label in labels if label not in wanted]
        rows.append({"prompt": prompt, "named": len(wanted), "found": len(set(wanted) & set(labels.tolist())), "others": len(extra)})
        tiles.append(np.asarray(marked(picture, found, labels, values)))
    named, hits = sum(r["named"] for r in rows), sum(r["found"] for r in rows)
    summary = {"pictures": count, "named": named, "found": hits, "share": round(hits / max(named, 1), 4),
               "allFound": sum(r["found"] == r["named"] for r in rows), "detectionsOfOtherClasses": sum(r["others"] for r in rows)}
    (RUNS / "drawn.json").write_text(json.dumps({**summary, "rows": rows}, indent=1) + "\n")
    sheet = [np.concatenate(tiles[k : k + 8], 1) for k in range(0, count // 8 * 8, 8)]
    Image.fromarray(np.concatenate(sheet)).save(RUNS / "drawn.png")
    print(summary)


if __name__ == "__main__":
    main()
