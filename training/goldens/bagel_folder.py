"""The tiny BAGEL on disk: its checkpoint in the official layout, and the model folder that the real exporter makes of it."""

import json
import shutil
import subprocess
from pathlib import Path
from types import SimpleNamespace

from training.export import bagel, manifest
from training.export.decoder import export_decoder
from training.export.graph import Style
from training.export.checkpoint import read_sizes
from training.export.safetensors_file import SafetensorsFile
from training.goldens import bagel_tiny

ROOT = Path(__file__).parents[2]
CHECKPOINT = ROOT / "test-fixtures" / "checkpoints" / "tiny-bagel"
PARTS = [(0, 2), (2, 3)]


def build(official: SimpleNamespace, models: Path) -> Path:
    """Writes `tiny-bagel`: float16 storage, which is exact here, and the decoder a second time in two parts."""
    bagel_tiny.write_checkpoint(official, CHECKPOINT)
    folder = models / "tiny-bagel"
    shutil.rmtree(folder, ignore_errors=True)
    value = bagel.export(CHECKPOINT, folder, Style("float16"))
    source = SafetensorsFile(CHECKPOINT / "ema.safetensors")
    sizes = read_sizes(CHECKPOINT, source)
    for i, (first, last) in enumerate(PARTS):
        export_decoder(source, sizes, folder, Style("float16"), first, last, f"decoder-{i}")
    listed = [{"file": f"decoder-{i}.onnx", "layers": [first, last]} for i, (first, last) in enumerate(PARTS)]
    value["precisions"] = {"float16-parts": {"decoder": listed}}
    manifest.write(folder, value)
    subprocess.run(["node", "scripts/hash-model.mjs", str(folder)], cwd=ROOT, check=True)
    return folder


def read_manifest(folder: Path) -> dict:
    return json.loads((folder / "studio.json").read_text(encoding="utf-8"))
