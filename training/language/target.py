"""The target: its quantised matrices as they are shipped, and the PyTorch models built from them."""
from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch

from training.language.blocks import EightBit, FourBit
from training.language.decoder import Decoder
from training.language.sizes import Sizes

MATRICES = ("qkv", "out", "gate_up", "down")
NORMS = ("attention_norm", "feed_forward_norm")


@dataclass
class Target:
    sizes: Sizes
    matrices: dict[str, FourBit]  # "layers.0.qkv", ...
    norms: dict[str, np.ndarray]  # "layers.0.attention_norm", ..., "norm": float32 [hidden]
    embedding: EightBit

    def decoder(self) -> Decoder:
        """Dequantised, float32."""
        net = Decoder(self.sizes)
        state = {f"{name}.weight": torch.from_numpy(m.dequantise()) for name, m in self.matrices.items()}
        state |= {f"{name}.weight": torch.from_numpy(v.copy()) for name, v in self.norms.items()}
        state["embedding.weight"] = torch.from_numpy(self.embedding.dequantise())
        net.load_state_dict(state)
        return net.eval().requires_grad_(False)

    @staticmethod
    def random(sizes: Sizes, seed: int, strength: list[float], embedding_spread: float) -> "Target":
        """Seeded. strength: of each layer's contribution to the stream."""
        rng = np.random.default_rng(seed)
        shapes = {"qkv": (sizes.query_width + 2 * sizes.key_value_width, sizes.hidden), "out": (sizes.hidden, sizes.query_width),
                  "gate_up": (2 * sizes.feed_forward, sizes.hidden), "down": (sizes.hidden, sizes.feed_forward)}
        matrices, norms = {}, {"norm": rng.uniform(0.8, 1.6, sizes.hidden).astype(np.float32)}
        for i in range(sizes.layers):
            for name, shape in shapes.items():
                spread = (1.6 if name in ("qkv", "gate_up") else 1.6 * strength[i]) / shape[1] ** 0.5
                matrices[f"layers.{i}.{name}"] = FourBit.quantise(rng.normal(0, spread, shape))
            for name in NORMS:
                norms[f"layers.{i}.{name}"] = rng.uniform(0.8, 1.2, sizes.hidden).astype(np.float32)
        embedding = EightBit.quantise(rng.normal(0, embedding_spread, (sizes.vocabulary, sizes.hidden)))
        return Target(sizes, matrices, norms, embedding)


def to_transformers(target: Target, layers: int | None = None, end_token: int = 2):
    """The same weights as transformers' LlamaForCausalLM."""
    from transformers import LlamaConfig, LlamaForCausalLM

    s = target.sizes
    count = layers or s.layers
    config = LlamaConfig(
        vocab_size=s.vocabulary, hidden_size=s.hidden, intermediate_size=s.feed_forward, num_hidden_layers=count,
        num_attention_heads=s.heads, num_key_value_heads=s.key_value_heads, head_dim=s.head_size,
        max_position_embeddings=s.context, rms_norm_eps=s.epsilon, tie_word_embeddings=True, bos_token_id=1,
        eos_token_id=end_token, pad_token_id=end_token, rope_parameters={"rope_type": "default", "rope_theta": s.rope_base})
    net = LlamaForCausalLM(config)
    state = {"model.embed_tokens.weight": target.embedding.dequantise(), "model.norm.weight": target.norms["norm"]}
    state["lm_head.weight"] = state["model.embed_tokens.weight"]
    for i in range(count):
        ours, theirs = f"layers.{i}", f"model.layers.{i}"
        qkv = target.matrices[f"{ours}.qkv"].dequantise()
        q, k, v = np.split(qkv, [s.query_width, s.query_width + s.key_value_width])
        gate, up = np.split(target.matrices[f"{ours}.gate_up"].dequantise(), 2)
        state |= {f"{theirs}.self_attn.q_proj.weight": q, f"{theirs}.self_attn.k_proj.weight": k, f"{theirs}.self_attn.v_proj.weight": v,
                  f"{theirs}.self_attn.o_proj.weight": target.matrices[f"{ours}.out"].dequantise(),
                  f"{theirs}.mlp.gate_proj.weight": gate, f"{theirs}.mlp.up_proj.weight": up,
                  f"{theirs}.mlp.down_proj.weight": target.matrices[f"{ours}.down"].dequantise(),
                  f"{theirs}.input_layernorm.weight": target.norms[f"{ours}.attention_norm"],
                  f"{theirs}.post_attention_layernorm.weight": target.norms[f"{ours}.feed_forward_norm"]}
    net.load_state_dict({k: torch.from_numpy(np.ascontiguousarray(v)) for k, v in state.items()})
    return net.eval()
