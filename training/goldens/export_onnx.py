"""Exports the tiny networks to ONNX with the folder, file, input and output names of an optimum export.

The wrappers only choose inputs and outputs: the mathematics is the libraries' own.
"""

import logging
import warnings
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import torch
from torch import nn

OPSET = 18
IR_VERSION = 10  # read by every onnxruntime the studio supports


class ClipGraph(nn.Module):
    """ids -> projected pooled row, final hidden state, hidden_states.0 ... hidden_states.N."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model

    def forward(self, input_ids):
        out = self.model(input_ids, output_hidden_states=True)
        return (out.text_embeds, out.last_hidden_state, *out.hidden_states)


class T5Graph(nn.Module):
    """ids -> last hidden state, without an attention mask: padding is attended, as the pipeline does."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model

    def forward(self, input_ids):
        return self.model(input_ids)[0]


class TransformerGraph(nn.Module):
    """One velocity prediction."""

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model

    def forward(self, hidden_states, encoder_hidden_states, pooled_projections, timestep):
        return self.model(hidden_states, encoder_hidden_states, pooled_projections, timestep, return_dict=False)[0]


class GatedTransformerGraph(nn.Module):
    """The same with one switch per block: 1 runs the block, 0 passes both streams through untouched.

    A switch selects rather than multiplies, so that with all ones the result is that of the plain graph.
    """

    def __init__(self, model: nn.Module) -> None:
        super().__init__()
        self.model = model

    def forward(self, hidden_states, encoder_hidden_states, pooled_projections, timestep, block_gates):
        gates = block_gates > 0.5
        blocks = self.model.transformer_blocks
        originals = [block.forward for block in blocks]
        for index, block in enumerate(blocks):
            block.forward = self.gated(originals[index], gates[index])
        try:
            return self.model(hidden_states, encoder_hidden_states, pooled_projections, timestep, return_dict=False)[0]
        finally:
            for block, original in zip(blocks, originals):
                block.forward = original

    @staticmethod
    def gated(run, gate):
        def forward(hidden_states, encoder_hidden_states, **rest):
            context, picture = run(hidden_states=hidden_states, encoder_hidden_states=encoder_hidden_states, **rest)
            picture = torch.where(gate, picture, hidden_states)
            return (None if context is None else torch.where(gate, context, encoder_hidden_states)), picture

        return forward


class VaeEncoderGraph(nn.Module):
    """Picture in [-1, 1] -> mean and log-variance on the channel axis."""

    def __init__(self, vae: nn.Module) -> None:
        super().__init__()
        self.encoder = vae.encoder

    def forward(self, sample):
        return self.encoder(sample)


class VaeDecoderGraph(nn.Module):
    """Unscaled latent -> picture in about [-1, 1]."""

    def __init__(self, vae: nn.Module) -> None:
        super().__init__()
        self.decoder = vae.decoder

    def forward(self, latent_sample):
        return self.decoder(latent_sample)


@dataclass(frozen=True)
class Graph:
    """How to export one network."""

    folder: str
    module: nn.Module
    inputs: dict[str, tuple[torch.Tensor, dict[int, str]]]
    outputs: dict[str, dict[int, str]]


def clip_graph(folder: str, model: nn.Module) -> Graph:
    """The graph of one CLIP encoder."""
    rows = {0: "batch_size", 1: "sequence_length"}
    names = [f"hidden_states.{index}" for index in range(model.config.num_hidden_layers + 1)]
    ids = torch.randint(0, model.config.vocab_size, (2, 77), generator=torch.Generator().manual_seed(1))
    outputs = {"text_embeds": {0: "batch_size"}, "last_hidden_state": rows, **dict.fromkeys(names, rows)}
    return Graph(folder, ClipGraph(model), {"input_ids": (ids, rows)}, outputs)


def graphs(networks: dict[str, nn.Module]) -> list[Graph]:
    """All six graphs of the model, with example inputs whose sizes differ on every dynamic axis."""
    generator = torch.Generator().manual_seed(2)

    def noise(*shape: int) -> torch.Tensor:
        return torch.randn(shape, generator=generator)

    rows = {0: "batch_size", 1: "sequence_length"}
    ids = torch.randint(0, networks["text_encoder_3"].config.vocab_size, (2, 33), generator=generator)
    return [
        clip_graph("text_encoder", networks["text_encoder"]),
        clip_graph("text_encoder_2", networks["text_encoder_2"]),
        Graph(
            "text_encoder_3",
            T5Graph(networks["text_encoder_3"]),
            {"input_ids": (ids, rows)},
            {"last_hidden_state": rows},
        ),
        Graph(
            "transformer",
            TransformerGraph(networks["transformer"]),
            transformer_inputs(noise),
            {"out_hidden_states": {0: "batch_size", 2: "height", 3: "width"}},
        ),
        Graph(
            "vae_encoder",
            VaeEncoderGraph(networks["vae"]),
            {"sample": (noise(2, 3, 48, 64), {0: "batch_size", 2: "sample_height", 3: "sample_width"})},
            {"latent_parameters": {0: "batch_size", 2: "height", 3: "width"}},
        ),
        Graph(
            "vae_decoder",
            VaeDecoderGraph(networks["vae"]),
            {"latent_sample": (noise(2, 16, 6, 8), {0: "batch_size", 2: "latent_height", 3: "latent_width"})},
            {"sample": {0: "batch_size", 2: "height", 3: "width"}},
        ),
    ]


