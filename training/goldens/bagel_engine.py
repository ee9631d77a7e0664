"""A plain inference loop over the exported graphs, written from the description of the method, with room for planted faults.

It proves that graphs and goldens fit together without the official code, and that a wrong step anywhere shows.
"""

from dataclasses import dataclass, field

import numpy as np
from PIL import Image

from training.goldens.bagel_graphs import Graphs, causal, full


def best_size(size: tuple[int, int], preset: dict, half_up: bool = False) -> tuple[int, int]:
    """[width, height] after a preset; Python's round is half to even, as the official code's is."""
    rounded = (lambda v: int(np.floor(v + 0.5))) if half_up else round
    most, least, stride = preset["maxSide"], preset["minSide"], preset["stride"]

    def scaled(sides, scale):
        return tuple(max(stride, rounded(rounded(s * scale) / stride) * stride) for s in sides)

    out = scaled(size, max(min(most / max(size), 1.0), least / min(size)))
    limit = 14 * 14 * 9 * 1024
    if out[0] * out[1] > limit:
        out = scaled(out, limit / (out[0] * out[1]))
    return scaled(out, most / max(out)) if max(out) > most else out


@dataclass
class Context:
    """Cache rows of every layer [T, KV, D] (key, value), and the next position."""

    rows: list[tuple[np.ndarray, np.ndarray]]
    rope: int = 0
    blocks: list[dict] = field(default_factory=list)

    @property
    def length(self) -> int:
        return len(self.rows[0][0])

    def prefix(self, length: int, rope: int) -> "Context":
        return Context([(k[:length], v[:length]) for k, v in self.rows], rope)


