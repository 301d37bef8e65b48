"""Exercise 7.4: the way back from 32-bit sums to eight bits."""

import numpy as np

from dwsep_helpers import kernels
from dwsep_helpers.checks.cases import listed
from dwsep_helpers.checks.check import Check
from dwsep_helpers.checks.exercise import Case, bank
from dwsep_helpers.checks.inputs import Rng
from dwsep_helpers.checks.recipes import integers

MISTAKES = bank(integers.requantized, [*integers.WAYS_BACK, *integers.ONLY_BACK])

_HALF = 2**30  # over 2³¹


def _given(says: str, accumulator: list[int], *how: int, zero_point: int = 0) -> Case:
    sums = np.array(accumulator, np.int32)
    options = {"zero_point": zero_point} if zero_point else {}
    return Case(says, (sums, *how), options, show=True, view=integers.eight_bits)


def _in_a_row(says: str, shift: int, zero_point: int) -> Case:
    """Return sums one after the other, half of which lie between two steps."""
    sums = np.arange(-90, 91, dtype=np.int32)
    return Case(says, (sums, _HALF, shift), {"zero_point": zero_point}, view=integers.eight_bits)


def _drawn(rng: Rng, says: str, zero_point: int, shift: int, *shape: int, reach: int = 100) -> Case:
    multiplier = int(rng.integers(_HALF + 2**27, 2 * _HALF - 2**27))
    sums = integers.sums(rng, reach << shift, *shape)
    arguments = sums, multiplier, shift
    return Case(says, arguments, {"zero_point": zero_point}, view=integers.eight_bits)


def _channels(rng: Rng, says: str, zero_point: int, shifts: tuple[int, ...], *pixels: int) -> Case:
    """Return sums (1, C, H, W), a multiplier and a shift for each channel."""
    multiplier = rng.integers(_HALF, 2 * _HALF - 1, len(shifts)).astype(np.int32)
    shift = np.array(shifts, np.int32)
    sums = integers.sums(rng, 150 << min(shifts), 1, len(shifts), *pixels)
    arguments = sums, multiplier.reshape(-1, 1, 1), shift.reshape(-1, 1, 1)
    return Case(says, arguments, {"zero_point": zero_point}, view=integers.eight_bits)


requantize = Check(
    number="7.4",
    name="requantize",
    points=2,
    reference=kernels.requantize,
    cases=listed(
        _given("a hand example", [1000, -1000, 45, 41], _HALF, 3),
        _given("a zero point", [1000, -1000, 45, 41], _HALF, 3, zero_point=5),
        _given("sums beyond eight bits", [4000, -4000, 2200], _HALF, 3, zero_point=-20),
        _in_a_row("sums of which half lie between two steps", 1, 0),
        _in_a_row("no shift", 0, 4),
        ("large sums", -17, 9, 6, 5),
        ("sums beyond eight bits", 60, 7, 4, 8, {"reach": 300}),
        lambda rng: _channels(rng, "a multiplier for each channel", -128, (8, 6, 9), 3, 4),
        of=_drawn,
    ),
    strict=listed(
        _given("a zero point", [3000, -3001, 77], _HALF, 5, zero_point=-9),
        _in_a_row("sums of which half lie between two steps", 2, -3),
        _in_a_row("no shift", 0, -1),
        ("large sums", 33, 11, 7, 5),
        ("sums beyond eight bits", -100, 6, 5, 9, {"reach": 600}),
        lambda rng: _channels(rng, "a multiplier for each channel", 5, (7, 9, 5, 10), 5, 2),
        of=_drawn,
    ),
    mistakes=MISTAKES,
)
