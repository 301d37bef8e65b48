"""A class's phones: every point and name is there, and those without a year stand apart."""

import pytest

from dwsep_helpers.figures import class_phones
from dwsep_helpers.hardware.phone_lines import Phone

PHONES = [
    Phone("Pixel 8", 0.5, 160, "float32", 20, 4, year=2023),
    Phone("Moto", 0.5, 160, "float32", 60, 9, year=2019),
    Phone("iPhone", 0.5, 160, "int8", 9, 4),
]


def points(phones):
    """Return by dtype where points are, and the ticks' words."""
    (axes,) = class_phones._draw(phones, "A class").axes
    found = {line.get_label(): list(zip(*line.get_data(), strict=True)) for line in axes.lines}
    return found, [label.get_text() for label in axes.get_xticklabels()]


def test_phones_are_points_by_year_and_ratio():
    found, years = points(PHONES)
    assert found["float32"] == [(2023, 5), (2019, pytest.approx(60 / 9))]
    assert found["int8"] == [(2017, 2.25)]
    assert years == ["not said", "2019", "2023"]


def test_one_phone_without_a_year_will_do():
    assert points(PHONES[2:])[1] == ["not said"]
