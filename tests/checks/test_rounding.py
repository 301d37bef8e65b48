"""Where an exercise rounds, no case is a tie: every way of rounding to the nearest is right."""

from fractions import Fraction
from math import floor

import numpy as np
import pytest

from dwsep_helpers import checks, hardware

SEEDS = range(40)
APART = 0.02  # of a step, from the nearest half


def cases(exercise):
    """Return all that the open and the strict check try, the strict one drawn many times."""
    drawn = [(False, 0), *((True, seed) for seed in SEEDS)]
    return [case for strict, seed in drawn for case in exercise.tries(strict=strict, seed=seed)]


def from_a_half(steps):
    """Return how far numbers are from the nearest half."""
    return np.abs(np.asarray(steps, dtype=float) % 1 - 0.5).min()


def test_zero_points_are_no_ties():
    for case in cases(checks.scale_and_zero_point):
        low, high = case.arguments
        scale, _ = hardware.scale_and_zero_point(low, high)
        for end in (min(low, 0), max(high, 0)):
            assert from_a_half(end / scale) > APART, f"{case.says}: {low} to {high}"


def test_numbers_to_quantize_are_no_ties():
    for case in cases(checks.quantize):
        x, scale = case.arguments
        assert from_a_half(x / scale) > APART, case.says


@pytest.mark.parametrize(
    "exercise", [checks.mobilenet_macs, checks.mobilenet], ids=lambda e: e.name
)
def test_widths_are_the_same_in_floats_and_exactly(exercise):
    for case in cases(exercise):
        named = exercise.named_arguments(case)
        alpha = named["width_multiplier"]
        for _, *channels, _ in named["layers"]:
            for c in channels:
                assert int(alpha * c) == floor(Fraction(str(alpha)) * c), (
                    f"{case.says}: {alpha}, {c}"
                )
