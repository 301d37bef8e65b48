"""What ``dwsep report`` hands to a learning platform: its own table filled in, pages to upload."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING

from dwsep_helpers.grading.class_folder import WrongCall
from dwsep_helpers.grading.points import archive, platforms
from dwsep_helpers.grading.points.sheets import Sheet

if TYPE_CHECKING:
    from dwsep_helpers.grading.nbgrader_session import NbgraderSession
    from dwsep_helpers.grading.people.roster import Roster
    from dwsep_helpers.grading.points.gathered import UnitPoints


def fill(options: argparse.Namespace, units: Sequence[UnitPoints], roster: Roster) -> None:
    """Fill the tables that were named, and say what was done.

    Raises
    ------
    WrongCall
        If a table is none of the platform's, or can't be told to be a unit's.
    """
    if options.moodle and len(units) != 1:
        raise WrongCall("Moodle's worksheet is one assignment's: name its unit")
    if options.column and len(units) != 1:
        raise WrongCall("--column names one assignment: name its unit too")
    how = {"column": options.column, "scale": options.scale}
    if options.canvas:
        sheet = Sheet.read(options.canvas)
        _say("Canvas", sheet, _each(sheet, units, roster, how))
    if options.moodle:
        (of,), sheet = units, Sheet.read(options.moodle)
        words = (lambda row: platforms.comment(of, row)) if options.comments else None
        _say("Moodle", sheet, [platforms.fill_moodle(sheet, of, roster, **how, comments=words)])


def _each(
    sheet: Sheet, units: Sequence[UnitPoints], roster: Roster, how: dict
) -> list[platforms.Filled]:
    """Fill in all units; where there are several, not all need be Canvas's assignments."""
    filled, errors = [], []
    for of in units:
        try:
            filled.append(platforms.fill_canvas(sheet, of, roster, **how))
        except WrongCall as error:
            errors.append(error)
    if not filled and errors:
        raise errors[0]
    return [*filled, platforms.Filled(said=[str(error) for error in errors])]


def _say(platform: str, sheet: Sheet, filled: Sequence[platforms.Filled]) -> None:
    count = sum(one.count for one in filled)
    print(f"{platform}: {count} filled in: {sheet.write_beside()}")
    for one in filled:
        for line in one.said:
            print(f"  {line}")


def write_archives(nbgrader: NbgraderSession, platform: str, units: Sequence[UnitPoints]) -> None:
    """Write an archive of each unit's pages."""
    directory = nbgrader.directory
    for of in units:
        path = nbgrader.folder / f"feedback-{of.unit}-{platform}.zip"
        folder, unit = directory.feedback_directory, of.unit
        found = {
            row.learner: nbgrader.path(folder, row.learner, unit) / f"{unit}.html"
            for row in of.rows
        }
        pages = {learner: page for learner, page in found.items() if page.is_file()}
        without = archive.write(path, platform, unit, pages, archive.downloads(nbgrader, unit))
        print(f"{unit}: {len(pages) - len(without)} pages to upload: {path}")
        for learner in without:
            print(
                f"  {learner}: the page is not in it: the work came from no archive of {platform}'s"
            )
