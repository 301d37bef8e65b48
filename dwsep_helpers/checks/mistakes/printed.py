"""Wrong ways to hold a computed number against a printed one."""

from __future__ import annotations

import math
from collections.abc import Callable

from dwsep_helpers.checks.exercise import Mistake


def digits(printed: str) -> int:
    """Return how many digits stand behind the point."""
    return len(printed.partition(".")[2])


def agree(printed: str, exact: float) -> bool:
    """Whether a printed number is off by less than one in its last digit."""
    return abs(float(printed) - exact) < 10.0 ** -digits(printed)


def _agreement(
    name: str, says: str, function: Callable[[str, float], object], hint: int = 2
) -> Mistake:
    return Mistake(name, says, lambda printed, exact: function(printed, exact), hint)


AGREES = (
    _agreement(
        "rounded-alone",
        "A number that was cut off, or rounded up, is turned down; papers do all three.",
        lambda printed, exact: round(exact, digits(printed)) == float(printed),
    ),
    _agreement(
        "cut-alone",
        "A number that was rounded, not cut off, is turned down; papers do both.",
        lambda printed, exact: (
            math.floor(exact * 10 ** digits(printed)) / 10 ** digits(printed) == float(printed)
        ),
    ),
    _agreement(
        "within-one",
        "Numbers that differ by less than one agree, however many digits are printed.",
        lambda printed, exact: abs(float(printed) - exact) < 1,
    ),
    _agreement(
        "within-a-percent",
        "Numbers within a hundredth of each other agree, however many digits are printed.",
        lambda printed, exact: abs(float(printed) - exact) < 0.01 * exact,
    ),
    _agreement(
        "within-a-tenth",
        "Numbers that differ by less than a tenth agree, however many digits are printed.",
        lambda printed, exact: abs(float(printed) - exact) < 0.1,
    ),
    _agreement(
        "within-a-hundredth",
        "Numbers that differ by less than 0.01 agree, however many digits are printed.",
        lambda printed, exact: abs(float(printed) - exact) < 0.01,
    ),
    _agreement(
        "equal",
        "Only equal numbers agree; a paper prints a few digits of what it found.",
        lambda printed, exact: float(printed) == exact,
        1,
    ),
    _agreement(
        "always",
        "Any two numbers agree.",
        lambda printed, exact: True,
        1,
    ),
    _agreement(
        "never",
        "No two numbers agree.",
        lambda printed, exact: False,
        1,
    ),
    _agreement(
        "turned-round",
        "True and False are the wrong way round.",
        lambda printed, exact: not agree(printed, exact),
        1,
    ),
    _agreement(
        "sign-forgotten",
        "Whatever is printed too large agrees; the difference may be negative.",
        lambda printed, exact: exact - float(printed) < 10.0 ** -digits(printed),
    ),
    _agreement(
        "one-digit-too-strict",
        "The last printed digit is asked to be right, and the one after it as well.",
        lambda printed, exact: abs(float(printed) - exact) < 10.0 ** -(digits(printed) + 1),
        3,
    ),
    _agreement(
        "one-digit-too-lax",
        "The last printed digit may be anything.",
        lambda printed, exact: abs(float(printed) - exact) < 10.0 ** -(digits(printed) - 1),
        3,
    ),
    _agreement(
        "written-alike",
        "The printed characters are compared with the first ones of the number; one that was "
        "rounded up begins otherwise.",
        lambda printed, exact: str(exact).startswith(printed),
    ),
)
