"""The autoencoder's graphs: from FLUX's ae.safetensors, or from the bundled models' own vae/ with other names at its ends."""
from __future__ import annotations

import json
from pathlib import Path

import onnx
import torch
from onnx import helper

from training.export.graph import MICROSOFT, BagelGraph, Style
from training.export.safetensors_file import SafetensorsFile

GROUPS, EPSILON = 32, 1e-6
FLUX = {"scale": 0.3611, "shift": 0.1159}
PIXELS = [1, 3, "height", "width"]


class _Network:
    """FLUX's blocks over the tensors below one prefix. Widths and counts are what the file has."""

    def __init__(self, name: str, prefix: str, source: SafetensorsFile, folder: Path, style: Style):
        self.g, self.prefix, self.source = BagelGraph(name, source, folder, style), prefix, source

    def tensor(self, name: str) -> torch.Tensor:
        return self.source.rows(f"{self.prefix}.{name}")

    def has(self, name: str) -> bool:
        return f"{self.prefix}.{name}" in self.source

    def count(self, pattern: str) -> int:
        return next(i for i in range(100) if not self.has(pattern.format(i)))

    def conv(self, x: str, name: str, stride: int = 1, pads: tuple[int, ...] | None = None) -> str:
        weight = self.tensor(f"{name}.weight")
        side = weight.shape[-1]
        return self.g("Conv", x, self.g.weight(f"{name}.weight", weight), self.g.weight(f"{name}.bias", self.tensor(f"{name}.bias")),
                      kernel_shape=[side, side], pads=list(pads or (side // 2,) * 4), strides=[stride, stride], label=name)

    def norm(self, x: str, name: str) -> str:
        """Group norm as instance norm over [B, groups, rest]: a kernel every provider has."""
        g, scale, bias = self.g, self.tensor(f"{name}.weight"), self.tensor(f"{name}.bias")
        flat = g("Reshape", x, g.ints(0, GROUPS, -1))
        flat = g("InstanceNormalization", flat, g.weight("ones", torch.ones(GROUPS)), g.weight("zeros", torch.zeros(GROUPS)),
                 epsilon=EPSILON, label=name)
        y = g("Reshape", flat, g("Shape", x))
        columns = [g("Reshape", g.weight(f"{name}.{k}", t), g.ints(len(t), 1, 1)) for k, t in (("weight", scale), ("bias", bias))]
        return g("Add", g("Mul", y, columns[0]), columns[1])

    def block(self, x: str, name: str) -> str:
        h = self.conv(self.g.silu(self.norm(x, f"{name}.norm1")), f"{name}.conv1")
        h = self.conv(self.g.silu(self.norm(h, f"{name}.norm2")), f"{name}.conv2")
        return self.g("Add", self.conv(x, f"{name}.nin_shortcut") if self.has(f"{name}.nin_shortcut.weight") else x, h)

    def attention(self, x: str, name: str) -> str:
        """One head over all places."""
        g, h = self.g, self.norm(x, f"{name}.norm")
        channels = self.source.shape(f"{self.prefix}.{name}.q.weight")[0]
        q, k, v = (g("Transpose", g("Reshape", self.conv(h, f"{name}.{p}"), g.ints(0, channels, -1)), perm=[0, 2, 1]) for p in "qkv")
        mixed = g("MultiHeadAttention", q, k, v, domain=MICROSOFT, num_heads=1, label=name)
        mixed = g("Reshape", g("Transpose", mixed, perm=[0, 2, 1]), g("Shape", x))
        return g("Add", x, self.conv(mixed, f"{name}.proj_out"))

    def middle(self, x: str) -> str:
        return self.block(self.attention(self.block(x, "mid.block_1"), "mid.attn_1"), "mid.block_2")

    def end(self, x: str) -> str:
        return self.conv(self.g.silu(self.norm(x, "norm_out")), "conv_out")


def export_flux(weights: Path, folder: Path, style: Style) -> dict:
    """vae_encoder.onnx and vae_decoder.onnx; returns the manifest's block."""
    source = SafetensorsFile(weights)
    _encoder(_Network("vae_encoder", "encoder", source, folder, style))
    _decoder(_Network("vae_decoder", "decoder", source, folder, style))
    return {**FLUX, "samples": True}


def _encoder(net: _Network) -> None:
    g = net.g
    x = net.conv(g.input("pixels", PIXELS), "conv_in")
    for level in range(net.count("down.{}.block.0.norm1.weight")):
        for i in range(net.count(f"down.{level}.block.{{}}.norm1.weight")):
            x = net.block(x, f"down.{level}.block.{i}")
        if net.has(f"down.{level}.downsample.conv.weight"):  # zeros on the right and below only
            x = net.conv(x, f"down.{level}.downsample.conv", stride=2, pads=(0, 0, 1, 1))
    moments = net.end(net.middle(x))
    channels = net.source.shape("encoder.conv_out.bias")[0] // 2
    for part, name in zip(g("Split", moments, g.ints(channels, channels), outputs=2, axis=1), ("mean", "logvar")):
        g.output(part, name, [1, channels, "latent_height", "latent_width"])
    g.save()


def _decoder(net: _Network) -> None:
    g, channels = net.g, net.source.shape("decoder.conv_in.weight")[1]
    x = net.middle(net.conv(g.input("latent", [1, channels, "latent_height", "latent_width"]), "conv_in"))
    for level in reversed(range(net.count("up.{}.block.0.norm1.weight"))):
        for i in range(net.count(f"up.{level}.block.{{}}.norm1.weight")):
            x = net.block(x, f"up.{level}.block.{i}")
        if net.has(f"up.{level}.upsample.conv.weight"):
            twice = g._constant("twice", torch.tensor([1.0, 1.0, 2.0, 2.0]).numpy())
            x = g("Resize", x, "", twice, mode="nearest", coordinate_transformation_mode="asymmetric", nearest_mode="floor")
            x = net.conv(x, f"up.{level}.upsample.conv")
    g.output(net.end(x), "pixels", PIXELS)
    g.save()


def adopt(vae: Path, folder: Path) -> dict:
    """The graphs of training/sd3/export_vae.py under BAGEL's names; returns the manifest's block."""
    config = json.loads((vae / "vae_encoder" / "config.json").read_text())
    channels = config["latent_channels"]
    encoder = renamed(vae / "vae_encoder" / "model.onnx", {"sample": "pixels"}, "vae_encoder")
    moments = encoder.graph.output[0].name
    del encoder.graph.output[:]
    size = onnx.numpy_helper.from_array(torch.tensor([channels, channels]).numpy(), "moments_split")
    encoder.graph.initializer.append(size)
    encoder.graph.node.append(helper.make_node("Split", [moments, size.name], ["mean", "logvar"], axis=1, name="moments"))
    for name in ("mean", "logvar"):
        encoder.graph.output.append(helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, [1, channels, "latent_height", "latent_width"]))
    onnx.save(encoder, str(folder / "vae_encoder.onnx"))
    onnx.save(renamed(vae / "vae_decoder" / "model.onnx", {"latent_sample": "latent", "sample": "pixels"}, "vae_decoder"),
              str(folder / "vae_decoder.onnx"))
    return {"scale": config["scaling_factor"], "shift": config["shift_factor"], "samples": True}


def renamed(path: Path, names: dict[str, str], graph: str) -> onnx.ModelProto:
    model = onnx.load(str(path))
    model.graph.name = graph
    for node in model.graph.node:
        for values in (node.input, node.output):
            for i, value in enumerate(values):
                values[i] = names.get(value, value)
    for info in (*model.graph.input, *model.graph.output):
        info.name = names.get(info.name, info.name)
        info.type.tensor_type.shape.dim[0].CopyFrom(onnx.TensorShapeProto.Dimension(dim_value=1))
    return model
