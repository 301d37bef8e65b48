"""MACs of a layer of square sizes, and what goes wrong in counting its positions."""

import math
from collections.abc import Callable

from dwsep_helpers.checks.exercise import Mistake, Row, bank
from dwsep_helpers.kernels import conv_output_size as side

# What the MACs at one position are multiplied by, of input size, kernel size, stride and padding.
# fmt: off
_POSITIONS: tuple[Row, ...] = (
    ("flops-for-macs", lambda d, k, s, p: 2 * side(d, k, s, p)**2,
     "You count twice as many, which are FLOPs; a multiplication and its addition should count "
     "as one MAC.", 1),
    ("parameters-for-macs", lambda d, k, s, p: 1,
     "You count the weights; each of them should count again at every output position.", 1),
    ("output-not-squared", lambda d, k, s, p: side(d, k, s, p),
     "You leave out one side of the output; both rows and columns should count.", 1),
    ("float-result", lambda d, k, s, p: float(side(d, k, s, p)**2),
     "You return the right number as a float; a count should be an int.", 3),
    ("input-size-for-output", lambda d, k, s, p: d**2,
     "You count a position for each input pixel; there should be one for each output pixel.", 1),
    ("stride-forgotten", lambda d, k, s, p: side(d, k, 1, p)**2,
     "You leave the stride out; the kernel should skip positions."),
    ("padding-forgotten", lambda d, k, s, p: (max(d - k, 0) // s + 1)**2,
     "You leave the padding out; it should add positions."),
    ("padding-counted-once", lambda d, k, s, p: (max(d + p - k, 0) // s + 1)**2,
     "You lengthen the input by the padding at one end; it should grow at both."),
    ("plus-one-forgotten", lambda d, k, s, p: ((d + 2 * p - k) // s)**2,
     "You count the steps between positions; the position at the start should count too."),
    ("rounded-up", lambda d, k, s, p: (-((k - d - 2 * p) // s) + 1)**2,
     "You count a last position that hangs over the edge where the stride does not divide; only "
     "whole ones should count."),
    ("same-size-assumed", lambda d, k, s, p: math.ceil(d / s)**2,
     "You take the size for a padding that keeps it; the padding should be the one given."),
)
# fmt: on


def wrong_positions(macs: Callable[..., int]) -> tuple[Mistake, ...]:
    """Return mistakes in the number of positions of any layer.

    ``macs(*channels, kernel_size, input_size, stride, padding)`` counts rightly.
    """

    def counted(positions: Callable[..., float]) -> Callable[..., float]:
        def wrong(*sizes: int) -> float:
            *channels, kernel, image, stride, padding = sizes
            return macs(*channels, kernel, kernel) * positions(image, kernel, stride, padding)

        return wrong

    return bank(macs, [(name, counted(what), *says) for name, what, *says in _POSITIONS])
