"""Learners' functions: called, and what they return looked at, before anything is drawn."""

from collections.abc import Callable
from functools import wraps
from inspect import signature
from typing import Any, ParamSpec

import numpy as np

from dwsep_helpers.figures.arrays import as_array
from dwsep_helpers.figures.picture import Picture, not_yet

P = ParamSpec("P")

LAYOUTS = {
    2: "a map (H_out, W_out)",
    3: "a stack of maps (C, H_out, W_out)",
    4: "a batch of maps (N, C_out, H_out, W_out)",
}


class Unwritten(Exception):
    """A learner's function isn't written yet."""


def once_written(draw: Callable[P, Picture]) -> Callable[P, Picture]:
    """Show which ``exercise`` to write first where a figure meets a function that isn't written."""
    default = signature(draw).parameters["exercise"].default

    @wraps(draw)
    def drawn(*args: P.args, **options: P.kwargs) -> Picture:
        try:
            return draw(*args, **options)
        except Unwritten:
            return not_yet(str(options.get("exercise", default)))

    return drawn


def call(function: Callable[..., Any], *arguments: Any) -> Any:
    """Call a learner's function; Unwritten if it isn't written yet. No other error is hidden."""
    try:
        made = function(*arguments)
    except NotImplementedError:
        made = None
    if made is None:
        raise Unwritten
    return made


def attempt(function: Callable[..., Any], *arguments: Any) -> np.ndarray:
    """Call a learner's function as `call` does, and return an array."""
    name = getattr(function, "__name__", "the function")
    return as_array(call(function, *arguments), f"what {name} returned")


def as_map(made: np.ndarray, axes: int, name: str) -> np.ndarray:
    """Refuse what can't be drawn, in words that help to find out why."""
    if made.ndim != axes or 0 in made.shape:
        raise ValueError(f"{name} returned shape {made.shape}, and {LAYOUTS[axes]} is drawn")
    return made.astype(float)
