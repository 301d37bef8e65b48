import numpy as np
import pytest
from kill_table import by_case, by_exercise, by_mistake, kills

from dwsep_helpers import checks
from dwsep_helpers.checks.messages import tried


def test_table_counts_what_the_checks_reject_and_name():
    [row] = by_exercise(checks.conv2d_macs)
    assert row == ["1.6 `conv2d_macs`", 17, 17, 17, 17, 17, "5 of 5", "9 of 9"]


def test_all_sizes_different_kill_almost_all_and_weak_cases_few():
    alone = {case: (kills, left) for case, kills, left in by_case(checks.conv2d)}
    bank = len(checks.conv2d.mistakes)
    elsewhere = 10  # dtype and memory have cases of their own, as has what rounds to the same
    assert alone["all sizes different"][0] >= bank - elsewhere
    assert alone["weak: 5×5, a kernel of ones"][0] < bank / 3
    assert alone["weak: all square, no options"][0] < bank * 2 / 3


def test_few_mistakes_hang_on_one_case():
    killed = {name: int(share.split()[0]) for name, share, _ in by_mistake(checks.conv2d)}
    of_memory_or_a_zero = {
        f"`{name}`"
        for name in (
            "input-dtype-kept",
            "kernel-dtype-kept",
            "bias-cut",
            "gaps-in-memory-ignored",
            "bias-left-out-for-a-zero",
        )
    }
    assert {name for name, cases in killed.items() if cases < 2} <= of_memory_or_a_zero


LAYERS = [
    exercise
    for exercise in checks.EXERCISES
    if exercise.number < "4"
    and isinstance(exercise.tries(strict=False)[0].arguments[0], np.ndarray)
]


@pytest.mark.parametrize("exercise", LAYERS, ids=lambda exercise: exercise.name)
def test_most_mistakes_show_first_where_the_inputs_are_shown(exercise):
    cases = exercise.tries(strict=False)[:-3]
    shown = 0
    for mistake in exercise.mistakes:
        first = next(case for case in cases if kills(case, exercise, mistake))
        shown += "\n    " in tried(exercise, first)
    assert shown >= 0.8 * len(exercise.mistakes)


@pytest.mark.parametrize("exercise", checks.EXERCISES, ids=lambda exercise: exercise.name)
def test_right_answers_survive_every_case(exercise):
    right = type(exercise.mistakes[0])("right", "", exercise.reference)
    for case in exercise.tries(strict=False):
        assert not kills(case, exercise, right)
