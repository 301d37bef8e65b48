"""A teacher's own exercises, and a course in another language, are graded and reported."""

import csv
import shutil

import nbformat
import pytest
from feedback_pages import read_pages
from nbformat.v4 import new_code_cell, new_markdown_cell

from dwsep_helpers.grading.class_folder import database, dwsep, nbgrader
from dwsep_helpers.grading.columns import column, columns, in_order
from dwsep_helpers.grading.doctor import examine
from dwsep_helpers.grading.metadata import grade_id
from dwsep_helpers.grading.scores import exercises, scores
from tests.grading.units import ROOT

UNIT = "01_conv2d"
WORTH = {
    **{"1.1": 4, "1.2": 2, "1.3": 2, "1.4": 3, "1.5": 4, "1.6": 2, "1.7": 3},
    **{"1.8": 2, "pruefung_rand": 1, "task_lesen": 3, "zugabe_optional": 1},
}


def about(name, points=None, **kind):
    false = dict.fromkeys(("grade", "solution", "locked", "task"), False)
    details = {"grade_id": name, "schema_version": 3, **false, **kind}
    return {"nbgrader": details | ({} if points is None else {"points": points})}


def graded(name, points, source):
    return new_code_cell(source, metadata=about(name, points, grade=True, locked=True))


def solution(name, body):
    source = f"def {name}(x):\n    ### BEGIN SOLUTION\n    {body}\n    ### END SOLUTION"
    return new_code_cell(source, metadata=about(name, solution=True))


def in_german() -> nbformat.NotebookNode:
    """Return the unit with translated headers, and with exercises that no check of ours judges."""
    unit = nbformat.read(ROOT / "solutions" / UNIT / f"{UNIT}.ipynb", as_version=4)
    for cell in unit.cells:
        if cell.cell_type == "code" and cell.metadata.get("nbgrader", {}).get("grade"):
            lines = cell.source.splitlines()
            lines[0] = lines[0].replace("Exercise", "Übung").replace("points", "Punkte")
            cell.source = "\n".join(lines)
    unit.cells += [
        solution("rand", "return x + 2"),
        graded("pruefung_rand", 1, "assert rand(1) == 3\n### BEGIN HIDDEN TESTS\n"
               "assert rand(7) == 9\n### END HIDDEN TESTS"),
        graded("test_acht", 2, '"""Übung 1.8: Rand. 2 Punkte."""\nassert rand(2) == 4'),
        graded("zugabe_optional", 1, "assert rand(3) == 5"),
        new_markdown_cell("Lies.", metadata=about("task_lesen", 3, task=True, locked=True)),
    ]  # fmt: skip
    return unit


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A class of two: ada has all right, ben nothing of what is the teacher's own."""
    folder = tmp_path_factory.mktemp("german")
    unit = in_german()
    nbformat.write(unit, _place(folder / "solutions"))
    shutil.copy(ROOT / "nbgrader_config.py", folder)
    nbgrader("generate_assignment", UNIT, directory=folder)
    released = nbformat.read(folder / "notebooks" / UNIT / f"{UNIT}.ipynb", as_version=4)
    answers = {grade_id(cell): cell.source for cell in unit.cells}
    for learner in ("ada", "ben"):
        for cell in released.cells:
            if cell.metadata.get("nbgrader", {}).get("solution"):
                cell.source = answers[grade_id(cell)]
                if learner == "ben" and grade_id(cell) == "rand":
                    cell.source = "def rand(x):\n    return x"
        nbformat.write(released, _place(folder / "submitted" / learner))
    dwsep("autograde", UNIT, directory=folder)
    dwsep("report", UNIT, directory=folder)
    return folder


def _place(folder):
    path = folder / UNIT / f"{UNIT}.ipynb"
    path.parent.mkdir(parents=True)
    return path


