"""Goldens that belong to no run: picture sizes, resized pixels, patches, tables, single modules, tokens, TaylorSeer's plan."""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import torch
from safetensors.torch import save_file

from training.goldens import bagel_pictures, bagel_stubs, bagel_tiny, text

# The official presets and the tiny model's: longest side, shortest side, stride.
PRESETS = {"vae": (1024, 512, 16), "vit": (980, 224, 14), "tinyVae": bagel_tiny.VAE_TRANSFORM, "tinyVit": bagel_tiny.VIT_TRANSFORM}
SIDES = [(640, 480), (4000, 3000), (1920, 1080), (100, 100), (1000, 200), (1, 1), (1, 5000), (3, 2), (8000, 10), (1024, 1024), (1025, 512),
         (512, 511), (977, 733), (333, 999), (1500, 61), (7, 9000), (6000, 10000), (1023, 1), (520, 520), (536, 504), (840, 600), (120, 88)]
RESIZES = [("large", (96, 64)), ("large", (301, 64)), ("large", (40, 170)), ("small", (112, 70)), ("landscape", (80, 128)), ("tall", (42, 84))]
TEXTS = ["", " ", "a small lighthouse", "What is on the table?", "naïve café, 12 345 €", "two\n\nlines\tand a tab", "<think> plan </think> picture",
         "<|im_end|>cut<|vision_start|>", "日本語 and 🎈🎈", "It's 3 o'clock; we'll go."]
DECODED = [[380, 104, 105, 381], [160, 161, 72], [240, 159, 146], [382, 72, 383], [195], [128, 200, 65, 227, 129]]


def sizes(official: SimpleNamespace) -> dict:
    """[width, height] before and after each preset, and after the second of the two that a picture to be read meets."""
    transforms = {name: official.transforms.ImageTransform(*preset).resize_transform for name, preset in PRESETS.items()}
    official.transforms.F = SimpleNamespace(resize=lambda image, size, *rest, **more: SimpleNamespace(size=size[::-1]))

    def after(name: str, size: tuple[int, int]) -> list[int]:
        return list(transforms[name](SimpleNamespace(size=size)).size)

    generator = np.random.Generator(np.random.PCG64(1))
    drawn = [tuple(int(v) for v in np.exp(generator.uniform(1, 9, 2))) for _ in range(150)]
    listed = [{"size": list(size), **{n: after(n, size) for n in PRESETS}, "read": after("vit", tuple(after("vae", size)))} for size in SIDES + drawn]
    official.transforms.F = bagel_stubs.functional
    return {"presets": {n: dict(zip(("maxSide", "minSide", "stride"), p)) for n, p in PRESETS.items()}, "sizes": listed}


def resized() -> dict[str, torch.Tensor]:
    """Pillow's bicubic: `resized.<picture>.<width>x<height>` of `picture.<name>`, uint8 [H, W, 3]."""
    tensors = {}
    for name, size in RESIZES:
        picture = bagel_pictures.picture(name)
        tensors[f"picture.{name}"] = torch.from_numpy(np.array(picture))
        tensors[f"resized.{name}.{size[0]}x{size[1]}"] = torch.from_numpy(np.array(picture.resize(size, 3)))
    clear = bagel_pictures.picture("transparent")
    tensors["picture.transparent"] = torch.from_numpy(np.array(clear))
    return tensors


