"""Inputs that kill wrong answers, and how options are read."""

import numpy as np

Pair = tuple[int, int]
Rng = np.random.Generator
SIZE = "dwsep_helpers.conv_output_size"  # unit 01's formula: welcome wherever it isn't the exercise


def generator(strict: bool = False, seed: int = 0) -> Rng:
    """Return the same random numbers at each run, others for the strict check and each seed."""
    return np.random.default_rng((2 if strict else 1) + 1_000_003 * seed)


def numbers(rng: Rng, shape: tuple[int, ...], dtype: type = float) -> np.ndarray:
    """Return numbers from -5 to 5, never 0: a tap that is left out shows in every value."""
    values = rng.integers(1, 6, shape) * rng.choice([-1, 1], shape)
    if np.issubdtype(dtype, np.integer):
        return values.astype(dtype)
    return (values + rng.uniform(-0.5, 0.5, shape)).astype(dtype)


def whole(rng: Rng, low: int, high: int) -> int:
    """Return a whole number from low to high, both included."""
    return int(rng.integers(low, high + 1))


def pair(value: int | Pair) -> Pair:
    """Return (rows, columns) from an int or a pair."""
    return value if isinstance(value, tuple) else (value, value)
