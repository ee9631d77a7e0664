"""What Pillow 13 makes of pictures: resized, turned by EXIF orientation, laid on white. Written as hashes, for the bytes must be equal.

    python -m training.goldens.pillow_pictures
"""

import hashlib
import json
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

TARGET = Path(__file__).parents[2] / "test-fixtures/goldens/pillow/pictures.json"

# From and to, (width, height): shrinking, growing, one side only, a single pixel, and the sizes of the official presets.
RESIZES = [
    ((37, 53), (16, 16)),
    ((37, 53), (74, 106)),
    ((64, 48), (32, 24)),
    ((64, 48), (64, 31)),
    ((64, 48), (17, 48)),
    ((1, 1), (14, 14)),
    ((1, 90), (32, 32)),
    ((3, 2), (224, 160)),
    ((100, 100), (512, 512)),
    ((251, 97), (112, 42)),
    ((300, 200), (7, 5)),
    ((640, 480), (688, 512)),
    ((688, 512), (686, 518)),
    ((1000, 200), (1024, 208)),
    ((1920, 1080), (1024, 576)),
    # The columns first: many more rows than columns go.
    ((45, 83), (48, 80)),
    ((45, 83), (40, 40)),
    ((64, 64), (65, 63)),
    ((33, 120), (16, 33)),
]


def noise(width: int, height: int, channels: int) -> np.ndarray:
    """Bytes of a linear congruential generator (Numerical Recipes): the tests make the same ones."""
    state, out = 1, np.empty(width * height * channels, np.uint8)
    for i in range(out.size):
        state = (1664525 * state + 1013904223) % 2**32
        out[i] = state >> 24
    return out.reshape(height, width, channels)


def digest(image: Image.Image) -> dict:
    return {
        "size": list(image.size),
        "sha256": hashlib.sha256(np.asarray(image, np.uint8).tobytes()).hexdigest(),
    }


def resized(size: tuple[int, int], to: tuple[int, int]) -> dict:
    image = Image.fromarray(noise(*size, 3))
    return {"from": list(size), **digest(image.resize(to, Image.Resampling.BICUBIC))}


def turned(orientation: int) -> dict:
    image = Image.fromarray(noise(5, 3, 3))
    image.getexif()[0x0112] = orientation
    return {"orientation": orientation, **digest(ImageOps.exif_transpose(image))}


def laid_on_white() -> dict:
    """As `pil_img2rgb` of the official code does it."""
    image = Image.fromarray(noise(64, 64, 4), "RGBA")
    white = Image.new("RGB", image.size, (255, 255, 255))
    white.paste(image, mask=image.split()[3])
    return digest(white)


def main() -> None:
    cases = {
        "resized": [resized(*case) for case in RESIZES],
        "turned": [turned(orientation) for orientation in range(1, 9)],
        "onWhite": laid_on_white(),
    }
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(json.dumps(cases, indent=2) + "\n")


if __name__ == "__main__":
    main()
