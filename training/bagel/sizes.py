"""Sizes of the bundled model and of a tiny one for tests, and the configuration files that the official loader reads."""
from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Sizes:
    """latent_side and vision_side: sides of the position tables, in latent tokens and in ViT patches."""

    layers: int = 8
    hidden: int = 384
    heads: int = 6
    key_value_heads: int = 2
    mlp: int = 1024
    vocabulary: int = 4096
    context: int = 2048
    rope_theta: float = 10000.0
    vision_layers: int = 6
    vision_hidden: int = 192
    vision_heads: int = 3
    vision_mlp: int = 768
    vision_side: int = 10
    patch: int = 14
    latent_side: int = 16
    latent_channels: int = 16

    @property
    def head_size(self) -> int:
        return self.hidden // self.heads

    @property
    def latent_width(self) -> int:
        """Numbers in a latent token: 2 x 2 places of the latent."""
        return 4 * self.latent_channels


BUNDLED = Sizes()
TINY = Sizes(layers=2, hidden=96, heads=3, key_value_heads=1, mlp=128, vision_layers=2, vision_hidden=48, vision_heads=2, vision_mlp=96)


def llm_config(sizes: Sizes, start: int, end: int) -> dict:
    """llm_config.json. start, end: ids of the tokens around a text block."""
    return {
        "architectures": ["Qwen2ForCausalLM"], "model_type": "qwen2", "hidden_size": sizes.hidden, "intermediate_size": sizes.mlp,
        "num_hidden_layers": sizes.layers, "num_attention_heads": sizes.heads, "num_key_value_heads": sizes.key_value_heads,
        "vocab_size": sizes.vocabulary, "max_position_embeddings": sizes.context, "rms_norm_eps": 1e-6, "rope_theta": sizes.rope_theta,
        "hidden_act": "silu", "tie_word_embeddings": False, "bos_token_id": start, "eos_token_id": end, "initializer_range": 0.02,
        "qk_norm": True, "layer_module": "Qwen2MoTDecoderLayer",
    }


def vit_config(sizes: Sizes) -> dict:
    """vit_config.json. The official loader drops the last layer, so the file names one more than there is."""
    return {
        "model_type": "siglip_vision_model", "hidden_size": sizes.vision_hidden, "intermediate_size": sizes.vision_mlp,
        "num_hidden_layers": sizes.vision_layers + 1, "num_attention_heads": sizes.vision_heads, "patch_size": sizes.patch,
        "image_size": sizes.patch * sizes.vision_side, "num_channels": 3, "layer_norm_eps": 1e-6, "hidden_act": "gelu_pytorch_tanh",
    }
