"""``dwsep report``: points as CSV, a summary of the class, a page for each learner."""

from __future__ import annotations

import argparse
import sys

from dwsep_helpers.grading import class_folder, worker_pool
from dwsep_helpers.grading.commands import add_class, class_of, folder_of, several
from dwsep_helpers.grading.names import near, shown
from dwsep_helpers.grading.turn import taken

HELP = "points as CSV, a summary of the class, a page for each learner"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add its arguments."""
    add_class(parser)
    parser.add_argument("--jobs", type=several, metavar="N", help="pages at a time; the cores")
    parser.add_argument("--no-feedback", action="store_true", help="write no pages")


def run(options: argparse.Namespace) -> int:
    """Write points and pages, print a summary."""
    folder = folder_of(options)
    if not options.no_feedback:
        worker_pool.prepare()
    with taken(folder, "report"):
        return _run(options)


def _run(options: argparse.Namespace) -> int:
    from nbgrader.api import MissingEntry

    from dwsep_helpers.grading import class_run, report, scores
    from dwsep_helpers.grading.nbgrader_session import session

    of = class_of(options)
    nbgrader = session(of)
    ledger = class_run.Ledger(nbgrader.folder / class_run.STATE)
    address, pages_in = nbgrader.directory.db_url, nbgrader.directory.feedback_directory
    status, pages = 0, []
    for unit in options.units or sorted(nbgrader.units()):
        try:
            worth, graded = scores.exercises(address, unit), scores.scores(address, unit)
        except MissingEntry:
            known = near(unit, nbgrader.units())
            print(f"the gradebook knows no unit {unit!r}{known}", file=sys.stderr)
            status = 2
            continue
        results = ledger.results(unit)
        statuses = {one: result.status for one, result in results.items()}
        rows = scores.with_status(graded, statuses, worth, nbgrader.graded(unit))
        path = nbgrader.folder / f"scores-{unit}.csv"
        report.write_csv(path, unit, worth, rows)
        print(report.summary(unit, worth, rows, report.mistakes(nbgrader.autograded, unit)))
        for learner, result in results.items():
            for problem in result.problems:
                print(shown(f"  {learner}: {result.status}: {problem}"))
        print(f"  points: {path}")
        if not options.no_feedback and graded:
            pages += [(unit, row.learner) for row in rows if row.points_count]
            print(f"  pages:  {pages_in}/LEARNER/{unit}/{unit}.html")
    return max(status, _write_pages(of, pages, options.jobs)) if pages else status


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
