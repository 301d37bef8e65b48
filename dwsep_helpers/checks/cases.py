"""Tables of cases, and arrays that are filled with drawn numbers."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np

from dwsep_helpers.checks.compare import WrongTypeError, to_array
from dwsep_helpers.checks.exercise import Case
from dwsep_helpers.checks.inputs import Pair, Rng, numbers
from dwsep_helpers.translation import Phrase

INTEGERS = {"x": np.int64, "weight": np.int64}
SINGLE = {"x": np.float32, "weight": np.float32}
FRACTIONS = {"x": np.int64}  # whole-number pixels, weights of fractions
WHOLE_WEIGHTS = {"weight": np.int64}  # the other way round
BIAS_OF_FRACTIONS = {**INTEGERS, "biases": float}
GAPS = {"gaps": True}
# Layers that are small enough to follow: batch, channels and image; filters, or the multiplier, and
# kernel; bias, stride and padding.
SMALL_LAYERS = (
    ("two channels and a bias", (1, 2, 2, 3), (2, 1, 2), True, 1, 0, INTEGERS),
    ("two images", (2, 1, 2, 3), (2, 2, 2), False, 1, 0, INTEGERS),
    ("a stride of 2", (1, 1, 3, 5), (1, 1, 3), True, 2, 0, INTEGERS),
    ("a padding of 1", (1, 1, 2, 3), (2, 2, 2), True, 1, 1, INTEGERS),
    ("pairs", (1, 1, 3, 4), (1, 2, 1), True, (2, 3), (1, 2), INTEGERS),
)


def plain(rng: Rng, says: str, arguments: tuple[Any, ...], **options: Any) -> Case:
    """Return a case in which nothing is drawn."""
    return Case(says, arguments, options)


def by_hand(*arguments: Any, says: str = "a hand example", **options: Any) -> Case:
    """Return a case that is small enough to do by hand: messages show its numbers."""
    return Case(says, arguments, options, show=True)


def listed(*rows: Any, of: Callable[..., Case] = plain) -> Callable[[Rng], list[Case]]:
    """Return a table of cases as a function of ``rng``, which is what an exercise takes.

    Parameters
    ----------
    *rows : tuple, Case or callable
        A row is what ``of`` takes behind ``rng``, by position, and by name what a dict at its end
        holds. A case stands for itself, and a function of ``rng`` gives one or a list of them.
    of : callable
        Makes a case of a row.

    Examples
    --------
    >>> cases = listed(("two", (1, 2)), ("by name", (3,), {"width": 4}), by_hand(5))
    >>> [(case.says, case.arguments, dict(case.options)) for case in cases(np.random.default_rng())]
    [('two', (1, 2), {}), ('by name', (3,), {'width': 4}), ('a hand example', (5,), {})]
    """

    def cases(rng: Rng) -> list[Case]:
        found: list[Case] = []
        for row in rows:
            if isinstance(row, Case):
                found.append(row)
            elif callable(row):
                drawn = row(rng)
                found += drawn if isinstance(drawn, list) else [drawn]
            elif isinstance(row[-1], dict):
                found.append(of(rng, *row[:-1], **row[-1]))
            else:
                found.append(of(rng, *row))
        return found

    return cases


def viewed(
    view: Callable[[Any], Any], *rows: Any, of: Callable[..., Case] = plain
) -> Callable[[Rng], list[Case]]:
    """Return a table of cases as :func:`listed` does, whose answers are seen through a view."""
    cases = listed(*rows, of=of)
    return lambda rng: [replace(case, view=view) for case in cases(rng)]


def whole_numbers(answer: Any) -> Any:
    """See an answer of sizes or indices as it is; floats, also whole ones, are refused."""
    array = to_array(answer)
    if array.size and array.dtype.kind == "f":
        why = Phrase("floats; whole numbers are asked for, ints, as sizes and indices are")
        raise WrongTypeError(why)
    return answer


def filled(
    rng: Rng,
    says: str,
    x_shape: tuple[int, ...],
    *weights: tuple[int, ...],
    bias: int = 0,
    x: type = float,
    weight: type = float,
    biases: type | None = None,
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
    x, weight, biases : type
        Of the numbers in the input, the weights and the bias, for which None means as in weights.
    gaps : bool
        As in :class:`Case`.
    **options : Any
        What else is passed by name; stride 1 and padding 0 are left to the defaults, together.
    """
    arrays = numbers(rng, x_shape, x), *(numbers(rng, shape, weight) for shape in weights)
    if bias:
        options["bias"] = numbers(rng, (bias,), biases or weight)
    if (options.get("stride"), options.get("padding")) == (1, 0):
        del options["stride"], options["padding"]
    return Case(says, arrays, options, gaps=gaps)


def layer(
    rng: Rng,
    says: str,
    x: tuple[int, ...],
    weight: tuple[int, ...],
    bias: bool,
    stride: int | Pair,
    padding: int | Pair,
    /,
    *,
    depthwise: bool = False,
    **how: Any,
) -> Case:
    """Return a case of a layer: x (N, C_in, H, W), weight (C_out or multiplier, K_h, K_w)."""
    filters, *kernel = weight
    shape = (x[1] * filters, 1, *kernel) if depthwise else (filters, x[1], *kernel)
    biases = bias * shape[0]
    return filled(rng, says, x, shape, bias=biases, stride=stride, padding=padding, **how)
