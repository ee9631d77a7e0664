"""Runs the exported graphs with onnxruntime through whole scenarios and compares them with the goldens.

This is the same comparison that the studio's own engine has to pass, made in Python: it shows that the tolerances
hold, and that every layout computes the same picture. `python -m training.goldens.check`.
"""

import math
from pathlib import Path

import numpy as np
import onnxruntime
import torch
from safetensors.torch import load_file

from . import independent
from .conditioning import Conditioning
from .folder import read_json
from .make import FIXTURES
from .scenarios import SCENARIOS, Scenario

PICTURE_TOLERANCE = 1e-3
FLOAT16_PSNR = 35.0
TYPES = {
    "tensor(float)": np.float32,
    "tensor(float16)": np.float16,
    "tensor(int64)": np.int64,
    "tensor(int32)": np.int32,
}


class OnnxGraph:
    """A session that casts what it is given to what the graph declares, and answers in float32."""

    def __init__(self, path: Path) -> None:
        self.session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
        self.inputs = {value.name: value for value in self.session.get_inputs()}
        self.outputs = [value.name for value in self.session.get_outputs()]

    def run(self, output: str, **feeds: np.ndarray | torch.Tensor) -> torch.Tensor:
        cast = {name: np.asarray(value).astype(TYPES[self.inputs[name].type]) for name, value in feeds.items()}
        return torch.from_numpy(self.session.run([output], cast)[0].astype(np.float32))


class OnnxTransformer:
    """Stands in for the torch transformer in the independent sampler."""

    def __init__(self, graph: OnnxGraph) -> None:
        self.graph = graph

    def __call__(self, x, context, pooled, timestep, return_dict, skip_layers):
        feeds = {
            "hidden_states": x,
            "encoder_hidden_states": context,
            "pooled_projections": pooled,
            "timestep": timestep,
        }
        if "block_gates" in self.graph.inputs:
            feeds["block_gates"] = np.ones(3, np.float32)
            feeds["block_gates"][list(skip_layers or [])] = 0
        rows = range(x.shape[0])  # one at a time: the batch is fixed in one of the layouts
        gates = {"block_gates"}
        parts = [{k: v if k in gates else v[i : i + 1] for k, v in feeds.items()} for i in rows]
        return (torch.cat([self.graph.run(self.graph.outputs[0], **part) for part in parts]),)


def encode(graphs: dict[str, OnnxGraph], ids: dict, scenario: Scenario) -> tuple[torch.Tensor, torch.Tensor]:
    """Context and pooled rows from the three encoders."""

    def clip(name: str, key: str) -> tuple[torch.Tensor, torch.Tensor]:
        graph, row = graphs[name], np.array([ids[key]])
        states = [output for output in graph.outputs if output.startswith("hidden_states.")]
        state = f"hidden_states.{len(states) - 2}" if states else "last_hidden_state"
        pooled = "text_embeds" if "text_embeds" in graph.outputs else "pooler_output"
        return graph.run(state, input_ids=row), graph.run(pooled, input_ids=row)

    hidden_l, pooled_l = clip("text_encoder", "clipL")
    hidden_g, pooled_g = clip("text_encoder_2", "clipG")
    t5 = graphs["text_encoder_3"].run("last_hidden_state", input_ids=np.array([ids["t5"]]))
    rows = torch.cat([hidden_l, hidden_g], dim=-1)
    rows = torch.nn.functional.pad(rows, (0, t5.shape[-1] - rows.shape[-1]))
    return torch.cat([rows, t5], dim=1), torch.cat([pooled_l, pooled_g], dim=-1)


def run(model: Path, scenario: Scenario) -> tuple[torch.Tensor, torch.Tensor]:
    """The picture by onnxruntime, and the golden one."""
    golden = FIXTURES / "goldens" / "sd3"
    document = read_json(golden / f"{scenario.name}.json")
    expected = load_file(golden / f"{scenario.name}.safetensors")
    names = ["text_encoder", "text_encoder_2", "text_encoder_3", "transformer", "vae_decoder"]
    graphs = {name: OnnxGraph(model / name / "model.onnx") for name in names}
    positive = encode(graphs, document["tokenIds"]["positive"], scenario)
    negative = encode(graphs, document["tokenIds"]["negative"], scenario)
    sigmas = document["sigmas"][document["firstStep"] :]
    repaint = None
    if scenario.mask is not None:
        repaint = independent.Repaint(expected["input.latent_mask"], expected["input.latent"], expected["noise"])
    network = OnnxTransformer(graphs["transformer"])
    conditioning = Conditioning(*positive, *negative)
    trace = independent.sample(network, expected["latents.0"], sigmas, conditioning, scenario, repaint)
    latents = trace.latents[-1] / 1.5305 + 0.0609
    decoded = torch.cat(
        [graphs["vae_decoder"].run("sample", latent_sample=latents[i : i + 1]) for i in range(len(latents))]
    )
    return (decoded / 2 + 0.5).clamp(0, 1), expected["image"]


def psnr(one: torch.Tensor, other: torch.Tensor) -> float:
    """Peak signal-to-noise ratio in decibels."""
    return -10 * math.log10(float(((one - other) ** 2).mean()) + 1e-20)


def main() -> None:
    """Every scenario on its own layout within the tolerance; the float16 trees by PSNR."""
    torch.set_grad_enabled(False)
    worst = 0.0
    for scenario in SCENARIOS:
        if scenario.without_encoders or scenario.clip_skip:
            continue  # their conditioning is no plain run of the encoders; the rest of the path is the same
        picture, golden = run(FIXTURES / "models" / scenario.model, scenario)
        difference = float((picture - golden).abs().max())
        worst = max(worst, difference)
        print(f"{scenario.name}: {difference:.2e}")
        if difference > PICTURE_TOLERANCE:
            raise ValueError(f"{scenario.name}: the picture differs by {difference:.2e}")
    print(f"largest difference: {worst:.2e}")
    for tree in ("tiny-sd3_io16", "tiny-sd3_io32"):
        quality = psnr(*run(FIXTURES / "models" / "tiny-sd3-amdgpu" / tree, SCENARIOS[0]))
        print(f"{tree}: {quality:.1f} dB")
        if quality < FLOAT16_PSNR:
            raise ValueError(f"{tree}: {quality:.1f} dB is below {FLOAT16_PSNR} dB")


if __name__ == "__main__":
    main()