def modules(official: SimpleNamespace, checkpoint: Path) -> dict[str, torch.Tensor]:
    """Inputs and outputs of the official modules at the tiny weights, and the fixed tables."""
    model, vae, _, _ = bagel_tiny.load_checkpoint(official, checkpoint)
    generator = torch.Generator().manual_seed(3)
    times, places = torch.tensor([0.0, 0.008, 0.37, 0.999, 1.0]), torch.tensor([0, 1, 15, 16, 37, 255])
    hidden = model.hidden_size
    table = type(model.latent_pos_embed)(4, 24).pos_embed.data  # as the official code computes it, before any rounding
    cos, sin = model.language_model.model.rotary_emb(torch.zeros(1), torch.tensor([[0, 1, 13, 200, 1023]]))
    latents = torch.randn(6, 64, generator=generator)
    pixels = (torch.rand(1, 3, 48, 80, generator=generator) * 255).floor() / 255 * 2 - 1
    latent = torch.randn(1, 16, 4, 6, generator=generator) * 2.5
    height, width = 3, 5
    grid = (torch.arange(height)[:, None] * bagel_tiny.VIT_SIDE + torch.arange(width)).flatten()
    patches = torch.rand(15, 588, generator=generator) * 2 - 1
    seen = model.vit_model(patches, grid, torch.tensor([0, 15], dtype=torch.int32), 15)
    rows = torch.randn(1, 6, hidden, generator=generator)
    return {
        "time.t": times, "time.table": model.time_embedder.timestep_embedding(times, 256), "time.embedding": model.time_embedder(times),
        "sincos.4x4x24": table, "latent_positions.ids": places, "latent_positions.rows": model.latent_pos_embed(places),
        "rope.positions": torch.tensor([0, 1, 13, 200, 1023]), "rope.cos": cos[0], "rope.sin": sin[0],
        "latent_embedding.latents": latents, "latent_embedding.embeds": model.vae2llm(latents) + model.time_embedder(times[2:3]) + model.latent_pos_embed(places),
        "velocity_head.gen_hidden": rows, "velocity_head.velocity": model.llm2vae(model.language_model.model.norm_moe_gen(rows[0])),
        "vision_encoder.patches": patches, "vision_encoder.position_ids": grid,
        "vision_encoder.embeds": model.connector(seen) + model.vit_pos_embed(grid),
        "vae_encoder.pixels": pixels, "vae_encoder.moments": vae.encoder(pixels), "vae_decoder.latent": latent, "vae_decoder.pixels": vae.decoder(latent),
    }


def tokens(checkpoint: Path) -> dict:
    tokenizer = bagel_tiny.fast_tokenizer(checkpoint)
    return {"encode": [{"text": t, "ids": tokenizer.encode(t)} for t in TEXTS], "decode": [{"ids": i, "text": tokenizer.decode(i)} for i in DECODED]}


def plans(official: SimpleNamespace, layers: int) -> list[dict]:
    """Which of TaylorSeer's steps are full passes, for several counts of steps."""
    out = []
    fake = SimpleNamespace(language_model=SimpleNamespace(model=SimpleNamespace(layers=range(layers))))
    for steps in (1, 4, 5, 6, 7, 8, 9, 19, 24, 49, 50):
        cache, current = official.taylorseer.cache_init(fake, steps)
        full = []
        for i in range(steps):
            official.taylorseer.cal_type(cache, current)
            full.append(current["type"] == "full")
            current["step"] += 1
        out.append({"steps": steps, "full": [i for i, f in enumerate(full) if f]})
    return out


def build(official: SimpleNamespace, goldens: Path, checkpoint: Path) -> None:
    """Writes sizes.json, pictures.safetensors, modules.safetensors, tokens.json and taylorseer.json."""
    goldens.mkdir(parents=True, exist_ok=True)
    text.dump(goldens / "sizes.json", sizes(official))
    text.dump(goldens / "tokens.json", tokens(checkpoint))
    text.dump(goldens / "taylorseer.json", plans(official, bagel_tiny.LLM["num_hidden_layers"]))
    clear = official.data_utils.pil_img2rgb(bagel_pictures.picture("transparent"))
    pictures = {**resized(), "composed.transparent": torch.from_numpy(np.array(clear))}
    for name, tensors in (("pictures", pictures), ("modules", modules(official, checkpoint))):
        save_file({k: v.contiguous().clone() for k, v in tensors.items()}, goldens / f"{name}.safetensors")
