"""Batch norms folded, of convolutions and norms in which something was changed before."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dwsep_helpers.checks.exercise import Row
from dwsep_helpers.checks.from_mobilenet import FromMobilenet

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
# What goes wrong in the formula, by the numbers for which the answer would be right.
# fmt: off
WRONG_FORMULAS: tuple[Row, ...] = (
    ("eps-forgotten", {"change": lambda v: {"eps": 0}},
     "You leave ε out, which scales channels of small variance too much; it should be added "
     "to the variance.", 3),
    ("eps-outside-the-root", {"change": lambda v: {"var": (v.var.sqrt() + v.eps) ** 2, "eps": 0}},
     "You add ε to the deviation; it should be added to the variance, inside of the root.", 3),
    ("variance-for-deviation", {"change": lambda v: {"var": (v.var + v.eps) ** 2, "eps": 0}},
     "You divide by the variance; a norm should divide by its root.", 3),
    ("multiplied-by-deviation", {"change": lambda v: {"var": 1 / (v.var + v.eps), "eps": 0}},
     "You multiply by the deviation; a norm should divide by it.", 3),
    ("gamma-forgotten", {"change": lambda v: {"gamma": 0 * v.gamma + 1}},
     "You leave out the norm's own scale γ, its weight; it should be part of the scale.", 2),
    ("beta-forgotten", {"change": lambda v: {"beta": 0 * v.beta}},
     "You leave out the norm's own shift β, its bias; it should be part of the shift.", 2),
    ("beta-scaled", {"change": lambda v: {"beta": v.beta * v.s}},
     "You scale β with the rest; it should be added at the very end, as it is.", 3),
    ("mean-forgotten", {"change": lambda v: {"mean": 0 * v.mean}},
     "You leave the running mean out; it should be subtracted.", 2),
    ("mean-added", {"change": lambda v: {"mean": -v.mean}},
     "You add the running mean; it should be subtracted.", 3),
    ("mean-not-scaled", {"change": lambda v: {"mean": v.mean / v.s}},
     "You subtract the running mean as it is; it should be scaled with the rest, since it "
     "goes before the scale.", 3),
    ("old-bias-dropped", {"change": lambda v: {"b": 0 * v.b}},
     "You drop the convolution's own bias; it should live on in the new one.", 2),
    ("old-bias-not-scaled", {"change": lambda v: {"b": v.b / v.s}},
     "You keep the convolution's own bias as it is; the norm should scale all that the "
     "convolution gives.", 3),
    ("weight-not-scaled", {"change": lambda v: {"weight": v.weight / v.s.reshape(-1, 1, 1, 1)}},
     "You leave the weight as it was; it should be scaled, as the bias is.", 2),
    ("no-bias-made", {"bias": None},
     "You make no bias; there should be one, which holds the shift."),
    ("shift-scaled-twice", {"change": lambda v: {"b": v.b * v.s, "mean": v.mean * v.s}},
     "You scale the shift twice; once should do.", 3),
)
# fmt: on


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
