"""Runs the official BAGEL code on a CPU in float32: a checkout is patched into a scratch folder and imported from there.

What is changed: bfloat16 becomes float32 (attention, MLP and norms cast by hand), and flash attention, cv2 and torchvision
give way to bagel_stubs.py. The code needs transformers 4.49, as its requirements say; the rest of training/ has a newer one.
"""

import shutil
import sys
import tempfile
from pathlib import Path
from types import SimpleNamespace

STUBS = "training.goldens.bagel_stubs"
IN_FLOAT32 = {"torch.bfloat16": "torch.float32"}
PATCHES = {
    "from flash_attn import": f"from {STUBS} import",
    "import cv2\n": "",
    "from torchvision.transforms import": f"from {STUBS} import",
    "from torchvision import": f"from {STUBS} import",
}


def load(checkout: Path, casts: dict[str, str] = IN_FLOAT32) -> SimpleNamespace:
    """The official modules, from a patched copy of the checkout. casts: {} leaves the bfloat16 that is cast to by hand."""
    scratch = Path(tempfile.mkdtemp(prefix="bagel-"))
    for name in ("modeling", "data"):
        shutil.copytree(checkout / name, scratch / name)
    shutil.copyfile(checkout / "inferencer.py", scratch / "inferencer.py")
    for path in (*(scratch / "modeling" / "bagel").glob("*.py"), scratch / "data" / "transforms.py"):
        text = path.read_text(encoding="utf-8")
        for old, new in (PATCHES | casts).items():
            text = text.replace(old, new)
        path.write_text(text, encoding="utf-8")
    sys.path.insert(0, str(scratch))
    import inferencer
    from data import data_utils, transforms
    from modeling import autoencoder
    from modeling.bagel import bagel, qwen2_navit, siglip_navit
    from modeling.cache_utils import taylorseer

    return SimpleNamespace(inferencer=inferencer, data_utils=data_utils, transforms=transforms, autoencoder=autoencoder,
                           bagel=bagel, qwen2_navit=qwen2_navit, siglip_navit=siglip_navit, taylorseer=taylorseer)
