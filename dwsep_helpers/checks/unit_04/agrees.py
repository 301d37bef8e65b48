"""Exercise 4.7: whether a printed number holds."""

import itertools
import math
from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from typing import Any

from dwsep_helpers import papers
from dwsep_helpers.checks.cases import listed
from dwsep_helpers.checks.check import Check
from dwsep_helpers.checks.compare import to_truth
from dwsep_helpers.checks.exercise import Case, bank
from dwsep_helpers.checks.inputs import Rng, whole


def _read(text: str, exact: float) -> tuple[Any, ...]:
    """Return both as given, the printed number, and its digits behind the point."""
    return text, exact, float(text), len(text.partition(".")[2])


def _off(text: str, exact: float) -> Fraction:
    """Return by how much the two differ, in decimal digits."""
    return abs(Fraction(text) - Fraction(str(exact)))


def _signed(sign: int) -> list[tuple[str, Callable[..., bool]]]:
    """Return comparisons of a difference that may be negative: exact ones, of floats, or up to 1.

    With a sign of 1 what is printed is taken from the exact number; with −1 it is the other way.
    """

    def off(text: str, exact: float) -> Fraction:
        return sign * (Fraction(str(exact)) - Fraction(text))

    return [
        ("", lambda text, x, printed, d: off(text, x) < Fraction(1, 10**d)),
        ("-and-one-let-through", lambda text, x, printed, d: off(text, x) <= Fraction(1, 10**d)),
        ("-in-floats", lambda text, x, printed, d: sign * (x - printed) < 10.0**-d),
        (
            "-in-floats-and-one-let-through",
            lambda text, x, printed, d: sign * (x - printed) <= 10.0**-d,
        ),
    ]


