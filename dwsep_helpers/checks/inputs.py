"""Inputs that kill wrong answers, and how options are read."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

import numpy as np

Pair = tuple[int, int]


def numbers(rng: np.random.Generator, shape: tuple[int, ...], dtype: type = float) -> np.ndarray:
    """Return numbers from -5 to 5, never 0: a tap that is left out shows in every value."""
    values = rng.integers(1, 6, shape) * rng.choice([-1, 1], shape)
    if np.issubdtype(dtype, np.integer):
        return values.astype(dtype)
    return (values + rng.uniform(-0.5, 0.5, shape)).astype(dtype)


_DRAWN: ContextVar[int] = ContextVar("drawn", default=0)


@contextmanager
def drawn(seed: int) -> Iterator[None]:
    """Make cases of other random numbers inside: those of a seed that nobody knew before."""
    token = _DRAWN.set(seed)
    try:
        yield
    finally:
        _DRAWN.reset(token)


def drawn_seed() -> int:
    """Return the seed that was drawn, 0 if none was."""
    return _DRAWN.get()


def shifted(seed: int, drawn: int | None = None) -> int:
    """Return a seed as it is, or another one for each seed that may be drawn."""
    return seed + 1_000_003 * (drawn_seed() if drawn is None else drawn)


def seeded(seed: int) -> np.random.Generator:
    """Return the same random numbers at each run, until a seed is drawn."""
    return np.random.default_rng(shifted(seed))


def generator(*, strict: bool) -> np.random.Generator:
    """Return the same random numbers at each run, and others for the strict check."""
    return seeded(2 if strict else 1)


def whole(rng: np.random.Generator, low: int, high: int) -> int:
    """Return a whole number from low to high, both included."""
    return int(rng.integers(low, high + 1))


def pair(value: int | Pair) -> Pair:
    """Return (rows, columns) from an int or a pair."""
    return value if isinstance(value, tuple) else (value, value)
