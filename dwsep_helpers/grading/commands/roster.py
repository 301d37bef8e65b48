"""``dwsep roster``: who the learners are, from what platforms export."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from dwsep_helpers.grading.commands import add_directory, class_of, folder_of
from dwsep_helpers.grading.names import shown
from dwsep_helpers.grading.turn import taken

if TYPE_CHECKING:
    from dwsep_helpers.grading.nbgrader_session import NbgraderSession
    from dwsep_helpers.grading.people.roster import Roster

HELP = "who the learners are: take in what a platform exports, or show it"
ABOUT = (
    "Keep in roster.csv, in the class's folder, who the learners are and what platforms call them. "
    "It takes a roster of its own form (learner, name, email, section, and platforms' ids), "
    "Canvas's gradebook, Moodle's grading worksheet or list of participants (in English, German or "
    "French), and the lists of Blackboard, Brightspace, Gradescope and GitHub Classroom. Names go "
    "to nbgrader's gradebook too. With --remove, who left is taken out of both, and of reports; "
    "work and points are kept."
)


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add its arguments."""
    parser.add_argument(
        "files", nargs="*", type=Path, metavar="FILE", help="without one, the roster is shown"
    )
    parser.add_argument(
        "--remove",
        action="append",
        default=[],
        metavar="LEARNER",
        help="take out a learner who left, by id, address or whole name: work goes to "
        "withdrawn/LEARNER, points into points.txt there; may be said several times",
    )
    add_directory(parser)


def run(options: argparse.Namespace) -> int:
    """Take in files, and print the roster."""
    with taken(folder_of(options), "roster"):
        return _run(options)


def _run(options: argparse.Namespace) -> int:
    from dwsep_helpers.grading.nbgrader_session import session
    from dwsep_helpers.grading.people import roster

    nbgrader = session(class_of(options))
    before, people = roster.of_gradebook(nbgrader), roster.of_class(nbgrader)
    for path in options.files:
        people = people.merged(roster.Roster.read(path))
    if options.files:
        people.write(nbgrader.folder / roster.FILE)
        roster.tell_gradebook(nbgrader, people)
    if options.remove:
        people = _without(nbgrader, people, options.remove)
    for one in people:
        ids = ", ".join(f"{name} {value}" for name, value in sorted(one.ids.items()))
        about = (one.learner, one.name, one.email, one.section, ids)
        print(shown("  ".join(filter(None, about))))
    for line in people.namesakes(before):
        print(line)
    new = len(people.learners.keys() - {one.learner for one in before})
    print(f"{len(people)} learner{'' if len(people) == 1 else 's'}, {new} of them new.")
    return 0


def _without(nbgrader: NbgraderSession, people: Roster, names: list[str]) -> Roster:
    """Take learners out, and say what became of their work; return who is left."""
    from dwsep_helpers.grading.people import withdrawing
    from dwsep_helpers.grading.people.roster import Roster

    for learner in dict.fromkeys(withdrawing.find(people, name).learner for name in names):
        told = withdrawing.withdraw(nbgrader, people, learner)
        people = Roster(tuple(one for one in people if one.learner != learner))
        print(shown(f"{learner} is out of the roster and the gradebook."))
        for line in told:
            print(shown(f"  {line}"))
    print("An archive or a list that still has them brings them back.")
    return people
