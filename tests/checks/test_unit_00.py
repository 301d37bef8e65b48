"""The practice exercise."""

import pytest

from dwsep_helpers import checks
from dwsep_helpers.checks.unit_00 import multiply_accumulate


@pytest.mark.parametrize("strict", [False, True])
def test_right_answers_pass(strict, capsys):
    def one(total, a, b):
        total += a * b
        return total

    for answer in (one, lambda total, a, b: a * b + total, lambda total, a, b: sum([total, a * b])):
        assert checks.multiply_accumulate(answer, strict=strict) is None
    assert "passed" in capsys.readouterr().out


@pytest.mark.parametrize("mistake", multiply_accumulate.mistakes, ids=lambda m: m.name)
def test_every_mistake_is_named(mistake):
    with pytest.raises(checks.CheckFailed) as failed:
        checks.multiply_accumulate(mistake.function)
    assert failed.value.mistake == mistake.name
