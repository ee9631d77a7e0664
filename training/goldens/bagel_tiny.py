"""The tiny BAGEL: seeded random weights in the official classes, saved as a checkpoint in the official layout.

The sizes are chosen so that nothing degenerates: three query heads share a key head, the vision grid and the latent grid
have different sides and none is square in use, the MLP width and the vision widths are unlike each other, and every norm,
bias and the velocity head (which starts at zero) is random. All weights are float16 numbers, so that a float16 export
is exact.
"""

import json
from pathlib import Path
from types import SimpleNamespace

import torch
from safetensors.torch import save_file
from torch import nn

from training.language.gguf_tokenizer import byte_level_tokenizer

SEED = 4100
SPECIAL = ["<|im_start|>", "<|im_end|>", "<|vision_start|>", "<|vision_end|>"]
VOCABULARY = 384
LLM = {
    "hidden_size": 96, "intermediate_size": 160, "num_hidden_layers": 3, "num_attention_heads": 6, "num_key_value_heads": 2,
    "vocab_size": VOCABULARY, "max_position_embeddings": 1024, "rope_theta": 1000000.0, "rms_norm_eps": 1e-6, "hidden_act": "silu",
    "tie_word_embeddings": False,
}
# The official loader drops the last layer: two are used.
VIT = {
    "hidden_size": 48, "intermediate_size": 112, "num_hidden_layers": 3, "num_attention_heads": 3, "num_channels": 3, "patch_size": 14,
    "image_size": 140, "hidden_act": "gelu_pytorch_tanh", "layer_norm_eps": 1e-6,
}
VIT_SIDE, LATENT_SIDE = 10, 16
VAE = {
    "resolution": 64, "in_channels": 3, "downsample": 8, "ch": 32, "out_ch": 3, "ch_mult": [1, 1, 1, 2], "num_res_blocks": 1,
    "z_channels": 16, "scale_factor": 0.3611, "shift_factor": 0.1159,
}
VAE_TRANSFORM, VIT_TRANSFORM = (128, 32, 16), (140, 28, 14)
SENTENCES = Path(__file__).with_name("corpus.txt")


def build_tokenizer():
    """256 bytes, the four special tokens, and merges of the corpus up to the vocabulary."""
    from tokenizers import Tokenizer, models, pre_tokenizers, trainers

    trained = Tokenizer(models.BPE())
    trained.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    trainer = trainers.BpeTrainer(vocab_size=VOCABULARY - len(SPECIAL), show_progress=False, min_frequency=1,
                                  initial_alphabet=pre_tokenizers.ByteLevel.alphabet())
    trained.train_from_iterator(SENTENCES.read_text(encoding="utf-8").splitlines(), trainer)
    model = json.loads(trained.to_str())["model"]
    return byte_level_tokenizer(model["vocab"], [tuple(m) for m in model["merges"]], SPECIAL)


def fast_tokenizer(folder: Path):
    """The tokenizer in a checkpoint or model folder, as the official code uses one."""
    from transformers import PreTrainedTokenizerFast

    return PreTrainedTokenizerFast(tokenizer_file=str(folder / "tokenizer.json"), bos_token=SPECIAL[0], eos_token=SPECIAL[1], pad_token=SPECIAL[1],
                                   clean_up_tokenization_spaces=False)


def randomise(module: nn.Module, seed: int, gain: float = 1.0) -> None:
    """Norms 1 + 0.1 n, biases 0.1 n, matrices of unit gain; all rounded to float16."""
    generator = torch.Generator().manual_seed(seed)

    def draw(shape, std: float, mean: float = 0.0) -> torch.Tensor:
        return (torch.randn(shape, generator=generator) * std + mean).half().float()

    with torch.no_grad():
        for child in module.modules():
            for name, value in child.named_parameters(recurse=False):
                if name == "pos_embed":
                    value.copy_(value.half().float())  # sin-cos, kept
                elif name == "bias":
                    value.copy_(draw(value.shape, 0.1))
                elif isinstance(child, nn.Embedding):
                    value.copy_(draw(value.shape, 0.5))
                elif value.ndim > 1:
                    value.copy_(draw(value.shape, gain / value[0].numel() ** 0.5))
                else:
                    value.copy_(draw(value.shape, 0.1, 1.0))


def configs(official: SimpleNamespace, llm: dict = LLM, vit: dict = VIT):
    """llm and vision configs as the official loader sets them."""
    llm_config = official.qwen2_navit.Qwen2Config(**llm)
    llm_config.qk_norm, llm_config.tie_word_embeddings, llm_config.layer_module, llm_config.pad_token_id = True, False, "Qwen2MoTDecoderLayer", None
    vit_config = official.siglip_navit.SiglipVisionConfig(**vit)
    vit_config.rope, vit_config.num_hidden_layers = False, vit_config.num_hidden_layers - 1
    return llm_config, vit_config


