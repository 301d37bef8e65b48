"""Batch norms folded, of convolutions and norms in which something was changed before."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dwsep_helpers.checks.torch_modules import FromMobilenet

if TYPE_CHECKING:
    from torch import Tensor

fold_batch_norm = FromMobilenet("fold_batch_norm")
fold = FromMobilenet("fold")


@dataclass(frozen=True)
class Numbers:
    """What a convolution and its norm have for each channel; eps is one for all."""

    weight: Tensor
    b: Tensor
    gamma: Tensor
    beta: Tensor
    mean: Tensor
    var: Tensor
    eps: float

    @property
    def s(self) -> Tensor:
        """The norm's scale."""
        return self.gamma / (self.var + self.eps).sqrt()


Change = Callable[[Numbers], Mapping[str, Any]]
# What goes wrong in the formula, by what it would be right for.
OTHER_NUMBERS: dict[str, Change] = {
    "eps-forgotten": lambda v: {"eps": 0},
    "eps-outside-the-root": lambda v: {"var": (v.var.sqrt() + v.eps) ** 2, "eps": 0},
    "variance-for-deviation": lambda v: {"var": (v.var + v.eps) ** 2, "eps": 0},
    "multiplied-by-deviation": lambda v: {"var": 1 / (v.var + v.eps), "eps": 0},
    "gamma-forgotten": lambda v: {"gamma": 0 * v.gamma + 1},
    "beta-forgotten": lambda v: {"beta": 0 * v.beta},
    "beta-scaled": lambda v: {"beta": v.beta * v.s},
    "mean-forgotten": lambda v: {"mean": 0 * v.mean},
    "mean-added": lambda v: {"mean": -v.mean},
    "mean-not-scaled": lambda v: {"mean": v.mean / v.s},
    "old-bias-dropped": lambda v: {"b": 0 * v.b},
    "old-bias-not-scaled": lambda v: {"b": v.b / v.s},
    "weight-not-scaled": lambda v: {"weight": v.weight / v.s.reshape(-1, 1, 1, 1)},
    "shift-scaled-twice": lambda v: {"b": v.b * v.s, "mean": v.mean * v.s},
}


def changed(conv: Any, norm: Any, change: Change) -> tuple[Any, Any]:
    """Return copies of a convolution, which gets a bias, and its norm, with other numbers."""
    import torch
    from torch import nn

    conv, norm = copy.deepcopy(conv), copy.deepcopy(norm)
    if conv.bias is None:
        conv.bias = nn.Parameter(torch.zeros(conv.out_channels))
    tensors = {
        "weight": conv.weight,
        "b": conv.bias,
        "gamma": norm.weight,
        "beta": norm.bias,
        "mean": norm.running_mean,
        "var": norm.running_var,
    }
    with torch.no_grad():
        for name, value in change(Numbers(**tensors, eps=norm.eps)).items():
            if name == "eps":
                norm.eps = value
            else:
                tensors[name].copy_(value)
    return conv, norm
