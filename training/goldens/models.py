"""Builds the tiny Stable Diffusion 3 model: every structural feature of the real one, a few hundred thousand weights.

The sizes are chosen so that nothing degenerates: the two CLIP widths (8 + 16) are below the joint width (32), so the
channel padding happens; one block has the second, image-only attention; queries and keys are RMS-normalised; the
position table (24 x 24 patches) is larger than any picture, so it is cropped; the VAE shrinks by 8 in four levels.
"""

import torch
from diffusers import AutoencoderKL, FlowMatchEulerDiscreteScheduler, SD3Transformer2DModel
from torch import nn
from transformers import CLIPTextConfig, CLIPTextModelWithProjection, T5Config, T5EncoderModel

SEED = 20260
CLIP_LENGTH = 77
JOINT_WIDTH = 32
POOLED_WIDTH = 24
LAYERS = 3


def reinitialise(module: nn.Module, seed: int, gain: float = 1.0) -> None:
    """Draws all weights again, larger than the libraries do.

    The libraries' own initialisation (std 0.02, zeroed modulation) leaves a random network nearly constant: its
    outputs would agree with almost any wrong implementation.
    """
    generator = torch.Generator().manual_seed(seed)

    def draw(tensor: torch.Tensor, std: float, mean: float = 0.0) -> None:
        tensor.copy_(torch.randn(tensor.shape, generator=generator) * std + mean)

    with torch.no_grad():
        for child in module.modules():
            weight, bias = getattr(child, "weight", None), getattr(child, "bias", None)
            if isinstance(child, nn.Embedding):
                draw(weight, 0.6)
            elif isinstance(child, (nn.Linear, nn.Conv2d)):
                draw(weight, gain / weight[0].numel() ** 0.5)
            elif weight is not None:  # normalisation layers of any class
                draw(weight, 0.15, 1.0)
            if bias is not None:
                draw(bias, 0.1)


def clip(
    seed: int, vocabulary: int, width: int, heads: int, layers: int, activation: str
) -> CLIPTextModelWithProjection:
    """A CLIP text encoder. `eos_token_id` 2 is the published (legacy) value: the pooled row is argmax(ids)."""
    config = CLIPTextConfig(
        vocab_size=vocabulary,
        hidden_size=width,
        intermediate_size=2 * width,
        projection_dim=width,
        num_hidden_layers=layers,
        num_attention_heads=heads,
        max_position_embeddings=CLIP_LENGTH,
        hidden_act=activation,
        bos_token_id=0,
        eos_token_id=2,
        pad_token_id=1,
    )
    model = CLIPTextModelWithProjection(config).eval()
    reinitialise(model, seed, gain=1.3)
    return model


def t5(seed: int, vocabulary: int) -> T5EncoderModel:
    """A T5 v1.1 encoder (gated tanh-GELU, relative positions of layer 0 shared by all layers)."""
    config = T5Config(
        vocab_size=vocabulary,
        d_model=JOINT_WIDTH,
        d_kv=8,
        d_ff=48,
        num_layers=2,
        num_heads=4,
        relative_attention_num_buckets=32,
        relative_attention_max_distance=128,
        feed_forward_proj="gated-gelu",
        dropout_rate=0.0,
        is_encoder_decoder=False,
        use_cache=False,
        pad_token_id=0,
        eos_token_id=1,
    )
    model = T5EncoderModel(config).eval()
    reinitialise(model, seed)
    with torch.no_grad():
        # T5 does not divide by the square root of the head size: sharper queries would make attention one-hot.
        for block in model.encoder.block:
            block.layer[0].SelfAttention.q.weight.mul_(8**-0.5)
    return model


def transformer(seed: int) -> SD3Transformer2DModel:
    """The MMDiT with one dual-attention block, one ordinary block and the last block with its pre-only text stream."""
    model = SD3Transformer2DModel(
        sample_size=16,
        patch_size=2,
        in_channels=16,
        out_channels=16,
        num_layers=LAYERS,
        attention_head_dim=8,
        num_attention_heads=4,
        joint_attention_dim=JOINT_WIDTH,
        caption_projection_dim=32,
        pooled_projection_dim=POOLED_WIDTH,
        pos_embed_max_size=24,
        dual_attention_layers=(0,),
        qk_norm="rms_norm",
    ).eval()
    reinitialise(model, seed)
    return model


def vae(seed: int) -> AutoencoderKL:
    """The 16-channel autoencoder, with its two ends scaled so that pictures fill the range without saturating."""
    model = AutoencoderKL(
        in_channels=3,
        out_channels=3,
        down_block_types=("DownEncoderBlock2D",) * 4,
        up_block_types=("UpDecoderBlock2D",) * 4,
        block_out_channels=(8, 16, 16, 16),
        layers_per_block=1,
        latent_channels=16,
        norm_num_groups=4,
        sample_size=128,
        scaling_factor=1.5305,
        shift_factor=0.0609,
        force_upcast=True,
        use_quant_conv=False,
        use_post_quant_conv=False,
    ).eval()
    reinitialise(model, seed)
    generator = torch.Generator().manual_seed(seed + 1)
    picture = torch.rand((1, 3, 64, 64), generator=generator) * 2 - 1
    latents = torch.randn((1, 16, 8, 8), generator=generator)
    with torch.no_grad():
        out = model.encoder.conv_out
        moments = model.encoder(picture)
        mean_std = moments[:, :16].std()
        out.weight[:16].div_(mean_std)
        out.bias[:16].div_(mean_std)
        out.weight[16:].mul_(0.3)
        out.bias[16:].sub_(2.5)  # posterior standard deviation near 0.3: the draw matters without drowning the mean
        decoded = model.decoder(latents).std()
        model.decoder.conv_out.weight.mul_(0.4 / decoded)
        model.decoder.conv_out.bias.mul_(0.4 / decoded)
    return model


def scheduler(**overrides: object) -> FlowMatchEulerDiscreteScheduler:
    """The scheduler as published with SD3 (shift 3), with any of its flags changed."""
    return FlowMatchEulerDiscreteScheduler(**{"num_train_timesteps": 1000, "shift": 3.0, **overrides})


def build(clip_vocabulary: int, t5_vocabulary: int) -> dict[str, nn.Module]:
    """All five networks by the name of their folder in a diffusers model."""
    networks = {
        "text_encoder": clip(SEED + 1, clip_vocabulary, 8, 2, 3, "quick_gelu"),
        "text_encoder_2": clip(SEED + 2, clip_vocabulary, 16, 4, 4, "gelu"),
        "text_encoder_3": t5(SEED + 3, t5_vocabulary),
        "transformer": transformer(SEED + 4),
        "vae": vae(SEED + 5),
    }
    with torch.no_grad():
        # CLIP-L's text projection is the identity in every published SD3 model; layouts without the projected
        # output (pooler_output only) rely on that.
        networks["text_encoder"].text_projection.weight.copy_(torch.eye(8))
    for network in networks.values():
        network.requires_grad_(False)
    return networks
