"""Exercise 8.3: a batch norm folded, of a checkpoint's arrays."""

from typing import Any

import numpy as np

from dwsep_helpers import kernels
from dwsep_helpers.checks.cases import by_hand, listed
from dwsep_helpers.checks.check import Check
from dwsep_helpers.checks.compare import WrongTypeError, described, to_array
from dwsep_helpers.checks.exercise import Case, bank
from dwsep_helpers.checks.inputs import Rng, numbers
from dwsep_helpers.translation import Phrase

Pair = tuple[np.ndarray, np.ndarray]


def _fold(
    weight: np.ndarray,
    gamma: np.ndarray,
    beta: np.ndarray,
    mean: np.ndarray,
    variance: np.ndarray,
    eps: float,
    *,
    deviation: Any = lambda variance, eps: np.sqrt(variance + eps),
    scaled: Any = lambda weight, scale: weight * scale[:, None, None, None],
    shift: Any = lambda beta, mean, scale: beta - mean * scale,
) -> Pair:
    """Fold, save for the steps that are replaced."""
    scale = gamma / deviation(variance, eps)
    return scaled(weight, scale), shift(beta, mean, scale)


# fmt: off
MISTAKES = bank(_fold, [
    ("eps-forgotten", {"deviation": lambda v, e: np.sqrt(v)},
     "You leave ε out, which scales channels of small variance too much; it should be added "
     "to the variance.", 3),
    ("eps-of-torch", {"deviation": lambda v, e: np.sqrt(v + 1e-5)},
     "You take torch's usual ε of 0.00001; it should be the one that you are given.", 3),
    ("eps-outside-the-root", {"deviation": lambda v, e: np.sqrt(v) + e},
     "You add ε to the deviation; it should be added to the variance, inside of the root.", 3),
    ("variance-for-deviation", {"deviation": lambda v, e: v + e},
     "You divide by the variance; a norm should divide by its root.", 3),
    ("multiplied-by-deviation", {"deviation": lambda v, e: 1 / np.sqrt(v + e)},
     "You multiply by the deviation; a norm should divide by it.", 3),
    ("gamma-forgotten", lambda w, g, b, m, v, e: _fold(w, 0 * g + 1, b, m, v, e),
     "You leave out the norm's own scale γ; it should be part of the scale.", 2),
    ("beta-forgotten", {"shift": lambda b, m, s: -m * s},
     "You leave out the norm's own shift β; it should be part of the bias.", 2),
    ("beta-scaled", {"shift": lambda b, m, s: (b - m) * s},
     "You scale β with the rest; it should be added at the very end, as it is.", 3),
    ("mean-forgotten", {"shift": lambda b, m, s: b},
     "You leave the running mean out; it should be subtracted, scaled.", 2),
    ("mean-added", {"shift": lambda b, m, s: b + m * s},
     "You add the running mean; it should be subtracted.", 3),
    ("mean-not-scaled", {"shift": lambda b, m, s: b - m},
     "You subtract the running mean as it is; it should be scaled, as the weights are.", 3),
    ("weight-not-scaled", {"scaled": lambda w, s: w},
     "You leave the weight as it was; each filter should be scaled.", 2),
    ("gamma-and-beta-swapped", lambda w, g, b, m, v, e: _fold(w, b, g, m, v, e),
     "You swap γ and β; γ should scale and β shift.", 2),
    ("mean-and-variance-swapped", lambda w, g, b, m, v, e: _fold(w, g, b, v, np.abs(m), e),
     "You swap mean and variance; the variance should stand under the root.", 2),
    ("one-scale-for-all", lambda w, g, b, m, v, e: (w * (g / np.sqrt(v + e))[0], _fold(w, g, b, m, v, e)[1]),  # noqa: E501
     "You scale all filters by the first one's scale; each should have its own.", 3),
    ("scaled-along-the-columns", {"scaled": lambda w, s: w * s},
     "You lay the scales along the kernel's columns, axis 3; they should go along the filters, "
     "axis 0.", 3),
    ("order-of-filters-reversed", {"scaled": lambda w, s: w * s[::-1, None, None, None]},
     "You scale the filters in the opposite order; scale 0 should meet filter 0.", 3),
])
# fmt: on


def _weight_and_bias(answer: Any) -> np.ndarray:
    """Return weight and bias in one array, a row for each filter, its bias last."""
    if not isinstance(answer, list | tuple) or len(answer) != 2:
        what = described(answer)
        if isinstance(answer, list | tuple):
            what = Phrase("{what} of {n}", what=what, n=len(answer))
        raise WrongTypeError(Phrase("{what}; weight and bias are asked for", what=what))
    weight, bias = map(to_array, answer)
    if weight.ndim != 4 or bias.shape != weight.shape[:1]:
        why = Phrase(
            "a weight of shape {weight} and a bias of shape {bias}; the weight should "
            "keep its shape, and the bias have a number for each filter",
            weight=weight.shape,
            bias=bias.shape,
        )
        raise WrongTypeError(why)
    return np.column_stack([weight.reshape(len(weight), -1), bias])


def _layer(rng: Rng, says: str, shape: tuple[int, ...], eps: float = 1e-3, **how: Any) -> Case:
    """Return a case of a weight, and a norm with variances of the order of ε."""
    filters = shape[:1]
    gamma, beta, mean = (numbers(rng, filters) for _ in range(3))
    variance = rng.uniform(0.5, 8, filters) * max(eps, 1e-3)
    arrays = numbers(rng, shape), gamma, beta, mean, variance, eps
    return Case(says, arrays, view=_weight_and_bias, **how)


_TWO = np.ones(2)
_HAND = by_hand(
    np.array([3.0, 1.0]).reshape(2, 1, 1, 1), 4 * _TWO, _TWO, 2 * _TWO, np.array([3.0, 15.0]), 1.0
)
_HAND = Case(_HAND.says, _HAND.arguments, show=True, view=_weight_and_bias)

fold_norm = Check(
    number="8.3",
    name="fold_norm",
    points=3,
    reference=kernels.fold_norm,
    cases=listed(
        _HAND,
        ("a depthwise layer", (4, 1, 3, 3)),
        ("a pointwise layer", (5, 3, 1, 1)),
        ("a standard layer", (3, 2, 3, 3)),
        ("a kernel of 3×5", (2, 3, 3, 5)),
        ("all sizes alike", (3, 3, 3, 3)),
        ("another ε", (4, 2, 1, 1), 0.02),
        ("one filter", (1, 4, 1, 1)),
        of=_layer,
    ),
    strict=listed(
        ("a depthwise layer", (6, 1, 5, 5)),
        ("a pointwise layer", (4, 4, 1, 1)),
        ("all sizes alike", (5, 5, 5, 5)),
        ("another ε", (3, 1, 3, 3), 0.5),
        ("an ε that is small", (3, 2, 1, 1), 2e-4),
        of=_layer,
    ),
    mistakes=MISTAKES,
    axes=("filter", "its weights, then its bias"),
)
