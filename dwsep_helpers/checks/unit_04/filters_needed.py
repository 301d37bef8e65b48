"""Exercise 4.4: from how many filters on a separable layer is that many times cheaper."""

import math
from fractions import Fraction

from dwsep_helpers import cost
from dwsep_helpers.checks.cases import listed
from dwsep_helpers.checks.check import Check
from dwsep_helpers.checks.exercise import Case, bank
from dwsep_helpers.checks.inputs import SIZE, Rng, whole

# What goes wrong, of K, taps, times and the right answer, which is 0 where it is out of reach.
# fmt: off
MISTAKES = bank(cost.filters_needed, [
    ("rounded-down", lambda k, taps, t, n: n and t * taps // (taps - t),
     "You drop the rest of the division, which leaves one filter too few; it should be rounded "
     "up.", 3),
    ("strictly-more", lambda k, taps, t, n: n and t * taps // (taps - t) + 1,
     "You add a filter where the division comes out even, too; there that number should already "
     "be enough.", 3),
    ("one-too-many", lambda k, taps, t, n: n and n + 1,
     "You take one filter too many; the answer should be the least that is enough.", 3),
    ("rounded", lambda k, taps, t, n: n and round(t * taps / (taps - t)),
     "You round to the nearest number, which may be one too few; it should be rounded up.", 3),
    ("rounded-down-in-floats", lambda k, taps, t, n: n and int(1 / (1 / t - 1 / taps)),
     "You drop the fraction of what floats make, which leaves one filter too few; it should be "
     "rounded up, from exact numbers.", 3),
    ("one-more-than-rounded-down-in-floats",
     lambda k, taps, t, n: n and int(1 / (1 / t - 1 / taps)) + 1,
     "You add one to what floats make without its fraction, which is one too many where it comes "
     "out even; it should be rounded up, exactly.", 3),
    ("rounded-and-negative", lambda k, taps, t, n: n if taps == t else round(t * taps / (taps - t)),
     "You round to the nearest number, and return one below zero out of reach; it should be "
     "rounded up, and be 0 there.", 3),
    ("divided-by-zero", lambda k, taps, t, n: math.ceil(1 / (Fraction(1, t) - Fraction(1, taps))),
     "You divide by what is left even where nothing is left; where the other side is not "
     "positive, the answer should be 0."),
    ("limit-let-through",
     lambda k, taps, t, n: n if t > taps else math.ceil(1 / (Fraction(1, t) - Fraction(1, taps))),
     "You return 0 only beyond the kernel's taps, and divide by nothing at as many times; there, "
     "too, it should be 0."),
    ("float-result", lambda k, taps, t, n: n and float(n),
     "You return the right number as a float; a count should be an int.", 3),
    ("fraction-left", lambda k, taps, t, n: n and t * taps / (taps - t),
     "You return the exact point where it is reached; filters should come in whole numbers.", 3),
    ("negative-filters", lambda k, taps, t, n: 0 if taps == t else -(-t * taps // (taps - t)),
     "You return a number below zero where the kernel is too small; there the answer should be 0."),
    ("limit-taken-for-reached", lambda k, taps, t, n: t * taps if taps == t else n,
     "You take as many times as the kernel has taps to be in reach; the ratio only comes close, "
     "so the answer should be 0.", 1),
    ("combining-for-free", lambda k, taps, t, n: t,
     "You pay for the depthwise stage alone; combining should cost something as well.", 1),
    ("combining-for-free-below-the-limit", lambda k, taps, t, n: n and t,
     "You pay for the depthwise stage alone, within reach; combining should cost something there "
     "as well.", 1),
    ("floats-for-fractions", lambda k, taps, t, n: n and math.ceil(1 / (1 / t - 1 / taps)),
     "You round up what floats left a little above a whole number; whole numbers or fractions "
     "should be exact.", 3),
    ("floats-with-a-margin", lambda k, taps, t, n: n and math.ceil(1 / (1 / t - 1 / taps) - 1e-9),
     "You take a little off what floats left too much, which isn't enough for large numbers; whole "
     "numbers or fractions should be exact.", 3),
    ("fraction-held-against-a-float",
     lambda k, taps, t, n: n and n + (cost.reduction_ratio(n, k) > 1 / t),
     "You hold a fraction against 1 / times, a rounded float, and miss where they are equal; both "
     "should be exact.", 3),
    ("kernel-not-squared", lambda k, taps, t, n: -(-t * k // (k - t)) if k > t else 0,
     "You leave out one side of the kernel; both rows and columns should count.", 1),
    ("kernel-not-squared-behind-the-zero",
     lambda k, taps, t, n: n and math.ceil(1 / (Fraction(1, t) - Fraction(1, k))),
     "You leave out one side of the kernel in the formula; both rows and columns should count, "
     "there as in the question whether it is out of reach.", 1),
    ("kernel-not-squared-in-reach", lambda k, taps, t, n: n if t < k else 0,
     "You leave out one side of the kernel where you ask what is out of reach; both rows and "
     "columns should count.", 1),
    ("kernel-not-squared-above", lambda k, taps, t, n: n and -(-t * k // (taps - t)),
     "You leave out one side of the kernel above the line; both rows and columns should count.",
     1),
    ("kernel-not-squared-below", lambda k, taps, t, n: n and -(-t * taps // (k - t)),
     "You leave out one side of the kernel below the line; both rows and columns should count.",
     1),
    ("kernel-not-squared-and-rounded",
     lambda k, taps, t, n: round(t * k / (k - t)) if k > t else 0,
     "You leave out one side of the kernel, and round to the nearest number; both sides should "
     "count, and it should be rounded up.", 1),
    ("taps-forgotten-above", lambda k, taps, t, n: n and -(-t // (taps - t)),
     "You divide the times alone by what is left of the taps; one more factor should stand above "
     "the line."),
    ("signs-swapped", lambda k, taps, t, n: -(-t * taps // (taps + t)),
     "You bring a term to the other side and keep its sign; the sign should change."),
    ("any-number-of-filters", lambda k, taps, t, n: n and 1,
     "You take a single filter to be enough; the ratio should depend on their number too.", 1),
], read=lambda k, t: (k, k * k, t, cost.filters_needed(k, t)))
# fmt: on


def _drawn(rng: Rng) -> Case:
    kernel = whole(rng, 3, 9)
    return Case("drawn numbers", (kernel, whole(rng, 2, kernel**2 + 4)))


filters_needed = Check(
    number="4.4",
    name="filters_needed",
    points=2,
    reference=cost.filters_needed,
    cases=listed(
        ("a hand example", (2, 2)),
        ("8 times with 3×3", (3, 8)),
        ("20 times with 5×5", (5, 20)),
        ("a division that leaves a rest", (3, 5)),
        ("a small rest", (5, 14)),
        ("a division that comes out even", (2, 3)),
        ("48 filters, to the last one", (4, 12)),
        ("18 filters, to the last one", (3, 6)),
        ("a large kernel, to the last filter", (17, 288)),
        ("4,900 filters, to the last one", (10, 98)),  # floats miss it by one
        ("1 time", (4, 1)),
        ("fewer times than the kernel has rows", (7, 3)),
        ("as many times as taps, which is out of reach", (3, 9)),
        ("more times than taps", (2, 5)),
        ("a 1×1 kernel", (1, 1)),
    ),
    strict=listed(
        ("a large kernel", (7, 48)),
        ("fewer times than the kernel has rows", (9, 5)),
        ("1 time", (3, 1)),
        ("a division that leaves a rest", (7, 31)),
        ("a large rest", (6, 23)),
        ("a division that comes out even", (8, 60)),
        ("another one", (5, 24)),
        ("a third one", (6, 9)),
        ("a fourth one", (6, 32)),
        ("a large kernel, to the last filter", (17, 288)),
        ("9,900 filters, to the last one", (10, 99)),
        ("as many times as taps, which is out of reach", (5, 25)),
        ("more times than taps", (3, 30)),
        *4 * [_drawn],
    ),
    mistakes=MISTAKES,
    allows=(SIZE,),  # for those who try their answer to 4.3 on one number after the other
)
