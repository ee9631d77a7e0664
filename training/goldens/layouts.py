"""Writes the tiny model again in the layouts of other exporters, by editing the exported graphs.

A loader that tells these apart by their input and output metadata reads the published folders of the same kind.

- `tiny-sd3-tensorstack`: weights in `model.onnx.data`, transformer with its batch fixed at 1, other input order and
  `out_sample`; CLIP-L takes int32 ids and has no hidden states; the VAE encoder returns a latent; no model_index.json
  and no scheduler, but amuse_template.json.
- `tiny-sd3-amdgpu/tiny-sd3_io16` and `_io32`: float16 weights, with float16 and with float32 inputs and outputs.
"""

import shutil
from collections.abc import Callable
from pathlib import Path

import onnx
from onnx import TensorProto, helper
from onnxruntime.transformers.float16 import convert_float_to_float16
from onnxruntime.transformers.onnx_model import OnnxModel

from . import text

GRAPHS = ["text_encoder", "text_encoder_2", "text_encoder_3", "transformer", "vae_encoder", "vae_decoder"]
TRANSFORMER_ORDER = ["hidden_states", "timestep", "encoder_hidden_states", "pooled_projections"]


def rename(model: onnx.ModelProto, old: str, new: str) -> None:
    """Renames a graph input or output and every use of it."""
    for value in [*model.graph.input, *model.graph.output]:
        if value.name == old:
            value.name = new
    for node in model.graph.node:
        for names in (node.input, node.output):
            for index, name in enumerate(names):
                if name == old:
                    names[index] = new


def keep_outputs(model: onnx.ModelProto, names: list[str]) -> None:
    """Leaves only the named graph outputs, in this order."""
    outputs = {value.name: value for value in model.graph.output}
    del model.graph.output[:]
    model.graph.output.extend(outputs[name] for name in names)


def fix_batch(model: onnx.ModelProto) -> None:
    """Declares the first axis of every input and output as 1."""
    for value in [*model.graph.input, *model.graph.output]:
        dimension = value.type.tensor_type.shape.dim[0]
        dimension.ClearField("dim_param")
        dimension.dim_value = 1


def int32_ids(model: onnx.ModelProto) -> None:
    """Makes the graph take int32 ids, which it widens itself."""
    rename(model, "input_ids", "wide_ids")
    model.graph.input[0].name = "input_ids"
    model.graph.input[0].type.tensor_type.elem_type = TensorProto.INT32
    model.graph.node.insert(0, helper.make_node("Cast", ["input_ids"], ["wide_ids"], to=TensorProto.INT64))


def tensorstack_text_encoder(model: onnx.ModelProto) -> None:
    """CLIP-L: last_hidden_state and pooler_output only. The projection is the identity, so the values stay."""
    int32_ids(model)
    rename(model, "text_embeds", "pooler_output")
    keep_outputs(model, ["last_hidden_state", "pooler_output"])


def tensorstack_transformer(model: onnx.ModelProto) -> None:
    """Batch 1, its own input order, and the output name of diffusers' older exporters."""
    rename(model, "out_hidden_states", "out_sample")
    fix_batch(model)
    inputs = {value.name: value for value in model.graph.input}
    ordered = [inputs[name] for name in TRANSFORMER_ORDER]
    del model.graph.input[:]
    model.graph.input.extend(ordered)


def tensorstack_vae_encoder(model: onnx.ModelProto) -> None:
    """Returns a latent in place of the moments. The published graph draws a sample; here it is the mean."""
    rename(model, "latent_parameters", "moments")
    model.graph.initializer.extend(
        helper.make_tensor(name, TensorProto.INT64, [1], [value])
        for name, value in [("mean_start", 0), ("mean_end", 16), ("mean_axis", 1)]
    )
    slice_ = helper.make_node("Slice", ["moments", "mean_start", "mean_end", "mean_axis"], ["latent_sample"])
    model.graph.node.append(slice_)
    output = model.graph.output[0]
    output.name = "latent_sample"
    channels = output.type.tensor_type.shape.dim[1]
    channels.ClearField("dim_param")
    channels.dim_value = 16


def unchanged(_model: onnx.ModelProto) -> None:
    """For the graphs that every exporter writes alike."""


TENSORSTACK: dict[str, Callable[[onnx.ModelProto], None]] = {
    "text_encoder": tensorstack_text_encoder,
    "text_encoder_2": unchanged,
    "text_encoder_3": unchanged,
    "transformer": tensorstack_transformer,
    "vae_encoder": tensorstack_vae_encoder,
    "vae_decoder": unchanged,
}


def tensorstack(model: Path, target: Path) -> None:
    """Writes the TensorStack layout."""
    shutil.rmtree(target, ignore_errors=True)
    for folder, edit in TENSORSTACK.items():
        graph = onnx.load(model / folder / "model.onnx")
        edit(graph)
        onnx.checker.check_model(graph)
        (target / folder).mkdir(parents=True)
        onnx.save(
            graph,
            target / folder / "model.onnx",
            save_as_external_data=True,
            all_tensors_to_one_file=True,
            location="model.onnx.data",
            size_threshold=512,
        )
    for folder in ("tokenizer", "tokenizer_2", "tokenizer_3"):
        shutil.copytree(model / folder, target / folder)
    template = {
        "Name": "Tiny SD3",
        "Template": "StableDiffusion3",
        "Category": "StableDiffusion",
        "StableDiffusionTemplate": {"PipelineType": "StableDiffusion3", "SampleSize": 128},
    }
    text.dump(target / "amuse_template.json", template)


def amdgpu(model: Path, target: Path, keep_io: bool) -> None:
    """Writes one tree of the float16 layout."""
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(model, target)
    for folder in GRAPHS:
        path = target / folder / "model.onnx"
        graph = convert_float_to_float16(onnx.load(path), keep_io_types=keep_io)
        OnnxModel(graph).topological_sort()  # the converter appends its casts at the end
        onnx.checker.check_model(graph)
        onnx.save(graph, path)


def build(models: Path) -> None:
    """Writes every other layout of `tiny-sd3`."""
    model = models / "tiny-sd3"
    tensorstack(model, models / "tiny-sd3-tensorstack")
    for name, keep_io in [("tiny-sd3_io16", False), ("tiny-sd3_io32", True)]:
        amdgpu(model, models / "tiny-sd3-amdgpu" / name, keep_io)
