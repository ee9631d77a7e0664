"""Every exported graph against the official modules: python -m training.goldens.bagel_graphs --bagel <checkout> <checkpoint> <folder>

Prints the largest difference of each output and stops above the bound: 2e-5 in float32, or a relative RMS for the
quantised precisions. Zero-length understanding rows, generation rows and past are among the cases.
"""

import argparse
import json
from pathlib import Path

import numpy as np
import onnxruntime as ort
import torch

from training.goldens import bagel_official, bagel_tiny

FLOAT_BOUND = 2e-5
RMS_BOUNDS = {"int8": 0.03, "int8-dynamic": 0.04, "int4": 0.35}


def causal(rows: int) -> list[int]:
    """How many rows of a text each of its rows sees: those before it and itself."""
    return list(range(1, rows + 1))


def full(rows: int) -> list[int]:
    """How many rows of a picture each of its rows sees: all."""
    return [rows] * rows


class Graphs:
    """The sessions of a model folder, with the decoder's parts run as one."""

    def __init__(self, folder: Path, threads: int = 1):
        self.manifest = json.loads((folder / "studio.json").read_text())
        options = ort.SessionOptions()
        options.intra_op_num_threads = threads
        files = {k: v for k, v in self.manifest["graphs"].items() if k != "decoder"}
        open_graph = lambda name: ort.InferenceSession(str(folder / name), options, providers=["CPUExecutionProvider"])  # noqa: E731
        self.sessions = {role: open_graph(name) for role, name in files.items()}
        self.parts = [(open_graph(p["file"]), p["layers"]) for p in self.manifest["graphs"]["decoder"]]

    def run(self, role: str, **feeds) -> list[np.ndarray]:
        return self.sessions[role].run(None, {k: np.asarray(v) for k, v in feeds.items()})

    def decoder(self, und, gen, und_pos, gen_pos, sees: list[int], past: list[tuple[np.ndarray, np.ndarray]]):
        """-> und_hidden, gen_hidden, [(new_k, new_v) of each layer]."""
        new = []
        for session, (first, last) in self.parts:
            feeds = {"und_embeds": und, "gen_embeds": gen, "und_pos": und_pos, "gen_pos": gen_pos, "sees": np.array(sees, np.int64)}
            for i in range(first, last):
                feeds |= {f"past_k.{i}": past[i][0], f"past_v.{i}": past[i][1]}
            names = [o.name for o in session.get_outputs()]
            out = dict(zip(names, session.run(None, feeds)))
            und, gen = out["und_hidden"], out["gen_hidden"]
            new += [(out[f"new_k.{i}"], out[f"new_v.{i}"]) for i in range(first, last)]
        return und, gen, new


def official_decoder(official, model, und, gen, und_pos, gen_pos, is_causal, past):
    """The same rows through the official layers; hidden rows leave before the final norms."""
    llm = model.language_model.model
    cache = official.qwen2_navit.NaiveCache(len(llm.layers))
    length = past[0][0].shape[0]
    if length:
        for i, (k, v) in enumerate(past):
            cache.key_cache[i], cache.value_cache[i] = torch.from_numpy(k), torch.from_numpy(v)
    rows, count = torch.cat([und[0], gen[0]]), und.shape[1] + gen.shape[1]
    hidden = {}
    hook = llm.layers[-1].register_forward_hook(lambda _m, _i, out: hidden.update(last=out[0].clone()))
    extra = {"mode": "und"}
    if gen.shape[1]:
        extra = {"mode": "gen", "packed_text_indexes": torch.arange(und.shape[1]), "packed_vae_token_indexes": torch.arange(und.shape[1], count)}
    out = llm.forward_inference(
        packed_query_sequence=rows, query_lens=torch.tensor([count], dtype=torch.int), packed_query_position_ids=torch.cat([und_pos, gen_pos]),
        packed_query_indexes=torch.arange(length, length + count), past_key_values=cache, key_values_lens=torch.tensor([length], dtype=torch.int),
        packed_key_value_indexes=torch.arange(length), update_past_key_values=True, is_causal=is_causal, **extra)
    hook.remove()
    new = [(out.past_key_values.key_cache[i][length:].numpy(), out.past_key_values.value_cache[i][length:].numpy()) for i in range(len(llm.layers))]
    u = und.shape[1]
    return out.packed_query_sequence[None, :u].numpy(), hidden["last"][None, u:].numpy(), new


class Comparison:
    def __init__(self, precision: str):
        self.precision, self.failed = precision, []

    def add(self, name: str, got: np.ndarray, expected: np.ndarray) -> None:
        if got.shape != expected.shape:
            raise ValueError(f"{name}: {got.shape} instead of {expected.shape}")
        if got.size == 0:
            return
        largest = float(np.abs(got - expected).max())
        rms = float(np.sqrt(((got - expected) ** 2).mean() / (expected**2).mean()))
        good = largest <= FLOAT_BOUND if self.precision not in RMS_BOUNDS else rms <= RMS_BOUNDS[self.precision]
        print(f"{name:40s} max abs {largest:.1e}  relative rms {rms:.1e}{'' if good else '  TOO FAR'}")
        if not good:
            self.failed.append(name)


