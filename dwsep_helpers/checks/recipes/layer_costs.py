"""What goes wrong in counting the positions of a layer, along both axes."""

from collections.abc import Callable

from dwsep_helpers.checks.exercise import Mistake, Row, bank
from dwsep_helpers.checks.inputs import Pair
from dwsep_helpers.kernels import conv_output_size as side

# What is taken for the positions along an axis, of input size, kernel size, stride and padding.
# fmt: off
_SIDES: tuple[Row, ...] = (
    ("input-size-for-output", lambda d, k, s, p: d,
     "You count a position for each input pixel; there should be one for each output pixel.", 1),
    ("stride-forgotten", lambda d, k, s, p: side(d, k, 1, p),
     "You leave the stride out; the kernel should skip positions."),
    ("padding-forgotten", lambda d, k, s, p: max(d - k, 0) // s + 1,
     "You leave the padding out; it should add positions."),
    ("padding-counted-once", lambda d, k, s, p: max(d + p - k, 0) // s + 1,
     "You lengthen the input by the padding at one end; it should grow at both."),
    ("plus-one-forgotten", lambda d, k, s, p: (d + 2 * p - k) // s,
     "You count the steps between positions; the position at the start should count too."),
    ("kernel-not-taken-off", lambda d, k, s, p: (d + 2 * p) // s,
     "You divide the padded image's side by the stride; the kernel should be taken off first, and "
     "the start at 0 be counted."),
    ("rounded-up", lambda d, k, s, p: -((k - d - 2 * p) // s) + 1,
     "You count a last position that hangs over the edge where the stride does not divide; only "
     "whole ones should count."),
    ("same-size-assumed", lambda d, k, s, p: -(-d // s),
     "You take the size for a padding that keeps it; the padding should be the one given."),
)
# fmt: on


def positions(
    kernel: Pair, image: Pair, stride: int, padding: int, along: Callable[..., int] = side
) -> Pair:
    """Return the positions of a kernel on an image, along rows and columns."""
    rows, columns = (along(d, k, stride, padding) for d, k in zip(image, kernel, strict=True))
    return rows, columns


def wrong_positions(right: Callable[..., int], macs: Callable[..., int]) -> tuple[Mistake, ...]:
    """Return mistakes in the positions of a layer whose MACs ``right`` counts.

    ``macs`` takes a function that counts positions along an axis, then the arguments of ``right``.
    """

    def with_(along: Callable[..., int]) -> Callable[..., int]:
        return lambda *arguments: macs(along, *arguments)

    return bank(right, [(name, with_(along), *says) for name, along, *says in _SIDES])
