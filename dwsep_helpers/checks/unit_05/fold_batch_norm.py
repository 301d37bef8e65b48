"""Exercise 5.3: one batch norm folded."""

import copy
from typing import Any

from dwsep_helpers.checks.cases import listed
from dwsep_helpers.checks.check import Check
from dwsep_helpers.checks.exercise import Case, bank
from dwsep_helpers.checks.inputs import Rng, whole
from dwsep_helpers.checks.recipes import folding
from dwsep_helpers.checks.torch_modules import (
    MAPS,
    TORCH_LAYERS,
    OutputsOfConvolution,
    fill,
    random_norm,
)


def _unchanged(numbers: folding.Numbers) -> dict[str, Any]:
    return {}


def _fold(conv: Any, norm: Any, *, change: folding.Change = _unchanged, **lost: Any) -> Any:
    """Fold other numbers than those given, and change attributes of what comes out."""
    folded = folding.fold_batch_norm(*folding.changed(conv, norm, change))
    for name, value in lost.items():
        setattr(folded, name, value)
    return folded


def _along_the_columns(conv: Any, norm: Any) -> Any:
    from torch import nn

    folded = folding.fold_batch_norm(conv, norm)
    scale = norm.weight / (norm.running_var + norm.eps).sqrt()
    folded.weight = nn.Parameter((conv.weight * scale).detach())
    return folded


# fmt: off
MISTAKES = bank(_fold, [
    ("not-folded", lambda conv, norm: copy.deepcopy(conv),
     "You return the convolution as it was, and the norm is gone; what the norm does should be in "
     "it.", 1),
    *folding.WRONG_FORMULAS,
    ("scaled-along-the-columns", _along_the_columns,
     "You lay the scales along the kernel's columns, axis 3; they should go along the filters, "
     "axis 0."),
    ("stride-lost", {"stride": (1, 1)},
     "You return a convolution of stride 1; a new one should have all that the old one had."),
    ("padding-lost", {"padding": (0, 0)},
     "You return a convolution without padding; a new one should have all that the old one had."),
    ("dilation-lost", {"dilation": (1, 1)},
     "You return a convolution of dilation 1; a new one should have all that the old one had."),
    ("padding-mode-lost", {"padding_mode": "zeros"},
     "You pad with zeros, whatever the old convolution padded with; a new one should have all "
     "that the old one had."),
])
# fmt: on


def conv(rng: Rng, *sizes: Any, **options: Any) -> Any:
    """Return a convolution with drawn numbers."""
    import torch

    # skip_init() would draw nothing either, but import sympy on its way.
    with torch.random.fork_rng(devices=[]):
        made = torch.nn.Conv2d(*sizes, **options)
    fill({"weight": made.weight, "bias": made.bias}, rng)
    return made


def norm(
    rng: Rng, channels: int, *, small: float = 0.2, training: bool = False, **options: Any
) -> Any:
    """Return a batch norm with drawn numbers, its least variance about ``small``."""
    from torch import nn

    made = random_norm(nn.BatchNorm2d(channels, **options), whole(rng, 0, 2**31), small=small)
    return made.train(training)


def _pair(rng: Rng, says: str, sizes: tuple[Any, ...], of_norm: Any = None, **options: Any) -> Case:
    """Return a case of a convolution (C_in, C_out, K) and its norm."""
    return Case(
        says,
        (conv(rng, *sizes, **options), norm(rng, sizes[1], **(of_norm or {}))),
        view=OutputsOfConvolution.drawn(rng, 2, sizes[0], 9, 8),
    )


fold_batch_norm = Check(
    number="5.3",
    name="fold_batch_norm",
    points=2,
    reference=folding.fold_batch_norm,
    cases=listed(
        ("no bias", (3, 4, 3), {"bias": False}),
        ("a bias", (3, 5, 3)),
        ("stride and padding", (2, 4, 3), {"stride": 2, "padding": 1}),
        (
            "rows and columns treated differently",
            (3, 2, (3, 2)),
            {"stride": (1, 2), "padding": (0, 1), "bias": False},
        ),
        ("as many channels out as in", (4, 4, 1)),
        ("a norm in training mode", (2, 3, 1), {"training": True}, {"bias": False}),
        ("a depthwise convolution", (5, 5, 3), {"padding": 1, "groups": 5, "bias": False}),
        ("dilation", (2, 3, 3), {"padding": 2, "dilation": 2, "bias": False}),
        ("padding that goes round", (2, 3, 3), {"padding": 1, "padding_mode": "circular"}),
        ("variances near ε", (3, 3, 3), {"small": 1e-3, "eps": 1e-3}, {"bias": False}),
        of=_pair,
    ),
    strict=listed(
        ("other channels", (5, 7, 3), {"padding": 1, "bias": False}),
        ("a bias", (2, 4, 3), {"stride": 3, "padding": 2, "dilation": 2}),
        ("small variances", (4, 4, 3), {"small": 2e-5, "eps": 3e-5}, {"padding": 1}),
        ("a depthwise convolution", (6, 12, 3), {"groups": 6, "stride": 2, "bias": False}),
        (
            "rows and columns treated differently",
            (2, 5, (2, 3)),
            {"stride": (2, 1), "padding": (1, 0), "dilation": (1, 2)},
        ),
        ("a norm in training mode", (3, 5, 3), {"training": True}, {"padding": 1}),
        ("padding that mirrors", (3, 4, 3), {"padding": 2, "padding_mode": "reflect"}),
        of=_pair,
    ),
    mistakes=MISTAKES,
    axes=MAPS,
    allows=TORCH_LAYERS,
    ready_made=("torch.nn.utils.fusion.fuse_conv_bn_eval",),
)
