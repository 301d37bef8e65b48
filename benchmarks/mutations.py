"""Honest notebooks after what editors and people do to them earn what they earned before.

``python -m benchmarks mutations [--count 1000] [--plain 40] [--seed 0]``: each notebook has all
answers and then a few changes out of ``tests/grading/mutations.py``; ``dwsep autograde`` grades all
of them, and plain nbgrader some, with this course's configuration. Nobody may lose a point by
``dwsep`` that plain nbgrader gives, and hardly anybody any.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
from pathlib import Path

import nbformat

from dwsep_helpers.grading import scratch
from dwsep_helpers.grading.class_folder import CommandFailed, database, dwsep, nbgrader
from dwsep_helpers.grading.scores import exercises, scores
from tests.grading import mutations, units

UNITS = ("01_conv2d", "02_depthwise", "03_pointwise", "04_cost")


def hand_in(unit: str, course: Path, seeds: range) -> dict[str, str]:
    """Hand in a changed notebook for each seed; return what was done, by learner."""
    data = json.loads(nbformat.writes(units.answered(unit)))
    did = {}
    for seed in seeds:
        file, changes = mutations.mutated(data, random.Random(seed), most=6)
        learner = f"m{seed:05}"
        did[learner] = " ".join(changes)
        path = course / "submitted" / learner / unit / f"{unit}.ipynb"
        path.parent.mkdir(parents=True)
        path.write_bytes(file)
    return did


def totals(unit: str, course: Path) -> dict[str, float]:
    """Return the points of all who have any row, those of optional exercises too."""
    rows = scores(database(course), unit)
    return {row.learner: sum(points or 0 for points in row.points.values()) for row in rows}


def plainly(unit: str, course: Path, place: Path, learners: list[str]) -> dict[str, float]:
    """Grade some with plain nbgrader, each by itself: one that fails keeps none of the others."""
    for learner in learners:
        shutil.copytree(course / "submitted" / learner, place / "submitted" / learner)
        try:
            nbgrader("autograde", unit, "--student", learner, directory=place)
        except CommandFailed:
            continue
    return totals(unit, place)


def main(arguments: list[str]) -> int:
    """Grade, and print who lost points and what was done to the notebook; return how many."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks mutations", description=__doc__)
    parser.add_argument("--count", type=int, default=1000, help="notebooks")
    parser.add_argument("--plain", type=int, default=40, help="of them also by plain nbgrader")
    parser.add_argument("--seed", type=int, default=0, help="the first; the others follow")
    options = parser.parse_args(arguments)
    lost = 0
    with scratch.folder() as folder:
        for number, unit in enumerate(UNITS):
            course, plain = folder / unit, folder / f"{unit}-plain"
            course.mkdir(parents=True)
            nbgrader("generate_assignment", unit, directory=course)
            shutil.copytree(course, plain)
            seeds = range(options.seed + number, options.seed + options.count, len(UNITS))
            did = hand_in(unit, course, seeds)
            dwsep("autograde", unit, directory=course)
            found = totals(unit, course)
            some = list(did)[: options.plain // len(UNITS)]
            theirs = plainly(unit, course, plain, some)
            full = sum(exercises(database(course), unit).values())
            for learner, changes in did.items():
                points, by_nbgrader = found.get(learner, -1), theirs.get(learner, 0)
                if points < max(full, by_nbgrader):
                    lost += 1
                    print(f"{unit} {learner}: {points:g} of {full:g}, {by_nbgrader:g}: {changes}")
            print(f"{unit}: {len(did)} notebooks, {len(some)} by plain nbgrader too")
    print(f"{lost} of {options.count} changed notebooks lost points")
    return lost
