"""The three text encoders, as transformers' own classes, and the prompt -> (context, pooled) path of SD3."""
from __future__ import annotations

import torch
import torch.nn.functional as F
from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers
from transformers import CLIPTextConfig, CLIPTextModelWithProjection, T5Config, T5EncoderModel

LENGTH = 24
VOCABULARY = 2048
BOS, EOS = VOCABULARY - 2, VOCABULARY - 1
CLIP_WIDTHS = (128, 192)
JOINT = 320  # width of a context row = T5 width = both CLIP widths side by side
POOLED = sum(CLIP_WIDTHS)


def build_clip(index: int) -> CLIPTextModelWithProjection:
    """index 0: the CLIP-L place (quick GELU, pads with EOS); 1: the CLIP-G place (exact GELU, pads with "!")."""
    width = CLIP_WIDTHS[index]
    return CLIPTextModelWithProjection(CLIPTextConfig(
        vocab_size=VOCABULARY, hidden_size=width, intermediate_size=4 * width, projection_dim=width, num_hidden_layers=3,
        num_attention_heads=width // 64, max_position_embeddings=LENGTH, hidden_act=("quick_gelu", "gelu")[index],
        bos_token_id=BOS, eos_token_id=EOS, pad_token_id=(EOS, 0)[index], attn_implementation="eager"))


def build_t5() -> T5EncoderModel:
    config = T5Config(
        vocab_size=VOCABULARY, d_model=JOINT, d_kv=64, d_ff=512, num_layers=2, num_heads=5, dropout_rate=0.0,
        feed_forward_proj="gated-gelu", is_encoder_decoder=False, use_cache=False, tie_word_embeddings=False,
        pad_token_id=0, eos_token_id=1)
    return T5EncoderModel(config)


class Prompts:
    """Token ids of all three tokenizers. folder holds tokenizer, tokenizer_2 and tokenizer_3."""

    def __init__(self, folder):
        clip = Tokenizer(models.BPE.from_file(
            str(folder / "tokenizer" / "vocab.json"), str(folder / "tokenizer" / "merges.txt"), end_of_word_suffix="</w>"))
        clip.normalizer = normalizers.Sequence([normalizers.NFC(), normalizers.Replace(Regex(r"\s+"), " "), normalizers.Lowercase()])
        clip.pre_tokenizer = pre_tokenizers.Sequence([
            pre_tokenizers.Split(Regex(r"'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+"), "removed", invert=True),
            pre_tokenizers.ByteLevel(add_prefix_space=False)])
        self.clip = clip
        self.t5 = Tokenizer.from_file(str(folder / "tokenizer_3" / "tokenizer.json"))

    def __call__(self, texts: list[str]) -> torch.Tensor:
        """int64 [3, B, LENGTH]."""
        rows: list[list[list[int]]] = [[], [], []]
        for one, other in zip(self.clip.encode_batch(texts), self.t5.encode_batch(texts)):
            ids = [BOS, *one.ids[: LENGTH - 2], EOS]
            rows[0].append(ids + [EOS] * (LENGTH - len(ids)))
            rows[1].append(ids + [0] * (LENGTH - len(ids)))
            ids = [*other.ids[:-1][: LENGTH - 1], 1]
            rows[2].append(ids + [0] * (LENGTH - len(ids)))
        return torch.tensor(rows)


def clip_features(model: CLIPTextModelWithProjection, ids: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Last-but-one hidden states [B, S, width] and the projected end-of-text state [B, width]."""
    out = model(input_ids=ids, output_hidden_states=True)
    return out.hidden_states[-2], out.text_embeds


def join(clip_0, clip_1, t5, keep: torch.Tensor | None = None) -> tuple[torch.Tensor, torch.Tensor]:
    """SD3's context and pooled rows.

    clip_0, clip_1: (hidden, embeds); t5: [B, S, JOINT]; keep: bool [3, B], encoders to keep (the others become zeros).
    Returns context [B, 2 S, JOINT] and pooled [B, POOLED].
    """
    hidden_0, embeds_0 = clip_0
    hidden_1, embeds_1 = clip_1
    if keep is not None:
        k = keep.to(t5.dtype)
        hidden_0, embeds_0 = hidden_0 * k[0, :, None, None], embeds_0 * k[0, :, None]
        hidden_1, embeds_1 = hidden_1 * k[1, :, None, None], embeds_1 * k[1, :, None]
        t5 = t5 * k[2, :, None, None]
    clip = torch.cat([hidden_0, hidden_1], -1)
    clip = F.pad(clip, (0, JOINT - clip.shape[-1]))
    return torch.cat([clip, t5], 1), torch.cat([embeds_0, embeds_1], -1)
