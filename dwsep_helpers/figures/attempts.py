"""Learners' functions: called, and what they return looked at, before anything is drawn."""

from collections.abc import Callable
from typing import Any

import numpy as np

LAYOUTS = {
    2: "a map (H_out, W_out)",
    3: "a stack of maps (C, H_out, W_out)",
    4: "a batch of maps (N, C_out, H_out, W_out)",
}


def attempt(function: Callable[..., Any], *arguments: Any) -> np.ndarray | None:
    """Call a learner's function; None if it isn't written yet. No other error is hidden."""
    try:
        made = function(*arguments)
    except NotImplementedError:
        return None
    return None if made is None else np.asarray(made)


def as_map(made: np.ndarray, axes: int, name: str) -> np.ndarray:
    """Refuse what can't be drawn, in words that help to find out why."""
    if made.ndim != axes or 0 in made.shape:
        raise ValueError(f"{name} returned shape {made.shape}, and {LAYOUTS[axes]} is drawn")
    return made.astype(float)
