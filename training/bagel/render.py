"""Scenes to pixels, ViT patches and latents in batches, on whatever device: one gather a placed object from an atlas of every emoji at every size."""
from __future__ import annotations

import json

import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image

from training.bagel import paths
from training.bagel.compositions import COLOURS, MOST, SIDE, SIZES, STYLES, SUBJECTS, Composition
from training.bagel.sizes import Sizes
from vae import Autoencoder

VIT_SIDE = 126


def rows_of_pictures() -> list[list[int]]:
    """[style][subject] -> row in the sheet of emoji."""
    index = json.loads((paths.CARRIED / "pictures.json").read_text())
    order = {s["id"]: i for i, s in enumerate(SUBJECTS)}
    rows = [[-1] * len(SUBJECTS) for _ in STYLES]
    for item in index["items"]:
        rows[STYLES.index(item["style"])][order[item["subject"]]] = item["row"]
    return rows


class Scribe:
    """Writes scenes as small integer arrays, which is what crosses from the workers to the device."""

    def __init__(self):
        self.rows = rows_of_pictures()
        self.count = sum(len(r) for r in self.rows)

    def write(self, scenes: list[Composition]) -> tuple[np.ndarray, np.ndarray]:
        """colours int16 [N]; things int16 [N, MOST, 3]: atlas entry (-1: none), x, y."""
        colours = np.array([list(COLOURS).index(s.colour) for s in scenes], np.int16)
        things = np.full((len(scenes), MOST, 3), -1, np.int16)
        for i, scene in enumerate(scenes):
            for j, t in enumerate(scene.things):
                things[i, j] = (SIZES.index(t.side) * self.count + self.rows[scene.style][t.subject], t.x, t.y)
        return colours, things


