"""Write resources/models/sd3-emoji from the checkpoints in cache/, and check every graph against PyTorch.

python export.py [--random]      --random: an untrained denoiser, to have the layout before the training has begun
"""
from __future__ import annotations

import argparse
import json

import numpy as np
import onnxruntime as ort
import torch
from torch import nn

from assets import MODEL, copy_tokenizers, write_configs, write_index, write_licences, write_studio
from export_mmdit import export_mmdit
from export_text import export_clip, export_t5
from export_vae import export_decoder, export_encoder
from make_latents import load_frozen
from mmdit import CONFIG, MMDiT
from preview import CHECKPOINT as PREVIEW, PreviewDecoder, latent_colours, load_latents
from scenes import CACHE, TRAINING, Pictures
from text import JOINT, LENGTH, POOLED, build_clip, build_t5
from vae import CONFIG as VAE_CONFIG


def load_parts(random_net: bool = False):
    """net, t5 (EMA weights), clips, vae, scaling_factor, shift_factor, samples seen."""
    clips = nn.ModuleList([build_clip(0), build_clip(1)]).eval().requires_grad_(False)
    clips.load_state_dict(torch.load(CACHE / "clip.pt")["clips"])
    both, samples = nn.ModuleDict({"net": MMDiT(), "t5": build_t5()}), 0
    if not random_net:
        release = CACHE / "mmdit-release.pt"  # the end of the last run with a decayed rate, if there was one
        state = torch.load(release if release.exists() else CACHE / "mmdit.pt")
        both.load_state_dict(state["ema"])
        samples = state["samples"]
    both.eval().requires_grad_(False)
    return both["net"], both["t5"], clips, *load_frozen(), samples


def round_weights(*models: nn.Module) -> None:
    """Matrices to float16 precision, as they are stored: the check below then sees only the arithmetic."""
    for model in models:
        for value in [*model.parameters(), *model.buffers()]:
            if value.is_floating_point() and value.ndim >= 2:
                value.data = value.data.half().float()


def run(folder: str, feeds: dict, output: str) -> np.ndarray:
    options = ort.SessionOptions()
    options.log_severity_level = 3
    session = ort.InferenceSession(str(MODEL / folder / "model.onnx"), options, providers=["CPUExecutionProvider"])
    return session.run([output], {k: v.numpy() for k, v in feeds.items()})[0]


@torch.no_grad()
def check(net, t5, clips, vae) -> None:
    """Largest difference between onnxruntime and PyTorch of each graph, relative to the output's spread; at most 1e-3."""
    generator = torch.Generator().manual_seed(0)
    ids = torch.randint(1, 1000, (2, LENGTH), generator=generator)
    ids[:, 9:] = clips[0].config.eos_token_id
    random = lambda *shape: torch.randn(*shape, generator=generator)  # noqa: E731
    x, context, pooled, t = random(2, 16, 16, 24), random(2, 2 * LENGTH, JOINT), random(2, POOLED), torch.tensor([987.4, 8.9])
    image, z = random(1, 3, 128, 160).clamp(-1, 1), random(1, 16, 16, 20)
    pairs = [
        ("transformer", {"hidden_states": x, "timestep": t, "encoder_hidden_states": context, "pooled_projections": pooled},
         "out_hidden_states", net(x, t, context, pooled)),
        ("text_encoder_3", {"input_ids": ids}, "last_hidden_state", t5(input_ids=ids).last_hidden_state),
        ("vae_encoder", {"sample": image}, "latent_parameters", vae.encoder(image)),
        ("vae_decoder", {"latent_sample": z}, "sample", vae.decoder(z)),
    ]
    for i, folder in enumerate(("text_encoder", "text_encoder_2")):
        out = clips[i](input_ids=ids, output_hidden_states=True)
        pairs += [(folder, {"input_ids": ids}, "text_embeds", out.text_embeds), (folder, {"input_ids": ids}, "hidden_states.2", out.hidden_states[2])]
    for folder, feeds, output, expected in pairs:
        error = np.abs(run(folder, feeds, output) - expected.numpy()).max() / max(expected.std().item(), 1e-6)
        print(f"{folder:16s} {output:20s} {error:.1e}")
        assert error < 1e-3, folder


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--random", action="store_true")
    args = parser.parse_args()
    net, t5, clips, vae, scale, shift, samples = load_parts(args.random)
    round_weights(net, t5, clips, vae)
    export_mmdit(net, JOINT, POOLED, MODEL / "transformer" / "model.onnx")
    export_clip(clips[0], MODEL / "text_encoder" / "model.onnx")
    export_clip(clips[1], MODEL / "text_encoder_2" / "model.onnx")
    export_t5(t5, LENGTH, MODEL / "text_encoder_3" / "model.onnx")
    export_encoder(vae.encoder, MODEL / "vae_encoder" / "model.onnx")
    export_decoder(vae.decoder, MODEL / "vae_decoder" / "model.onnx")
    if PREVIEW.exists():
        preview = PreviewDecoder()
        preview.load_state_dict(torch.load(PREVIEW)["model"])
        export_decoder(preview, MODEL / "preview_decoder" / "model.onnx", "preview_decoder")
        (MODEL / "preview_decoder" / "config.json").write_text('{\n  "latent_channels": 16,\n  "scaled_input": true\n}\n')
    write_index(MODEL)
    write_configs(MODEL, CONFIG, VAE_CONFIG, scale, shift, clips, t5)
    copy_tokenizers(MODEL)
    write_licences(MODEL)
    pictures = Pictures()
    latents, scenes = load_latents(400)
    metrics_file = TRAINING / "runs" / "evaluation" / "metrics.json"
    metrics = json.loads(metrics_file.read_text()) if metrics_file.exists() else {}
    write_studio(MODEL, latent_colours(latents, torch.stack([pictures.compose(s) for s in scenes])), {"samplesSeen": samples, **metrics})
    check(net, t5, clips, vae)
    total = sum(f.stat().st_size for f in MODEL.rglob("*") if f.is_file())
    print(f"{total / 1e6:.1f} MB in {MODEL.relative_to(TRAINING.parent)}")


if __name__ == "__main__":
    main()
