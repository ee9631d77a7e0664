"""The input pictures: seeded, with smooth and sharp places, in sizes that no stride divides."""

import numpy as np
from PIL import Image

# name: width, height, alpha. The tiny presets make 96 x 64 and 96 x 70, then 48 x 80 and 42 x 84, and so on.
SIZES = {"landscape": (93, 61, False), "tall": (45, 83, False), "transparent": (70, 66, True), "large": (301, 170, False), "small": (20, 13, False)}


def picture(name: str) -> Image.Image:
    """RGB, or RGBA where the list says so."""
    width, height, alpha = SIZES[name]
    generator = np.random.Generator(np.random.PCG64(sum(name.encode())))
    y, x = np.mgrid[0:height, 0:width].astype(np.float64)
    waves = np.stack([np.sin(x / (3 + 4 * c) + c) * np.cos(y / (5 + 2 * c)) for c in range(3)], axis=-1)
    values = 128 + 90 * waves + generator.normal(0, 18, (height, width, 3))
    values[height // 4 : height // 2, width // 3 : width // 2] = (250, 10, 5)
    pixels = np.clip(values, 0, 255).astype(np.uint8)
    if alpha:
        fade = np.clip(255 * (x + y) / (width + height) * 1.3 - 20, 0, 255).astype(np.uint8)
        pixels = np.concatenate([pixels, fade[..., None]], axis=-1)
    return Image.fromarray(pixels)
