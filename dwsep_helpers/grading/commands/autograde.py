"""``dwsep autograde``: grade what is new or changed."""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import Executor
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from dwsep_helpers.grading import class_folder, faults, worker_pool
from dwsep_helpers.grading.commands import add_class, class_of, folder_of, several
from dwsep_helpers.grading.names import shown
from dwsep_helpers.grading.turn import taken

if TYPE_CHECKING:  # they take seconds to import, and the processes that grade start first
    from dwsep_helpers.grading.class_run import Ledger, Task
    from dwsep_helpers.grading.submission import Result

HELP = "grade what is new or changed in submitted/"
ABOUT = (
    "Grade what is new or changed in submitted/. It can be stopped and run again. "
    "Exit status: 0 all graded, 1 some failed, 2 wrong call, 130 stopped."
)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add its arguments."""
    add_class(parser)
    only = "only this learner's, by the id in roster.csv; may be said several times"
    parser.add_argument("--student", action="append", default=[], metavar="LEARNER", help=only)
    jobs = "how many to grade at a time; without it, one and a half times as many as cores"
    parser.add_argument("--jobs", type=several, metavar="N", help=jobs)
    parser.add_argument("--force", action="store_true", help="grade also what is graded already")
    parser.add_argument(
        "--cold",
        action="store_true",
        help="start Python anew for each submission, instead of forking one that has imported all",
    )
    unlocked = "don't lock in what learners wrote: it then runs as you"
    parser.add_argument("--no-sandbox", action="store_true", help=unlocked)
    parser.add_argument(
        "--follow-on",
        action="store_true",
        help="judge an exercise that failed once more, with the course's functions in place of the "
        "learner's earlier ones that failed",
    )
    parser.add_argument(
        "--scheduler",
        metavar="ADDRESS",
        help="grade on a Dask cluster, by its scheduler's address, such as tcp://10.0.0.1:8786",
    )


def run(options: argparse.Namespace) -> int:
    """Grade what is new or changed."""
    folder = folder_of(options)
    if not options.scheduler:
        worker_pool.prepare()
    with taken(folder, "autograde"):
        return _run(options)


def _run(options: argparse.Namespace) -> int:
    from dwsep_helpers.grading import class_run, locked, scratch
    from dwsep_helpers.grading.confinement.room import modules_of
    from dwsep_helpers.grading.nbgrader_session import session

    warm, confined = _kernels(options)
    client = class_run.connected(options.scheduler) if options.scheduler else None
    of = class_of(options)
    of = of.judging(follow_on=True) if options.follow_on else of
    ledger, found = class_run.tasks(of, options.units, options.student, warm=warm, sandbox=confined)
    if confined:
        _warn_of_exposed({Path(of.root), session(of).folder})
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
