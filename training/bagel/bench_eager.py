"""The PyTorch-eager peer of Chat: the official BAGEL code on the same weights; one line of JSON for each line of JSON that comes in.

PYTHONPATH=<transformers 4.49>:. python -m training.bagel.bench_eager CHECKOUT CHECKPOINT --precision bfloat16 --threads 2
CHECKOUT is ByteDance-Seed/Bagel, CHECKPOINT a folder in its layout. A request names a picture's file and what is asked:
{"picture", "question", "maxTokens", "draw": {"text", "steps", "shift", ...}, "edit": {...}}; the answer has seconds and counts of each.
"""

import argparse
import json
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import torch
from PIL import Image
from safetensors.torch import load_file
from torch.nn.functional import scaled_dot_product_attention

from training.goldens import bagel_official, bagel_tiny


def attention(q, k, v, cu_seqlens_q, cu_seqlens_k, max_seqlen_q, max_seqlen_k, causal=False):
    """What a CPU has in place of flash attention, for the one sequence that a conversation is; q [rows, heads, D], k and v [rows, KV, D]."""
    del cu_seqlens_q, cu_seqlens_k, max_seqlen_q, max_seqlen_k
    rows, keys = q.shape[0], k.shape[0]
    # A single row sees everything: a mask would only slow it down.
    mask = torch.ones(rows, keys, dtype=torch.bool).tril(keys - rows) if causal and rows > 1 else None
    q, k, v = (t[None].transpose(1, 2) for t in (q, k, v))
    return scaled_dot_product_attention(q, k, v, attn_mask=mask, enable_gqa=q.shape[1] != k.shape[1])[0].transpose(0, 1)


def load_inferencer(checkout: Path, checkpoint: Path, dtype: torch.dtype):
    """The official inferencer on a checkpoint, weights in `dtype`, the autoencoder in float32 as in the official app."""
    official = bagel_official.load(checkout, bagel_official.IN_FLOAT32 if dtype == torch.float32 else {})
    official.qwen2_navit.flash_attn_varlen_func = official.siglip_navit.flash_attn_varlen_func = attention
    llm, vit, settings = (json.loads((checkpoint / f"{name}.json").read_text()) for name in ("llm_config", "vit_config", "settings"))
    weights = load_file(checkpoint / "ema.safetensors")
    vit_side, latent_side = (round(len(weights[f"{name}_pos_embed.pos_embed"]) ** 0.5) for name in ("vit", "latent"))
    model = bagel_tiny.build_model(official, llm, vit, vit_side, latent_side)
    model.load_state_dict(weights, strict=True)
    vae = bagel_tiny.build_autoencoder(official)
    # The bundled model's autoencoder is not of the official class. Any other will do: it is not timed.
    if (checkpoint / "ae.safetensors").exists():
        vae.load_state_dict(load_file(checkpoint / "ae.safetensors"), strict=True)
    tokenizer, ids, _ = official.data_utils.add_special_tokens(bagel_tiny.fast_tokenizer(checkpoint))
    transforms = (settings["bagel"][f"{name}Transform"] for name in ("vae", "vit"))
    transforms = (official.transforms.ImageTransform(t["maxSide"], t["minSide"], t["stride"]) for t in transforms)
    return official.inferencer.InterleaveInferencer(model.to(dtype), vae, tokenizer, *transforms, ids)


class Stopwatch:
    """Seconds inside a method of an object."""

    def __init__(self, owner: object, name: str):
        self.seconds, own = 0.0, getattr(owner, name)

        def timed(*args, **kwargs):
            began = time.perf_counter()
            out = own(*args, **kwargs)
            self.seconds = time.perf_counter() - began
            return out

        setattr(owner, name, timed)


class Peer:
    def __init__(self, inferencer):
        self.inferencer = inferencer
        self.drawing = Stopwatch(inferencer.model, "generate_image")
        self.tokens, generate = 0, inferencer.model.generate_text

        def counted(**kwargs):
            out = generate(**kwargs)
            self.tokens = len(out) - 1  # the first is the one that begins a text
            return out

        inferencer.model.generate_text = counted

    def round(self, request: SimpleNamespace) -> dict:
        return {**self.read(request), "draw": self.draw(request.draw), "edit": self.draw(request.edit, request.picture)}

    def read(self, request: SimpleNamespace) -> dict:
        """The picture and the question, then the answer."""
        inferencer = self.inferencer
        marks = [time.perf_counter()]
        context = self._see(request.picture, inferencer.init_gen_context(), vae=False)
        context = inferencer.update_context_text(request.question, context)
        marks.append(time.perf_counter())
        text = inferencer.gen_text(context, max_length=request.maxTokens, do_sample=False)
        marks.append(time.perf_counter())
        prefill, answer = (b - a for a, b in zip(marks, marks[1:]))
        return {"prefill": {"seconds": prefill, "rows": context["kv_lens"][0]}, "answer": {"seconds": answer, "tokens": self.tokens, "text": text}}

    def draw(self, how: SimpleNamespace, picture: str | None = None) -> dict:
        """A drawing from words, or of an attached picture; the contexts are those of the official `interleave_inference`."""
        inferencer = self.inferencer
        context = inferencer.init_gen_context() if picture is None else self._see(picture, inferencer.init_gen_context())
        without_text = _copy(context)
        without_pictures = inferencer.update_context_text(how.text, inferencer.init_gen_context())
        context = inferencer.update_context_text(how.text, context)
        inferencer.gen_image(
            (how.height, how.width), context, cfg_text_precontext=without_text, cfg_img_precontext=without_pictures, cfg_text_scale=how.textScale,
            cfg_img_scale=how.imageScale, cfg_interval=how.interval, cfg_renorm_type=how.renorm, cfg_renorm_min=how.renormMin,
            num_timesteps=how.steps, timestep_shift=how.shift)
        return {"seconds": self.drawing.seconds, "steps": how.steps - 1}

    def _see(self, path: str, context: dict, vae: bool = True) -> dict:
        with Image.open(path) as image:
            picture = self.inferencer.vae_transform.resize_transform(image.convert("RGB"))
        return self.inferencer.update_context_image(picture, context, vae=vae)


def _copy(context: dict) -> dict:
    """Caches put new tensors in the place of old ones, so that a copy of the lists is enough."""
    cache = context["past_key_values"]
    copied = type(cache)(cache.num_layers)
    copied.key_cache, copied.value_cache = dict(cache.key_cache), dict(cache.value_cache)
    return {"kv_lens": list(context["kv_lens"]), "ropes": list(context["ropes"]), "past_key_values": copied}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("checkout", type=Path)
    parser.add_argument("checkpoint", type=Path)
    parser.add_argument("--precision", choices=["float32", "bfloat16"], default="float32")
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    torch.set_grad_enabled(False)
    dtype = getattr(torch, args.precision)
    peer = Peer(load_inferencer(args.checkout, args.checkpoint, dtype))
    for line in sys.stdin:
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=dtype == torch.bfloat16):
            measured = peer.round(json.loads(line, object_hook=lambda fields: SimpleNamespace(**fields)))
        print(json.dumps({"torch": torch.__version__, "precision": args.precision, "threads": args.threads, **measured}), flush=True)


if __name__ == "__main__":
    main()
