"""Runs a scenario with the official inferencer and records every stage.

Nothing is drawn inside: noise and the autoencoder's eps are made here and handed in. Cache rows are kept in the order of
our decoder graph: a block of latents has its two boundary tokens first.
"""

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import torch

from training.goldens import bagel_pictures, bagel_tiny
from training.goldens.bagel_scenarios import Picture, Scenario


class Recorder:
    """The official objects with their random draws replaced and their stages noted."""

    def __init__(self, official: SimpleNamespace, checkpoint: Path, scenario: Scenario):
        self.official, self.scenario = official, scenario
        self.model, self.vae, self.tokenizer, self.ids = bagel_tiny.load_checkpoint(official, checkpoint)
        self.generator = torch.Generator().manual_seed(scenario.seed)
        transform = official.transforms.ImageTransform
        self.inferencer = official.inferencer.InterleaveInferencer(
            self.model, self.vae, self.tokenizer, transform(*bagel_tiny.VAE_TRANSFORM), transform(*bagel_tiny.VIT_TRANSFORM), self.ids)
        self.tensors: dict[str, torch.Tensor] = {}
        self.document: dict = {"pictures": [], "contexts": {}, "blocks": [], "texts": []}
        self.order: list[int] = []  # rows of the full context in our order
        self.full = None
        self._hook()

    def _hook(self) -> None:
        inferencer, model = self.inferencer, self.model
        own = {n: getattr(inferencer, n) for n in ("init_gen_context", "update_context_text", "gen_image", "gen_text")}
        prepared = {n: getattr(model, n) for n in ("prepare_vae_images", "prepare_vit_images", "prepare_vae_latent", "prepare_prompts", "generate_text")}

        def init_gen_context():
            context = own["init_gen_context"]()
            self.full = self.full or context  # the first one made is the full context
            return context

        def update_context_text(text, context):
            before, is_full = context["kv_lens"][0], context is self.full
            context = own["update_context_text"](text, context)
            if is_full:
                self._block("text", before, context, text=text)
            return context

        def update_context_image(image, context, vae=True, vit=True):
            """The official method's two halves, one by one, so that each block can be noted. The picture comes resized."""
            at = len(self.document["pictures"])
            attached = bagel_pictures.picture([v for v in self.scenario.inputs if isinstance(v, Picture)][at].name)
            self.tensors |= {f"picture.{at}.pixels": torch.from_numpy(np.array(attached)), f"picture.{at}.vae_resized": torch.from_numpy(np.array(image))}
            self.document["pictures"].append({"size": list(attached.size), "vaeSize": list(image.size)})
            for kind, wanted in (("vae", vae), ("vit", vit)):
                if wanted:
                    before = context["kv_lens"][0]
                    context = type(inferencer).update_context_image(inferencer, image, context, vae=kind == "vae", vit=kind == "vit")
                    self._block(kind, before, context)
            return context

        inferencer.init_gen_context, inferencer.update_context_text, inferencer.update_context_image = init_gen_context, update_context_text, update_context_image
        inferencer.gen_image = lambda shape, context, **rest: self._gen_image(own["gen_image"], shape, context, rest)
        inferencer.gen_text = lambda context, **rest: self._gen_text(own["gen_text"], context, rest)
        model.prepare_vae_images = lambda **k: self._vae_images(prepared["prepare_vae_images"], k)
        model.prepare_vit_images = lambda **k: self._vit_images(prepared["prepare_vit_images"], k)
        model.prepare_vae_latent = lambda **k: self._latent(prepared["prepare_vae_latent"], k)
        model.generate_text = lambda **k: self._tokens(prepared["generate_text"], k)
        self.vae.reg.forward = self._posterior

    # Stages --------------------------------------------------------------------------------------------------------

    def _block(self, kind: str, before: int, context: dict, text: str | None = None) -> None:
        rows, rope = context["kv_lens"][0], context["ropes"][0]
        block = {"kind": kind, "firstRow": before, "rows": rows - before, "lengthAfter": rows, "ropeAfter": rope}
        if text is not None:
            ids = [self.ids["bos_token_id"], *self.tokenizer.encode(text), self.ids["eos_token_id"]]
            block |= {"text": text, "tokenIds": ids}
        if kind == "vae":
            self.order += [before, rows - 1, *range(before + 1, rows - 1)]
        else:
            self.order += range(before, rows)
        self.document["blocks"].append(block)

    def _posterior(self, moments: torch.Tensor) -> torch.Tensor:
        mean, log_variance = moments.chunk(2, dim=1)
        eps = torch.randn(mean.shape, generator=self.generator)
        sample = mean + torch.exp(0.5 * log_variance) * eps
        at = len([n for n in self.tensors if n.endswith(".eps")])
        self.tensors |= {f"picture.{at}.moments": moments, f"picture.{at}.eps": eps,
                         f"picture.{at}.latent": self.vae.scale_factor * (sample - self.vae.shift_factor)}
        return sample

    def _vae_images(self, own, arguments: dict):
        out = own(**arguments)
        self.document["pictures"][-1] |= {"latentPositionIds": out[0]["packed_vae_position_ids"].tolist()}
        return out

    def _vit_images(self, own, arguments: dict):
        picture = arguments["images"][0]
        resized = arguments["transforms"].resize_transform(picture)
        at = len(self.document["pictures"]) - 1
        out = own(**arguments)
        self.tensors |= {f"picture.{at}.vit_resized": torch.from_numpy(np.array(resized))}
        if at == 0 and self.scenario.all_layers:
            self.tensors["picture.0.patches"] = out[0]["packed_vit_tokens"]
        self.document["pictures"][-1] |= {"vitSize": list(resized.size), "vitPositionIds": out[0]["packed_vit_position_ids"].tolist()}
        return out

    def _latent(self, own, arguments: dict):
        generation = own(**arguments)
        noise = torch.randn(generation["packed_init_noises"].shape, generator=self.generator)
        generation["packed_init_noises"] = noise
        self.tensors["noise"] = self.tensors["latents.0"] = noise
        self.document["latentPositionIds"] = generation["packed_vae_position_ids"].tolist()
        self.document["ropeOfNoise"] = generation["packed_position_ids"][0].item()
        return generation

    def _tokens(self, own, arguments: dict):
        margins = []

        def note(_module, _inputs, logits):
            best, second = logits[0].topk(2).values.tolist()
            margins.append(best - second)
            self.tensors.setdefault("logits.0", logits[0].clone())

        hook = self.model.language_model.lm_head.register_forward_hook(note)
        out = own(**arguments)
        hook.remove()
        tokens = out[:, 0].tolist()
        self.document["texts"].append({"tokens": tokens[1:], "endsByItself": len(tokens) < arguments["max_length"], "smallestMargin": min(margins)})
        return out

    def _gen_text(self, own, context: dict, rest: dict) -> str:
        self._keep("full", context)
        text = own(context, **rest)
        self.document["texts"][-1]["text"] = text
        return text

    def _gen_image(self, own, shape, context: dict, rest: dict):
        for name, one in (("full", context), ("noText", rest["cfg_text_precontext"]), ("noImage", rest["cfg_img_precontext"])):
            self._keep(name, one)
        steps, velocities = [], []
        flow, rows = self.model._forward_flow, slice(1, -1)
        hook = self.model.llm2vae.register_forward_hook(lambda _m, _i, out: velocities.append(out[rows].clone()))

        def recorded(**arguments):
            velocities.clear()
            out = flow(**arguments)
            # Without text guidance the official code may run the third branch and does not look at it.
            passes = dict(zip(("full", "noText", "noImage") if arguments["cfg_text_scale"] > 1 else ("full",), velocities))
            steps.append((arguments["x_t"].clone(), arguments["timestep"][0].item(), out.clone(), passes))
            return out

        self.model._forward_flow = recorded
        image = own(shape, context, **rest)
        hook.remove()
        for i, (x, _, velocity, passes) in enumerate(steps):
            self.tensors[f"latents.{i}"] = x
            if i in (0, len(steps) - 1):
                self.tensors |= {f"velocity.{i}": velocity, **{f"velocity.{i}.{n}": v for n, v in passes.items()}}
        times = torch.linspace(1, 0, self.scenario.steps)
        times = self.scenario.shift * times / (1 + (self.scenario.shift - 1) * times)
        last, time, velocity, _ = steps[-1]
        self.tensors[f"latents.{len(steps)}"] = last - velocity * (times[-2] - times[-1])
        self.document |= {"timesteps": [t for _, t, _, _ in steps], "branches": [sorted(p) for _, _, _, p in steps],
                          "pictureSize": [shape[1], shape[0]]}
        return image

    def _keep(self, name: str, context: dict) -> None:
        cache, length = context["past_key_values"], context["kv_lens"][0]
        self.document["contexts"][name] = {"length": length, "rope": context["ropes"][0]}
        if length == 0 or name == "noText":  # a prefix of the full context, checked in compute()
            return
        order = self.order[:length] if name == "full" else range(length)
        layers = range(cache.num_layers) if self.scenario.all_layers else [cache.num_layers - 1]
        for i in layers:
            for kind, rows in (("k", cache.key_cache[i]), ("v", cache.value_cache[i])):
                self.tensors[f"rows.{name}.{kind}.{i}"] = rows[list(order)].clone()


