"""Cases of arrays that are filled with drawn numbers."""

from __future__ import annotations

from typing import Any

import numpy as np

from dwsep_helpers.checks.exercise import Case
from dwsep_helpers.checks.inputs import Pair, numbers

INTEGERS = {"x": np.int64, "weight": np.int64}
SINGLE = {"x": np.float32, "weight": np.float32}
FRACTIONS = {"x": np.int64}  # whole-number pixels, weights of fractions
GAPS = {"gaps": True}


def filled(
    rng: np.random.Generator,
    says: str,
    x_shape: tuple[int, ...],
    *weights: tuple[int, ...],
    bias: int = 0,
    x: type = float,
    weight: type = float,
    gaps: bool = False,
    **options: Any,
) -> Case:
    """Return a case with an input and weights of some shapes.

    Parameters
    ----------
    rng : numpy.random.Generator
    says : str
        What the case is about.
    x_shape, *weights : tuple of int
    bias : int
        How many biases there are; 0 leaves the argument out.
    x, weight : type
        Of the numbers in the input, and in weights and bias.
    gaps : bool
        As in :class:`Case`.
    **options : Any
        What else is passed by name; stride 1 and padding 0 are left to the defaults, together.
    """
    arrays = numbers(rng, x_shape, x), *(numbers(rng, shape, weight) for shape in weights)
    if bias:
        options["bias"] = numbers(rng, (bias,), weight)
    if (options.get("stride"), options.get("padding")) == (1, 0):
        del options["stride"], options["padding"]
    return Case(says, arrays, options, gaps=gaps)


# What it is about, x (N, C_in, H, W), weight (C_out, K_h, K_w), bias, stride, padding, how.
LayerRow = tuple[
    str, tuple[int, ...], tuple[int, ...], bool, int | Pair, int | Pair, dict[str, Any]
]
