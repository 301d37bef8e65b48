"""``dwsep report``: points as tables, a page on the class, a page for each learner."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from dwsep_helpers.grading import class_folder, worker_pool
from dwsep_helpers.grading.commands import (
    add_class,
    class_of,
    folder_of,
    no_unit,
    none_yet,
    several,
)
from dwsep_helpers.grading.names import shown
from dwsep_helpers.grading.turn import taken

if TYPE_CHECKING:
    from dwsep_helpers.grading.ledger import Ledger
    from dwsep_helpers.grading.nbgrader_session import NbgraderSession
    from dwsep_helpers.grading.people.roster import Roster
    from dwsep_helpers.grading.points.gathered import UnitPoints

HELP = "points as CSV, a page on the class, a page for each learner, a platform's own table"
ABOUT = (
    "Write, of each unit, the points (scores-UNIT.csv), a page on the class (class-UNIT.html, its "
    "numbers in class-UNIT.csv), and a page for each learner (feedback/LEARNER/UNIT/UNIT.html). "
    "Exit status: 0 all is written, 1 a page is plainer than it should be, or something failed, "
    "2 wrong call."
)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add its arguments."""
    add_class(parser)
    parser.add_argument(
        "--all",
        action="store_true",
        help="also across these units: scores-all.csv, class.csv, class.html",
    )
    beside = "fill points into a copy of {}, which lies beside it as NAME-with-points.csv"
    canvas = beside.format("Canvas's gradebook (Grades › Export)")
    parser.add_argument("--canvas", type=Path, metavar="EXPORT", help=canvas)
    moodle = beside.format("Moodle's grading worksheet of one unit")
    parser.add_argument("--moodle", type=Path, metavar="WORKSHEET", help=moodle)
    called = (
        "with one unit: Canvas's name or number of the assignment, where it isn't called like the "
        "unit; Moodle's header of the grades, where that is none of Grade, Bewertung, Note"
    )
    parser.add_argument("--column", default="", metavar="NAME", help=called)
    scale = "scale points to the platform's maximum, where that is another one"
    parser.add_argument("--scale", action="store_true", help=scale)
    words = "fill Moodle's feedback comments too"
    parser.add_argument("--comments", action="store_true", help=words)
    pages = "write feedback-UNIT-PLATFORM.zip, the learners' pages named like what they handed in"
    parser.add_argument("--feedback-archive", choices=("moodle", "canvas"), help=pages)
    jobs = "how many pages to write at a time; without it, as many as cores"
    parser.add_argument("--jobs", type=several, metavar="N", help=jobs)
    parser.add_argument("--no-feedback", action="store_true", help="write no learners' pages")


def run(options: argparse.Namespace) -> int:
    """Write points and pages, print a summary."""
    folder = folder_of(options)
    if not options.no_feedback:
        worker_pool.prepare()
    with taken(folder, "report"):
        return _run(options)


def _run(options: argparse.Namespace) -> int:
    from nbgrader.api import MissingEntry

    from dwsep_helpers.grading.class_folder import STATE
    from dwsep_helpers.grading.ledger import Ledger
    from dwsep_helpers.grading.nbgrader_session import session
    from dwsep_helpers.grading.people import roster
    from dwsep_helpers.grading.points import gathered, into_platforms

    into_platforms.check(options)
    of = class_of(options)
    nbgrader = session(of)
    ledger = Ledger(nbgrader.folder / STATE)
    people = roster.of_class(nbgrader)
    status, units = 0, []
    for unit in options.units or sorted(nbgrader.units()):
        try:
            units.append(gathered.gather(nbgrader, unit, ledger, people))
        except MissingEntry:
            raise class_folder.WrongCall(no_unit(unit, nbgrader.units())) from None
    if not units:
        raise none_yet(nbgrader.folder)
    if options.moodle and len(units) == 1:
        into_platforms.check_worksheet(nbgrader, options.moodle, units[0].unit)
    tables = into_platforms.fill(options, units, people)  # what is wrong with them comes first
    for one in units:
        _write_unit(nbgrader, one, ledger, people)
    if options.all and units:
        _write_term(nbgrader, units, people)
    into_platforms.write(tables)
    if not options.no_feedback:
        pages = [(one.unit, row.learner) for one in units for row in one.rows if row.points_count]
        if pages:
            print(f"pages: {nbgrader.directory.feedback_directory}/LEARNER/UNIT/UNIT.html")
            status = max(status, _write_pages(of, pages, options.jobs))
    if options.feedback_archive:
        into_platforms.write_archives(nbgrader, options.feedback_archive, units)
    return status


def _write_unit(nbgrader: NbgraderSession, of: UnitPoints, ledger: Ledger, people: Roster) -> None:
    from dwsep_helpers.grading import report
    from dwsep_helpers.grading.points import class_page

    path = nbgrader.folder / f"scores-{of.unit}.csv"
    report.write_csv(path, of.unit, of.worth, of.rows, people.learners)
    counts = report.mistakes(nbgrader.autograded, of.unit)
    print(report.summary(of.unit, of.worth, of.rows, counts))
    for line in report.to_do(of):
        print(shown(f"  {line}"))
    for learner, result in ledger.results(of.unit).items():
        for problem in result.problems:
            print(shown(f"  {learner}: {result.status}: {problem}"))
    page = class_page.write_unit(nbgrader.folder, of, counts, people.learners)
    print(f"  points: {path}\n  class:  {page}")


def _write_term(nbgrader: NbgraderSession, units: list[UnitPoints], people: Roster) -> None:
    from dwsep_helpers.grading.points import class_page, term

    path = nbgrader.folder / "scores-all.csv"
    term.write_csv(path, units, people.learners)
    page = class_page.write_term(nbgrader.folder, units, people.learners)
    print(f"all units:\n  points: {path}\n  class:  {page}")


def _write_pages(
    of: class_folder.ClassFolder, pages: list[tuple[str, str]], jobs: int | None
) -> int:
    """Write pages, of units and learners; return 1 if one could not be written as it should."""
    from tqdm import tqdm

    from dwsep_helpers.grading.pages import write_pages

    failed = []
    with tqdm(total=len(pages), unit="page", disable=None) as bar:

        def done(page: tuple[str, str], problem: str | None) -> None:
            bar.update()
            if problem:
                failed.append(page)
                says = f"{page[0]} {page[1]}: a plain page: {problem}"
                bar.write(shown(says), file=sys.stderr)

        write_pages(of, pages, jobs, done)
    return 1 if failed else 0
