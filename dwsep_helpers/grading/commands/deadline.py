"""``dwsep deadline``: until when a unit may be handed in."""

from __future__ import annotations

import argparse
from typing import Any

from dwsep_helpers.grading import class_folder
from dwsep_helpers.grading.commands import add_directory, class_of, folder_of, no_unit
from dwsep_helpers.grading.names import near, quoted
from dwsep_helpers.grading.turn import taken

HELP = "until when a unit may be handed in, by all or by one learner"
ABOUT = (
    "Set or show a unit's deadline. What being late costs stands in nbgrader_config.py (LateRule). "
    "The penalties of those who are graded already change at once, and nothing is run again."
)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add its arguments."""
    parser.add_argument("unit", metavar="UNIT", help="such as 01_conv2d")
    when = (
        "such as '2026-12-01 23:59 Europe/Berlin'; without a time 23:59, without a zone this "
        "machine's; 'none' takes it back; without WHEN, deadlines are shown"
    )
    parser.add_argument("when", nargs="*", default=[], metavar="WHEN", help=when)
    later = "a later one for this learner alone, by the id in roster.csv; may be said several times"
    parser.add_argument("--student", action="append", default=[], metavar="LEARNER", help=later)
    add_directory(parser)


def run(options: argparse.Namespace) -> int:
    """Set a deadline, or show it."""
    with taken(folder_of(options), "deadline"):
        return _run(options)


def _run(options: argparse.Namespace) -> int:
    from dwsep_helpers.grading.nbgrader_session import session
    from dwsep_helpers.grading.people import roster
    from dwsep_helpers.grading.points import deadlines, late

    nbgrader = session(class_of(options))
    unit, when = options.unit, " ".join(options.when)
    learners = [*dict.fromkeys(options.student)]
    if unit not in (units := nbgrader.units()):
        raise class_folder.WrongCall(no_unit(unit, units))
    if learners:
        _known(learners, {*roster.of_class(nbgrader).learners}, "there is no learner")
    due = deadlines.moment(when) if when not in ("", "none") else None
    with nbgrader.gradebook() as gradebook:
        if not when:
            return _show(gradebook, unit, learners)
        rule = late.rule(nbgrader.config)
        changed = deadlines.move(gradebook, unit, due, learners, rule)
    for one in learners or ["all"]:
        until = f"until {deadlines.told(due)}" if due else "without a deadline of its own"
        until = "without a deadline" if not due and not learners else until
        print(f"{unit}, {one}: {until}.")
    print(f"{changed} penalt{'y' if changed == 1 else 'ies'} changed; nothing was run again.")
    if changed:
        print(f"Tables and pages that are written already: dwsep report {unit} writes them anew.")
    return 0


def _show(gradebook: Any, unit: str, learners: list[str]) -> int:
    from dwsep_helpers.grading.points import deadlines

    due, others = deadlines.all_of(gradebook, unit)
    print(f"{unit}, all: {'until ' + deadlines.told(due) if due else 'without a deadline'}.")
    for one, until in sorted(others.items()):
        if not learners or one in learners:
            past = "" if due and until > due else "; the class has as long by now, or longer"
            print(f"{unit}, {one}: until {deadlines.told(until)}{past}.")
    return 0


def _known(asked: list[str], known: set[str], none: str) -> None:
    for one in asked:
        if one not in known:
            raise class_folder.WrongCall(f"{none} {quoted(one)}{near(one, known)}")
