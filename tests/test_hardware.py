"""Timing."""

import pytest

from dwsep_helpers.hardware import Timings, measure


def test_contenders_take_turns_after_one_warm_up_each():
    calls = []
    measure({"a": lambda: calls.append("a"), "b": lambda: calls.append("b")}, rounds=3)
    assert calls == ["a", "b"] * 4


def test_every_round_is_kept():
    timings = measure({"a": lambda: None}, rounds=4)
    assert len(timings.seconds["a"]) == 4
    assert min(timings.seconds["a"]) >= 0


def test_best_and_ratio_use_the_minimum():
    timings = Timings({"slow": [6.0, 4.0], "fast": [9.0, 2.0]})
    assert timings.best("slow") == 4.0
    assert timings.ratio("slow", "fast") == 2.0


@pytest.mark.parametrize(
    ("contenders", "rounds", "named"), [({}, 5, "contenders"), ({"a": int}, 0, "rounds.*0")]
)
def test_bad_arguments_are_named(contenders, rounds, named):
    with pytest.raises(ValueError, match=named):
        measure(contenders, rounds=rounds)