def transformer_inputs(noise) -> dict[str, tuple[torch.Tensor, dict[int, str]]]:
    """Example inputs of the transformer, in the order of an optimum export."""
    return {
        "hidden_states": (noise(2, 16, 6, 8), {0: "batch_size", 2: "height", 3: "width"}),
        "encoder_hidden_states": (noise(2, 109, 32), {0: "batch_size", 1: "sequence_length"}),
        "pooled_projections": (noise(2, 24), {0: "batch_size"}),
        "timestep": (torch.tensor([731.5, 28.25]), {0: "step"}),
    }


def gated_graph(network: nn.Module) -> Graph:
    """The transformer with block gates, for skip-layer guidance."""
    generator = torch.Generator().manual_seed(2)
    inputs = transformer_inputs(lambda *shape: torch.randn(shape, generator=generator))
    inputs["block_gates"] = (torch.ones(len(network.transformer_blocks)), {})
    outputs = {"out_hidden_states": {0: "batch_size", 2: "height", 3: "width"}}
    return Graph("transformer", GatedTransformerGraph(network), inputs, outputs)


def deduplicate(model: onnx.ModelProto) -> None:
    """Keeps one of several nodes that compute the same thing from the same inputs.

    Tracing writes every small constant and every shape computation again at each use; without the repeats a file
    is a quarter smaller.
    """
    kept: dict[bytes, onnx.NodeProto] = {}
    replaced: dict[str, str] = {}
    outputs = {value.name for value in model.graph.output}
    nodes = []
    for node in model.graph.node:
        for index, name in enumerate(node.input):
            node.input[index] = replaced.get(name, name)
        anonymous = onnx.NodeProto()
        anonymous.CopyFrom(node)
        anonymous.ClearField("name")
        anonymous.ClearField("output")
        twin = kept.setdefault(anonymous.SerializeToString(deterministic=True), node)
        if twin is node or outputs.intersection(node.output):
            nodes.append(node)
        else:
            replaced.update(zip(node.output, twin.output))
    del model.graph.node[:]
    model.graph.node.extend(nodes)


def export(graph: Graph, path: Path) -> None:
    """Writes one graph as a single file and checks that onnxruntime agrees with torch."""
    path.parent.mkdir(parents=True, exist_ok=True)
    axes = {name: axis for name, (_, axis) in graph.inputs.items() if axis} | graph.outputs
    arguments = tuple(tensor for tensor, _ in graph.inputs.values())
    with torch.no_grad(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        logging.getLogger("torch.onnx").setLevel(logging.ERROR)
        torch.onnx.export(
            graph.module,
            arguments,
            str(path),
            input_names=list(graph.inputs),
            output_names=list(graph.outputs),
            dynamic_axes=axes,
            opset_version=OPSET,
            dynamo=False,
        )
    model = onnx.load(path)
    model.ir_version = min(model.ir_version, IR_VERSION)
    # The exporter leaves the source place of every node in doc_string; that is noise, and half of the file.
    for node in model.graph.node:
        node.ClearField("doc_string")
    deduplicate(model)
    onnx.checker.check_model(model)
    onnx.save(model, path)
    verify(graph, path)


def verify(graph: Graph, path: Path, tolerance: float = 1e-4) -> float:
    """Runs the file with the example inputs, and again with other sizes, against torch; the largest difference."""
    session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    worst = 0.0
    for feeds in ({name: tensor for name, (tensor, _) in graph.inputs.items()}, resized(graph)):
        with torch.no_grad():
            expected = graph.module(*feeds.values())
        expected = expected if isinstance(expected, tuple) else (expected,)
        actual = session.run(list(graph.outputs), {name: tensor.numpy() for name, tensor in feeds.items()})
        for name, want, got in zip(graph.outputs, expected, actual):
            difference = float(np.abs(want.numpy() - got).max())
            if difference > tolerance * max(1.0, float(want.abs().max())):
                raise ValueError(f"{path}: {name} differs by {difference:.2e} between torch and onnxruntime")
            worst = max(worst, difference)
    return worst


def resized(graph: Graph) -> dict[str, torch.Tensor]:
    """The example inputs with a batch of one and, for pictures and latents, the two sides exchanged."""
    feeds = {}
    for name, (tensor, axes) in graph.inputs.items():
        one = tensor[:1] if axes else tensor
        feeds[name] = (one.transpose(2, 3) if one.ndim == 4 else one).contiguous()
    return feeds
