"""Grade one class with nbgrader as it comes and with ``dwsep autograde``, and compare.

``python -m benchmarks grading [UNIT …] [--copies N] [--kills N] [--repeats N] [--no-hostile]``:
both on all cores that there are, to gradebooks of their own. nbgrader stops at a duplicated cell,
so that learner isn't in the class that is timed; whom it loses, it is compared on nothing.
"""

from __future__ import annotations

import argparse
import os
import platform
import random
import shutil
import signal
import subprocess
import sys
import threading
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import psutil
from nbclient.exceptions import CellTimeoutError, DeadKernelError

from benchmarks import crowd
from demo import ROOT, examples, hostile
from demo.classes import CLASSES
from demo.grading import release
from dwsep_helpers import checks
from dwsep_helpers.grading import scratch, worker_pool
from dwsep_helpers.grading.class_folder import database, nbgrader
from dwsep_helpers.grading.class_run import STATE
from dwsep_helpers.grading.scores import exercises, scores
from tests.grading.gradebooks import gradebook

STOPS_NBGRADER = "cell-duplicated"
AS_IT_COMES = """
c = get_config()
c.CourseDirectory.course_id = "dwsep"
c.CourseDirectory.source_directory = {solutions!r}
c.CourseDirectory.release_directory = "notebooks"
"""


def hand_in(unit: str, directory: Path, copies: int) -> int:
    """Release a unit to a class of some copies of its examples; return how many they are."""
    directory.mkdir(parents=True, exist_ok=True)
    nbgrader("generate_assignment", unit, directory=directory)
    learners = [one for one in CLASSES[unit] if one.name != STOPS_NBGRADER]
    for one in learners:
        for copy in range(copies):
            examples.write(
                replace(one, name=f"{one.name}-{copy}"),
                released=directory / "notebooks" / unit / f"{unit}.ipynb",
                solution=ROOT / "solutions" / unit / f"{unit}.ipynb",
                submitted=directory / "submitted",
            )
    return copies * len(learners)


def as_it_comes(directory: Path, course: Path) -> None:
    """Copy a class to a folder where nbgrader grades as it does by default."""
    for folder in ("notebooks", "submitted"):
        shutil.copytree(directory / folder, course / folder, symlinks=True)
    shutil.copy(directory / "gradebook.db", course)
    config = AS_IT_COMES.format(solutions=str(ROOT / "solutions"))
    (course / "nbgrader_config.py").write_text(config)


def stock(course: Path, unit: str, *options: str) -> float:
    """Grade with nbgrader as it comes; return the seconds."""
    start = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "nbgrader", "autograde", unit, *options],
        cwd=course,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        check=False,
    )
    return time.perf_counter() - start


def ours(unit: str, directory: Path) -> tuple[float, float]:
    """Grade with ``dwsep autograde``; return the seconds, and the peak of a worker's memory.

    That is in bytes, and a worker's share of everything that runs: of the command itself, of what
    kernels are forked from, and of kernels.
    """
    command = [sys.executable, "-m", "dwsep_helpers.grading.cli", "autograde", unit]
    start = time.perf_counter()
    process = subprocess.Popen(
        [*command, "--directory", str(directory)], cwd=ROOT, stdout=subprocess.DEVNULL
    )
    watch = _Memory(process.pid)
    watch.start()
    process.wait()
    seconds = time.perf_counter() - start
    watch.join()
    return seconds, watch.peak / worker_pool.JOBS


class _Memory(threading.Thread):
    """Sums the memory of a process and all below it; shared pages count once, in parts."""

    def __init__(self, pid: int):
        super().__init__(daemon=True)
        self.root = psutil.Process(pid)
        self.peak = 0.0

    def run(self) -> None:
        while self.root.is_running() and self.root.status() != psutil.STATUS_ZOMBIE:
            total = 0
            try:
                family = [self.root, *self.root.children(recursive=True)]
            except psutil.NoSuchProcess:
                return
            for process in family:
                try:
                    total += process.memory_full_info().pss
                except psutil.Error:
                    continue
            self.peak = max(self.peak, total)
            time.sleep(2)  # to look takes 50 ms of what is timed


