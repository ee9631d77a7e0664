"""A small ConvNet, every tensor of which is stored in a format: 24 x 24 pictures to one of a few subjects."""

import torch
from torch import nn
from torch.nn import functional as F

from .rounding import through

WIDTHS = (16, 32, 64)


class SmallNet(nn.Module):
    """Three strided convolutions and a linear layer. (B, 3, 24, 24) to (B, classes)."""

    def __init__(self, classes: int, form: str) -> None:
        super().__init__()
        self.form = form
        sizes = (3, *WIDTHS)
        self.convolutions = nn.ModuleList(
            nn.Conv2d(before, after, 3, stride=2, padding=1) for before, after in zip(sizes, sizes[1:], strict=False)
        )
        self.head = nn.Linear(WIDTHS[-1] * 9, classes)

    def forward(self, pictures: torch.Tensor) -> torch.Tensor:
        """Logits; the loss after them is float32, as autocast keeps it."""
        form = self.form
        x = through(pictures, form)
        for layer in self.convolutions:
            weight, bias = through(layer.weight, form), through(layer.bias, form)
            x = through(F.relu(through(F.conv2d(x, weight, bias, stride=2, padding=1), form)), form)
        x = x.flatten(1)
        return through(F.linear(x, through(self.head.weight, form), through(self.head.bias, form)), form)
