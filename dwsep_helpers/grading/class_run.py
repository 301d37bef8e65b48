"""Grade a class: what is new or changed, several submissions at a time, as often as it takes.

What became of a submission is written down when it is done. A run that was stopped, however that
happened, is taken up by the next: what isn't written down is graded again, from the start.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import BrokenExecutor, Executor, as_completed
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

from dwsep_helpers import course
from dwsep_helpers.grading import faults, locked, preflight
from dwsep_helpers.grading.class_folder import STATE, ClassFolder, WrongCall
from dwsep_helpers.grading.ledger import Ledger, Task
from dwsep_helpers.grading.metadata import FAILED
from dwsep_helpers.grading.names import learner_id, near, quoted
from dwsep_helpers.grading.nbgrader_session import NbgraderSession, session
from dwsep_helpers.grading.submission import Job, Result, grade
from dwsep_helpers.grading.worker_pool import end_all, hand_over, processes

FAULTS = 9  # of the machine, one after another, before a run gives up
ATTEMPTS = 2  # to grade side by side, where submissions end the process that grades them


def to_grade(of: ClassFolder, ledger: Ledger, found: Iterable[Task]) -> list[Task]:
    """Return the tasks that are new or changed, or that the gradebook has nothing of.

    A gradebook can be made anew, or moved to another database: what was written down before that
    doesn't count.
    """
    graded = cache(session(of).graded)
    return [
        task
        for task in found
        if not ledger.is_done(task)
        or task.job.submission.learner not in graded(task.job.submission.unit)
    ]


def tasks(
    of: ClassFolder,
    units: Iterable[str] = (),
    learners: Iterable[str] = (),
    *,
    warm: bool = True,
    sandbox: bool = True,
) -> tuple[Ledger, list[Task]]:
    """Find what was handed in.

    Parameters
    ----------
    of : ClassFolder
    units, learners : iterable of str
        Those wanted; all if none is named.
    warm, sandbox : bool
        Whether kernels are forked, and confined.

    Returns
    -------
    Ledger
    list of Task
        In the order of units and learners, done ones too.

    Raises
    ------
    WrongCall
        If a unit isn't in ``notebooks/``; if one that is wanted, or each that was handed in, isn't
        in the gradebook; if nobody handed in, or one of the learners didn't.
    """
    nbgrader, wanted = session(of), list(units)
    releases = released(nbgrader, wanted)
    known = nbgrader.units()
    submitted = nbgrader.path(nbgrader.directory.submitted_directory, "", "")
    chosen = {learner_id(one): one for one in learners}
    ledger = Ledger(nbgrader.folder / STATE)
    found = []
    handed_in = preflight.submissions(submitted, releases, wanted, lock=sandbox)
    locked.end_all()  # others grade
    for unit in releases:
        ledger.forget_failed(unit, {one.learner for one in handed_in if one.unit == unit})
    there = {one.learner for one in handed_in}
    if not there:
        raise WrongCall(f"nobody handed in {', '.join(wanted) or 'anything'}: {submitted} has none")
    for learner, name in chosen.items():
        if learner not in there:
            which = f" {', '.join(wanted)}" if wanted else ""
            raise WrongCall(
                f"--student {quoted(name)}: {submitted} has nothing{which and ' for'}{which} of a "
                f"learner with that id{near(name, there)}"
            )
    handed_in = [one for one in handed_in if not chosen or one.learner in chosen]
    for one in handed_in:
        if one.unit not in known:
            why = (
                f"the gradebook doesn't know unit {quoted(one.unit)}: "
                f"nbgrader generate_assignment {one.unit} --force"
            )
            if wanted or known.isdisjoint(other.unit for other in handed_in):
                raise WrongCall(why)
            one = replace(one, hindrance=why)
        notebooks = nbgrader.source(one.unit), releases[one.unit]
        job = Job(of, one, warm, sandbox)
        found.append(ledger.task(job, *notebooks, judged_by=nbgrader.judged_by))
    return ledger, found


def released(nbgrader: NbgraderSession, wanted: Sequence[str] = ()) -> dict[str, Path]:
    """Return the released notebooks by unit.

    Parameters
    ----------
    nbgrader : NbgraderSession
    wanted : sequence of str
        Those that have to be there; without any, all that are.

    Raises
    ------
    WrongCall
        If one isn't there.
    """
    found = {}
    for unit in wanted or [unit.name for unit in course.UNITS]:
        try:
            found[unit] = nbgrader.release(unit)
        except FileNotFoundError:
            names = [one.name for one in course.UNITS if one.points]
            if not wanted:
                continue
            if not nbgrader.source(unit).exists() and unit not in names:
                listed = near(unit, names) or f": {', '.join(names)}"
                raise WrongCall(f"there is no unit {quoted(unit)}{listed}") from None
            where = nbgrader.path(nbgrader.directory.release_directory, ".", unit)
            raise WrongCall(
                f"unit {quoted(unit)} isn't released, there is no {where}: "
                f"nbgrader generate_assignment {unit} --force"
            ) from None
    return found


def grade_all(
    todo: Sequence[Task],
    ledger: Ledger,
    executor: Callable[[], Executor],
    say: Callable[[Result], None],
) -> list[Result]:
    """Grade submissions, and write down what became of each.

    Parameters
    ----------
    todo : sequence of Task
    ledger : Ledger
    executor : callable
        Makes what runs them: a pool of processes, or a cluster's client.
    say : callable
        Is told each result as it comes in.
    """
    results = []

    def note(task: Task, result: Result) -> None:
        try:
            ledger.write(task, result)
        except Exception as error:
            why = f"it could not be written down: {faults.sentence(error)}"
            result = replace(result, status=FAILED, problems=(*result.problems, why))
        results.append(result)
        say(result)

    def fail(task: Task, why: str) -> None:
        one = task.job.submission
        note(task, Result(one.learner, one.unit, FAILED, (*one.problems, why)))

    for task in todo:
        if task.job.submission.hindrance:
            fail(task, task.job.submission.hindrance)
    in_a_row, why = 0, ""
    left = _enrolled([task for task in todo if not task.job.submission.hindrance], fail)
    for _ in range(ATTEMPTS):
        if left:
            left = _grade_side_by_side(left, executor, note)
    for task in left:  # a process ended each time: one at a time, it shows whose doing that is
        if in_a_row == FAULTS:
            fail(task, f"it was not tried: {why}")
            continue
        result = _grade_one(task)
        in_a_row = in_a_row + 1 if result.fault else 0
        why = result.problems[-1] if result.problems else ""
        note(task, result)
    return results


def _enrolled(todo: list[Task], fail: Callable[[Task, str], None]) -> list[Task]:
    """Have the gradebook know the learners; return the tasks of those that it does know."""
    if not todo:
        return []
    nbgrader = session(todo[0].job.class_folder)
    try:
        nbgrader.enroll(task.job.submission.learner for task in todo)
        return todo
    except Exception as error:
        if faults.machine_fault(error):
            for task in todo:
                fail(task, faults.sentence(error))
            return []
    known = []
    for task in todo:  # one at a time, it shows whom the gradebook doesn't take
        try:
            nbgrader.enroll([task.job.submission.learner])
            known.append(task)
        except Exception as error:
            fail(task, f"the gradebook doesn't take the learner: {faults.sentence(error)}")
    return known


def _grade_side_by_side(
    todo: list[Task], executor: Callable[[], Executor], note: Callable[[Task, Result], None]
) -> list[Task]:
    """Return the tasks that failed, whose process ended, or whose machine was lost."""
    in_a_row = 0
    with executor() as pool:
        futures, unfinished = hand_over(pool, grade, [(task, (task.job,)) for task in todo])
        try:
            for future in as_completed(futures):
                task = futures[future]
                try:
                    result = future.result()
                except Exception:  # its process ended, or its machine was lost
                    result = None
                if result is None or result.status == FAILED:  # as a locked gradebook makes it
                    unfinished.append(task)
                    in_a_row = in_a_row + 1 if result and result.fault else 0
                    if in_a_row == FAULTS:
                        for waits in futures:
                            waits.cancel()
                else:
                    in_a_row = 0
                    note(task, result)
        except KeyboardInterrupt:
            pool.shutdown(wait=False, cancel_futures=True)
            end_all()  # those that are being graded are graded again by the next run
            raise
    return unfinished


def _grade_one(task: Task) -> Result:
    one = task.job.submission
    try:
        with processes(1) as pool:
            return pool.submit(grade, task.job).result()
    except BrokenExecutor:
        problem, fault = "the process that graded it ended each time", False
    except Exception as error:
        problem, fault = faults.sentence(error), faults.machine_fault(error) is not None
    return Result(one.learner, one.unit, FAILED, (*one.problems, problem), fault=fault)


def connected(address: str) -> Any:
    """Return a client of a Dask cluster.

    Parameters
    ----------
    address : str
        The scheduler's, such as ``"tcp://10.0.0.1:8786"``. Its workers see the class's folder
        under the same path, and take one thread each.

    Raises
    ------
    WrongCall
        If there is no scheduler, or what talks to it isn't installed.
    """
    try:
        from distributed import Client

        return Client(address, timeout="5s")
    except ModuleNotFoundError as error:
        raise WrongCall(
            f"--scheduler needs the Python package {error.name!r}, which isn't there"
        ) from None
    except ValueError:
        raise WrongCall(
            f"--scheduler {quoted(address)}: it is no address, such as tcp://10.0.0.1:8786"
        ) from None
    except OSError:
        raise WrongCall(f"no Dask scheduler answers at {address}") from None
