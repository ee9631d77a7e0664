"""The list of golden scenarios: what is asked for, not how it is computed.

Field names in the written JSON are those of the studio's generate request (camelCase), so that a test can pass
them on as they are.
"""

from dataclasses import asdict, dataclass, field

PROMPT = "a photograph of a small lighthouse on a rocky coast at dusk"
NEGATIVE = "blurry, low quality, watermark"
LONG = (
    "an oil painting of three boats in a quiet harbour, soft morning light, the old lighthouse keeper walks along the "
    "harbour with his dog, snowy mountains behind a wooden cabin, smoke rising from the chimney, a city street at "
    "night in the rain, neon signs reflected in puddles, a fox jumping over a fallen log in an autumn forest, a glass bottle "
    "with a tiny ship inside, macro photograph, highly detailed, sharp focus, studio lighting, cinematic"
)


@dataclass(frozen=True)
class SkipLayers:
    """Skip-layer guidance: active at step i where start * steps < i < end * steps."""

    layers: tuple[int, ...] = (1,)
    scale: float = 2.8
    start: float = 0.01
    end: float = 0.2


@dataclass(frozen=True)
class Scenario:
    """One run. `source` says who computes it: "diffusers", or "independent" where diffusers has no such feature."""

    name: str
    about: str
    source: str = "diffusers"
    task: str = "text-to-image"  # or "image-to-image", "inpaint"
    model: str = "tiny-sd3"
    prompt: str = PROMPT
    prompt2: str | None = None
    prompt3: str | None = None
    negative_prompt: str = NEGATIVE
    negative_prompt2: str | None = None
    negative_prompt3: str | None = None
    width: int = 64
    height: int = 64
    steps: int = 8
    guidance_scale: float = 4.5
    guidance_end: float = 1.0
    shift: float = 3.0
    sampler: str = "euler"
    sigma_conversion: str = "none"
    seed: int = 42
    count: int = 1
    clip_skip: int = 0
    max_sequence_length: int = 32
    without_encoders: tuple[str, ...] = ()
    skip_layers: SkipLayers | None = None
    strength: float = 1.0
    mask: str | None = None  # "hard" or "soft"
    soft_rule: str | None = None  # "blend" or "threshold", for a soft mask
    posterior: str = "sample"  # or "mean": how the picture's latent is taken from the encoder
    clip_l_state: str = "penultimate"  # or "last": what an export without hidden states offers
    keep_latents: str = "all"  # or "ends": first, middle and last only, for long runs
    notes: tuple[str, ...] = field(default=())

    def request(self) -> dict:
        """The settings as they are written to JSON."""
        skipped = {"name", "about", "source", "notes", "keep_latents"}
        values = {key: value for key, value in asdict(self).items() if key not in skipped}
        return {camel(key): value for key, value in values.items()}


def camel(name: str) -> str:
    """snake_case to camelCase."""
    head, *rest = name.split("_")
    return head + "".join(part.capitalize() for part in rest)


INPAINT_NOTE = (
    "diffusers' inpaint pipeline decodes without adding shift_factor; `image` here is decoded with it, from the "
    "pipeline's own final latents"
)