class Engine:
    def __init__(self, graphs: Graphs, tokenizer, fault: str | None = None):
        self.graphs, self.tokenizer, self.fault = graphs, tokenizer, fault
        self.block = graphs.manifest["bagel"]
        self.special = self.block["specialTokens"]

    def has(self, fault: str) -> bool:
        return self.fault == fault

    def empty(self) -> Context:
        shape = (0, self.block["keyValueHeads"], self.block["headSize"])
        return Context([(np.zeros(shape, np.float32), np.zeros(shape, np.float32)) for _ in range(self.block["layers"])])

    def embed(self, ids: list[int]) -> np.ndarray:
        return self.graphs.run("token_embedding", input_ids=np.array(ids, np.int64))[0]

    # Blocks --------------------------------------------------------------------------------------------------------

    def forward(self, context: Context, und: np.ndarray, gen: np.ndarray, und_pos: np.ndarray, is_causal: bool, keep: bool):
        gen_pos = np.full(gen.shape[1], context.rope, np.int64)
        sees = (causal if is_causal else full)(und.shape[1] + gen.shape[1])
        und_out, gen_out, new = self.graphs.decoder(und, gen, und_pos.astype(np.int64), gen_pos, sees, context.rows)
        if keep:
            context.rows = [(np.concatenate([k, a]), np.concatenate([v, b])) for (k, v), (a, b) in zip(context.rows, new)]
        return und_out, gen_out

    def none(self) -> np.ndarray:
        return np.zeros((1, 0, self.block["hidden"]), np.float32)

    def _noted(self, context: Context, kind: str, before: int) -> None:
        context.blocks.append({"kind": kind, "firstRow": before, "rows": context.length - before, "ropeAfter": context.rope})

    def add_text(self, context: Context, text: str) -> None:
        before = context.length
        ids = [self.special["start"], *self.tokenizer.encode(text), *([] if self.has("eos forgotten") else [self.special["end"]])]
        positions = context.rope + np.arange(len(ids))
        self.forward(context, self.embed(ids), self.none(), positions, not self.has("no causal mask"), keep=True)
        context.rope += len(ids)
        self._noted(context, "text", before)

    def places(self, rows: int, columns: int, side: int) -> np.ndarray:
        row, column = np.mgrid[0:rows, 0:columns]
        return ((column * side + row) if self.has("row and column swapped") else (row * side + column)).reshape(-1).astype(np.int64)

    def add_vision(self, context: Context, picture: Image.Image) -> None:
        before, patch = context.length, self.block["vitPatch"]
        size = best_size(picture.size, self.block["vitTransform"])
        if self.has("stretched to the whole grid"):
            size = (self.block["vitMaxPatches"] * patch,) * 2
        pixels = unit(picture.resize(size, Image.BICUBIC))
        patches = patchify(pixels, patch)
        if self.has("patches channel first"):
            patches = patches.reshape(-1, patch * patch, 3).transpose(0, 2, 1).reshape(len(patches), -1)
        places = self.places(size[1] // patch, size[0] // patch, self.block["vitMaxPatches"])
        seen = self.graphs.run("vision_encoder", patches=np.ascontiguousarray(patches), position_ids=places)[0]
        ends = self.embed([self.special["visionStart"], self.special["visionEnd"]])
        rows = seen if self.has("boundary tokens missing") else np.concatenate([ends[:, :1], seen, ends[:, 1:]], axis=1)
        rising = self.has("rising positions in a picture")
        positions = context.rope + (np.arange(rows.shape[1]) if rising else np.zeros(rows.shape[1], int))
        self.forward(context, rows, self.none(), positions, False, keep=True)
        context.rope += rows.shape[1] if rising else 1
        self._noted(context, "vit", before)

    def add_latents(self, context: Context, picture: Image.Image, eps: np.ndarray) -> None:
        before, vae = context.length, self.block["vae"]
        mean, log_variance = self.graphs.run("vae_encoder", pixels=unit(picture)[None])
        sample = mean if self.has("eps ignored") else mean + np.exp(log_variance / 2) * eps
        latent = (sample - vae["shift"]) * np.float32(vae["scale"])
        tokens = patchify(latent[0], 2)
        places = self.places(latent.shape[2] // 2, latent.shape[3] // 2, self.block["maxLatentSize"])
        self.latent_rows(context, tokens, places, 0.0, keep=True)
        context.rope += 1
        self._noted(context, "vae", before)

    def latent_rows(self, context: Context, tokens: np.ndarray, places: np.ndarray, time: float, keep: bool) -> np.ndarray:
        """gen_hidden of the latents."""
        time = time * 1000 if self.has("time x1000") else time
        rows = self.graphs.run("latent_embedding", latents=np.ascontiguousarray(tokens), timestep=np.array([time], np.float32), position_ids=places)[0]
        ends = self.embed([self.special["visionStart"], self.special["visionEnd"]])
        if self.has("boundary tokens through the generation expert"):
            return self.forward(context, self.none(), np.concatenate([ends, rows], axis=1), np.zeros(0), False, keep)[1][:, 2:]
        und = self.none() if self.has("boundary tokens missing") else ends
        return self.forward(context, und, rows, np.full(und.shape[1], context.rope), False, keep)[1]

    # Answers -------------------------------------------------------------------------------------------------------

    def answer(self, context: Context, most: int) -> tuple[list[int], str, np.ndarray]:
        """Greedy tokens after the bos, the text as the official code cuts it, and the first logits."""
        scratch, token, tokens, first = Context(context.rows, context.rope), self.special["start"], [], None
        while len(tokens) < most:
            tokens.append(token)
            hidden, _ = self.forward(scratch, self.embed([token]), self.none(), np.array([scratch.rope]), True, keep=True)
            scratch.rope += 1
            logits = self.graphs.run("lm_head", hidden=hidden[:, -1:])[0][0]
            first = logits if first is None else first
            token = int(logits.argmax())
            if token == self.special["end"]:
                break
        text = self.tokenizer.decode(tokens, skip_special_tokens=False)
        return tokens[1:], text.split("<|im_end|>")[0].split("<|im_start|>")[1], first


def unit(picture: Image.Image) -> np.ndarray:
    """float32 [3, H, W], -1 to 1."""
    values = np.array(picture).astype(np.float32).transpose(2, 0, 1) / np.float32(255)
    return np.ascontiguousarray((values - np.float32(0.5)) / np.float32(0.5))


def patchify(image: np.ndarray, side: int) -> np.ndarray:
    """[C, h, w] -> [tokens, side * side * C]: row in patch, column in patch, channel."""
    c, h, w = image.shape
    return image.reshape(c, h // side, side, w // side, side).transpose(1, 3, 2, 4, 0).reshape(-1, side * side * c)


def unpatchify(tokens: np.ndarray, rows: int, columns: int) -> np.ndarray:
    """[N, 64] -> [1, 16, 2 rows, 2 columns]."""
    return tokens.reshape(rows, columns, 2, 2, -1).transpose(4, 0, 2, 1, 3).reshape(1, -1, 2 * rows, 2 * columns)
