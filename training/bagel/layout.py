"""Layouts: the fixed shape of a batch of one task, as slots in conversation order, and the masks and positions that follow.

Slots: text (causal, padded at its end), vit (a picture to read), vae (a clean picture, t = 0), noise (the picture being drawn).
Rows are ordered for the experts, not by time: all text rows, all ViT patches, the two boundary tokens of every picture;
then, for the generation expert, the latents of every vae or noise slot.
"""
from __future__ import annotations

from dataclasses import dataclass, field

import torch

LATENTS = 64  # tokens of a 128 px picture
PATCHES = 81  # ViT patches of the same picture at 126 px
NEVER = float("-inf")


@dataclass(frozen=True)
class Slot:
    """size: rows of a text slot. picture: which of the sample's pictures an image slot shows."""

    kind: str
    size: int = 0
    picture: int = 0


@dataclass
class Layout:
    """Static vectors over the rows: slot, order inside the slot's text (0 in pictures)."""

    name: str
    slots: tuple[Slot, ...]
    pictures: int
    slot_of: torch.Tensor = field(init=False)
    order: torch.Tensor = field(init=False)

    def __post_init__(self):
        rows: list[tuple[int, int]] = []
        for kind in ("text", "vit", "boundary", "latent"):
            for i, slot in enumerate(self.slots):
                if slot.kind == "text" and kind == "text":
                    rows += [(i, o) for o in range(slot.size)]
                elif slot.kind == "vit" and kind == "vit":
                    rows += [(i, 0)] * PATCHES
                elif slot.kind != "text" and kind == "boundary":
                    rows += [(i, 0)] * 2
                elif slot.kind in ("vae", "noise") and kind == "latent":
                    rows += [(i, 0)] * LATENTS
        self.slot_of = torch.tensor([r[0] for r in rows])
        self.order = torch.tensor([r[1] for r in rows])

    @property
    def text_rows(self) -> int:
        return sum(s.size for s in self.slots if s.kind == "text")

    @property
    def images(self) -> int:
        return sum(s.kind != "text" for s in self.slots)

    @property
    def rows(self) -> int:
        return len(self.order)

    def of(self, kind: str) -> list[Slot]:
        return [s for s in self.slots if s.kind == kind]

    def allowed(self) -> torch.Tensor:
        """bool [S, S]: row i may see row j, if j is valid. Earlier slots, unless noisy; inside a text the past, inside a picture all."""
        i, j = self.slot_of[:, None], self.slot_of[None]
        noisy = torch.tensor([s.kind == "noise" for s in self.slots])[self.slot_of][None]
        text = torch.tensor([s.kind == "text" for s in self.slots])[self.slot_of][:, None]
        inside = (i == j) & (~text | (self.order[None] <= self.order[:, None]))
        return ((j < i) & ~noisy) | inside

    def to(self, device) -> Layout:
        """With everything that the masks need on the device."""
        self.text_row = torch.tensor([s.kind == "text" for s in self.slots])[self.slot_of].to(device)
        self.blocked = (~self.allowed()).to(device)
        self.own = torch.eye(self.rows, dtype=torch.bool, device=device)
        self.slot_of, self.order = self.slot_of.to(device), self.order.to(device)
        return self

    def positions(self, starts: torch.Tensor) -> torch.Tensor:
        """starts [B, slots] -> rotary positions [B, S]: rising in texts, one for a whole picture."""
        return starts[:, self.slot_of] + self.order

    def bias(self, lengths: torch.Tensor, dtype: torch.dtype) -> torch.Tensor:
        """lengths [B, slots]: tokens of texts; 1 or 0 for pictures that are there or were dropped. -> [B, 1, S, S], 0 or -inf.

        A row sees itself always, so that no row of a dropped slot is left without anything to see.
        """
        valid = self.order < lengths[:, self.slot_of]
        hidden = (self.blocked | ~valid[:, None]) & ~self.own
        return torch.zeros(hidden.shape, dtype=dtype, device=hidden.device).masked_fill_(hidden, NEVER)[:, None]


def _text(size: int) -> Slot:
    return Slot("text", size)


# Row counts are multiples of 16, as the fused attention kernels want them.
LAYOUTS = {layout.name: layout for layout in (
    Layout("text", (_text(96),), 0),
    Layout("read", (Slot("vit"), _text(77)), 1),
    Layout("context", (_text(30), Slot("vit"), _text(63)), 1),
    Layout("two", (Slot("vit"), Slot("vit", picture=1), _text(42)), 2),
    Layout("draw", (_text(46), Slot("noise")), 1),
    Layout("think", (_text(94), Slot("noise")), 1),
    Layout("edit", (_text(22), Slot("vae"), Slot("vit"), _text(19), Slot("noise", picture=1)), 2),
    Layout("think-edit", (_text(18), Slot("vae"), Slot("vit"), _text(71), Slot("noise", picture=1)), 2),
)}
