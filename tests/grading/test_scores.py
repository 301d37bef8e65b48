"""Which notebooks the example class hands in, and the table of its scores."""

import nbformat
import pytest

from demo import examples
from demo.classes import CLASSES
from dwsep_helpers import course
from dwsep_helpers.grading.report import summary
from dwsep_helpers.grading.scores import Scores, table


def test_table_aligns_names_and_numbers():
    rows = [Scores("b", {"1.1": 3, "1.2": 0}), Scores("a-long-name", {"1.1": 1.5, "1.2": 10})]
    assert table({"1.1": 3, "1.2": 10}, rows).splitlines() == [
        "             1.1  1.2  total",
        "b              3    0      3",
        "a-long-name  1.5   10   11.5",
        "of             3   10     13",
    ]


def test_optional_points_stand_apart_and_what_waits_is_said():
    rows = [
        Scores("done", {"5.1": 3, "5.7": None, "5.8": 2}, frozenset({"5.8"})),
        Scores("open", {"5.1": 1, "5.7": 0, "5.8": 0}, frozenset({"5.8"})),
    ]
    assert table({"5.1": 3, "5.7": 2, "5.8": 2}, rows).splitlines() == [
        "      5.1  5.7  5.8  total  optional",
        "done    3    …    2      3         2",
        "open    1    0    0      1         0",
        "of      3    2    2      5         2",
        "… waits to be graded by hand",
    ]


@pytest.mark.parametrize(
    ("points", "quartiles"),
    [([3], "3, 3, 3"), ([0, 3], "0.75, 1.5, 2.25"), ([0, 1, 3], "0.5, 1, 2")],
)
def test_summary_has_quartiles_within_the_class(points, quartiles):
    rows = [Scores(f"learner-{p}", {"1.1": p}) for p in points]
    assert f"quartiles {quartiles}\n" in summary("01_conv2d", {"1.1": 3}, rows, {})


@pytest.fixture
def solution(root):
    return nbformat.read(root / "solutions" / course.unit("01_conv2d").path, as_version=4)


def test_right_answers_have_no_marks_and_run(solution):
    answers = examples.right_answers(solution)
    assert len(answers) == 7
    for name, source in answers.items():
        assert "SOLUTION" not in source
        assert f"def {name}(" in source
        compile(source, name, "exec")


def test_answer_to_no_exercise_is_refused(solution):
    with pytest.raises(ValueError, match="no cell is called conv3d"):
        examples.fill(solution, {"conv3d": "pass"})


def test_duplicate_is_pasted_below_with_an_id_of_its_own(solution):
    before = [cell.id for cell in solution.cells]
    examples.duplicate("conv2d")(solution)
    place = before.index("conv2d") + 1
    assert [cell.id for cell in solution.cells] == [
        *before[:place],
        "conv2d-copy",
        *before[place:],
    ]
    nbformat.validate(solution)


def test_examples_have_different_names():
    for unit, learners in CLASSES.items():
        assert course.unit(unit).points > 0
        assert len({example.name for example in learners}) == len(learners) >= 8
