"""Exercise 1.4: how many positions a kernel has."""

import math

from dwsep_helpers import kernels
from dwsep_helpers.checks.cases import listed
from dwsep_helpers.checks.check import Check
from dwsep_helpers.checks.exercise import Case, bank
from dwsep_helpers.checks.inputs import Rng, whole

# What goes wrong, of input size, kernel size, stride and padding.
# fmt: off
MISTAKES = bank(kernels.conv_output_size, [
    ("plus-one-forgotten", lambda n, k, s, p: (n + 2 * p - k) // s,
     "You count the steps between positions; the position at the start should count too.", 3),
    ("plus-one-before-dividing", lambda n, k, s, p: (n + 2 * p - k + 1) // s,
     "You add the one before you divide by the stride; it should be added after, since it counts "
     "a position.", 3),
    ("kernel-one-too-short", lambda n, k, s, p: (n + 2 * p - k + 1) // s + 1,
     "You take the kernel as one cell too short, so one start too many seems to fit; all of its "
     "cells should fit in."),
    ("one-too-many", lambda n, k, s, p: (n + 2 * p - k) // s + 2,
     "You count one position too many in any case; the start at 0 should count once.", 3),
    ("starts-in-the-input", lambda n, k, s, p: len(range(0, min(n, n + 2 * p - k + 1), s)),
     "You try no start behind the input; where the padding is long enough, those in it should "
     "count, too."),
    ("stride-of-the-kernel", lambda n, k, s, p: (n + 2 * p - k) // k + 1,
     "You move the kernel by its own length; it should move by the stride.", 3),
    ("kernel-one-too-long", lambda n, k, s, p: (n + 2 * p - k - 1) // s + 1,
     "You stop one cell early; the start at which the kernel ends on the last cell should "
     "count.", 3),
    ("rounded-up", lambda n, k, s, p: -((k - n - 2 * p) // s) + 1,
     "You count a last position that hangs over the edge where the stride does not divide; only "
     "whole ones should count.", 3),
    ("float-division", lambda n, k, s, p: (n + 2 * p - k) / s + 1,
     "You count a fraction of a position where the stride does not divide; only whole ones "
     "should count.", 3),
    ("float-result", lambda n, k, s, p: float((n + 2 * p - k) // s + 1),
     "You return the right number as a float; a size should be an int.", 3),
    ("padding-counted-once", lambda n, k, s, p: (n + p - k) // s + 1,
     "You lengthen the input by the padding at one end; it should be at both."),
    ("padding-forgotten", lambda n, k, s, p: (n - k) // s + 1,
     "You leave the padding out; it should lengthen the input."),
    ("padding-taken-off", lambda n, k, s, p: (n - 2 * p - k) // s + 1,
     "You shorten the input by the padding; it should lengthen it."),
    ("padding-outside-the-stride", lambda n, k, s, p: (n - k) // s + 1 + 2 * p,
     "You add the padding after the division; the kernel should stride over padded cells as well."),
    ("stride-forgotten", lambda n, k, s, p: n + 2 * p - k + 1,
     "You leave the stride out; the kernel should skip positions."),
    ("stride-and-padding-forgotten", lambda n, k, s, p: n - k + 1,
     "You leave stride and padding out; one should skip positions, the other lengthen the input."),
    ("stride-multiplied", lambda n, k, s, p: (n + 2 * p - k) * s + 1,
     "You multiply by the stride; a longer stride should leave fewer positions."),
    ("kernel-forgotten", lambda n, k, s, p: (n + 2 * p - 1) // s + 1,
     "You leave the kernel's length out; all of it should fit in."),
    ("kernel-not-taken-off", lambda n, k, s, p: (n + 2 * p) // s,
     "You divide all of the padded input by the stride; the kernel should be taken off first, and "
     "the start at 0 be counted.", 1),
    ("kernel-not-taken-off-before-adding-one", lambda n, k, s, p: (n + 2 * p) // s + 1,
     "You divide all of the padded input by the stride; the kernel should be taken off before.", 1),
    ("kernel-and-padding-forgotten", lambda n, k, s, p: n // s,
     "You divide the input's size by the stride; padding and kernel should count as well.", 1),
    ("rounded", lambda n, k, s, p: round((n + 2 * p - k) / s) + 1,
     "You round to the nearest number, which may count a position that hangs over the edge; only "
     "whole ones should count.", 3),
    ("kernel-divided-alone", lambda n, k, s, p: n + 2 * p - k // s + 1,
     "You divide the kernel alone by the stride; the whole way from the first start to the last "
     "should be divided.", 3),
    ("same-size-assumed", lambda n, k, s, p: math.ceil(n / s),
     "You return the size for a padding that keeps it; the padding should be the one given."),
], read=lambda n, k, s, p, dilation: (n, k, s, p))
# fmt: on


def _drawn(rng: Rng) -> Case:
    kernel, padding = whole(rng, 1, 7), whole(rng, 0, 4)
    least = max(1, kernel - 2 * padding)
    options = {"stride": whole(rng, 1, 5), "padding": padding}
    return Case("drawn sizes", (least + whole(rng, 0, 40), kernel), options)


conv_output_size = Check(
    number="1.4",
    name="conv_output_size",
    points=3,
    reference=kernels.conv_output_size,
    takes="input_size kernel_size stride padding",
    cases=listed(
        ("a hand example", (7, 3)),
        ("a stride that divides", (7, 3), {"stride": 2}),
        ("a stride that does not divide", (12, 3), {"stride": 4}),
        ("padding", (7, 3), {"padding": 1}),
        ("padding and stride", (11, 4), {"stride": 3, "padding": 2}),
        ("all sizes different", (31, 4), {"stride": 5, "padding": 2}),
        ("one tap", (9, 1), {"stride": 2}),
        ("a kernel as long as the input", (6, 6)),
        ("a stride larger than the kernel", (17, 2), {"stride": 5}),
        ("much padding", (3, 2), {"stride": 2, "padding": 3}),
        ("the first layer of MobileNet", (224, 3), {"stride": 2, "padding": 1}),
    ),
    strict=listed(
        ("a large image", (227, 11), {"stride": 4}),
        ("all sizes different", (40, 3), {"stride": 4, "padding": 1}),
        ("a stride larger than the input", (5, 2), {"stride": 9}),
        ("much padding", (4, 3), {"stride": 2, "padding": 5}),
        ("a kernel that fits only with its padding", (4, 7), {"stride": 2, "padding": 2}),
        ("one cell", (1, 1), {"stride": 3, "padding": 3}),
        *4 * [_drawn],
    ),
    mistakes=MISTAKES,
)