def compare(units: list[str], copies: int, folder: Path) -> None:
    """Print the table of speed, and whether points agree."""
    print(f"{'':20} {'':>9} {'stock':>8} {'ours':>8} {'':>6} {'peak, GB':>9}")
    print(f"{'unit':20} {'notebooks':>9} {'s each':>8} {'s each':>8} {'ratio':>6} {'a worker':>9}")
    rows = []
    for unit in units:
        directory = folder / unit
        count = hand_in(unit, directory, copies)
        as_it_comes(directory, directory / "stock")
        rows.append((count, stock(directory / "stock", unit), *ours(unit, directory)))
        print(_row(unit, *rows[-1]), flush=True)
        agree, lost = _agreement(unit, directory)
        print(
            f"{'':20} points agree for {agree} learners; {lost} were lost by nbgrader", flush=True
        )
    counts, theirs, seconds, peaks = zip(*rows, strict=True)
    print(_row("all", sum(counts), sum(theirs), sum(seconds), max(peaks)), flush=True)


def _row(unit: str, count: int, theirs: float, seconds: float, peak: float) -> str:
    return (
        f"{unit:20} {count:9} {theirs / count:8.2f} {seconds / count:8.2f} "
        f"{theirs / seconds:6.1f} {peak / 1e9:9.2f}"
    )


def _agreement(unit: str, directory: Path) -> tuple[int, int]:
    here = {row.learner: row.points for row in scores(database(directory), unit)}
    there = {row.learner: row.points for row in scores(database(directory / "stock"), unit)}
    agree = lost = 0
    for learner, points in here.items():
        graded = directory / "stock" / "autograded" / learner / unit / f"{unit}.ipynb"
        if not graded.exists():
            lost += 1
        elif there[learner] == points:
            agree += 1
        else:
            print(f"  {learner}: nbgrader {there[learner]}, here {points}")
    return agree, lost


def hostile_class(folder: Path) -> None:
    """Print what each hostile or damaged submission gets from nbgrader as it comes, and here.

    nbgrader grades each in a copy of a class with one honest learner, whose points it had already.
    """
    unit, honest = hostile.UNIT, "channels-mixed"
    here, one = folder / "here", folder / "one"
    for directory in (here, one):
        directory.mkdir()
        release(unit, directory)
    for others in (path for path in (one / "submitted").iterdir() if path.name != honest):
        shutil.rmtree(others)
    before = folder / "before"
    as_it_comes(one, before)
    stock(before, unit)
    expected = _totals(before, unit)[honest]
    rows = scores(database(before), unit)
    further = {number for row in rows for number in row.optional}  # stand apart from the sum
    worth = exercises(database(before), unit) | dict.fromkeys(further, 0)

    for learner in hostile.CLASS:
        hostile.hand_in(here, learner)
    seconds, peak = ours(unit, here)
    count = len(list((here / "submitted").iterdir()))
    print(f"\n{count} submissions, {len(hostile.CLASS)} of them hostile or damaged, graded here in")
    print(f"{seconds:.0f} s with at most {peak / 1e9:.1f} GB a worker. Points of each:")
    print(f"{'submission':26} {'deserves':>8} {'here':>5} {'nbgrader':>9}")
    totals = _totals(here, unit)
    for learner, found in hostile.CLASS.items():
        deserves = sum(worth[getattr(checks, name).number] for name in found.right)
        row = f"{learner:26} {deserves:8g} {totals[learner]:5g}"
        if not getattr(found, "safe", True):
            print(f"{row} {'not run':>9}  it would harm this machine")
            continue
        course = folder / "stock" / learner
        shutil.copytree(before, course)
        hostile.hand_in(course, learner)
        stock(course, unit, "--student", learner)
        after = _totals(course, unit)
        graded = course / "autograded" / learner / unit / f"{unit}.ipynb"
        notes = hostile.traces(graded) if graded.exists() else []
        notes += [name for name in ("trapped", "touched", "written") if (course / name).exists()]
        if after[honest] != expected:
            notes.append(f"the honest learner has {after[honest]:g} points instead of {expected:g}")
        got = f"{after[learner]:g}" if graded.exists() else "lost"
        print(f"{row} {got:>9}  {', '.join(notes)}".rstrip(), flush=True)