def compare(official, checkpoint: Path, folder: Path) -> list[str]:
    """Names of the outputs that are too far from the official modules."""
    model, vae, _, _ = bagel_tiny.load_checkpoint(official, checkpoint)
    graphs = Graphs(folder)
    result, sizes = Comparison(graphs.manifest["precision"]), graphs.manifest["bagel"]
    generator = torch.Generator().manual_seed(7)
    random = lambda *shape: torch.randn(*shape, generator=generator)  # noqa: E731
    hidden, kv, size, layers = (sizes[k] for k in ("hidden", "keyValueHeads", "headSize", "layers"))
    ids = torch.tensor([0, 5, sizes["vocabulary"] - 1])
    result.add("token_embedding", graphs.run("token_embedding", input_ids=ids)[0], model.language_model.model.embed_tokens(ids)[None].numpy())
    check_vision(graphs, model, sizes, random, result)
    latents, places = random(6, 64), torch.tensor([0, 1, 2, 16, 17, 18])
    for t in (0.0, 0.37, 1.0):
        expected = model.vae2llm(latents) + model.time_embedder(torch.tensor([t] * 6)) + model.latent_pos_embed(places)
        got = graphs.run("latent_embedding", latents=latents, timestep=np.array([t], np.float32), position_ids=places)[0]
        result.add(f"latent_embedding t={t}", got, expected[None].numpy())
    row = random(1, 1, hidden)
    result.add("lm_head", graphs.run("lm_head", hidden=row)[0], model.language_model.lm_head(row)[0].numpy())
    rows = random(1, 6, hidden) * 3
    result.add("velocity_head", graphs.run("velocity_head", gen_hidden=rows)[0], model.llm2vae(model.language_model.model.norm_moe_gen(rows))[0].numpy())
    picture = random(1, 3, 48, 80).clamp(-1, 1)
    moments = vae.encoder(picture).numpy()
    for got, expected, name in zip(graphs.run("vae_encoder", pixels=picture), np.split(moments, 2, axis=1), ("mean", "logvar")):
        result.add(f"vae_encoder {name}", got, expected)
    latent = random(1, 16, 6, 10)
    result.add("vae_decoder", graphs.run("vae_decoder", latent=latent)[0], vae.decoder(latent).numpy())
    for name, u, g, t, is_causal in (("text", 9, 0, 0, True), ("text on past", 9, 0, 14, True), ("one token", 1, 0, 23, True), ("vision block", 17, 0, 5, False),
                                  ("latents, no past", 2, 12, 0, False), ("latents", 2, 12, 31, False), ("latents alone", 0, 12, 4, False)):
        und, gen = random(1, u, hidden), random(1, g, hidden)
        start = 40
        und_pos = torch.arange(start, start + u) if is_causal else torch.full((u,), start)
        gen_pos = torch.full((g,), start)
        past = [(random(t, kv, size).numpy(), random(t, kv, size).numpy()) for _ in range(layers)]
        expected = official_decoder(official, model, und, gen, und_pos, gen_pos, is_causal, past)
        got = graphs.decoder(und.numpy(), gen.numpy(), und_pos.numpy(), gen_pos.numpy(), (causal if is_causal else full)(u + g), past)
        result.add(f"decoder, {name}: und_hidden", got[0], expected[0])
        result.add(f"decoder, {name}: gen_hidden", got[1], expected[1])
        for i, (one, other) in enumerate(zip(got[2], expected[2])):
            result.add(f"decoder, {name}: new_k.{i}", one[0], other[0])
            result.add(f"decoder, {name}: new_v.{i}", one[1], other[1])
    return result.failed


def check_vision(graphs: Graphs, model, sizes: dict, random, result: Comparison) -> None:
    height, width = 3, 5
    places = (torch.arange(height)[:, None] * sizes["vitMaxPatches"] + torch.arange(width)).flatten()
    patches = random(height * width, 3 * sizes["vitPatch"] ** 2).clamp(-1, 1)
    count = torch.tensor([0, len(places)], dtype=torch.int32)
    expected = model.connector(model.vit_model(patches, places, count, len(places))) + model.vit_pos_embed(places)
    result.add("vision_encoder", graphs.run("vision_encoder", patches=patches, position_ids=places)[0], expected[None].numpy())


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bagel", type=Path, required=True, help="a checkout of ByteDance-Seed/Bagel")
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("folder", type=Path)
    args = parser.parse_args()
    torch.set_grad_enabled(False)
    torch.set_num_threads(1)
    failed = compare(bagel_official.load(args.bagel), args.checkpoint, args.folder)
    if failed:
        raise SystemExit(f"{len(failed)} outputs are too far from the official modules")


if __name__ == "__main__":
    main()
