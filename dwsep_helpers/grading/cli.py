"""The ``dwsep`` command: grade a class, report on it, and check a notebook before it goes in."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections import Counter
from concurrent.futures import as_completed
from functools import partial
from pathlib import Path

from dwsep_helpers.grading import commands, pool, quick  # noqa: F401


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
    auto.add_argument("--cold", action="store_true", help="start each kernel anew, not forked")
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
    try:
        return options.run(options)
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
        pool.prepare()
    from tqdm import tqdm

    from dwsep_helpers.grading import run, scratch, work
    from dwsep_helpers.grading.kernels import sandbox, warm

    cold = options.cold
    if not cold and (reason := warm.available()):
        print(f"Kernels start cold, which takes longer: {reason}.", file=sys.stderr)
        cold = True
    if options.no_sandbox:
        print(_WITHOUT_SANDBOX, file=sys.stderr)
    elif reason := sandbox.unavailable():
        print(f"There is no sandbox: {reason}.\n{_SAY_SO}", file=sys.stderr)
        return 2
    client = None
    if options.scheduler:
        try:
            client = run.connected(options.scheduler)
        except OSError:
            print(f"no Dask scheduler answers at {options.scheduler}", file=sys.stderr)
            return 2
    try:
        ledger, found = run.tasks(
            _class(options),
            options.units,
            options.student,
            warm=not cold,
            sandbox=not options.no_sandbox,
        )
    except run.NotReleasedError as error:
        print(error, file=sys.stderr)
        return 2
    for place in {commands.ROOT, run.folder_of(_class(options))} if not options.no_sandbox else ():
        if system := sandbox.exposed(place):
            print(_EXPOSED.format(place=place, system=system), file=sys.stderr)
    scratch.sweep()
    todo = found if options.force else run.to_grade(_class(options), ledger, found)
    print(f"{len(found)} submission{'s' * (len(found) != 1)}, {len(todo)} to grade.")
    if not todo:
        return 0
    start = time.perf_counter()
    jobs = min(options.jobs or pool.JOBS, len(todo))
    executor = partial(client.get_executor, pure=False) if client else partial(pool.processes, jobs)
    with tqdm(total=len(todo), unit="submission", disable=None) as bar:

        def say(result: work.Result) -> None:
            bar.update()
            for problem in result.problems:
                bar.write(f"{result.unit} {result.learner}: {result.status}: {problem}")

        results = run.grade_all(todo, ledger, executor, say)
    work.nbgrader_of(_class(options)).analyze()
    seconds = time.perf_counter() - start
    count = Counter(result.status for result in results)
    print(
        f"{len(results) - count[work.FAILED]} graded in {seconds:.0f} s, "
        f"{seconds / len(results):.2f} s each"
        + (f"; {count[work.UNREADABLE]} of them could not be read" * (count[work.UNREADABLE] > 0))
        + (f"; {count[work.FAILED]} failed" * (count[work.FAILED] > 0))
        + "."
    )
    return 1 if count[work.FAILED] else 0


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
        pool.prepare()
    from nbgrader.api import MissingEntry
    from tqdm import tqdm

    from dwsep_helpers.grading import report, run, scores, work

    of = _class(options)
    tools = work.nbgrader_of(of)
    known = sorted(tools.units())
    status, pages = 0, []
    for unit in options.units or known:
        try:
            worth = scores.exercises(tools.directory.db_url, unit)
            rows = scores.scores(tools.directory.db_url, unit)
        except MissingEntry:
            print(f"the gradebook knows no unit {unit!r}", file=sys.stderr)
            status = 2
            continue
        path = tools.folder / f"scores-{unit}.csv"
        report.write_csv(path, unit, worth, rows)
        counts = report.mistakes(Path(tools.directory.autograded_directory), unit)
        print(report.summary(unit, worth, rows, counts))
        for learner, result in run.Ledger(tools.folder / run.STATE).results(unit).items():
            for problem in result.problems:
                print(f"  {learner}: {result.status}: {problem}")
        print(f"  points: {path}")
        if not options.no_feedback and rows:
            pages += [(unit, row.learner) for row in rows]
            print(f"  pages:  {tools.directory.feedback_directory}/LEARNER/{unit}/{unit}.html")
    if pages:
        jobs = min(options.jobs or os.cpu_count() or 1, len(pages))
        bar = tqdm(total=len(pages), unit="page", disable=None)
        with pool.processes(jobs) as executor, bar:
            asked = {executor.submit(work.page, of, *page): page for page in pages}
            for future in as_completed(asked):
                bar.update()
                if problem := future.result():
                    unit, learner = asked[future]
                    print(f"{unit} {learner}: no page: {problem}", file=sys.stderr)
                    status = 1
    return status


def examine(options: argparse.Namespace) -> int:
    """Say what is wrong with a notebook, and what to do."""
    from dwsep_helpers.grading import doctor

    advice = doctor.examine(options.notebook)
    print("\n".join(advice) if advice else f"{options.notebook.name} is ready to hand in.")
    return 1 if advice else 0


def _class(options: argparse.Namespace):
    from dwsep_helpers.grading.work import Class

    if options.directory is None:
        return Class(
            str(commands.ROOT), (("CourseDirectory.db_url", commands.database(commands.ROOT)),)
        )
    return Class(str(commands.ROOT), commands.class_settings(options.directory.resolve()))


if __name__ == "__main__":
    sys.exit(main())