# What goes wrong, of what `_read` returns: d is the number of digits.
# fmt: off
MISTAKES = bank(papers.agrees, [
    ("floats-subtracted", lambda text, x, printed, d: abs(printed - x) < 10.0**-d,
     "You subtract floats, which are rounded and miss where it is exactly one in the last digit; "
     "decimal digits should be exact.", 3),
    ("counted-in-floats", lambda text, x, printed, d: abs(printed * 10**d - x * 10**d) < 1,
     "You count in floats, which are rounded and miss where it is exactly one in the last digit; "
     "decimal digits should be exact.", 3),
    ("float-taken-for-its-digits", lambda text, x, printed, d:
        abs(Decimal(text) - Decimal(x)) < Decimal(1).scaleb(-d),
     "You take the binary number that a float holds, not the digits that Python prints; those "
     "should be compared.", 3),
    ("one-in-the-last-digit-let-through",
     lambda text, x, printed, d: _off(text, x) <= Fraction(1, 10**d),
     "You let numbers agree that are off by exactly one in the last digit; less than one should "
     "be asked for.", 1),
    ("floats-and-one-let-through", lambda text, x, printed, d: abs(printed - x) <= 10.0**-d,
     "You subtract floats, and let numbers agree that are one off in the last digit; it should be "
     "less than one, exactly.", 3),
    ("rounded-alone", lambda text, x, printed, d: round(x, d) == printed,
     "You turn down a number that was cut off or rounded up; papers do all three, and each "
     "should agree."),
    ("whole-part-alone", lambda text, x, printed, d: int(printed) == int(x),
     "You compare what stands before the point; the digits printed should say how much two "
     "numbers may differ."),
    ("point-counted-as-a-digit",
     lambda text, x, printed, d: _off(text, x) < Fraction(1, 10 ** len(text)),
     "You count all characters as decimals; only the digits behind the point should count.", 3),
    ("no-point-not-noticed",
     lambda text, x, printed, d: (
         _off(text, x) < Fraction(1, 10 ** (len(text) - text.find(".") - 1))),
     "You count all characters as decimals where there is no point; there it should be none.", 3),
    ("digits-of-the-exact-number",
     lambda text, x, printed, d: _off(text, x) < Fraction(1, 10 ** len(str(x).partition(".")[2])),
     "You count the digits of the exact number; those that are printed should count.", 3),
    ("zeros-at-the-end-dropped",
     lambda text, x, printed, d: (
         _off(text, x) < Fraction(1, 10 ** len(text.rstrip("0").partition(".")[2]))),
     "You drop zeros at the end of what is printed; those behind the point are digits, too, and "
     "should count.", 3),
    ("rounded-in-floats", lambda text, x, printed, d: abs(round(x, d) - printed) < 10.0**-d,
     "You round the exact number first, and subtract floats; the number should stay as Python "
     "prints it, and be counted exactly.", 3),
    ("cut-alone", lambda text, x, printed, d: math.floor(x * 10**d) / 10**d == printed,
     "You turn down a number that was rounded, not cut off; papers do both, and each should "
     "agree."),
    ("within-one", lambda text, x, printed, d: abs(printed - x) < 1,
     "You let numbers differ by up to 1; the digits printed should say how much they may."),
    ("within-a-percent", lambda text, x, printed, d: abs(printed - x) < 0.01 * x,
     "You let numbers differ by up to 1 %; the digits printed should say how much they may."),
    ("within-a-tenth", lambda text, x, printed, d: abs(printed - x) < 0.1,
     "You let numbers differ by up to 0.1; the digits printed should say how much they may."),
    ("within-a-hundredth", lambda text, x, printed, d: abs(printed - x) < 0.01,
     "You let numbers differ by up to 0.01; the digits printed should say how much they may."),
    ("equal", lambda text, x, printed, d: printed == x,
     "You let equal numbers alone agree; a paper prints a few digits of what it found, and "
     "those should be enough.", 1),
    ("always", lambda text, x, printed, d: True,
     "You let any two numbers agree; those off by one in the last digit, or more, should not.", 1),
    ("never", lambda text, x, printed, d: False,
     "You let no two numbers agree; those off by less than one in the last digit should.", 1),
    ("turned-round", lambda text, x, printed, d: not papers.agrees(text, x),
     "You return True for False and False for True; numbers that agree should give True.", 1),
    *[(f"{name}{end}", wrong,
       f"You let whatever is printed too {size} agree; the difference may be negative, and its "
       "size alone should count.", 3)
      for name, size, sign in (
          ("sign-forgotten", "large", 1), ("sign-forgotten-the-other-way-round", "small", -1))
      for end, wrong in _signed(sign)],
    ("one-digit-too-strict", lambda text, x, printed, d: _off(text, x) < Fraction(1, 10 ** (d + 1)),
     "You ask for one digit more than is printed; less than one in the last printed digit should "
     "do.", 3),
    ("one-digit-too-lax", lambda text, x, printed, d: _off(text, x) < Fraction(10, 10**d),
     "You let the last printed digit be anything; it should be off by less than one.", 3),
    ("written-alike", lambda text, x, printed, d: str(x).startswith(text),
     "You compare characters, which differ where a number was rounded up; the numbers should be "
     "compared."),
], read=_read)
# fmt: on


def _case(rng: Rng, says: str, arguments: tuple[str, float]) -> Case:
    return Case(says, arguments, view=to_truth)


def _drawn(rng: Rng) -> list[Case]:
    cases = []
    for digits in (0, 1, 2):
        exact = (10 * whole(rng, 1_000_000, 9_000_000) + 1) / 100_000  # never halfway
        shown = f"{exact:.{digits}f}"
        cases += [_case(rng, "drawn, rounded", (shown, exact))]
        cases += [_case(rng, "drawn, another number", (shown, round(exact * 1.3, 4)))]
    return cases


