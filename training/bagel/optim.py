"""Muon for matrices, Adam for the rest, over float32 masters of a bfloat16 model, with the moving average beside them.

Matrices of one shape are one stacked tensor and all other parameters one flat vector, so a step is a few large operations; the
fused matrices (q, k, v; gate, up) are orthogonalised part by part.
"""
from __future__ import annotations

import torch

from training.bagel import paths  # noqa: F401  (puts training/sd3 on the path)
from training.bagel.model import Bagel
from optim import orthogonalise


def _parts(name: str, parameter: torch.Tensor, model: Bagel) -> list[torch.Tensor]:
    """Views of a matrix, one for each product that it holds."""
    sizes = model.sizes
    if name.endswith("qkv.weight"):
        width = (sizes.heads * sizes.head_size, *[sizes.key_value_heads * sizes.head_size] * 2)
        return list(parameter.split(width) if not name.startswith("vision") else parameter.chunk(3))
    return list(parameter.chunk(2)) if name.endswith("gate_up.weight") else [parameter]


def _is_muon(name: str, parameter: torch.Tensor) -> bool:
    return parameter.ndim == 2 and "layers." in name


class Optimiser:
    """trained: which parameters; the others stay as they are."""

    def __init__(self, model: Bagel, trained: list[str], lr_muon: float, lr_adam: float, momentum: float = 0.95, clip: float = 1.0):
        self.model, self.momentum, self.clip, self.rates = model, momentum, clip, (lr_muon, lr_adam)
        self.names = trained
        named = dict(model.named_parameters())
        self.parameters = [named[n] for n in trained]
        self.matrices: dict[tuple[int, int], list[tuple[torch.nn.Parameter, int, torch.Tensor]]] = {}
        self.flat: list[torch.nn.Parameter] = []
        for name in trained:
            parameter = named[name]
            if not _is_muon(name, parameter):
                self.flat.append(parameter)
                continue
            for i, view in enumerate(_parts(name, parameter.data, model)):
                self.matrices.setdefault(tuple(view.shape), []).append((parameter, view.storage_offset(), view))
        self.masters = {shape: torch.stack([v for _, _, v in group]).float() for shape, group in self.matrices.items()}
        self.momenta = {shape: torch.zeros_like(m) for shape, m in self.masters.items()}
        self.vector = torch.cat([p.data.flatten() for p in self.flat]).float()
        self.first, self.second = torch.zeros_like(self.vector), torch.zeros_like(self.vector)
        self.average = {shape: m.clone() for shape, m in self.masters.items()}
        self.average_vector = self.vector.clone()
        self.steps = 0

    def _gradients(self, group) -> torch.Tensor:
        return torch.stack([p.grad.reshape(-1)[offset : offset + view.numel()].view_as(view) for p, offset, view in group])

    @torch.no_grad()
    def step(self, factor: float, average_decay: float) -> torch.Tensor:
        """factor: the schedule's multiple of the base rates. Returns the gradient's norm (on the device)."""
        self.steps += 1
        gradients = {shape: self._gradients(group) for shape, group in self.matrices.items()}
        vector = torch.cat([p.grad.flatten() for p in self.flat]).float()
        norm = torch.stack([vector.square().sum(), *(g.float().square().sum() for g in gradients.values())]).sum().sqrt()
        shrink = (self.clip / (norm + 1e-6)).clamp_max(1)
        for shape, gradient in gradients.items():
            gradient, momentum, master = gradient.float() * shrink, self.momenta[shape], self.masters[shape]
            momentum.lerp_(gradient, 1 - self.momentum)
            update = orthogonalise(gradient.lerp(momentum, self.momentum))
            rate = self.rates[0] * factor
            master.mul_(1 - 0.01 * rate).add_(update, alpha=-rate * 0.2 * max(shape) ** 0.5)
            self.average[shape].lerp_(master, 1 - average_decay)
            torch._foreach_copy_([view for _, _, view in self.matrices[shape]], list(master.unbind(0)))
        vector *= shrink
        self.first.lerp_(vector, 0.1)
        self.second.lerp_(vector.square(), 0.02)
        correction = (1 - 0.98**self.steps) ** 0.5 / (1 - 0.9**self.steps)
        self.vector.addcdiv_(self.first, self.second.sqrt().add_(1e-9), value=-self.rates[1] * factor * correction)
        self.average_vector.lerp_(self.vector, 1 - average_decay)
        torch._foreach_copy_([p.data for p in self.flat], self._unflatten(self.vector))
        return norm

    def _unflatten(self, vector: torch.Tensor) -> list[torch.Tensor]:
        return [part.view_as(p) for part, p in zip(vector.split([p.numel() for p in self.flat]), self.flat)]

    def zero_grad(self) -> None:
        for p in self.parameters:
            p.grad = None

    def averaged(self) -> dict[str, torch.Tensor]:
        """The moving average as float32 on the CPU, under the model's names; what is not trained as it is."""
        state = {name: p.detach().float().cpu().clone() for name, p in self.model.named_parameters()}
        by_parameter = {id(p): state[name] for name, p in self.model.named_parameters()}
        for shape, group in self.matrices.items():
            for (p, offset, view), value in zip(group, self.average[shape].cpu()):
                by_parameter[id(p)].view(-1)[offset : offset + view.numel()] = value.flatten()
        for p, value in zip(self.flat, self._unflatten(self.average_vector.cpu())):
            by_parameter[id(p)].copy_(value)
        return state

    @torch.no_grad()
    def load_weights(self, state: dict[str, torch.Tensor]) -> None:
        """Start from float32 weights under the model's names, at full precision: masters, moving average and model."""
        by_parameter = {id(p): state[name] for name, p in self.model.named_parameters()}
        for name, p in self.model.named_parameters():
            p.data.copy_(state[name])
        for shape, group in self.matrices.items():
            parts = [by_parameter[id(p)].reshape(-1)[offset : offset + view.numel()].view_as(view) for p, offset, view in group]
            self.masters[shape].copy_(torch.stack(parts))
            self.average[shape].copy_(self.masters[shape])
        self.vector.copy_(torch.cat([by_parameter[id(p)].flatten() for p in self.flat]))
        self.average_vector.copy_(self.vector)

    def state_dict(self) -> dict:
        return {"masters": self.masters, "momenta": self.momenta, "average": self.average, "vector": self.vector, "first": self.first,
                "second": self.second, "average_vector": self.average_vector, "steps": self.steps}

    @torch.no_grad()
    def load_state_dict(self, state: dict) -> None:
        """Also writes the masters into the model."""
        for key in ("masters", "momenta", "average"):
            for shape, value in getattr(self, key).items():
                value.copy_(state[key][shape])
        for key in ("vector", "first", "second", "average_vector"):
            getattr(self, key).copy_(state[key])
        self.steps = state["steps"]
        for shape, group in self.matrices.items():
            torch._foreach_copy_([view for _, _, view in group], list(self.masters[shape].unbind(0)))
        torch._foreach_copy_([p.data for p in self.flat], self._unflatten(self.vector))
