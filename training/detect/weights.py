"""Weights in and out: the checkpoint's average, and the way back from exported graphs to a network that can be trained on.

The graphs hold every weight once, batch norms folded in. `normalisation.safetensors` keeps the norms (0.1 MB), so that
the network is restored exactly, without a second copy of the rest.
"""
from __future__ import annotations

from pathlib import Path

import onnx
import torch
from onnx import numpy_helper
from safetensors.torch import load_file, save_file
from torch import nn

from training.detect.paths import CACHE, CLASSES
from training.detect.thundernet import Thundernet

CHECKPOINT = CACHE / "detector.pt"
NORMS = "normalisation.safetensors"


def from_checkpoint(path: Path = CHECKPOINT) -> tuple[Thundernet, dict]:
    """The averaged network in evaluation mode, and the checkpoint's counters."""
    state = torch.load(path, weights_only=True)
    net = Thundernet(len(CLASSES))
    net.load_state_dict(state["average"])
    return net.eval().requires_grad_(False), {k: state[k] for k in ("step", "samples", "spent")}


def pairs(net: Thundernet) -> list[tuple[str, nn.Conv2d, nn.BatchNorm2d]]:
    """Every convolution that a batch norm follows, with the norm's name."""
    found = []
    for name, block in net.named_modules():
        if isinstance(block, nn.Sequential) and len(block) > 1 and isinstance(block[0], nn.Conv2d) and isinstance(block[1], nn.BatchNorm2d):
            found.append((f"{name}.1", block[0], block[1]))
    return found


def save_norms(net: Thundernet, folder: Path) -> None:
    parts = {}
    for name, _, norm in pairs(net):
        for key, value in (("weight", norm.weight), ("bias", norm.bias), ("mean", norm.running_mean), ("var", norm.running_var)):
            parts[f"{name}.{key}"] = value.detach().clone()
    save_file(parts, folder / NORMS)


def from_graphs(folder: Path) -> Thundernet:
    """The trainable network of an exported folder. The calibration stands behind its last layer and is no part of it."""
    weights = {w.name: torch.from_numpy(numpy_helper.to_array(w).copy()) for part in ("rpn.onnx", "head.onnx") for w in onnx.load(folder / part).graph.initializer}
    norms, net = load_file(folder / NORMS), Thundernet(len(CLASSES))
    with torch.no_grad():
        for name, conv, norm in pairs(net):
            for key, value in (("weight", norm.weight), ("bias", norm.bias), ("mean", norm.running_mean), ("var", norm.running_var)):
                value.copy_(norms[f"{name}.{key}"])
            scale = norm.weight.double() / torch.sqrt(norm.running_var.double() + norm.eps)
            folded = true_channels(weights[graph_name(name) + ".weight"], conv.weight)
            conv.weight.copy_((folded.double() / scale.view(-1, 1, 1, 1)).float())
        for layer, name in ((net.rpn_score, "rpn_scores"), (net.rpn_delta, "rpn_deltas"), (net.context.local, "context.local"),
                            (net.context.deep, "context.deep"), (net.context.everywhere, "context.everywhere"), (net.fc, "head.fc"), (net.delta, "head.delta"), (net.score, "head.score")):
            layer.weight.copy_(true_channels(weights[f"{name}.weight"], layer.weight))
            layer.bias.copy_(true_channels(weights[f"{name}.bias"], layer.bias))
    return net


def true_channels(stored: torch.Tensor, own: torch.Tensor) -> torch.Tensor:
    """What is stored, without the channels of zeros that training.detect.graph fills up with."""
    return stored[tuple(slice(size) for size in own.shape)]


def graph_name(norm: str) -> str:
    """backbone.stages.0.1.right.2.1 -> backbone.stage2.1.right.pw2, as training/detect/graph.py names it."""
    parts = norm.split(".")[:-1]
    if parts[0] == "rpn":
        return f"rpn.{('dw', 'pw')[int(parts[1])]}"
    if parts[0] == "attention":
        return "attention.conv"
    if parts[1] != "stages":
        return ".".join(parts)
    kind = {"left": ("dw", "pw"), "right": ("pw1", "dw", "pw2")}[parts[4]][int(parts[5])]
    return f"backbone.stage{int(parts[2]) + 2}.{parts[3]}.{parts[4]}.{kind}"
