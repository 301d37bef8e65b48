"""Timing."""

import pytest
import torch

from dwsep_helpers.hardware import Timings, measure, quick


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
    ("contenders", "options", "named"),
    [
        ({}, {}, "contenders"),
        ({"a": int}, {"rounds": 0}, "rounds.*0"),
        ({"a": int}, {"warm_up": -1}, "warm_up.*-1"),
        ({"a": int}, {"threads": 0}, "threads.*0"),
    ],
)
def test_bad_arguments_are_named(contenders, options, named):
    with pytest.raises(ValueError, match=named):
        measure(contenders, **options)


def test_rows_and_table_say_best_tail_and_what_is_sustained():
    first, last = [0.004, 0.002, 0.003, 0.001, 0.005, 0.002], [0.008, 0.006]
    timings = Timings({"slow": first + last, "fast": [0.001] * 8}, threads=2)
    row = timings.rows[0]
    assert (row.name, row.calls) == ("slow", 8)
    assert (row.best, row.lower_quartile, row.median, row.upper_quartile) == pytest.approx(
        (0.001, 0.002, 0.0035, 0.00525)
    )
    assert (row.ninth_decile, row.sustained) == pytest.approx((0.0066, 0.007))
    titles, slow, fast, about = str(timings).splitlines()
    assert [titles[width:].strip() for width in (len("ms per call"),)] == [
        "best     median    9 of 10 at the end"
    ]
    assert slow.split() == ["slow", "1.000", "3.500", "6.600", "7.000"]
    assert len({len(line) for line in (titles, slow, fast)}) == 1
    assert about == "8 calls each in turn, 2 threads"


def test_what_is_sustained_of_few_calls_is_the_last():
    assert Timings({"a": [0.1, 0.3]}).rows[0].sustained == 0.3


def test_threads_hold_while_it_measures_and_come_back():
    before, seen = torch.get_num_threads(), []
    measure({"a": lambda: seen.append(torch.get_num_threads())}, rounds=1, threads=2)
    measure({"a": lambda: seen.append(torch.get_num_threads())}, rounds=1)
    assert seen == [2, 2, 1, 1]
    assert torch.get_num_threads() == before


def test_threads_come_back_after_an_error():
    before = torch.get_num_threads()
    with pytest.raises(ZeroDivisionError):
        measure({"a": lambda: 1 / 0}, threads=before + 1)
    assert torch.get_num_threads() == before


def test_little_is_measured_while_a_notebook_is_graded(monkeypatch):
    monkeypatch.setenv("NBGRADER_EXECUTION", "validate")
    assert quick()
    assert len(measure({"a": int}, rounds=50).seconds["a"]) == 3
    monkeypatch.delenv("NBGRADER_EXECUTION")
    assert not quick()
    assert len(measure({"a": int}, rounds=50).seconds["a"]) == 50


def test_torch_keeps_no_gradients_while_it_measures():
    seen = []
    measure({"a": lambda: seen.append(torch.is_grad_enabled())}, rounds=1)
    assert not any(seen)
    assert torch.is_grad_enabled()


def test_environment_is_recorded():
    assert {"processor", "instructions", "cores", "versions"} <= set(
        measure({"a": int}, rounds=1).environment
    )