def test_each_exercise_has_a_column(course):
    assert exercises(database(course), UNIT) == WORTH
    assert [*exercises(database(course), UNIT)] == [*WORTH]
    ada, ben = scores(database(course), UNIT)
    assert ada.points == {**WORTH, "task_lesen": None}
    assert ben.points == {**ada.points, "1.8": 0, "pruefung_rand": 0, "zugabe_optional": 0}
    assert (ada.total, ada.extra, ada.optional) == (23, 1, {"zugabe_optional"})


def test_the_report_has_them_too(course):
    with (course / f"scores-{UNIT}.csv").open(newline="", encoding="utf-8-sig") as file:
        ada, ben = csv.DictReader(file)
    assert (ada["1.8"], ben["1.8"], ada["task_lesen"]) == ("2", "0", "")
    assert (ada["total"], ada["optional"]) == ("23", "1")


def test_and_the_pages(course):
    pages = {learner: " ".join(page.split()) for learner, page in read_pages(course, UNIT).items()}
    assert "23 of 26 points, so far" in pages["ada"]
    assert "1.8 Rand 2 of 2 Passed." in pages["ada"]
    assert "pruefung_rand 0 of 1 AssertionError" in pages["ben"]
    assert "rand(7)" not in pages["ben"]


def test_doctor_finds_their_checks(course):
    advice = examine(course / "submitted" / "ada" / UNIT / f"{UNIT}.ipynb")
    assert not [one for one in advice if "check" in one.lower()]


@pytest.mark.parametrize(
    ("name", "source", "key", "called", "optional"),
    [
        ("test_a", '"""Exercise 1.8: a. 2 points."""\nassert a', "1.8", "a", False),
        ("test_a", "# Exercise 1.8\nassert a", "1.8", "", False),
        ("test_a", '"""Exercise 1.8: a. 2 optional points."""\nassert a', "1.8", "a", True),
        ("test_a", '"""練習 1.8：畳み込み"""\nassert a', "1.8", "畳み込み", False),
        ("test_a", '"""Exercice 1.10 — marge."""\nassert a', "1.10", "marge", False),
        ("test_a", '"""It takes 2.5 seconds."""\nassert a', "test_a", "", False),
        ("test_a", '"""Needs 2.5 seconds: a loop."""\nassert a', "test_a", "", False),
        ("test_a", "assert a(1.5) == 2.5", "test_a", "", False),
        ("optional-a", "assert a", "optional-a", "", True),
        ("test_x", '"""Übung: mehr."""\nchecks.conv2d(conv2d)', "1.5", "conv2d", False),
        ("x", "checks.grouped_conv2d(grouped_conv2d)", "2.6", "grouped_conv2d", True),
        ("x", '"""Exercise 2.4: c."""\nchecks.conv2d(conv2d)', "1.5", "conv2d", False),
        ("x", "", "x", "", False),
    ],
)
def test_what_an_exercise_is_called(name, source, key, called, optional):
    found = column(name, source)
    assert (found.key, found.name, found.optional) == (key, called, optional)


def test_two_cells_of_one_number_have_a_column_each():
    cells = [("b", "# Exercise 1.8", "code"), ("a", "# Exercise 1.8", "code")]
    assert {name: one.key for name, one in columns(cells).items()} == {"a": "1.8", "b": "b"}
    assert columns(cells) == columns(cells[::-1])
    ours = ("test_conv2d", "checks.conv2d(conv2d)", "code")
    known = columns([("mine", "# Exercise 1.5", "code"), ours])
    assert (known["mine"].key, known["test_conv2d"].key) == ("mine", "1.5")


def test_answers_in_words_and_the_order():
    assert column("answer_5_9", "Exercise 1.1: no", "markdown").key == "5.9"
    assert column("mine", "optional", "markdown").optional is False
    keys = ["b", "1.10", "a", "1.9", "2.1"]
    assert [*in_order(dict.fromkeys(keys))] == ["1.9", "1.10", "2.1", "a", "b"]
