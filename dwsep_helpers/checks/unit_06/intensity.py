"""Exercise 6.2: the MACs for each byte that a layer moves."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from dwsep_helpers import cost, hardware
from dwsep_helpers.checks.exercise import bank
from dwsep_helpers.checks.unit_06.bytes_moved import bytes_moved

_moved: Callable[..., int] = hardware.bytes_moved
_right: Callable[..., float] = hardware.intensity


def _macs(m: int, n: int, k: int, before: int, after: int, groups: int, itemsize: int) -> int:
    return cost.conv2d_macs(n, m // groups, k, after)


# What goes wrong, of C_in, C_out, kernel, rows before and after, groups and bytes of a number.
# Whole numbers are arrays, so that they equal a learner's whole number and a learner's float.
# fmt: off
MISTAKES = bank(_right, [
    ("upside-down", lambda *s: 1 / _right(*s),
     "You return bytes per MAC; it should be MACs per byte.", 1),
    ("flops-for-macs", lambda *s: 2 * _right(*s),
     "You count a MAC as two operations; it should count as one.", 1),
    ("per-element", lambda *s: s[-1] * _right(*s),
     "You return MACs per number; they should be per byte, and a number may take several.", 3),
    ("always-four-bytes", lambda *s: _right(*s[:-1], 4),
     "You take four bytes for each number; it should take as many as itemsize says.", 3),
    ("whole-division", lambda *s: np.asarray(_macs(*s) // _moved(*s)),
     "You drop the digits after the decimal point; the answer should keep them.", 3),
    ("macs-alone", lambda *s: np.asarray(_macs(*s)),
     "You return the MACs; they should be divided by the bytes.", 1),
    ("bytes-alone", lambda *s: np.asarray(_moved(*s)),
     "You return the bytes; the MACs should be divided by them.", 1),
    ("groups-forgotten-in-macs", lambda *s: _right(*s) * s[5],
     "You count the MACs of a layer with one group; each filter should see the channels of its "
     "own group alone."),
    ("groups-forgotten", lambda *s: _right(*s[:5], 1, s[-1]),
     "You count MACs and weights of a layer with one group; each filter should see the channels "
     "of its own group alone."),
    ("groups-forgotten-in-weights", lambda *s: _right(*s[:5], 1, s[-1]) / s[5],
     "You move the weights of a layer with one group; more groups should mean fewer weights."),
    ("bytes-of-the-defaults",
     lambda m, n, k, b, a, g, i: _macs(m, n, k, b, a, g, i) / _moved(m, n, k, b, a),
     "You count bytes with one group and four bytes for each number; groups and itemsize should "
     "be passed on.", 3),
    ("defaults-throughout", lambda m, n, k, b, a, g, i: _right(m, n, k, b, a),
     "You count MACs and bytes with one group and four bytes for each number; groups and itemsize "
     "should be used as given.", 3),
    ("groups-forgotten-in-macs-and-itemsize",
     lambda m, n, k, b, a, g, i: _right(m, n, k, b, a, g) * g,
     "You count MACs with one group and four bytes for each number; groups and itemsize should be "
     "used as given.", 3),
    ("itemsize-for-groups",
     lambda m, n, k, b, a, g, i: _macs(m, n, k, b, a, g, i) / (
         4 * (m * b * b + m * n * k * k / i + n * a * a)),
     "You pass the itemsize where the groups should stand; each should be passed by its name.", 3),
    ("output-side-alone", lambda *s: _right(*s) / s[4],
     "You count the MACs of one row of the output; those of all rows should count."),
    ("input-size-in-macs", lambda m, n, k, b, a, *of: _right(m, n, k, b, a, *of) * (b / a) ** 2,
     "You count MACs at every pixel of the input; they should be counted at those of the output."),
    ("kernel-not-squared", lambda *s: _right(*s) / s[2],
     "You count one side of the kernel in the MACs; both its rows and its columns should count."),
    ("weights-not-moved", lambda m, n, k, *s: _macs(m, n, k, *s) / _moved(m, n, 0, *s),
     "You leave the weights out of the bytes; they should count, since they come from memory too."),
    ("output-not-moved",
     lambda m, n, k, b, a, *of: _macs(m, n, k, b, a, *of) / _moved(m, n, k, b, 0, *of),
     "You leave the output out of the bytes; it should count, since it has to be written."),
    ("output-pixels-forgotten", lambda *s: _right(*s) / s[4] ** 2,
     "You count the MACs of one output pixel; those of all pixels should count."),
])
# fmt: on

intensity = replace(
    bytes_moved,
    number="6.2",
    name="intensity",
    points=2,
    reference=hardware.intensity,
    mistakes=MISTAKES,
)
