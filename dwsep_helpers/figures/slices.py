"""The slices of a separable layer's dense kernel: multiples of one pattern per input channel."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from dwsep_helpers.figures.arrays import as_array
from dwsep_helpers.figures.attempts import attempt, once_written
from dwsep_helpers.figures.grids import number_text
from dwsep_helpers.figures.panels import Grid, Panel, Part, by, lay
from dwsep_helpers.figures.picture import Picture, picture
from dwsep_helpers.figures.tones import signed_tone

MOST = 6  # filters, and channels
PLANE = 0.75  # inches across a slice
TOLERANCE = 1e-5  # of the largest number: rounding is no difference


@once_written
def rank_one_slices(
    equivalent_dense_kernel: Callable[[np.ndarray, np.ndarray], ArrayLike],
    depthwise_weight: ArrayLike,
    pointwise_weight: ArrayLike,
    *,
    exercise: str = "3.4",
) -> Picture:
    """Draw a separable layer's dense kernel in slices, with the pattern that each is a multiple of.

    A slice that is no multiple of its pattern is said to be none.

    Parameters
    ----------
    equivalent_dense_kernel : callable
        ``equivalent_dense_kernel(depthwise_weight, pointwise_weight)`` returns a dense kernel
        (N, C, K_h, K_w); the learner's.
    depthwise_weight : array_like, shape (C, 1, K_h, K_w)
        The patterns, at most 6, none of them zero.
    pointwise_weight : array_like, shape (N, C, 1, 1)
        At most 6 filters.
    exercise : str, to write first if the function isn't written yet

    Raises
    ------
    ValueError
        If the weights don't fit each other or the picture, or the function returns another shape.

    Examples
    --------
    >>> product = lambda depthwise, pointwise: pointwise * depthwise[:, 0]
    >>> rank_one_slices(product, np.ones((2, 1, 3, 3)), np.array([[[[2]], [[-1]]]])).alt[-41:]
    'dense[0]: 2 × the first, −1 × the second.'
    """
    patterns = as_array(depthwise_weight, "depthwise_weight")
    weights = as_array(pointwise_weight, "pointwise_weight")
    _check(patterns, weights)
    made = attempt(equivalent_dense_kernel, patterns, weights)
    shape = (*weights.shape[:2], *patterns.shape[2:])
    if made.shape != shape:
        raise ValueError(
            f"equivalent_dense_kernel returned shape {made.shape}, and {shape} is drawn"
        )
    factors = multiples(made, patterns)
    tone = signed_tone(np.concatenate([patterns.ravel(), made.ravel()]))
    cell = PLANE / max(made.shape[2:])
    rows: list[list[Part]] = [[Panel(title="pattern")], []]
    for number, pattern in enumerate(patterns[:, 0]):
        name = f"depthwise_weight[{number}]"
        rows[0].append(Panel(pattern, tone, cell, name=name, numbers=True))
    for number, (slices, multiple) in enumerate(zip(made, factors, strict=True)):
        rows.append([Panel(title=f"dense[{number}]")])
        for plane, factor in zip(slices, multiple, strict=True):
            words = "no multiple" if np.isnan(factor) else f"pattern × {number_text(factor)}"
            rows[-1].append(Panel(plane, tone, cell, below=words, numbers=True))
    return picture(
        _alt(factors, shape), lay, [[Grid(rows, gap=0.15)], [Panel(look=tone, scale=True)]]
    )


def multiples(dense: np.ndarray, patterns: np.ndarray) -> np.ndarray:
    """Return which multiple of its channel's pattern each slice is, (N, C); NaN where none."""
    with np.errstate(invalid="ignore"):  # infinite numbers are no multiples
        factors = np.einsum("ncij,cij->nc", dense, patterns[:, 0])
        factors = factors / (patterns[:, 0] ** 2).sum(axis=(1, 2))
        left = np.abs(dense - factors[:, :, None, None] * patterns[:, 0]).max(axis=(2, 3))
    most = np.abs(dense[np.isfinite(dense)]).max(initial=0)
    return np.where(left <= TOLERANCE * most, factors, np.nan)


def _check(patterns: np.ndarray, weights: np.ndarray) -> None:
    if patterns.ndim != 4 or patterns.shape[1] != 1 or 0 in patterns.shape:
        raise ValueError(
            f"depthwise_weight has shape {patterns.shape}, and (C, 1, K_h, K_w) is drawn"
        )
    if weights.ndim != 4 or weights.shape[2:] != (1, 1) or 0 in weights.shape:
        raise ValueError(f"pointwise_weight has shape {weights.shape}, and (N, C, 1, 1) is drawn")
    filters, channels = weights.shape[:2]
    if channels != len(patterns):
        raise ValueError(
            f"pointwise_weight has C={channels} (axis 1), and depthwise_weight has "
            f"C={len(patterns)} (axis 0)"
        )
    if max(filters, channels) > MOST:
        raise ValueError(f"there are {filters} filters and {channels} channels, at most {MOST} fit")
    if not patterns.any(axis=(1, 2, 3)).all():
        raise ValueError("depthwise_weight has a pattern of zeros, and nothing is its multiple")


def _alt(factors: np.ndarray, shape: tuple[int, ...]) -> str:
    names = ("first", "second", "third", "fourth", "fifth", "sixth")
    rows = [
        [
            f"{'no multiple of' if np.isnan(factor) else f'{number_text(factor)} ×'} the {name}"
            for factor, name in zip(row, names, strict=False)
        ]
        for row in factors
    ]
    said = " ".join(f"dense[{number}]: {', '.join(row)}." for number, row in enumerate(rows))
    return (
        f"A dense kernel of {by(shape)} numbers in slices: {np.isfinite(factors).sum()} of "
        f"{factors.size} are a multiple of their input channel's depthwise pattern. {said}"
    )