def compute(official: SimpleNamespace, checkpoint: Path, scenario: Scenario) -> tuple[dict, dict[str, torch.Tensor]]:
    """The JSON document and the tensors of one scenario."""
    recorder = Recorder(official, checkpoint, scenario)
    inputs = [bagel_pictures.picture(v.name) if isinstance(v, Picture) else v for v in scenario.inputs]
    no_text = _watch_no_text(recorder)
    out = recorder.inferencer.interleave_inference(
        inputs, think=scenario.think, understanding_output=scenario.reads, max_think_token_n=scenario.max_tokens, do_sample=False,
        cfg_text_scale=scenario.text_scale, cfg_img_scale=scenario.image_scale, cfg_interval=list(scenario.interval), timestep_shift=scenario.shift,
        num_timesteps=scenario.steps, cfg_renorm_min=scenario.renorm_min, cfg_renorm_type=scenario.renorm,
        image_shapes=(scenario.height, scenario.width), enable_taylorseer=scenario.taylor_seer)
    if not scenario.reads:
        recorder.tensors["image"] = torch.from_numpy(np.array(out[-1]))
        no_text()
    document = {"name": scenario.name, "about": scenario.about, "seed": scenario.seed, "request": scenario.request(), **recorder.document}
    document["tensors"] = {name: list(t.shape) for name, t in sorted(recorder.tensors.items())}
    return document, recorder.tensors


def _watch_no_text(recorder: Recorder):
    """Checks at the end that the no-text context is the full one's first rows."""
    own, seen = recorder.inferencer.gen_image, {}

    def gen_image(shape, context, **rest):
        seen.update(full=context["past_key_values"], part=rest["cfg_text_precontext"])
        return own(shape, context, **rest)

    recorder.inferencer.gen_image = gen_image

    def check() -> None:
        length = seen["part"]["kv_lens"][0]
        for i in range(seen["full"].num_layers if length else 0):
            if not torch.equal(seen["full"].key_cache[i][:length], seen["part"]["past_key_values"].key_cache[i]):
                raise ValueError(f"{recorder.scenario.name}: the no-text context is no prefix of the full one")

    return check
