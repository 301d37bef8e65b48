"""Exercise 1.1: how many positions a kernel has."""

import math

from dwsep_helpers import kernels
from dwsep_helpers.checks.cases import listed
from dwsep_helpers.checks.check import Check
from dwsep_helpers.checks.exercise import Case, bank
from dwsep_helpers.checks.inputs import Rng, whole


def _span(kernel: int, dilation: int) -> int:
    return dilation * (kernel - 1) + 1


# What goes wrong, of input size, kernel size, stride, padding and dilation.
# fmt: off
MISTAKES = bank(kernels.conv_output_size, [
    ("plus-one-forgotten", lambda n, k, s, p, d: (n + 2 * p - _span(k, d)) // s,
     "You count the steps between positions; the position at the start should count too.", 3),
    ("plus-one-before-dividing", lambda n, k, s, p, d: (n + 2 * p - _span(k, d) + 1) // s,
     "You add the one before you divide by the stride; it should be added after, since it counts "
     "a position.", 3),
    ("kernel-one-too-short", lambda n, k, s, p, d: (n + 2 * p - d * (k - 1)) // s + 1,
     "You take the kernel as one cell too short, so one start too many seems to fit; all of its "
     "cells should fit in."),
    ("rounded-up", lambda n, k, s, p, d: -((_span(k, d) - n - 2 * p) // s) + 1,
     "You count a last position that hangs over the edge where the stride does not divide; only "
     "whole ones should count.", 3),
    ("float-division", lambda n, k, s, p, d: (n + 2 * p - _span(k, d)) / s + 1,
     "You count a fraction of a position where the stride does not divide; only whole ones "
     "should count.", 3),
    ("float-result", lambda n, k, s, p, d: float((n + 2 * p - _span(k, d)) // s + 1),
     "You return the right number as a float; a size should be an int.", 3),
    ("padding-counted-once", lambda n, k, s, p, d: (n + p - _span(k, d)) // s + 1,
     "You lengthen the input by the padding at one end; it should be at both."),
    ("padding-forgotten", lambda n, k, s, p, d: (n - _span(k, d)) // s + 1,
     "You leave the padding out; it should lengthen the input."),
    ("padding-outside-the-stride", lambda n, k, s, p, d: (n - _span(k, d)) // s + 1 + 2 * p,
     "You add the padding after the division; the kernel should stride over padded cells as well."),
    ("dilation-forgotten", lambda n, k, s, p, d: (n + 2 * p - k) // s + 1,
     "You leave the dilation out; it should spread the taps, so that the kernel spans more cells."),
    ("dilation-of-every-tap", lambda n, k, s, p, d: (n + 2 * p - d * k) // s + 1,
     "You take the kernel as D times as long; the dilation should lie in the gaps between the K "
     "taps: how many are there?"),
    ("dilation-of-the-stride", lambda n, k, s, p, d: (n + 2 * p - k) // (s * d) + 1,
     "You lengthen the stride by the dilation; it should spread the kernel."),
    ("dilation-as-padding-of-taps", lambda n, k, s, p, d: (n + 2 * p - _span(k, d + 1)) // s + 1,
     "You put D cells between neighbouring taps; taps should be D cells apart, not D + 1."),
    ("stride-forgotten", lambda n, k, s, p, d: n + 2 * p - _span(k, d) + 1,
     "You leave the stride out; the kernel should skip positions."),
    ("stride-multiplied", lambda n, k, s, p, d: (n + 2 * p - _span(k, d)) * s + 1,
     "You multiply by the stride; a longer stride should leave fewer positions."),
    ("kernel-forgotten", lambda n, k, s, p, d: (n + 2 * p - 1) // s + 1,
     "You leave the kernel's length out; all of it should fit in."),
    ("same-size-assumed", lambda n, k, s, p, d: math.ceil(n / s),
     "You return the size for a padding that keeps it; the padding should be the one given."),
])
# fmt: on


def _drawn(rng: Rng) -> Case:
    kernel, dilation, padding = whole(rng, 1, 7), whole(rng, 1, 4), whole(rng, 0, 4)
    least = max(1, _span(kernel, dilation) - 2 * padding)
    options = {"stride": whole(rng, 1, 5), "padding": padding, "dilation": dilation}
    return Case("drawn sizes", (least + whole(rng, 0, 40), kernel), options)


conv_output_size = Check(
    number="1.1",
    name="conv_output_size",
    reference=kernels.conv_output_size,
    cases=listed(
        ("a hand example", (7, 3)),
        ("a stride that divides", (7, 3), {"stride": 2}),
        ("a stride that does not divide", (12, 3), {"stride": 4}),
        ("padding", (7, 3), {"padding": 1}),
        ("padding and stride", (11, 4), {"stride": 3, "padding": 2}),
        ("dilation", (13, 3), {"dilation": 3}),
        ("all sizes different", (31, 4), {"stride": 3, "padding": 2, "dilation": 5}),
        ("one tap", (9, 1), {"stride": 2, "dilation": 4}),
        ("a kernel as long as the input", (6, 6)),
        ("a stride larger than the kernel", (17, 2), {"stride": 5}),
        ("the first layer of MobileNet", (224, 3), {"stride": 2, "padding": 1}),
    ),
    strict=listed(
        ("a large image", (227, 11), {"stride": 4}),
        ("all sizes different", (40, 3), {"stride": 4, "padding": 1, "dilation": 6}),
        ("a stride larger than the input", (5, 2), {"stride": 9}),
        ("much padding", (4, 3), {"stride": 2, "padding": 5}),
        ("dilation that just fits", (9, 3), {"stride": 2, "dilation": 4}),
        ("one cell", (1, 1), {"stride": 3, "padding": 3}),
        *4 * [_drawn],
    ),
    mistakes=MISTAKES,
)
