"""The practice exercise."""

import numpy as np
import pytest

from dwsep_helpers import checks
from dwsep_helpers.checks.unit_00 import multiply_accumulate


def in_steps(total, a, b):
    total += a * b
    return total


RIGHT = {
    "in steps": in_steps,
    "product first": lambda total, a, b: a * b + total,
    "sum of a list": lambda total, a, b: sum([total, a * b]),
    "float": lambda total, a, b: float(total + a * b),
    "float before": lambda total, a, b: float(total) + a * b,
    "NumPy scalar": lambda total, a, b: np.float32(total) + np.float32(a) * np.float32(b),
    "zero-dimensional array": lambda total, a, b: np.add(total, np.multiply(a, b)),
    "dot": lambda total, a, b: np.dot([1, a], [total, b]),
}
WRONG = {
    "list": (lambda total, a, b: [total + a * b], "wrong shape"),
    "text": (lambda total, a, b: str(total + a * b), "wrong type"),
    "printed": (lambda total, a, b: print(total + a * b), "wrong type"),
    "truth": (lambda total, a, b: True, "wrong type"),
    "nothing": (lambda total, a, b: None, "not attempted"),
    "rounded": (lambda total, a, b: round(total + a * b), "wrong values"),
    "rounded to three digits": (lambda total, a, b: round(total + a * b, 3), "wrong values"),
}
STRICT = pytest.mark.parametrize("strict", [False, True])


@STRICT
@pytest.mark.parametrize("style", RIGHT)
def test_right_answers_pass(style, strict, capsys):
    assert checks.multiply_accumulate(RIGHT[style], strict=strict) is None
    assert "passed" in capsys.readouterr().out


@STRICT
@pytest.mark.parametrize("style", WRONG)
def test_wrong_answers_fail(style, strict):
    function, outcome = WRONG[style]
    with pytest.raises(checks.CheckFailed) as failed:
        checks.multiply_accumulate(function, strict=strict)
    assert failed.value.outcome == outcome


@STRICT
@pytest.mark.parametrize("mistake", multiply_accumulate.mistakes, ids=lambda m: m.name)
def test_every_mistake_is_named(mistake, strict):
    with pytest.raises(checks.CheckFailed) as failed:
        checks.multiply_accumulate(mistake.function, strict=strict)
    assert failed.value.mistake == mistake.name


def test_a_message_shows_whole_numbers_as_they_are():
    with pytest.raises(checks.CheckFailed) as failed:
        checks.multiply_accumulate(lambda total, a, b: total + a + b)
    assert "total=10, a=2, b=3\n    expected 16\n    got      15\n" in failed.value.message
