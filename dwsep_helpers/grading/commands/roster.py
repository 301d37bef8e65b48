"""``dwsep roster``: who the learners are, from what platforms export."""

from __future__ import annotations

import argparse
from pathlib import Path

from dwsep_helpers.grading.commands import add_directory, class_of, folder_of
from dwsep_helpers.grading.names import shown
from dwsep_helpers.grading.turn import taken

HELP = "who the learners are: take in what a platform exports, or show it"
ABOUT = (
    "Keep in roster.csv, in the class's folder, who the learners are and what platforms call them. "
    "It takes a roster of its own form (learner, name, email, section, and platforms' ids), "
    "Canvas's gradebook, Moodle's grading worksheet or list of participants, and the lists of "
    "Blackboard, Brightspace and Gradescope. Names go to nbgrader's gradebook too."
)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add its arguments."""
    parser.add_argument("files", nargs="*", type=Path, metavar="FILE", help="without, it is shown")
    add_directory(parser)


def run(options: argparse.Namespace) -> int:
    """Take in files, and print the roster."""
    with taken(folder_of(options), "roster"):
        return _run(options)


def _run(options: argparse.Namespace) -> int:
    from dwsep_helpers.grading.nbgrader_session import session
    from dwsep_helpers.grading.people import roster

    nbgrader = session(class_of(options))
    before = people = roster.of_class(nbgrader)
    for path in options.files:
        people = people.merged(roster.Roster.read(path))
    if options.files:
        people.write(nbgrader.folder / roster.FILE)
        roster.tell_gradebook(nbgrader, people)
    for one in people:
        ids = ", ".join(f"{name} {value}" for name, value in sorted(one.ids.items()))
        about = (one.learner, one.name, one.email, one.section, ids)
        print(shown("  ".join(filter(None, about))))
    new = len(people.learners.keys() - before.learners.keys())
    print(f"{len(people)} learners, {new} of them new.")
    return 0
