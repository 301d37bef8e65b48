"""Take learners out of a class who left it: their work is put away, never deleted."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Final

from dwsep_helpers.course import UNITS
from dwsep_helpers.grading import report, scores
from dwsep_helpers.grading.class_folder import STATE, WrongCall
from dwsep_helpers.grading.ledger import Ledger
from dwsep_helpers.grading.moving import move
from dwsep_helpers.grading.names import learner_id, near, quoted
from dwsep_helpers.grading.people.roster import FILE, Person, Roster
from dwsep_helpers.grading.points import archive

if TYPE_CHECKING:
    from nbgrader.api import Gradebook

    from dwsep_helpers.grading.nbgrader_session import NbgraderSession

FOLDER: Final = "withdrawn"  # in the class's folder
POINTS: Final = "points.txt"  # what the gradebook had


def find(roster: Roster, name: str) -> Person:
    """Return whom an instructor means, by learner, id, address or whole name.

    Raises
    ------
    WrongCall
        If there is nobody, or there are two.
    """
    if found := roster.called(name):
        return found
    known = [text for one in roster for text in (one.learner, one.name) if text]
    raise WrongCall(
        f"--remove {quoted(name)}: nobody in the class is called that{near(name, known)}"
    )


def withdraw(nbgrader: NbgraderSession, roster: Roster, learner: str) -> list[str]:
    """Take a learner out of roster, gradebook and reports, and put the work into `FOLDER`.

    The roster's file is written last: until then, it can be said again.

    Returns
    -------
    list of str
        A sentence for each thing that went, and where it is.
    """
    odd = learner.startswith(".") or "/" in learner  # nbgrader takes any name
    to = nbgrader.folder / FOLDER / (learner_id(learner) if odd else learner)
    to.mkdir(parents=True, exist_ok=True)
    with nbgrader.gradebook() as gradebook:
        told = [*_points(gradebook, learner)]
    if told:
        with (to / POINTS).open("a", encoding="utf-8", errors="backslashreplace") as file:
            file.writelines(f"{line}\n" for line in told)
    told += [
        f"{quoted(str(path))} is now {quoted(str(new))}"
        for path, new in _moved(nbgrader, learner, to)
    ]
    ledger = Ledger(nbgrader.folder / STATE)
    for unit in sorted({one.name for one in UNITS} | nbgrader.units()):
        ledger.path(unit, learner).unlink(missing_ok=True)
        archive.forget(nbgrader, unit, learner)
    with nbgrader.gradebook() as gradebook:
        _remove(gradebook, learner)
    Roster(tuple(one for one in roster if one.learner != learner)).write(nbgrader.folder / FILE)
    return told


def _points(gradebook: Gradebook, learner: str) -> Iterator[str]:
    """Yield what the gradebook has of a learner: points by exercise, and comments."""
    from nbgrader.api import MissingEntry, SubmittedAssignment

    query = gradebook.db.query(SubmittedAssignment).filter_by(student_id=learner)
    for unit in sorted(query, key=lambda one: one.name):
        try:
            rows = scores.read(gradebook, unit.name, [learner])
        except MissingEntry:  # its notebook is called otherwise
            yield f"{unit.name}: {report.number(unit.score)} points"
            rows = []
        for row in rows:
            points = (f"{number} {report.number(p) or '–'}" for number, p in row.points.items())
            yield f"{unit.name}: points of exercises: {', '.join(points)}"
        comments = (one for notebook in unit.notebooks for one in notebook.comments)
        yield from (
            f"{unit.name}: comment on {one.name}: {one.manual_comment}"
            for one in comments
            if one.manual_comment
        )


def _moved(nbgrader: NbgraderSession, learner: str, to: Path) -> Iterator[tuple[Path, Path]]:
    """Move a learner's folders, and yield from where to where."""
    of = nbgrader.directory
    steps = (of.submitted_directory, of.autograded_directory, of.feedback_directory)
    folders = [nbgrader.path(step, "", "") for step in steps]
    folders.append(folders[0].parent / "replaced")
    for folder in filter(Path.is_dir, folders):
        for path in [
            one for one in folder.iterdir() if learner in (one.name, learner_id(one.name))
        ]:
            new, number = to / folder.name, 1
            while new.exists():  # who came back, and left again
                number += 1
                new = to / f"{folder.name} {number}"
            move(path, new)
            yield path, new


def _remove(gradebook: Gradebook, learner: str) -> None:
    from nbgrader.api import MissingEntry

    from dwsep_helpers.grading.points.tables import Extension, Work

    try:
        submissions = gradebook.find_student(learner).submissions
    except MissingEntry:
        return
    notebooks = [notebook.id for one in submissions for notebook in one.notebooks]
    gradebook.db.query(Work).filter(Work.notebook_id.in_(notebooks)).delete()
    gradebook.db.query(Extension).filter_by(learner=learner).delete()
    gradebook.remove_student(learner)