SCENARIOS = [
    Scenario("t2i-cfg", "Text to image with guidance, T5 at its default 256 tokens", max_sequence_length=256),
    Scenario("t2i-no-cfg", "Guidance scale 1: the conditional pass alone", guidance_scale=1.0),
    Scenario("t2i-empty-negative", "The empty negative prompt is encoded, not zeroed", negative_prompt="", seed=0),
    Scenario("no-t5", "Without T5: 256 zero rows stand in for it", without_encoders=("T5",), max_sequence_length=256),
    Scenario(
        "three-prompts",
        "A prompt and a negative prompt of its own for each encoder",
        prompt2="an oil painting of a sleeping cat by the fire",
        prompt3="A robot gardener, watering 12 sunflowers; isn't it lovely?",
        negative_prompt2="bad anatomy, extra fingers",
        negative_prompt3="text",
        seed=7,
    ),
    Scenario("wide", "Rectangular, wide: the position table is cropped off-centre", width=128, height=64, seed=1),
    Scenario("tall", "Rectangular, tall", width=64, height=96, seed=2),
    Scenario("batch-2", "Two pictures, each with its own generator: seed and seed + 1", count=2, seed=100),
    Scenario("steps-28", "The usual number of steps", steps=28, keep_latents="ends"),
    Scenario("steps-1", "A single step from noise to picture", steps=1, guidance_scale=1.0),
    Scenario(
        "turbo-4", "Four steps without guidance, as for distilled models", steps=4, guidance_scale=1.0, seed=2**32 - 1
    ),
    Scenario("big-seed", "A seed above 32 bits: only its low 32 bits count", steps=4, seed=12345678901),
    Scenario("shift-1", "No timestep shift", shift=1.0),
    Scenario("karras", "Karras sigmas", sigma_conversion="karras"),
    Scenario("exponential", "Exponential sigmas", sigma_conversion="exponential"),
    Scenario("beta", "Beta sigmas", sigma_conversion="beta"),
    Scenario("clip-skip-1", "One CLIP layer fewer, for the positive prompt only", clip_skip=1),
    Scenario("long-prompt", "A prompt beyond 77 CLIP tokens and beyond the T5 length is cut", prompt=LONG),
    Scenario(
        "skip-layers",
        "Skip-layer guidance: a third pass with block 1 left out, at steps 1 and 2 of 12",
        model="tiny-sd3-gates",
        steps=12,
        skip_layers=SkipLayers(),
    ),
    Scenario(
        "img2img",
        "Image to image; the generator gives the posterior sample first, then the noise",
        task="image-to-image",
        strength=0.6,
        steps=10,
    ),
    Scenario(
        "inpaint-full", "Inpainting from pure noise", task="inpaint", mask="hard", strength=1.0, notes=(INPAINT_NOTE,)
    ),
    Scenario(
        "inpaint-partial",
        "Inpainting that starts from the noised picture",
        task="inpaint",
        mask="hard",
        strength=0.6,
        steps=10,
        notes=(INPAINT_NOTE,),
    ),
    Scenario(
        "only-clip-l",
        "CLIP-L alone: the other encoders' channels and rows are zero",
        "independent",
        without_encoders=("CLIP-G", "T5"),
    ),
    Scenario(
        "only-t5",
        "T5 alone: the 77 CLIP rows and the pooled row are zero",
        "independent",
        without_encoders=("CLIP-L", "CLIP-G"),
    ),
    Scenario(
        "guidance-end",
        "Guidance stops: step i is guided while i < guidanceEnd * steps",
        "independent",
        guidance_end=0.5,
    ),
    Scenario("dpmpp-2m", "DPM++ 2M as the reference script runs it", "independent", sampler="dpmpp-2m", steps=12),
    Scenario(
        "dpmpp-2m-img2img",
        "DPM++ 2M over the last 9 of 28 steps",
        "independent",
        sampler="dpmpp-2m",
        task="image-to-image",
        strength=0.3,
        steps=28,
    ),
    Scenario(
        "img2img-mean",
        "Image to image from the posterior mean: the noise is the generator's first draw",
        "independent",
        task="image-to-image",
        strength=0.6,
        steps=10,
        posterior="mean",
    ),
    Scenario(
        "inpaint-soft-blend",
        "Grey mask as a weight: x = m x + (1 - m) noised",
        "independent",
        task="inpaint",
        mask="soft",
        soft_rule="blend",
        strength=0.8,
        steps=10,
    ),
    Scenario(
        "inpaint-soft-threshold",
        "Grey mask as a time: repainted where mask >= next sigma + 1e-4",
        "independent",
        task="inpaint",
        mask="soft",
        soft_rule="threshold",
        strength=0.8,
        steps=10,
    ),
    Scenario(
        "clip-l-last-state",
        "CLIP-L's final state in the context, for exports that have no hidden states",
        "independent",
        model="tiny-sd3-tensorstack",
        clip_l_state="last",
        max_sequence_length=256,
    ),
]
