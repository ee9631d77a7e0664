"""Numbers rounded to a format in float32 memory, forward and backward."""

import torch

TYPES = {
    "fp32": None,
    "bf16": torch.bfloat16,
    "fp16": torch.float16,
    "fp8-e4m3fn": torch.float8_e4m3fn,
    "fp8-e5m2": torch.float8_e5m2,
}

#: FP8 as hardware trains in it: gradients need E5M2's range, what flows forward E4M3's digit.
BACKWARD = {"fp8-e4m3fn": "fp8-e5m2"}


def rounded(values: torch.Tensor, form: str) -> torch.Tensor:
    """Nearest number of the format, ties to even; beyond it infinity. Float32 in, float32 out."""
    kind = TYPES[form]
    return values if kind is None else values.to(kind).to(torch.float32)


class _Rounding(torch.autograd.Function):
    """Rounds what flows forward, and the gradient that flows back."""

    @staticmethod
    def forward(context, values: torch.Tensor, form: str) -> torch.Tensor:
        context.form = form
        return rounded(values, form)

    @staticmethod
    def backward(context, gradient: torch.Tensor):
        return rounded(gradient, BACKWARD.get(context.form, context.form)), None


def through(values: torch.Tensor, form: str) -> torch.Tensor:
    """A value stored in the format: its gradient is stored in it too."""
    return values if form == "fp32" else _Rounding.apply(values, form)
