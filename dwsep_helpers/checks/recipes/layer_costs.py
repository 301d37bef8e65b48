"""MACs of a layer of square sizes, and what goes wrong in counting positions or products.

Letters are the article's, in lower case: a d_k×d_k kernel, d_f×d_f in, d_p×d_p out, with stride s
and padding p.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from dwsep_helpers.checks.exercise import Mistake, Row, bank
from dwsep_helpers.checks.inputs import Pair, pair
from dwsep_helpers.checks.unit_01.conv2d_macs import OF_SIZES
from dwsep_helpers.kernels import conv_output_size as side

_OF_SIZES = {row[0]: row for row in OF_SIZES}

# At how many positions the products of one count, of d_f, d_k, s and p.
# fmt: off
_POSITIONS: tuple[Row, ...] = (
    ("flops-for-macs", lambda d, k, s, p: 2 * side(d, k, s, p) ** 2,
     "You count twice as many, which are FLOPs; a multiplication and its addition should count "
     "as one MAC.", 1),
    ("parameters-for-macs", lambda d, k, s, p: 1,
     "You count the weights; each of them should count again at every output position.", 1),
    ("output-not-squared", lambda d, k, s, p: side(d, k, s, p),
     "You leave out one side of the output; both rows and columns should count.", 1),
    ("float-result", lambda d, k, s, p: float(side(d, k, s, p) ** 2),
     "You return the right number as a float; a count should be an int.", 3),
    ("input-size-for-output", lambda d, k, s, p: d ** 2,
     "You count a position for each input pixel; each output value should count.", 1),
    ("stride-forgotten", lambda d, k, s, p: side(d, k, 1, p) ** 2,
     "You leave the stride out; the kernel should skip positions."),
    ("padding-forgotten", lambda d, k, s, p: (max(d - k, 0) // s + 1) ** 2,
     "You leave the padding out; it should add positions."),
    ("padding-counted-once", lambda d, k, s, p: (max(d + p - k, 0) // s + 1) ** 2,
     "You lengthen the input by the padding at one end; it should be at both."),
    ("plus-one-forgotten", lambda d, k, s, p: ((d + 2 * p - k) // s) ** 2,
     "You count the steps between positions; the position at the start should count too."),
    ("rounded-up", lambda d, k, s, p: (-((k - d - 2 * p) // s) + 1) ** 2,
     "You count a last position that hangs over the edge where the stride does not divide; only "
     "whole ones should count."),
    ("same-size-assumed", lambda d, k, s, p: math.ceil(d / s) ** 2,
     "You take the size for a padding that keeps it; the padding should be the one given."),
)
# fmt: on


def wrong_positions(macs: Callable[..., int]) -> tuple[Mistake, ...]:
    """Return mistakes in the number of positions of any layer.

    ``macs(*channels, kernel_size, input_size, stride, padding)`` counts rightly.
    """

    def counted(positions: Callable[..., float]) -> Callable[..., float]:
        def wrong(*sizes: int) -> float:
            *channels, d_k, d_f, s, p = sizes
            at_one = macs(*channels, d_k, d_k)
            return at_one * positions(d_f, d_k, s, p)

        return wrong

    return bank(macs, [(name, counted(what), *says) for name, what, *says in _POSITIONS])


def wrong_products(names: str) -> list[Row]:
    """Return the rows of these names that exercise 1.6 has, too: see :func:`as_in_1_6`."""
    return [_OF_SIZES[name] for name in names.split()]


def as_in_1_6(filters: int, channels: int, d_k: int, d_p: int) -> tuple[int, int, Pair, Pair, int]:
    """Return what a mistake of exercise 1.6 is given: filters, channels, kernel, output, batch."""
    return filters, channels, pair(d_k), pair(d_p), 1


def with_outputs(*sizes: Any) -> tuple[Any, ...]:
    """Return (*channels, d_k, d_p) of (*channels, d_k, d_f, s, p)."""
    *channels, d_k, d_f, s, p = sizes
    return *channels, d_k, side(d_f, d_k, s, p)
