"""Which notebooks the example class hands in, and the table of its scores."""

import csv
import shutil
import warnings

import nbformat
import pytest
from nbgrader.api import Grade, Gradebook, Student, SubmittedAssignment, SubmittedNotebook
from sqlalchemy import insert, text

from demo import examples
from demo.classes import CLASSES
from dwsep_helpers import course
from dwsep_helpers.grading.class_folder import ClassFolder
from dwsep_helpers.grading.metadata import FAILED, GRADED, NOT_YET, NOTHING
from dwsep_helpers.grading.nbgrader_session import NbgraderSession
from dwsep_helpers.grading.report import summary, write_csv
from dwsep_helpers.grading.scores import Scores, read, scores, table, with_status


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


UNIT = "01_conv2d"


@pytest.fixture(scope="module")
def gradebook(tmp_path_factory):
    """One with two exercises and a question in words, and runs that ended at all points."""
    path = tmp_path_factory.mktemp("scores") / "gradebook.db"
    with warnings.catch_warnings(), Gradebook(f"sqlite:///{path}") as book:
        warnings.simplefilter("ignore")  # SQLAlchemy's, of nbgrader's own queries
        book.add_assignment(UNIT)
        book.add_notebook(UNIT, UNIT)
        for name, kind, title in (
            ("one", "code", "# Exercise 1.1"),
            ("two", "code", "# Exercise 1.2"),
            ("answer_1_3", "markdown", "Because …"),
        ):
            book.add_grade_cell(name, UNIT, UNIT, max_score=2, cell_type=kind)
            book.add_source_cell(name, UNIT, UNIT, source=title, cell_type=kind)
        book.add_solution_cell("answer_1_3", UNIT, UNIT)
        for learner in ("ended", "half", "read", "waits"):
            book.add_student(learner)
        book.add_submission(UNIT, "half").notebooks[0].late_submission_penalty = 1
        for learner in ("read", "waits"):
            book.add_submission(UNIT, learner)
        for learner, cells in (("half", "one"), ("read", "one two"), ("waits", "one two")):
            for name in cells.split():
                grade = book.find_grade(name, UNIT, UNIT, learner)
                grade.auto_score, grade.needs_manual_grade = 2, False
        grade = book.find_grade("answer_1_3", UNIT, UNIT, "read")
        grade.manual_score, grade.needs_manual_grade = 1, False
        submission = book.add_submission(UNIT, "ended")
        for notebook in submission.notebooks:
            book.db.delete(notebook)
        book.db.commit()
    return path


@pytest.fixture
def address(gradebook, tmp_path):
    """A copy's address."""
    shutil.copy(gradebook, tmp_path)
    return f"sqlite:///{tmp_path}/gradebook.db"


def test_points_that_are_saved_in_part_are_not_graded_yet(address):
    assert {row.learner: row.status for row in scores(address, UNIT)} == {
        "ended": NOT_YET,
        "half": NOT_YET,
        "read": GRADED,
        "waits": GRADED,
    }


def steps_for_more(address, learners):
    """Have so many learners more hand in; return the steps that SQLite takes to read the scores."""
    with Gradebook(address) as book:
        (notebook,) = book.find_assignment(UNIT).notebooks
        names = [f"one-of-{learners}-{number}" for number in range(learners)]
        rows = {
            Student: [{"id": name} for name in names],
            SubmittedAssignment: [
                {"id": name, "assignment_id": notebook.assignment_id, "student_id": name}
                for name in names
            ],
            SubmittedNotebook: [
                {"id": name, "assignment_id": name, "notebook_id": notebook.id, "flagged": False}
                for name in names
            ],
            Grade: [
                {"id": f"{name} {cell.id}", "notebook_id": name, "cell_id": cell.id}
                for name in names
                for cell in notebook.grade_cells
            ],
        }
        for table_, some in rows.items():
            book.db.execute(insert(table_.__table__), some)
        book.db.commit()
        steps = []
        connection = book.db.connection().connection.dbapi_connection
        connection.set_progress_handler(lambda: steps.append(1), 100)
        assert len(read(book, UNIT)) >= learners
        connection.set_progress_handler(None, 0)
        return 100 * len(steps)


def test_scores_take_no_longer_where_statistics_are_of_a_small_class(address):
    """SQLite plans by them: it may look through all of a class for each of its learners."""
    steps_for_more(address, 10)
    with Gradebook(address) as book:
        book.db.execute(text("ANALYZE"))
        book.db.commit()
    few, many = (steps_for_more(address, learners) / learners for learners in (300, 1200))
    assert many < 2 * few


@pytest.mark.parametrize("statuses", [{}, {"half": GRADED, "ended": NOTHING}])
def test_what_is_not_graded_yet_has_no_points_and_no_part_in_the_class(address, statuses, tmp_path):
    worth = {"1.1": 2, "1.2": 2, "1.3": 2}
    rows = with_status(scores(address, UNIT), statuses, worth)
    write_csv(tmp_path / "scores.csv", UNIT, worth, rows)
    with (tmp_path / "scores.csv").open(encoding="utf-8-sig", newline="") as file:
        shown = {row["learner"]: [*row.values()][5:] for row in csv.DictReader(file)}
    unknown = ["", "", "", "", "", "6", "", "", "", "", "", NOT_YET]
    assert shown["half"] == shown["ended"] == unknown
    assert shown["read"] == ["2", "2", "1", "5", "0", "6", "", "", "0", "5", "", GRADED]
    assert shown["waits"] == ["2", "2", "", "4", "0", "6", "", "", "0", "4", "", GRADED]
    first = summary(UNIT, worth, rows, {}).partition("\n")[0]
    assert "2 learners, of 6 points 4.5 on average" in first
    assert first.endswith("; 2 not graded yet")
    one = [row for row in rows if row.learner == "read"]
    assert "1 learner, of 6 points 5.0 on average" in summary(UNIT, worth, one, {})
    assert "half" in table(worth, scores(address, UNIT))


def test_points_without_the_notebook_that_is_written_after_them_are_not_graded_yet():
    rows = [Scores(name, {"1.1": 2}) for name in ("ada", "bob", "eve")]
    said = {"ada": GRADED, "bob": GRADED, "eve": FAILED}
    made = with_status(rows, said, {"1.1": 2}, {"ada"})
    assert [(row.status, row.points["1.1"]) for row in made] == [
        (GRADED, 2),
        (NOT_YET, None),
        (FAILED, None),
    ]
    assert summary(UNIT, {"1.1": 2}, made[1:], {}) == (
        f"{UNIT}: nothing was graded yet; 1 failed; 1 not graded yet."
    )


def test_a_folder_without_its_notebook_is_not_graded(address, tmp_path):
    nbgrader = NbgraderSession(ClassFolder.of(tmp_path))
    nbgrader.directory.db_url = address
    for learner in ("half", "read"):
        folder = nbgrader.path(nbgrader.directory.autograded_directory, learner, UNIT)
        folder.mkdir(parents=True)
    (folder / f"{UNIT}.ipynb").touch()
    assert nbgrader.graded(UNIT) == {"read"}


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
