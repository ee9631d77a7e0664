"""The autoencoder's two halves (and the preview decoder) as ONNX graphs."""
from __future__ import annotations

from pathlib import Path

import torch
from torch import nn

from graph import Graph
from vae import ResBlock


def _group_norm(g: Graph, x: str, name: str, norm: nn.GroupNorm) -> str:
    """As instance norm over [B, groups, rest]: a kernel every provider has, unlike GroupNorm."""
    groups = norm.num_groups
    flat = g("Reshape", x, g.ints(0, groups, -1))
    flat = g("InstanceNormalization", flat, g.weight(f"ones_{groups}", torch.ones(groups)), g.weight(f"zeros_{groups}", torch.zeros(groups)),
             epsilon=norm.eps, label=name)
    y = g("Reshape", flat, g("Shape", x))
    channels = norm.num_channels
    scale = g("Reshape", g.weight(f"{name}.weight", norm.weight), g.ints(channels, 1, 1))
    bias = g("Reshape", g.weight(f"{name}.bias", norm.bias), g.ints(channels, 1, 1))
    return g("Add", g("Mul", y, scale), bias)


def _conv(g: Graph, x: str, name: str, conv: nn.Conv2d, weight: torch.Tensor | None = None) -> str:
    k, p, s = conv.kernel_size[0], conv.padding[0], conv.stride[0]
    return g("Conv", x, g.weight(f"{name}.weight", conv.weight if weight is None else weight), g.weight(f"{name}.bias", conv.bias),
             kernel_shape=[k, k], pads=[p] * 4, strides=[s, s], label=name)


def _layers(g: Graph, x: str, name: str, layers: nn.Sequential) -> str:
    unshuffle = 0
    for i, layer in enumerate(layers):
        at = f"{name}.{i}"
        if isinstance(layer, nn.PixelUnshuffle):
            unshuffle = layer.downscale_factor
            x = g("SpaceToDepth", x, blocksize=unshuffle)
        elif isinstance(layer, nn.PixelShuffle):
            x = g("DepthToSpace", x, blocksize=layer.upscale_factor, mode="CRD")
        elif isinstance(layer, nn.ConvTranspose2d):
            x = g("ConvTranspose", x, g.weight(f"{at}.weight", layer.weight), g.weight(f"{at}.bias", layer.bias),
                  kernel_shape=[2, 2], strides=[2, 2], label=at)
        elif isinstance(layer, nn.Conv2d):
            weight = layer.weight
            if unshuffle:  # torch orders (channel, row, column), SpaceToDepth (row, column, channel)
                o, c, k, _ = weight.shape
                weight = weight.view(o, c // unshuffle**2, unshuffle**2, k, k).transpose(1, 2).reshape(o, c, k, k)
                unshuffle = 0
            x = _conv(g, x, at, layer, weight)
        elif isinstance(layer, nn.GroupNorm):
            x = _group_norm(g, x, at, layer)
        elif isinstance(layer, nn.SiLU):
            x = g.silu(x)
        elif isinstance(layer, nn.ReLU):
            x = g("Relu", x)
        elif isinstance(layer, ResBlock):
            h = _conv(g, g.silu(_group_norm(g, x, f"{at}.norm1", layer.norm1)), f"{at}.conv1", layer.conv1)
            h = _conv(g, g.silu(_group_norm(g, h, f"{at}.norm2", layer.norm2)), f"{at}.conv2", layer.conv2)
            x = g("Add", x, h)
        else:
            raise TypeError(f"no export for {type(layer).__name__}")
    return x


def export_encoder(encoder: nn.Module, path: Path) -> None:
    g = Graph("vae_encoder")
    x = g.input("sample", ["batch_size", 3, "sample_height", "sample_width"])
    g.output(_layers(g, x, "encoder", encoder.layers), "latent_parameters", ["batch_size", 32, "latent_height", "latent_width"])
    g.save(path)


def export_decoder(decoder: nn.Module, path: Path, name: str = "vae_decoder") -> None:
    g = Graph(name)
    x = g.input("latent_sample", ["batch_size", 16, "latent_height", "latent_width"])
    g.output(_layers(g, x, "decoder", decoder.layers), "sample", ["batch_size", 3, "sample_height", "sample_width"])
    g.save(path)
