"""The 16-channel, factor-8 variational autoencoder.

Same interface as the SD3 autoencoder (moments of 32 channels; latent = (z - shift) * scale), but with a space-to-depth
of 2 at both ends instead of full-resolution blocks: on a CPU this trains about twice as fast as diffusers' AutoencoderKL
of similar size, and decodes faster.
"""
from __future__ import annotations

import torch
from torch import nn
import torch.nn.functional as F

CONFIG = {"widths": [64, 128, 192], "blocks": 1, "latent_channels": 16, "norm_groups": 8, "patch": 2}


class ResBlock(nn.Module):
    def __init__(self, width: int, groups: int):
        super().__init__()
        self.norm1 = nn.GroupNorm(groups, width, eps=1e-6)
        self.conv1 = nn.Conv2d(width, width, 3, padding=1)
        self.norm2 = nn.GroupNorm(groups, width, eps=1e-6)
        self.conv2 = nn.Conv2d(width, width, 3, padding=1)
        nn.init.zeros_(self.conv2.weight)
        nn.init.zeros_(self.conv2.bias)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        h = self.conv1(F.silu(self.norm1(x)))
        return x + self.conv2(F.silu(self.norm2(h)))


class Encoder(nn.Module):
    """[B, 3, H, W] in [-1, 1] -> [B, 32, H/8, W/8], mean and log variance."""

    def __init__(self, widths, blocks, latent_channels, norm_groups, patch):
        super().__init__()
        layers: list[nn.Module] = [nn.PixelUnshuffle(patch), nn.Conv2d(3 * patch * patch, widths[0], 3, padding=1)]
        for i, width in enumerate(widths):
            layers += [ResBlock(width, norm_groups) for _ in range(blocks)]
            if i + 1 < len(widths):
                layers.append(nn.Conv2d(width, widths[i + 1], 2, 2))
        layers += [nn.GroupNorm(norm_groups, widths[-1], eps=1e-6), nn.SiLU()]
        layers.append(nn.Conv2d(widths[-1], 2 * latent_channels, 3, padding=1))
        self.layers = nn.Sequential(*layers)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.layers(x)


class Decoder(nn.Module):
    """[B, 16, h, w] unscaled latent z -> [B, 3, 8h, 8w] in about [-1, 1]."""

    def __init__(self, widths, blocks, latent_channels, norm_groups, patch):
        super().__init__()
        layers: list[nn.Module] = [nn.Conv2d(latent_channels, widths[-1], 3, padding=1)]
        for i in reversed(range(len(widths))):
            layers += [ResBlock(widths[i], norm_groups) for _ in range(blocks)]
            if i > 0:
                layers.append(nn.ConvTranspose2d(widths[i], widths[i - 1], 2, 2))
        layers += [nn.GroupNorm(norm_groups, widths[0], eps=1e-6), nn.SiLU()]
        layers += [nn.Conv2d(widths[0], 3 * patch * patch, 3, padding=1), nn.PixelShuffle(patch)]
        self.layers = nn.Sequential(*layers)

    def forward(self, z: torch.Tensor) -> torch.Tensor:
        return self.layers(z)


class Autoencoder(nn.Module):
    def __init__(self, config: dict = CONFIG):
        super().__init__()
        self.encoder = Encoder(**config)
        self.decoder = Decoder(**config)

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
        """Reconstruction from a sampled latent, with mean and clamped log variance."""
        mean, logvar = self.encoder(x).float().chunk(2, 1)
        logvar = logvar.clamp(-30, 20)
        z = mean + torch.exp(0.5 * logvar) * torch.randn_like(mean)
        return self.decoder(z), mean, logvar
