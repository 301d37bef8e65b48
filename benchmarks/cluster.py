"""Grade a large class on several workers, of which one is killed, to a gradebook in PostgreSQL.

``python -m benchmarks cluster [--learners 3000] [--workers 3]``: learners are copies of unit 01's
examples, without the one who stops nbgrader. It needs PostgreSQL and the extra ``cluster``.
"""

from __future__ import annotations

import argparse
import math
import os
import subprocess
import sys
import threading
import time

from benchmarks.grading import hand_in
from demo import ROOT
from demo.classes import CLASSES
from dwsep_helpers.grading import scratch
from dwsep_helpers.grading.scores import scores
from tests.grading import services

UNIT = "01_conv2d"


def main(arguments: list[str]) -> int:
    """Grade, kill a worker a third of the way, and say who got what; return how many are wrong."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks cluster", description=__doc__)
    parser.add_argument("--learners", type=int, default=3000)
    parser.add_argument("--workers", type=int, default=3)
    options = parser.parse_args(arguments)
    copies = math.ceil(options.learners / (len(CLASSES[UNIT]) - 1))
    with (
        scratch.folder() as folder,
        services.postgresql() as gradebook,
        services.dask(folder, options.workers) as (scheduler, workers),
    ):
        course = folder / "course"
        os.environ["DWSEP_GRADEBOOK"] = gradebook
        count = hand_in(UNIT, course, copies)
        command = [sys.executable, "-m", "dwsep_helpers.grading.cli", "autograde", UNIT]
        command += ["--directory", str(course), "--scheduler", scheduler]
        start = time.perf_counter()
        run = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        killing = threading.Thread(target=_kill, args=(gradebook, count // 3, workers[0]))
        killing.start()
        said, _ = run.communicate()
        seconds = time.perf_counter() - start
        killing.join()
        print(said.strip().splitlines()[-1])
        print(f"{count} learners, {options.workers} workers, one killed after {count // 3}:")
        print(f"{seconds:.0f} s, {seconds / count:.2f} s each; status {run.returncode}")
        return _compared(gradebook, count)


def _kill(gradebook: str, graded: int, worker: subprocess.Popen) -> None:
    """Kill a worker once so many are graded, or soon where the run is over before."""
    until = time.monotonic() + 3600
    while time.monotonic() < until:
        rows = [row for row in scores(gradebook, UNIT) if row.points]
        if len(rows) >= graded:
            break
        time.sleep(5)
    worker.kill()


def _compared(gradebook: str, count: int) -> int:
    """Print how many learners have which points; return how many have others than their copies."""
    totals: dict[str, list[float]] = {}
    for row in scores(gradebook, UNIT):
        totals.setdefault(row.learner.rpartition("-")[0], []).append(row.total)
    wrong = count - sum(map(len, totals.values()))
    for learner, points in totals.items():
        usual = max(points, key=points.count)
        wrong += sum(one != usual for one in points)
        print(f"{learner:24} {len(points):5} learners, {usual:g} points each")
    print(f"{wrong} of {count} are missing, or have other points than their copies")
    return wrong