class Renderer:
    """Holds the atlas and the frozen encoder on the device."""

    def __init__(self, device: torch.device, sizes: Sizes, dtype: torch.dtype = torch.bfloat16):
        self.device, self.dtype, self.sizes = device, dtype, sizes
        sheet = np.asarray(Image.open(paths.CARRIED / "pictures.png").convert("RGBA"))
        side = sheet.shape[1]
        rgba = torch.from_numpy(sheet.copy()).view(-1, side, side, 4).to(device).permute(0, 3, 1, 2)
        flat, bases, sides = [], [], []
        for size in SIZES:
            entries = torch.cat([self._packed(part, size) for part in rgba.split(64)])
            bases += [sum(map(len, flat)) + i * size * size for i in range(len(entries))]
            sides += [size] * len(entries)
            flat.append(entries.reshape(-1))
        self.atlas = torch.cat(flat)
        self.bases, self.sides = torch.tensor(bases, device=device), torch.tensor(sides, device=device)
        self.colours = torch.tensor(list(COLOURS.values()), dtype=torch.float32, device=device) / 255
        self.axis = torch.arange(SIDE, device=device)
        identity = torch.eye(SIDE, device=device)[None, None]
        # Pillow's bicubic resize is this matrix on both sides.
        self.resize = F.interpolate(identity, size=(VIT_SIDE, SIDE), mode="bicubic", antialias=True)[0, 0]
        grid = VIT_SIDE // sizes.patch
        self.patch_places = (torch.arange(grid)[:, None] * sizes.vision_side + torch.arange(grid)).reshape(-1).to(device)
        latent = SIDE // 16
        self.latent_places = (torch.arange(latent)[:, None] * sizes.latent_side + torch.arange(latent)).reshape(-1).to(device)
        frozen = torch.load(paths.CARRIED / "vae.pt", map_location=device)
        self.vae = Autoencoder(frozen["config"]).to(device, dtype, memory_format=torch.channels_last)
        self.vae.load_state_dict(frozen["model"])
        self.vae.requires_grad_(False).eval()
        self.scale, self.shift = frozen["scaling_factor"], frozen["shift_factor"]

    @staticmethod
    def _packed(rgba: torch.Tensor, size: int) -> torch.Tensor:
        """uint8 [n, 4, s, s] -> int32 [n, size, size]: premultiplied bytes, resized without a dark fringe."""
        x = rgba.float() / 255
        x[:, :3] *= x[:, 3:]
        x = F.interpolate(x, size=(size, size), mode="bilinear", antialias=True, align_corners=False)
        byte = (x * 255).round().clamp(0, 255).to(torch.int32)
        return byte[:, 0] | byte[:, 1] << 8 | byte[:, 2] << 16 | byte[:, 3] << 24

    @torch.no_grad()
    def pixels(self, colours: torch.Tensor, things: torch.Tensor) -> torch.Tensor:
        """Scribe's arrays on the device -> [N, 3, 128, 128] in [-1, 1]."""
        image = self.colours[colours.long()][:, :, None, None].expand(-1, -1, SIDE, SIDE).to(torch.float16 if self.device.type == "cuda" else torch.float32)
        for j in range(things.shape[1]):
            entry, left, top = (things[:, j, k].long() for k in range(3))
            known = entry.clamp_min(0)
            side = self.sides[known][:, None, None]
            x, y = self.axis[None, None] - left[:, None, None], self.axis[None, :, None] - top[:, None, None]
            inside = (x >= 0) & (x < side) & (y >= 0) & (y < side) & (entry >= 0)[:, None, None]
            at = self.bases[known][:, None, None] + y * side + x
            packed = self.atlas[at.masked_fill_(~inside, 0)].masked_fill_(~inside, 0)
            parts = torch.stack([packed >> shift & 255 for shift in (0, 8, 16, 24)], 1).to(image.dtype) / 255
            image = image * (1 - parts[:, 3:]) + parts[:, :3]
        return image * 2 - 1

    @torch.no_grad()
    def patches(self, pixels: torch.Tensor) -> torch.Tensor:
        """[N, 3, 128, 128] -> ViT patches [N, 81, 588], each (row, column, channel)."""
        weight = self.resize.to(pixels.dtype)
        small = (weight @ pixels @ weight.T).clamp_(-1, 1)
        n, grid, patch = len(small), VIT_SIDE // self.sizes.patch, self.sizes.patch
        return small.view(n, 3, grid, patch, grid, patch).permute(0, 2, 4, 3, 5, 1).reshape(n, grid * grid, -1)

    @torch.no_grad()
    def latents(self, pixels: torch.Tensor) -> torch.Tensor:
        """[N, 3, 128, 128] -> normalised latent tokens float32 [N, 64, 64], each (row, column, channel)."""
        z = self.vae.encoder(pixels.to(self.dtype, memory_format=torch.channels_last)).float().chunk(2, 1)[0]
        return to_tokens((z - self.shift) * self.scale)

    @torch.no_grad()
    def decode(self, tokens: torch.Tensor) -> torch.Tensor:
        """Normalised latent tokens [N, n * n, 64] -> pixels float32 [N, 3, 16 n, 16 n] in [-1, 1]."""
        z = to_latent(tokens) / self.scale + self.shift
        return self.vae.decoder(z.to(self.dtype, memory_format=torch.channels_last)).float().clamp(-1, 1)


def to_tokens(latent: torch.Tensor) -> torch.Tensor:
    """[N, C, 2r, 2s] -> [N, r * s, 4C]."""
    n, c, h, w = latent.shape
    return latent.view(n, c, h // 2, 2, w // 2, 2).permute(0, 2, 4, 3, 5, 1).reshape(n, h * w // 4, 4 * c)


def to_latent(tokens: torch.Tensor) -> torch.Tensor:
    """The inverse of to_tokens, for square pictures."""
    n, count, width = tokens.shape
    side = round(count**0.5)
    return tokens.view(n, side, side, 2, 2, width // 4).permute(0, 5, 1, 3, 2, 4).reshape(n, width // 4, 2 * side, 2 * side)
