import pytest
from kill_table import by_case, by_exercise, by_mistake, kills

from dwsep_helpers import checks


def test_table_counts_what_the_checks_reject_and_name():
    [row] = by_exercise(checks.conv2d_macs)
    assert row == ["1.6 `conv2d_macs`", 16, 16, 16, 16, 16, "4 of 4", "8 of 8"]


def test_all_sizes_different_kill_almost_all_and_weak_cases_few():
    alone = {case: (kills, left) for case, kills, left in by_case(checks.conv2d)}
    bank = len(checks.conv2d.mistakes)
    assert alone["all sizes different"][0] >= bank - 2
    assert alone["weak: 5×5, a kernel of ones"][0] < bank / 3
    assert alone["weak: all square, no options"][0] < bank * 2 / 3


def test_few_mistakes_hang_on_one_case():
    killed = {name: int(share.split()[0]) for name, share, _ in by_mistake(checks.conv2d)}
    of_memory = {"`input-dtype-kept`", "`gaps-in-memory-ignored`"}
    assert {name for name, cases in killed.items() if cases < 2} <= of_memory


@pytest.mark.parametrize("exercise", checks.EXERCISES, ids=lambda exercise: exercise.name)
def test_right_answers_survive_every_case(exercise):
    right = type(exercise.mistakes[0])("right", "", exercise.reference)
    for case in exercise.tries(strict=False):
        assert not kills(case, exercise, right)