def _drawn_one_apart(rng: Rng) -> list[Case]:
    """Draw neighbours that floats, multiplied, take to be less than one apart."""
    cases = []
    for digits, off in itertools.product((2, 3), (1, -1)):
        one = 10**digits
        missed = [
            (f"{near / one:.{digits}f}", n / one)
            for n in range(2, 9 * one)
            for near in [n + off]
            if max(abs(near - n / one * one), abs(near / one * one - n / one * one)) < 1
        ]
        drawn = missed[whole(rng, 0, len(missed) - 1)]
        cases += [_case(rng, "drawn, exactly one apart in the last digit", drawn)]
    return cases


agrees = Check(
    number="4.7",
    name="agrees",
    points=2,
    reference=papers.agrees,
    cases=listed(
        ("rounded", ("569", 568.740352)),
        ("cut", ("290", 290.6752)),
        ("rounded up, where rounding goes down", ("1.53", 1.5214)),
        ("cut, with decimals", ("52.2", 52.283392)),
        ("digits that changed places", ("1.19", 1.9056)),
        ("another number", ("34", 30.212608)),
        ("too large by a little", ("4.2", 4.0319)),
        ("too small by a little", ("4866", 4867.293184)),
        ("off in the second decimal", ("0.18", 0.1984)),
        ("printed much too large", ("317", 25.4)),
        ("close to the next digit", ("14", 13.0201)),
        ("ten times as large", ("14", 140.2)),
        ("off by a tenth", ("0.439", 0.48)),
        ("one more digit right", ("0.25", 0.2504)),
        ("many more digits right", ("0.25", 0.250004)),
        ("equal", ("0.5", 0.5)),
        ("off by exactly a tenth", ("4.2", 4.3)),
        ("off by exactly one", ("568", 569.0)),
        ("off by exactly a tenth, to a half", ("0.4", 0.5)),
        ("off by exactly a tenth, from below", ("3.3", 3.4)),
        ("printed too large by exactly one", ("569", 568.0)),
        ("printed too large by exactly a tenth", ("4.3", 4.2)),
        ("printed too large by exactly a tenth, from above", ("3.4", 3.3)),
        ("off by exactly a hundredth", ("0.28", 0.29)),
        ("a printed zero at the end", ("2.50", 2.45)),
        ("hundreds, printed to the one", ("290", 283.0)),
        ("fewer digits than are printed", ("4.25", 4.2)),
        ("off by nearly a tenth", ("4.2", 4.2999)),
        ("off by a hair less than a tenth", ("4.2", 4.2999999999999)),
        of=_case,
    ),
    strict=listed(
        ("rounded up", ("150", 149.497088)),
        ("rounded", ("88", 87.6)),
        ("cut", ("2.58", 2.58556)),
        ("off in the last digit", ("0.75", 0.7399)),
        ("off in the first decimal", ("8.5", 8.37)),
        ("off by a hundredth part", ("5000", 5049.9)),
        ("many decimals", ("0.0439", 0.04390625)),
        ("many decimals, one off", ("0.0449", 0.04390625)),
        ("a hundred times as large", ("5", 512.0)),
        ("printed much too large", ("5100", 49.0)),
        ("off by a twentieth", ("0.152", 0.19)),
        ("one more digit right", ("7.1", 7.1009)),
        ("a printed zero at the end", ("7.10", 7.15)),
        ("fewer digits than are printed", ("0.875", 0.9)),
        ("equal", ("1.25", 1.25)),
        ("off by exactly a tenth", ("1.1", 1.2)),
        ("off by exactly a hundredth", ("2.59", 2.58)),
        ("off by exactly a tenth, from above", ("5.1", 5.0)),
        ("off by exactly a tenth, from below", ("2.8", 2.9)),
        ("off by exactly one", ("41", 40.0)),
        ("off by exactly one, from below", ("40", 41.0)),
        ("printed too large by exactly a tenth", ("3.4", 3.3)),
        ("off by a hair less than a tenth", ("7.6", 7.5000000000001)),
        _drawn,
        _drawn_one_apart,
        of=_case,
    ),
    mistakes=MISTAKES,
)
