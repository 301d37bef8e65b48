"""Exercise 4.3: a separable layer's MACs as a part of the standard one's."""

from fractions import Fraction

from dwsep_helpers import cost
from dwsep_helpers.checks.cases import listed
from dwsep_helpers.checks.check import Check
from dwsep_helpers.checks.exercise import Case, bank
from dwsep_helpers.checks.inputs import SIZE, Rng, whole

# What goes wrong, of C_out and K.
# fmt: off
MISTAKES = bank(cost.reduction_ratio, [
    ("upside-down", lambda n, k: 1 / cost.reduction_ratio(n, k),
     "You say how many times cheaper it is; the separable cost should be given as a part of the "
     "standard one.", 1),
    ("saving", lambda n, k: 1 - cost.reduction_ratio(n, k),
     "You give the part that is saved; it should be the part that is left.", 1),
    ("float-result", lambda n, k: 1 / n + 1 / k**2,
     "You return a float, which is rounded; the answer should be an exact Fraction.", 3),
    ("fraction-of-a-float", lambda n, k: Fraction(1 / n + 1 / k**2),
     "You make a Fraction of a number that was rounded before; from whole numbers on, every step "
     "should be exact.", 3),
    ("kernel-not-squared", lambda n, k: Fraction(1, n) + Fraction(1, k),
     "You leave out one side of the kernel; both rows and columns should count."),
    ("kernel-not-squared-below-the-line", lambda n, k: Fraction(n + k * k, n * k),
     "You leave out one side of the kernel below the line; both rows and columns should count."),
    ("kernel-not-squared-above-the-line", lambda n, k: Fraction(n + k, n * k * k),
     "You leave out one side of the kernel above the line; both rows and columns should count."),
    ("kernel-doubled", lambda n, k: Fraction(1, n) + Fraction(1, 2 * k),
     "You double the kernel's side; it should be squared, since rows and columns both count."),
    ("kernel-not-squared-in-a-float", lambda n, k: 1 / n + 1 / k,
     "You leave out one side of the kernel, in a float, which is rounded; K² should be divided by, "
     "as an exact Fraction."),
    ("kernel-not-squared-in-a-fraction-of-a-float", lambda n, k: Fraction(1 / n + 1 / k),
     "You leave out one side of the kernel, in a number that was rounded before; K² should be "
     "divided by, exactly."),
    ("fractions-of-floats", lambda n, k: Fraction(1 / n) + Fraction(1 / k**2),
     "You make Fractions of numbers that were rounded before; from whole numbers on, every step "
     "should be exact.", 3),
    ("float-made-simple", lambda n, k: Fraction(1 / n + 1 / k**2).limit_denominator(),
     "You look for the simple fraction near a float, which is a guess; from whole numbers on, "
     "every step should be exact.", 3),
    ("filters-forgotten", lambda n, k: Fraction(1, k * k),
     "You give the pointwise stage's part alone; the depthwise stage should count as well."),
    ("kernel-forgotten", lambda n, k: Fraction(1, n),
     "You give the depthwise stage's part alone; the pointwise stage should count as well."),
    ("terms-multiplied", lambda n, k: Fraction(1, n * k * k),
     "You multiply the two parts; one stage comes after the other, so they should add up."),
    ("one-over-the-sum", lambda n, k: Fraction(1, n + k * k),
     "You put the whole sum below the line; each stage's cost should be divided by the standard "
     "one."),
    ("filters-squared", lambda n, k: Fraction(1, n * n) + Fraction(1, k * k),
     "You square the filters; the kernel alone should be squared, since it has two sides."),
    ("squares-swapped", lambda n, k: Fraction(1, n * n) + Fraction(1, k),
     "You square the filters and not the kernel; it should be the other way round, since the "
     "kernel has two sides."),
    ("undivided", lambda n, k: n + k * k,
     "You give the separable cost of each input channel and position; it should be divided by "
     "the standard one."),
    ("divided-by-the-kernel", lambda n, k: Fraction(n + k * k, k * k),
     "You divide by one kernel's taps; those of all filters should stand below the line."),
    ("divided-by-the-filters", lambda n, k: Fraction(n + k * k, n),
     "You divide by the filters alone; each should count with all taps of its kernel."),
])
# fmt: on


def _drawn(rng: Rng) -> Case:
    return Case("drawn numbers", (whole(rng, 2, 2000), whole(rng, 2, 11)))


reduction_ratio = Check(
    number="4.3",
    name="reduction_ratio",
    points=3,
    reference=cost.reduction_ratio,
    takes="out_channels kernel_size",
    cases=listed(
        ("a hand example", (4, 2)),
        ("the article's layer", (256, 5)),
        ("a layer of MobileNet", (512, 3)),
        ("a 1×1 kernel", (7, 1)),
        ("one filter", (1, 3)),
        ("few filters, a large kernel", (5, 11)),
        ("many filters, a small kernel", (1000, 2)),
        ("more filters than any layer has", (999_999_937, 4)),
    ),
    strict=listed(
        ("a layer of MobileNet", (1024, 3)),
        ("a large kernel", (96, 7)),
        ("as many filters as taps", (25, 5)),
        ("many filters", (999_983, 6)),
        ("more filters than any layer has", (999_999_893, 5)),
        *3 * [_drawn],
    ),
    mistakes=MISTAKES,
    allows=(SIZE,),  # for those who divide what their answers to 4.1 and 4.2 return
)
