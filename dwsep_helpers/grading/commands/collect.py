"""``dwsep collect``: take in what a learning platform gives, and say who handed in what."""

from __future__ import annotations

import argparse
import csv
import sys
from collections import Counter
from contextlib import ExitStack
from datetime import datetime, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING

from dwsep_helpers.grading import class_folder
from dwsep_helpers.grading.commands import add_directory, class_of, folder_of
from dwsep_helpers.grading.names import for_spreadsheet, shown
from dwsep_helpers.grading.turn import taken

if TYPE_CHECKING:
    from dwsep_helpers.grading.people.intake import Intake
    from dwsep_helpers.grading.people.storing import Store
    from dwsep_helpers.grading.people.work import Work

HELP = "take in archives of Canvas, Moodle, Blackboard, Brightspace or Gradescope"
ABOUT = (
    "Put what is in a platform's archive, or in a folder, into submitted/LEARNER/UNIT, and say "
    "who handed in which file, and when. Nothing is guessed: where two people could be one, it "
    "stops before it writes. Of two downloads, what was handed in later is graded, and what it "
    "replaces is kept in replaced/. Exit status: 0 all is in, 1 something failed, 2 wrong call."
)
_COLUMNS = ("learner", "name", "platform", "files", "handed_in", "late", "became")
NOTHING, AS_BEFORE = "nothing handed in", "nothing new"


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add its arguments."""
    parser.add_argument("unit", metavar="UNIT", help="such as 01_conv2d")
    what = "the platform's download of all that was handed in, a zip or tar file; or a folder"
    parser.add_argument("archives", nargs="+", type=Path, metavar="ARCHIVE", help=what)
    parser.add_argument(
        "--roster",
        action="append",
        default=[],
        type=Path,
        metavar="FILE",
        help="who the learners are: what the platform exports; it is kept in roster.csv; may be "
        "said several times",
    )
    parser.add_argument(
        "--timezone",
        metavar="ZONE",
        help="where the platform's clock stands, such as Europe/Berlin; without it, this machine's",
    )
    unlocked = "don't lock in what unpacks learners' own archives"
    parser.add_argument("--no-sandbox", action="store_true", help=unlocked)
    add_directory(parser)


def run(options: argparse.Namespace) -> int:
    """Take in archives, print a table."""
    with taken(folder_of(options), "collect"):
        return _run(options)


def _run(options: argparse.Namespace) -> int:
    from dwsep_helpers.grading import class_run, scratch
    from dwsep_helpers.grading.confinement import sandbox
    from dwsep_helpers.grading.nbgrader_session import session
    from dwsep_helpers.grading.people import dates, roster
    from dwsep_helpers.grading.people.archives import Archive
    from dwsep_helpers.grading.people.intake import Reader
    from dwsep_helpers.grading.people.storing import FAILED, Store
    from dwsep_helpers.grading.people.wrong_archives import stop_if_of_archives, stop_if_own
    from dwsep_helpers.grading.points import archive

    lock = not options.no_sandbox
    if lock and (reason := sandbox.unavailable()):
        raise class_folder.WrongCall(f"There is no sandbox: {reason}. Else say --no-sandbox.")
    nbgrader = session(class_of(options))
    (unit,) = class_run.released(nbgrader, [options.unit])
    place = dates.zone(options.timezone)
    times: dict[str, datetime] = {}
    before, people = roster.of_gradebook(nbgrader), roster.of_class(nbgrader)
    for path in options.roster:
        people = people.merged(roster.Roster.read(path))
        times |= dates.handed_in(path, place)
    listed = bool(people)
    scratch.sweep()
    of = nbgrader.directory
    steps = [of.source_directory, of.release_directory, of.submitted_directory, "replaced"]
    own = [
        nbgrader.folder / one for one in (*steps, of.autograded_directory, of.feedback_directory)
    ]
    for path in options.archives:
        stop_if_own(path, nbgrader.folder, own)
    with ExitStack() as opened:
        archives = [opened.enter_context(Archive(path)) for path in options.archives]
        for one in archives:
            stop_if_of_archives(one, people)
        intake = Reader(unit, place, times, lock).read(archives, people)
        intake.roster.write(nbgrader.folder / roster.FILE)  # first: it says what they are called
        submitted = nbgrader.path(nbgrader.directory.submitted_directory, "", "")
        beside = nbgrader.folder / class_folder.STATE / "incoming"
        called = archive.downloads(nbgrader, unit)
        store = Store(submitted, submitted.parent / "replaced", beside, unit, lock, called)
        became = {learner: _put(store, work) for learner, work in intake.works.items()}
    scratch.remove(beside)
    members = {
        learner: (one.notebook, one.late)
        for learner, one in intake.works.items()
        if one.files and not _is_past(one, became[learner], called.get(learner, ""))
    }
    archive.note(nbgrader, unit, members)
    rows = _rows(intake, became, submitted, unit)
    _write(nbgrader.folder / f"collected-{unit}.csv", rows, intake, place)
    roster.tell_gradebook(nbgrader, intake.roster)
    _tell(rows, intake, place, listed=listed)
    for line in intake.roster.namesakes(before):
        print(line)
    if zones := _assumed(intake, place):
        whose = f"{options.timezone}'s" if options.timezone else f"this machine's ({zones})"
        print(f"Times are read as {whose}; --timezone says otherwise.")
    return 1 if FAILED in became.values() else 0


def _is_past(work: Work, became: str, called: str) -> bool:
    """Tell whether what is there goes by the name that it had."""
    from dwsep_helpers.grading.people.storing import FAILED, OLDER, UNCHANGED
    from dwsep_helpers.grading.people.work import is_newer

    again = became == UNCHANGED and is_newer(work, None, called) is False
    return again or became in (FAILED, OLDER)


def _put(store: Store, work: Work) -> str:
    from dwsep_helpers.grading import faults
    from dwsep_helpers.grading.people.storing import FAILED

    try:
        return store.put(work)
    except OSError as error:
        work.notes.append(faults.sentence(error))
        return FAILED


def _rows(
    intake: Intake, became: dict[str, str], submitted: Path, unit: str
) -> list[tuple[str, str]]:
    """Return everybody on the roster, and what became of what they handed in."""
    there = {
        one.learner: AS_BEFORE if (submitted / one.learner / unit).is_dir() else NOTHING
        for one in intake.roster
    }
    return sorted({**there, **became}.items())


def _cells(learner: str, said: str, intake: Intake, place: tzinfo) -> list[str]:
    """Return a row of the table, under `_COLUMNS`."""
    person, work = intake.roster.learners[learner], intake.works.get(learner)
    if not work:
        return [learner, person.name, "", "", "", "", said]
    files = " + ".join("/".join(member.path) for _, member in work.files)
    when = work.when.astimezone(place).strftime("%Y-%m-%d %H:%M:%S %z") if work.when else ""
    late = "late" if work.late else ""
    return [learner, person.name, work.platform, files, when, late, said]


def _write(path: Path, rows: list[tuple[str, str]], intake: Intake, place: tzinfo) -> None:
    with path.open("w", newline="", encoding="utf-8-sig", errors="backslashreplace") as file:
        writer = csv.writer(file)
        writer.writerow(_COLUMNS)
        for learner, said in rows:
            cells = _cells(learner, said, intake, place)
            writer.writerow([for_spreadsheet(shown(cell, 1000)) for cell in cells])


def _tell(rows: list[tuple[str, str]], intake: Intake, place: tzinfo, *, listed: bool) -> None:
    table = []
    for learner, said in rows:
        _, name, _, files, when, late, said = _cells(learner, said, intake, place)
        who = f"{learner} ({name})" if name and name != learner else learner
        table.append([shown(who, 50), shown(files or "–", 80), when or "no time", late, said])
        if not files:
            table[-1][2] = "–"
    wide = [max(len(row[column]) for row in table) for column in range(4)] if table else []
    for row in table:
        print("  ".join(f"{cell:{width}}" for cell, width in zip(row, [*wide, 0], strict=True)))
    for learner, work in sorted(intake.works.items()):
        for note in work.notes:
            print(shown(f"  {learner}: {note}"))
    for why in intake.left_out:
        print(shown(f"  left out: {why}"))
    count = Counter(said for _, said in rows)
    print("; ".join(f"{number} {said}" for said, number in sorted(count.items())) + ".")
    for advice in _advice(intake, listed):
        print(advice, file=sys.stderr)


def _assumed(intake: Intake, place: tzinfo) -> str:
    """Return which zones times were read in that came without one; empty if none did."""
    from dwsep_helpers.grading.people.platforms import BLACKBOARD, BRIGHTSPACE, MOODLE

    without = (BLACKBOARD, BRIGHTSPACE, MOODLE)
    works = intake.works.values()
    times = [work.when for work in works if work.when and work.platform in without]
    names = sorted({when.astimezone(place).tzname() or str(place) for when in times})
    return ", ".join(names)


def _advice(intake: Intake, listed: bool) -> list[str]:
    from dwsep_helpers.grading.people.platforms import CANVAS, FLAT, MOODLE

    by = Counter(work.platform for work in intake.works.values())
    timeless = Counter(work.platform for work in intake.works.values() if not work.when)
    said = []
    if broken := sum(work.broken for work in intake.works.values()):
        said.append(
            f"Of {broken}, something in the archive can't be read: download it again, or unpack it "
            "with another program and give the folder."
        )
    if intake.unknown and by[MOODLE]:
        said.append(
            "Moodle gives learners another number in each assignment: whom the roster doesn't "
            "know has a new name in each unit. Give it: --roster, with the grading worksheet."
        )
    elif intake.unknown and (listed or not by[FLAT]):
        said.append(
            f"{intake.unknown} of them weren't on the roster: --roster, with what the platform "
            "exports, says who they are."
        )
    if timeless[MOODLE]:
        said.append(
            "Moodle's archive has no times; its grading worksheet has: --roster WORKSHEET.csv."
        )
    if timeless[CANVAS]:
        said.append("Canvas's archive has no times; it only says who was late.")
    return said
