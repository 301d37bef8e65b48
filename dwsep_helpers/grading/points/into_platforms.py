"""What ``dwsep report`` hands to a learning platform: its own table filled in, pages to upload."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from dwsep_helpers.grading.class_folder import WrongCall
from dwsep_helpers.grading.names import quoted, shown
from dwsep_helpers.grading.points import archive, platforms
from dwsep_helpers.grading.points.sheets import Sheet

if TYPE_CHECKING:
    from dwsep_helpers.grading.nbgrader_session import NbgraderSession
    from dwsep_helpers.grading.people.roster import Roster
    from dwsep_helpers.grading.points.gathered import UnitPoints
    from dwsep_helpers.grading.scores import Scores

_BOTH = ("canvas", "moodle")
Tables = list[tuple[str, Sheet, list[platforms.Filled]]]  # a platform's, and what was filled in


def check(options: argparse.Namespace) -> None:
    """Stop where there is something for a table to fill in, and no table.

    Raises
    ------
    WrongCall
        It names the option.
    """
    for name, tables in (("column", _BOTH), ("scale", _BOTH), ("comments", ("moodle",))):
        if getattr(options, name) and not any(getattr(options, one) for one in tables):
            with_one = " or ".join(f"--{one}" for one in tables)
            raise WrongCall(f"--{name} is about a platform's table: say {with_one} too")


def fill(options: argparse.Namespace, units: Sequence[UnitPoints], roster: Roster) -> Tables:
    """Fill the tables that were named, and return them; :func:`write` writes them.

    Raises
    ------
    WrongCall
        If a table is none of the platform's, or can't be told to be a unit's.
    """
    if options.moodle and len(units) != 1:
        raise WrongCall("Moodle's worksheet is one assignment's: name its unit")
    if options.column and len(units) != 1:
        raise WrongCall("--column names one assignment: name its unit too")
    how, tables = {"column": options.column, "scale": options.scale}, Tables()
    if options.canvas:
        sheet = Sheet.read(options.canvas)
        tables.append(("Canvas", sheet, _each(sheet, units, roster, how)))
    if options.moodle:
        (of,), sheet = units, Sheet.read(options.moodle)
        words = (lambda row: platforms.comment(of, row)) if options.comments else None
        filled = platforms.fill_moodle(sheet, of, roster, **how, comments=words)
        tables.append(("Moodle", sheet, [filled]))
    return tables


def _each(
    sheet: Sheet, units: Sequence[UnitPoints], roster: Roster, how: dict
) -> list[platforms.Filled]:
    """Fill in all units; where there are several, not all need be Canvas's assignments."""
    filled, errors = [], []
    for of in units:
        try:
            one = platforms.fill_canvas(sheet, of, roster, **how)
            if len(units) > 1:
                one.said = [f"{of.unit}: {line}" for line in one.said]
            filled.append(one)
        except WrongCall as error:
            errors.append(error)
    if not filled and errors:
        raise errors[0]
    return [*filled, platforms.Filled(said=[str(error) for error in errors])]


def check_worksheet(nbgrader: NbgraderSession, path: Path, unit: str) -> None:
    """Find out whether Moodle's worksheet is another unit's: its numbers are an assignment's own.

    Raises
    ------
    WrongCall
        If work of another unit came with these numbers, and none of this unit's.
    """
    sheet = Sheet.read(path)
    listed = {"".join(filter(str.isdigit, sheet.text(row, 0))) for row in range(1, len(sheet.rows))}
    came = {
        one: {archive.moodle_number(file) for file in archive.downloads(nbgrader, one).values()}
        for one in nbgrader.units()
    }
    others = [one for one, numbers in came.items() if numbers & listed - {""}]
    if others and unit not in others:
        raise WrongCall(f"{quoted(path.name)} has the numbers of {others[0]}, and none of {unit}")


def write(tables: Tables) -> None:
    """Write tables beside those that they were read from, and say what was filled in."""
    for platform, sheet, filled in tables:
        count = sum(one.count for one in filled)
        print(f"{platform}: {count} filled in: {sheet.write_beside()}")
        for one in filled:
            for line in one.said:
                print(f"  {line}")


def write_archives(nbgrader: NbgraderSession, platform: str, units: Sequence[UnitPoints]) -> None:
    """Write an archive of each unit's pages, without those that say what isn't so any more."""
    directory = nbgrader.directory
    for of in units:
        path = nbgrader.folder / f"feedback-{of.unit}-{platform}.zip"
        folder, unit = directory.feedback_directory, of.unit
        found = {
            row.learner: nbgrader.path(folder, row.learner, unit) / f"{unit}.html"
            for row in of.rows
        }
        pages = {learner: page for learner, page in found.items() if page.is_file()}
        for row in of.rows:
            if row.learner in pages and _is_past(nbgrader, of, row, pages[row.learner]):
                pages.pop(row.learner)
                past = "the page is older than the grade: say it without --no-feedback"
                print(f"  {shown(row.learner)}: {past}")
        members = {
            learner: member
            for learner, member in archive.downloads(nbgrader, unit).items()
            if archive.is_of(platform, member)
        }
        without = archive.write(path, platform, unit, pages, members)
        print(f"{unit}: {len(pages) - len(without)} pages to upload: {path}")
        for learner in without:
            print(
                f"  {learner}: the page is not in it: the work came from no archive of {platform}'s"
            )


def _is_past(nbgrader: NbgraderSession, of: UnitPoints, row: Scores, page: Path) -> bool:
    """Whether a page was written before its notebook was last graded, or has other points."""
    folder = nbgrader.path(nbgrader.directory.autograded_directory, row.learner, of.unit)
    graded = folder / f"{of.unit}.ipynb"
    if graded.is_file() and page.stat().st_mtime < graded.stat().st_mtime:
        return True
    says = f"{row.final:g} of {of.most:g} points"
    return bool(row.points_count) and says not in page.read_text(encoding="utf-8", errors="replace")
