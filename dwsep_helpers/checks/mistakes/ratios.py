"""Wrong ratios of a separable layer's cost to a standard one's, and wrong uses of it."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

from dwsep_helpers.checks.exercise import Mistake

Formula = Callable[[int, int], float | Fraction]


def _ratio(name: str, says: str, formula: Formula, hint: int = 2) -> Mistake:
    """Take a formula of (N, D_k)."""

    def function(out_channels, kernel_size):
        return formula(out_channels, kernel_size)

    return Mistake(name, says, function, hint)


def _exact(n: int, k: int) -> Fraction:
    return Fraction(1, n) + Fraction(1, k * k)


REDUCTION_RATIO = (
    _ratio(
        "upside-down",
        "That says how many times cheaper; asked for is the separable cost as a part of the "
        "standard one.",
        lambda n, k: 1 / _exact(n, k),
        1,
    ),
    _ratio(
        "saving",
        "That is the part that is saved; asked for is the part that is left.",
        lambda n, k: 1 - _exact(n, k),
        1,
    ),
    _ratio(
        "float-result",
        "The number is right, and rounded: a float. A Fraction keeps it exact.",
        lambda n, k: 1 / n + 1 / k**2,
        3,
    ),
    _ratio(
        "fraction-of-a-float",
        "It is a Fraction, of a number that was rounded before. Divide exactly, from whole "
        "numbers on.",
        lambda n, k: Fraction(1 / n + 1 / k**2),
        3,
    ),
    _ratio(
        "kernel-not-squared",
        "One side of the kernel is missing: it has rows and columns.",
        lambda n, k: Fraction(1, n) + Fraction(1, k),
    ),
    _ratio(
        "filters-forgotten",
        "That is the depthwise stage alone, as a part of a layer with N filters times N.",
        lambda n, k: Fraction(1, k * k),
    ),
    _ratio(
        "kernel-forgotten",
        "One of the two stages is missing: the one with the larger kernel, or the other?",
        lambda n, k: Fraction(1, n),
    ),
    _ratio(
        "terms-multiplied",
        "The two parts are multiplied; one stage comes after the other, so their costs add up.",
        lambda n, k: Fraction(1, n * k * k),
    ),
    _ratio(
        "one-over-the-sum",
        "The sum stands below the line as a whole. Divide each stage's cost by the standard one.",
        lambda n, k: Fraction(1, n + k * k),
    ),
    _ratio(
        "filters-squared",
        "The filters are squared; it is the kernel that has two sides.",
        lambda n, k: Fraction(1, n * n) + Fraction(1, k * k),
    ),
    _ratio(
        "squares-swapped",
        "The filters are squared and the kernel is not; it is the kernel that has two sides.",
        lambda n, k: Fraction(1, n * n) + Fraction(1, k),
    ),
    _ratio(
        "undivided",
        "That is the separable cost for each input channel and position; the standard one is "
        "what it is a part of.",
        lambda n, k: n + k * k,
    ),
    _ratio(
        "divided-by-the-kernel",
        "Divided by the kernel alone; a standard layer has that many for each of N filters.",
        lambda n, k: Fraction(n + k * k, k * k),
    ),
    _ratio(
        "divided-by-the-filters",
        "Divided by the filters alone; in a standard layer each of them has a whole kernel.",
        lambda n, k: Fraction(n + k * k, n),
    ),
)


def enough(k: int, times: int) -> int:
    """Return the least N with 1/N + 1/k² ≤ 1/times; 0 where there is none."""
    spare = k * k - times
    return -(-times * k * k // spare) if spare > 0 else 0


def _filters(name: str, says: str, formula: Formula, hint: int = 2) -> Mistake:
    """Take a formula of (D_k, times)."""

    def function(kernel_size, times):
        return formula(kernel_size, times)

    return Mistake(name, says, function, hint)


def _where_possible(formula: Formula) -> Formula:
    """Give 0 where no number of filters is enough."""
    return lambda k, t: formula(k, t) if k * k > t else 0


FILTERS_NEEDED = (
    _filters(
        "rounded-down",
        "Where the division leaves a rest, that is one filter too few.",
        _where_possible(lambda k, t: t * k * k // (k * k - t)),
        3,
    ),
    _filters(
        "strictly-more",
        "Where the division comes out even, that number is already enough.",
        _where_possible(lambda k, t: t * k * k // (k * k - t) + 1),
        3,
    ),
    _filters(
        "one-too-many",
        "One fewer is still enough.",
        _where_possible(lambda k, t: enough(k, t) + 1),
        3,
    ),
    _filters(
        "rounded",
        "Rounded to the nearest number, which may be one too few.",
        _where_possible(lambda k, t: round(t * k * k / (k * k - t))),
        3,
    ),
    _filters(
        "float-result",
        "The number is right and its type is float; filters are counted by an int.",
        _where_possible(lambda k, t: float(enough(k, t))),
        3,
    ),
    _filters(
        "fraction-left",
        "That is the point itself; filters come in whole numbers.",
        _where_possible(lambda k, t: t * k * k / (k * k - t)),
        3,
    ),
    _filters(
        "negative-filters",
        "Below zero there are no filters: where the kernel is too small, the answer is 0.",
        lambda k, t: 0 if k * k == t else -(-t * k * k // (k * k - t)),
    ),
    _filters(
        "limit-taken-for-reached",
        "As many times as the kernel has taps is what the ratio comes close to, and never reaches.",
        lambda k, t: t * k * k if k * k == t else enough(k, t),
        1,
    ),
    _filters(
        "filtering-for-free",
        "Only the pointwise stage is paid for; filtering costs as well.",
        lambda k, t: t,
        1,
    ),
    _filters(
        "filtering-for-free-below-the-limit",
        "Only the pointwise stage is paid for; filtering costs as well.",
        _where_possible(lambda k, t: t),
        1,
    ),
    _filters(
        "kernel-not-squared",
        "One side of the kernel is missing: it has rows and columns.",
        lambda k, t: -(-t * k // (k - t)) if k > t else 0,
        1,
    ),
    _filters(
        "taps-forgotten-above",
        "Times over what is left of the taps: one factor is missing above the line.",
        _where_possible(lambda k, t: -(-t // (k * k - t))),
    ),
    _filters(
        "signs-swapped",
        "The two parts of the ratio have changed sign on their way across the equation.",
        lambda k, t: -(-t * k * k // (k * k + t)),
    ),
    _filters(
        "any-number-of-filters",
        "A single filter is not enough: the ratio depends on their number too.",
        _where_possible(lambda k, t: 1),
        1,
    ),
)