def build_model(official: SimpleNamespace, llm: dict = LLM, vit: dict = VIT, vit_side: int = VIT_SIDE, latent_side: int = LATENT_SIDE):
    """The official model with the patch embedding as a linear, uninitialised as far as training goes."""
    llm_config, vit_config = configs(official, llm, vit)
    vae_config = official.autoencoder.AutoEncoderParams(**VAE)
    config = official.bagel.BagelConfig(
        visual_gen=True, visual_und=True, llm_config=llm_config, vit_config=vit_config, vae_config=vae_config,
        vit_max_num_patch_per_side=vit_side, connector_act="gelu_pytorch_tanh", latent_patch_size=2, max_latent_size=latent_side)
    model = official.bagel.Bagel(official.qwen2_navit.Qwen2ForCausalLM(llm_config), official.siglip_navit.SiglipVisionModel(vit_config), config)
    model.vit_model.vision_model.embeddings.convert_conv2d_to_linear(vit_config)
    return model.eval().requires_grad_(False)


def build_autoencoder(official: SimpleNamespace):
    return official.autoencoder.AutoEncoder(official.autoencoder.AutoEncoderParams(**VAE)).eval().requires_grad_(False)


def tune_autoencoder(vae: nn.Module) -> None:
    """Scales both ends so that latents have about unit spread and pictures fill the range without saturating."""
    generator = torch.Generator().manual_seed(SEED)
    picture = torch.rand((1, 3, 64, 64), generator=generator) * 2 - 1
    with torch.no_grad():
        out = vae.encoder.conv_out
        factor = 2.5 / vae.encoder(picture)[:, :16].std()
        out.weight[:16] = (out.weight[:16] * factor).half().float()
        out.weight[16:] = (out.weight[16:] * 0.3).half().float()
        out.bias[16:] = (out.bias[16:] - 1.5).half().float()  # posterior spread near 0.5: the draw matters
        decoded = vae.decoder(torch.randn((1, 16, 8, 8), generator=generator) * 2.5)
        last = vae.decoder.conv_out
        last.weight.copy_((last.weight * 0.45 / decoded.std()).half().float())


def write_checkpoint(official: SimpleNamespace, folder: Path) -> None:
    """ema.safetensors, ae.safetensors, configs, tokenizer and settings.json."""
    folder.mkdir(parents=True, exist_ok=True)
    model, vae = build_model(official), build_autoencoder(official)
    randomise(model, SEED + 1, gain=1.2)
    randomise(vae, SEED + 2)
    tune_autoencoder(vae)
    with torch.no_grad():  # logits of some spread, that greedy choices may not hang on rounding; some answers end by themselves
        model.language_model.lm_head.weight.mul_(2)
        end = model.language_model.lm_head.weight[VOCABULARY - len(SPECIAL) + 1]
        end.copy_((end * 1.5).half().float())
    for name, module in (("ema", model), ("ae", vae)):  # as float16, which they are
        save_file({k: v.half().contiguous() for k, v in module.state_dict().items()}, folder / f"{name}.safetensors")
    for name, value in (("llm", LLM), ("vit", VIT)):
        (folder / f"{name}_config.json").write_text(json.dumps(value, indent=2) + "\n")
    build_tokenizer().save(str(folder / "tokenizer.json"))
    (folder / "tokenizer_config.json").write_text(json.dumps({
        "tokenizer_class": "PreTrainedTokenizerFast", "bos_token": SPECIAL[0], "eos_token": SPECIAL[1], "pad_token": SPECIAL[1],
        "clean_up_tokenization_spaces": False, "model_max_length": LLM["max_position_embeddings"]}, indent=2) + "\n")
    (folder / "settings.json").write_text(json.dumps(settings(official), indent=2) + "\n")


def settings(official: SimpleNamespace) -> dict:
    def preset(maximum: int, minimum: int, stride: int) -> dict:
        return {"maxSide": maximum, "minSide": minimum, "stride": stride}

    drawing = {"steps": 8, "shift": 3, "renormMin": 0}
    return {
        "id": "tiny-bagel", "name": "Tiny BAGEL", "licence": "CC0-1.0", "description": "Random weights for tests.",
        "bagel": {
            "vaeTransform": preset(*VAE_TRANSFORM), "vitTransform": preset(*VIT_TRANSFORM),
            "prompts": {"understandThink": official.inferencer.VLM_THINK_SYSTEM_PROMPT, "generateThink": official.inferencer.GEN_THINK_SYSTEM_PROMPT},
            "defaults": {
                "read": {"maxTokens": 32, "temperature": 0},
                "draw": {"textScale": 4, "imageScale": 1, "interval": [0.4, 1], "renorm": "global", "width": 64, "height": 64, **drawing},
                "edit": {"textScale": 4, "imageScale": 2, "interval": [0, 1], "renorm": "text_channel", **drawing},
                "think": {"maxTokens": 32, "temperature": 0}},
            "capabilities": {"subjects": [], "kinds": ["read", "draw", "edit", "think"], "sentence": "Random weights: it answers noise."}},
    }


def load_checkpoint(official: SimpleNamespace, folder: Path):
    """(model, autoencoder, tokenizer, new_token_ids) as the official loader makes them from the folder."""
    from safetensors.torch import load_file

    llm, vit = (json.loads((folder / f"{n}_config.json").read_text()) for n in ("llm", "vit"))
    model, vae = build_model(official, llm, vit), build_autoencoder(official)
    model.load_state_dict(load_file(folder / "ema.safetensors"), strict=True)
    vae.load_state_dict(load_file(folder / "ae.safetensors"), strict=True)
    tokenizer, ids, added = official.data_utils.add_special_tokens(fast_tokenizer(folder))
    if added and len(tokenizer) != VOCABULARY:
        raise ValueError("the tokenizer lacks special tokens")
    return model, vae, tokenizer, ids
