"""Inputs that kill wrong answers, and how options are read."""

from __future__ import annotations

import numpy as np

Pair = tuple[int, int]


def numbers(rng: np.random.Generator, shape: tuple[int, ...], dtype: type = float) -> np.ndarray:
    """Return numbers from -5 to 5, never 0: a tap that is left out shows in every value."""
    values = rng.integers(1, 6, shape) * rng.choice([-1, 1], shape)
    if np.issubdtype(dtype, np.integer):
        return values.astype(dtype)
    return (values + rng.uniform(-0.5, 0.5, shape)).astype(dtype)


def generator(*, strict: bool) -> np.random.Generator:
    """Return the same random numbers at each run, and others for the strict check."""
    return np.random.default_rng(2 if strict else 1)


def pair(value: int | Pair) -> Pair:
    """Return (rows, columns) from an int or a pair."""
    return value if isinstance(value, tuple) else (value, value)
