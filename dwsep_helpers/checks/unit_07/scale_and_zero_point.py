"""Exercise 7.1: eight-bit integers for activations."""

import math

from dwsep_helpers import hardware
from dwsep_helpers.checks.cases import listed
from dwsep_helpers.checks.check import Check
from dwsep_helpers.checks.exercise import Case, bank
from dwsep_helpers.checks.inputs import Rng, whole


def _from_low(low: float, scale: float) -> tuple[float, int]:
    """Return a scale and the zero point that takes low to −128."""
    return scale, round(-128 - low / scale)


# What goes wrong, of the range, and of the right scale and zero point.
# fmt: off
MISTAKES = bank(hardware.scale_and_zero_point, [
    ("zero-left-out", lambda lo, hi, s, z: _from_low(lo, (hi - lo) / 255),
     "You keep a range without zero as it is; zero should be taken in, so that an integer means "
     "it.", 3),
    ("256-steps", lambda lo, hi, s, z: _from_low(min(lo, 0), s * 255 / 256),
     "You count as many steps as integers, 256; from −128 to 127 there should be one fewer.", 1),
    ("127-steps", lambda lo, hi, s, z: _from_low(min(lo, 0), s * 255 / 127),
     "You divide the range by 127, one side of the integers; both sides should share it."),
    ("unsigned", lambda lo, hi, s, z: (s, z + 128),
     "You count the zero point from 0, as without a sign; the integers should begin at −128."),
    ("from-minus-127", lambda lo, hi, s, z: (s, z + 1),
     "You let the integers begin at −127; they should begin at −128."),
    ("symmetric", lambda lo, hi, s, z: (max(abs(lo), abs(hi)) / 127, 0),
     "You take the symmetric form, whose zero point is always 0; the range should fill all "
     "integers.", 1),
    ("zero-point-of-the-middle", lambda lo, hi, s, z: (s, round((lo + hi) / 2 / s)),
     "You return the integer for the middle of the range; it should be the one that means 0."),
    ("sign-of-the-zero-point", lambda lo, hi, s, z: _from_low(-min(lo, 0), s),
     "You flip the sign of low over scale; low itself should land at −128.", 3),
    ("zero-point-negated", lambda lo, hi, s, z: (s, -z),
     "You flip the sign of the zero point; low should land at −128.", 3),
    ("zero-point-not-rounded", lambda lo, hi, s, z: (s, -128 - min(lo, 0) / s),
     "You return a fraction as the zero point; it should be one of the integers.", 3),
    ("zero-point-cut", lambda lo, hi, s, z: (s, int(-128 - min(lo, 0) / s)),
     "You cut the zero point off toward zero; it should be rounded to the nearest.", 3),
    ("zero-point-rounded-down", lambda lo, hi, s, z: (s, math.floor(-128 - min(lo, 0) / s)),
     "You round the zero point down; it should be rounded to the nearest.", 3),
    ("zero-point-rounded-up", lambda lo, hi, s, z: (s, math.ceil(-128 - min(lo, 0) / s)),
     "You round the zero point up; it should be rounded to the nearest.", 3),
    ("zero-point-always-raised", lambda lo, hi, s, z: (s, math.floor(-128 - min(lo, 0) / s) + 1),
     "You round the zero point down and add 1; it should be rounded to the nearest.", 3),
    ("zero-point-half-added-and-cut", lambda lo, hi, s, z: (s, int(-128 - min(lo, 0) / s + 0.5)),
     "You add a half and cut off, which goes toward zero; below 0, too, it should go to the "
     "nearest.", 3),
    ("zero-point-above-minus-128", lambda lo, hi, s, z: (s, max(z, -127)),
     "You let no zero point lie below −127; it should be −128 where low is 0.", 3),
    ("zero-point-is-low", lambda lo, hi, s, z: (s, round(-128 - min(lo, 0))),
     "You take low as it is for the zero point; it should be counted in steps of the scale.", 3),
    ("scale-upside-down", lambda lo, hi, s, z: (1 / s, z),
     "You return how many steps there are in 1; the scale should be how large a step is.", 1),
    ("scale-rounded", lambda lo, hi, s, z: (round(s, 4), z),
     "You round the scale; it should keep all its digits, for it may be small itself.", 3),
    ("order-swapped", lambda lo, hi, s, z: (z, s),
     "You swap the two; the scale should come first.", 3),
    ("scale-from-the-high-end", lambda lo, hi, s, z: (max(hi, 0) / 255 or 1.0, z),
     "You make the scale from the high end alone; the low end should belong to the range, too."),
    ("no-zero-point", lambda lo, hi, s, z: (s, 0),
     "You return 0 as the zero point, whatever the range; low should land at −128."),
], read=lambda lo, hi: (lo, hi, *hardware.scale_and_zero_point(lo, hi)))
# fmt: on


def _drawn(rng: Rng) -> list[Case]:
    # Low lies well between two halves of a step: no two ways of rounding differ.
    steps, scale = whole(rng, 10, 245) + rng.uniform(-0.4, 0.4), rng.uniform(0.01, 0.05)
    low, high = round(-steps * scale, 5), round((255 - steps) * scale, 5)
    return [
        Case("drawn, both sides", (low, high)),
        Case("drawn, positive alone", (high, round(3 * high, 5))),
    ]


scale_and_zero_point = Check(
    number="7.1",
    name="scale_and_zero_point",
    points=1,
    reference=hardware.scale_and_zero_point,
    cases=listed(
        ("a hand example", (-1.0, 1.55)),
        ("after ReLU6", (0.0, 6.0)),
        ("mostly positive", (-0.4, 3.1)),
        ("mostly negative", (-7.3, 0.9)),
        ("positive alone", (2.0, 5.1)),
        ("negative alone", (-4.7, -1.2)),
        ("a narrow range", (-0.0013, 0.0022)),
        ("a wide range", (-310.0, 155.0)),
    ),
    strict=listed(
        ("two different sides", (-2.9, 11.3)),
        ("mostly positive", (-2.3, 6.36)),
        ("mostly negative", (-5.1, 1.3)),
        ("positive alone", (0.6, 9.9)),
        ("negative alone", (-0.031, -0.008)),
        ("never negative", (0.0, 1.7)),
        _drawn,
    ),
    mistakes=MISTAKES,
    axes=("scale, zero point",),
)
