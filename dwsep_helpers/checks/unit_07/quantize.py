"""Exercise 7.2: rounding to eight-bit integers."""

import numpy as np

from dwsep_helpers import hardware
from dwsep_helpers.checks.cases import listed
from dwsep_helpers.checks.check import Check
from dwsep_helpers.checks.exercise import Case, bank
from dwsep_helpers.checks.inputs import Rng
from dwsep_helpers.checks.recipes.integers import eight_bits, wrapped

_right = hardware.quantize


def _in_eight_bits(q: np.ndarray) -> np.ndarray:
    return wrapped(q).astype(np.int8)


# What goes wrong, of numbers, scale and zero point.
# fmt: off
MISTAKES = bank(_right, [
    ("cut-off", lambda x, s, z: _right(np.trunc(x / s), 1, z),
     "You cut the numbers off toward zero; they should go to the nearest integer."),
    ("rounded-down", lambda x, s, z: _right(np.floor(x / s), 1, z),
     "You round the numbers down; they should go to the nearest integer."),
    ("rounded-up", lambda x, s, z: _right(np.ceil(x / s), 1, z),
     "You round the numbers up; they should go to the nearest integer."),
    ("zero-point-forgotten", lambda x, s, z: _right(x, s),
     "You leave the zero point out; it should shift every integer.", 1),
    ("zero-point-subtracted", lambda x, s, z: _right(x, s, -z),
     "You subtract the zero point, which is the way back; it should be added.", 1),
    ("zero-point-before-scale", lambda x, s, z: _right(x + z, s),
     "You add the zero point to the real numbers; it should be added to the integers."),
    ("multiplied-by-scale", lambda x, s, z: _right(x * s, 1, z),
     "You multiply the numbers by the scale; they should be counted in steps of that size.", 1),
    ("rounded-before-dividing", lambda x, s, z: _right(np.trunc(np.rint(x) / s), 1, z),
     "You round the numbers before you divide them; they should be rounded afterwards."),
    ("scale-forgotten", lambda x, s, z: _right(x, 1, z),
     "You round the numbers as they are; they should be counted in steps of the scale.", 1),
    ("not-clipped", lambda x, s, z: _in_eight_bits(np.rint(x / s) + z),
     "You let numbers wrap round that need more than eight bits, so 128 becomes −128; they should "
     "be clipped.", 3),
    ("clipped-before-the-zero-point", lambda x, s, z: _in_eight_bits(_right(x, s) + float(z)),
     "You clip before you add the zero point, and sums may wrap round; clipping should come "
     "last.", 3),
    ("clipped-at-127-both-ways", lambda x, s, z: _right(x, s, z).clip(-127),
     "You clip at −127; the lowest integer should be −128.", 3),
    ("unsigned", lambda x, s, z: _in_eight_bits(np.clip(np.rint(x / s) + z, 0, 255)),
     "You clip to 0 … 255, as for integers without a sign; these should have one.", 3),
    ("clipped-at-zero", lambda x, s, z: _right(x, s, z).clip(0),
     "You clip at 0, and nothing negative is left; the lowest integer should be −128.", 3),
    ("clipped-at-seven-bits", lambda x, s, z: _right(x, s, z).clip(-64, 63),
     "You clip to −64 … 63, which is seven bits; there should be eight.", 3),
    ("one-scale-for-all", lambda x, s, z: _right(x, np.ravel(s)[0], z),
     "You divide all channels by one scale; where scale is an array, each should meet its own."),
])
# fmt: on


def _drawn(
    rng: Rng, says: str, scale: float | np.ndarray, zero_point: int, *shape: int, reach: int = 90
) -> Case:
    """Return numbers of steps that lie well between two halves."""
    steps = rng.integers(-reach, reach, shape) + rng.uniform(-0.4, 0.4, shape)
    x = np.round(steps * scale, 6)
    return Case(says, (x, scale), {"zero_point": zero_point}, view=eight_bits)


_HAND = np.array([-6.0, -1.3, 0.0, 1.1, 2.6, 6.0]), 0.5
_PER_CHANNEL = np.array([0.5, 0.02, 0.25, 0.125]).reshape(4, 1, 1, 1)

quantize = Check(
    number="7.2",
    name="quantize",
    points=1,
    reference=hardware.quantize,
    cases=listed(
        Case("a hand example", _HAND, show=True, view=eight_bits),
        Case("a zero point", _HAND, {"zero_point": 3}, show=True, view=eight_bits),
        ("no zero point", 0.03125, 0, 2, 3),
        ("numbers beyond eight bits", 0.1, -100, 30, {"reach": 250}),
        ("a scale for each channel", _PER_CHANNEL, 0, 4, 2, 3, 3),
        ("activations", 0.0235, -128, 1, 2, 4, 3, {"reach": 127}),
        of=_drawn,
    ),
    strict=listed(
        ("a picture", 0.05, -17, 1, 3, 5, 4),
        ("numbers beyond eight bits", 0.2, 40, 40, {"reach": 300}),
        ("a scale for each channel", 3 * _PER_CHANNEL[:3], 0, 3, 2, 3, 3),
        ("a large scale", 12.5, 101, 9, {"reach": 200}),
        of=_drawn,
    ),
    mistakes=MISTAKES,
)