def repeat(times: int, folder: Path) -> None:
    """Grade what ends its kernel some times more, and print whether the points are the same."""
    unit, here, again = hostile.UNIT, folder / "here", folder / "again"
    graded = {one: here / "autograded" / one / unit / f"{unit}.ipynb" for one in hostile.CLASS}
    ends = [one for one, path in graded.items() if path.exists() and _ends_kernels(path)]
    again.mkdir()
    release(unit, again)
    shutil.rmtree(again / "submitted")
    for learner in ends:
        for number in range(times):
            shutil.copytree(
                here / "submitted" / learner, again / "submitted" / f"{learner}-{number}"
            )
    seconds, _ = ours(unit, again)
    points: dict[str, set[frozenset]] = {}
    for row in scores(database(again), unit):
        points.setdefault(row.learner.rpartition("-")[0], set()).add(frozenset(row.points.items()))
    for row in scores(database(here), unit):
        if row.learner in ends:
            points[row.learner].add(frozenset(row.points.items()))
    others = [learner for learner in ends if len(points[learner]) != 1]
    print(f"\n{len(ends)} that end their kernels, {times} times more in {seconds:.0f} s:")
    print(f"OTHER POINTS: {', '.join(others)}" if others else "each has the same points every time")


def _ends_kernels(graded: Path) -> bool:
    shown = graded.read_text(encoding="utf-8")
    return any(
        f'"ename": "{error.__name__}"' in shown for error in (DeadKernelError, CellTimeoutError)
    )


def _totals(course: Path, unit: str) -> dict[str, float]:
    return {row.learner: row.total for row in scores(database(course), unit)}


def kill(unit: str, times: int, folder: Path) -> None:
    """Kill the grading of a class at random moments, go on, and compare with an undisturbed run."""
    whole, killed = folder / "whole", folder / "killed"
    for directory in (whole, killed):
        directory.mkdir()
        release(unit, directory)
    command = [sys.executable, "-m", "dwsep_helpers.grading.cli", "autograde", unit, "--directory"]
    quiet: dict[str, Any] = {
        "cwd": ROOT,
        "stdout": subprocess.DEVNULL,
        "stderr": subprocess.DEVNULL,
    }
    start = time.perf_counter()
    subprocess.run([*command, str(whole)], **quiet, check=True)
    seconds = time.perf_counter() - start
    chance = random.Random(0)
    for _ in range(times):
        process = subprocess.Popen([*command, str(killed)], **quiet)
        time.sleep(chance.uniform(0, seconds))
        process.send_signal(signal.SIGKILL)
        process.wait()
        if chance.random() < 0.5:  # so that there is always something to kill
            shutil.rmtree(killed / STATE, ignore_errors=True)
    subprocess.run([*command, str(killed)], **quiet, check=True)
    books = [gradebook(directory) for directory in (whole, killed)]
    same = "the same gradebook" if books[0] == books[1] else f"DIFFERENT: {books}"
    print(f"killed {times} times at random, then run to its end: {same}")


def main(arguments: list[str] | None = None) -> None:
    """Compare, let a crowd in, kill, let the hostile in, and those who end kernels once more."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("units", nargs="*", metavar="UNIT", default=list(CLASSES))
    parser.add_argument("--copies", type=int, default=4, help="of each learner of the examples")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--repeats", type=int, default=10, help="of what ends its kernel")
    parser.add_argument("--no-hostile", action="store_true", help="leave the hostile class out")
    options = parser.parse_args(arguments)
    print(f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}")
    with scratch.folder() as folder:
        compare(options.units, options.copies, folder)
        crowd.crowded(options.units[0], folder / options.units[0])
        if options.kills:
            kill(options.units[0], options.kills, folder)
        if not options.no_hostile:
            hostile_class(folder)
            repeat(options.repeats, folder)


if __name__ == "__main__":
    main()
