"""The ``dwsep`` command: grade a class, report on it, and check a notebook before it goes in."""

from __future__ import annotations

import argparse
import io
import sys
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Executor
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from dwsep_helpers.grading import class_folder, faster_imports, faults, worker_pool  # noqa: F401
from dwsep_helpers.grading.names import shown

if TYPE_CHECKING:  # they take seconds to import, and the processes that grade start first
    from dwsep_helpers.grading.class_run import Ledger, Task
    from dwsep_helpers.grading.submission import Result


def main(arguments: list[str] | None = None) -> int:
    """Run a command; return its exit status."""
    parser = argparse.ArgumentParser(prog="dwsep", description=__doc__)
    parsers = parser.add_subparsers(required=True, metavar="COMMAND")

    auto = parsers.add_parser(
        "autograde",
        help="grade what is new or changed in submitted/",
        description="Grade what is new or changed in submitted/. It can be stopped and run "
        "again. Exit status: 0 all graded, 1 some failed, 2 wrong call, 130 stopped.",
    )
    _add_class(auto)
    auto.add_argument("--student", action="append", default=[], metavar="NAME")
    auto.add_argument("--jobs", type=int, metavar="N", help="at a time; 1.5 times the cores")
    auto.add_argument("--force", action="store_true", help="grade also what is graded already")
    auto.add_argument("--cold", action="store_true", help="start Python anew for each submission")
    auto.add_argument("--no-sandbox", action="store_true", help="do not lock kernels in")
    auto.add_argument(
        "--scheduler", metavar="ADDRESS", help="of a Dask cluster, which then does the work"
    )
    auto.set_defaults(run=autograde)

    report = parsers.add_parser(
        "report", help="points as CSV, a summary of the class, a page for each learner"
    )
    _add_class(report)
    report.add_argument("--jobs", type=int, metavar="N", help="pages at a time; the cores")
    report.add_argument("--no-feedback", action="store_true", help="write no pages")
    report.set_defaults(run=report_on)

    doctor = parsers.add_parser("doctor", help="look at a notebook before it is handed in")
    doctor.add_argument("notebook", type=Path)
    doctor.set_defaults(run=examine)

    options = parser.parse_args(arguments)
    for stream in (sys.stdout, sys.stderr):  # a name that the terminal has no letters for is shown
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        return options.run(options)
    except class_folder.WrongCall as error:
        print(error, file=sys.stderr)
        return 2
    except Exception as error:
        if not (fault := faults.machine_fault(error)):
            raise
        print(f"It failed: {fault}. What is graded stays graded; run it again.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        from dwsep_helpers.grading import scratch

        scratch.sweep()
        print("\nStopped. What is graded stays graded; run it again to go on.", file=sys.stderr)
        return 130


def _add_class(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("units", nargs="*", metavar="UNIT", help="such as 01_conv2d; all")
    parser.add_argument("--directory", type=Path, help="where the class is, if not in the course")


def autograde(options: argparse.Namespace) -> int:
    """Grade what is new or changed."""
    if not options.scheduler:
        worker_pool.prepare()
    from dwsep_helpers.grading import class_run, locked, scratch
    from dwsep_helpers.grading.confinement.room import modules_of
    from dwsep_helpers.grading.nbgrader_session import session

    warm, confined = _kernels(options)
    client = class_run.connected(options.scheduler) if options.scheduler else None
    of = class_folder.ClassFolder.of(options.directory)
    ledger, found = class_run.tasks(of, options.units, options.student, warm=warm, sandbox=confined)
    if confined:
        _warn_of_exposed({class_folder.ROOT, session(of).folder})
    scratch.sweep()
    todo = found if options.force else class_run.to_grade(of, ledger, found)
    print(f"{len(found)} submission{'' if len(found) == 1 else 's'}, {len(todo)} to grade.")
    if not todo:
        return 0
    start = time.perf_counter()
    jobs = min(options.jobs or worker_pool.JOBS, len(todo))
    if not options.scheduler:
        jobs = min(jobs, faults.jobs_with_room(scratch.place()))
    rooms = [session(of).folder] if jobs else [scratch.place()]
    if problem := faults.full(rooms, faults.ROOM):
        print(f"Nothing was graded: {problem}.", file=sys.stderr)
        return 1
    if client:
        executor = partial(client.get_executor, pure=False)
    else:
        imported = {name: None for task in todo for name in modules_of(task.job.submission.unit)}
        executor = partial(worker_pool.processes, jobs, locked.shared(imported) if warm else None)
    results = _grade(todo, ledger, executor)
    with suppress(Exception):  # it makes the next run faster, and is no condition for anything
        session(of).analyze()
    return _summary(results, time.perf_counter() - start)


def _kernels(options: argparse.Namespace) -> tuple[bool, bool]:
    """Say and return whether kernels are forked, and whether they are confined."""
    from dwsep_helpers.grading.confinement import forking_parent, sandbox

    cold = options.cold
    if not cold and (reason := forking_parent.unavailable()):
        print(
            f"Python starts anew for each submission, which takes longer: {reason}.",
            file=sys.stderr,
        )
        cold = True
    if options.no_sandbox:
        print(_WITHOUT_SANDBOX, file=sys.stderr)
    elif reason := sandbox.unavailable():
        raise class_folder.WrongCall(f"There is no sandbox: {reason}.\n{_SAY_SO}")
    return not cold, not options.no_sandbox


def _warn_of_exposed(places: set[Path]) -> None:
    from dwsep_helpers.grading.confinement import sandbox

    for place in places:
        if system := sandbox.exposed(place):
            print(_EXPOSED.format(place=place, system=system), file=sys.stderr)


def _grade(todo: list[Task], ledger: Ledger, executor: Callable[[], Executor]) -> list[Result]:
    """Grade submissions, and tell how far that is and what was unusual about them."""
    from tqdm import tqdm

    from dwsep_helpers.grading.class_run import grade_all

    with tqdm(total=len(todo), unit="submission", disable=None) as bar:

        def say(result: Result) -> None:
            bar.update()
            for problem in result.problems:
                bar.write(shown(f"{result.unit} {result.learner}: {result.status}: {problem}"))

        return grade_all(todo, ledger, executor, say)


def _summary(results: list[Result], seconds: float) -> int:
    """Say how many were graded; return the exit status."""
    from dwsep_helpers.grading.metadata import FAILED, UNREADABLE

    count = Counter(result.status for result in results)
    said = f"{len(results) - count[FAILED]} graded in {seconds:.0f} s, "
    said += f"{seconds / len(results):.2f} s each"
    if count[UNREADABLE]:
        said += f"; {count[UNREADABLE]} of them could not be read"
    if count[FAILED]:
        said += f"; {count[FAILED]} failed"
    print(f"{said}.")
    return 1 if count[FAILED] else 0


_WITHOUT_SANDBOX = (
    "WARNING: without the sandbox, what learners wrote runs as you: it can read the gradebook, "
    "change everybody's points, and use your network."
)
_EXPOSED = (
    "WARNING: {place} lies in {system}, which Python needs, so that learners' code can read it. "
    "Better move it elsewhere."
)
_SAY_SO = (
    "What learners wrote would run as you: it could read the gradebook, change everybody's "
    "points, and use your network. To grade all the same, say --no-sandbox."
)


def report_on(options: argparse.Namespace) -> int:
    """Write points and pages, print a summary."""
    if not options.no_feedback:
        worker_pool.prepare()
    from nbgrader.api import MissingEntry

    from dwsep_helpers.grading import class_run, report, scores
    from dwsep_helpers.grading.nbgrader_session import session

    of = class_folder.ClassFolder.of(options.directory)
    nbgrader = session(of)
    ledger = class_run.Ledger(nbgrader.folder / class_run.STATE)
    address, pages_in = nbgrader.directory.db_url, nbgrader.directory.feedback_directory
    status, pages = 0, []
    for unit in options.units or sorted(nbgrader.units()):
        try:
            worth, graded = scores.exercises(address, unit), scores.scores(address, unit)
        except MissingEntry:
            print(f"the gradebook knows no unit {unit!r}", file=sys.stderr)
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


def examine(options: argparse.Namespace) -> int:
    """Say what is wrong with a notebook, and what to do."""
    from dwsep_helpers.grading import doctor

    advice = doctor.examine(options.notebook)
    print("\n".join(advice) if advice else f"{options.notebook.name} is ready to hand in.")
    return 1 if advice else 0


if __name__ == "__main__":
    sys.exit(main())
