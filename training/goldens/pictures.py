"""The input picture and the masks of the golden runs, made from formulas. All values are exact multiples of 1/255."""

import torch


def grid(width: int, height: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Column and row of every pixel."""
    rows, columns = torch.meshgrid(torch.arange(height), torch.arange(width), indexing="ij")
    return columns, rows


def picture(width: int, height: int) -> torch.Tensor:
    """A coloured gradient with a disc, [1, 3, height, width] in [0, 1]."""
    x, y = grid(width, height)
    disc = ((x - width // 3) ** 2 + (y - height // 2) ** 2) < (min(width, height) // 4) ** 2
    channels = [(x * 255) // (width - 1), (y * 255) // (height - 1), ((x + y) * 5) % 256]
    bytes_ = torch.stack([torch.where(disc, 255 - channel, channel) for channel in channels])
    return (bytes_.float() / 255)[None]


def hard_mask(width: int, height: int) -> torch.Tensor:
    """A disc of values on both sides of one half, [1, 1, height, width]; its edge cuts through latent cells."""
    x, y = grid(width, height)
    inside = ((x - width * 5 // 8) ** 2 + (y - height // 2 + 3) ** 2) < (min(width, height) * 3 // 8) ** 2
    return (torch.where(inside, 200, 90).float() / 255)[None, None]


def soft_mask(width: int, height: int) -> torch.Tensor:
    """Grey levels that fall from the right to the left.

    Constant over every 8 x 8 cell, so that nearest and area resizing to the latent's size agree.
    """
    x, y = grid(width, height)
    level = ((x // 8) * 255) // (width // 8 - 1)
    level = torch.where(y // 8 < 2, 255 - level, level)
    return (level.float() / 255)[None, None]


def mask_for(kind: str, width: int, height: int) -> torch.Tensor:
    """The mask of the given kind."""
    return {"hard": hard_mask, "soft": soft_mask}[kind](width, height)
