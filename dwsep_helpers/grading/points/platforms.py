"""Fill points into a learning platform's own table: Canvas's gradebook, Moodle's worksheet."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from dwsep_helpers import course
from dwsep_helpers.grading.class_folder import WrongCall
from dwsep_helpers.grading.names import folded, quoted, shown
from dwsep_helpers.grading.people.roster import Ambiguous, Person, Roster
from dwsep_helpers.grading.points import gathered
from dwsep_helpers.grading.points.gathered import UnitPoints
from dwsep_helpers.grading.points.sheets import Sheet, number
from dwsep_helpers.grading.scores import Scores

# Canvas's gradebook: lib/gradebook_exporter.rb and gradebook_importer.rb of instructure/canvas-lms.
_ASSIGNMENT = re.compile(r"(?P<name>.*) \((?P<id>\d+)\)", re.DOTALL)
_CANVAS = {"ID": "canvas", "SIS User ID": "canvas_sis", "SIS Login ID": "canvas_login"}
_KEEPS = {"EX": "is excused", "N/A": "isn't given this assignment"}
# Moodle's worksheet: mod/assign/gradingtable.php and feedback/offline of moodle/moodle. In the
# languages whose words are known here.
_MOODLE = {
    "moodle": ("identifier", "kennung", "identifiant"),
    "moodle_idnumber": ("id number", "id-nummer", "numéro d'identification"),
    "email": ("email address", "e-mail-adresse", "adresse de courriel"),
    "grade": ("grade", "bewertung", "note"),
    "most": ("maximum grade", "bestwertung", "note maximale"),
    "changeable": ("grade can be changed", "bewertung kann geändert werden"),
    "comments": ("feedback comments", "feedback als kommentar", "commentaires de feedback"),
}
_NO = ("no", "nein", "non")


@dataclass
class Filled:
    """What was filled in, and what there is to say of the rest.

    Attributes
    ----------
    count : int
    said : list of str
    """

    count: int = 0
    said: list[str] = field(default_factory=list)


def fill_canvas(
    sheet: Sheet, of: UnitPoints, roster: Roster, *, column: str = "", scale: bool = False
) -> Filled:
    """Fill a unit's final points into Canvas's gradebook.

    Parameters
    ----------
    sheet : Sheet
        Grades › Export; it is changed.
    of : UnitPoints
    roster : Roster
    column : str, optional
        The assignment's name or number, where it is called otherwise than the unit.
    scale : bool
        Whether points are scaled to the assignment's.

    Raises
    ------
    WrongCall
        If it is no such table, or has no such assignment.
    """
    header = sheet.header
    if "ID" not in header or "Section" not in header:
        raise WrongCall(f"{quoted(sheet.path.name)} is no gradebook that Canvas exported")
    place = _assignment(header, of.unit, column)
    title, ids = header[place], {key: header.index(h) for h, key in _CANVAS.items() if h in header}
    learners, most = [], None
    for row in range(1, len(sheet.rows)):
        if "Points Possible" in sheet.text(row, 0):
            most = number(sheet.text(row, place))
            if "read only" in sheet.text(row, place):
                raise WrongCall(f"Canvas takes no points for {title!r}: it is read only")
        elif any(sheet.text(row, at).strip() for at in ids.values()):
            learners.append(row)
    factor, filled = _factor(of, most, f"Canvas's {shown(title)}", scale)
    comma = sheet.comma(place)

    def keeps(row: int, points: float) -> str:
        return _KEEPS.get(sheet.text(row, place).strip(), "")

    people = _people(sheet, learners, ids, roster, of)
    _fill(sheet, place, people, of, filled, lambda p: _written(p * factor, comma), keeps)
    return filled


def fill_moodle(
    sheet: Sheet,
    of: UnitPoints,
    roster: Roster,
    *,
    column: str = "",
    scale: bool = False,
    comments: Callable[[Scores], str] | None = None,
) -> Filled:
    """Fill a unit's final points into Moodle's grading worksheet.

    Parameters
    ----------
    sheet : Sheet
        The assignment's "Download grading worksheet"; it is changed.
    of : UnitPoints
    roster : Roster
    column : str, optional
        The header of the grades, where Moodle's language isn't known here.
    scale : bool
        Whether points are scaled to the maximum grade.
    comments : callable, optional
        Words a learner's feedback comment.

    Raises
    ------
    WrongCall
        If it is no such table.
    """
    header = [text.casefold() for text in sheet.header]
    at = {key: _first(header, names) for key, names in _MOODLE.items()}
    at["grade"] = _first(header, [column.casefold()] if column else _MOODLE["grade"])
    if at["moodle"] < 0 or at["grade"] < 0:
        what = "Identifier" if at["moodle"] < 0 else "Grade; --column names the grades' column"
        raise WrongCall(
            f"{quoted(sheet.path.name)} is no grading worksheet of Moodle's: it has no {what}"
        )
    rows = [row for row in range(1, len(sheet.rows)) if sheet.text(row, at["moodle"]).strip()]
    most = next((most for row in rows if (most := number(sheet.text(row, at["most"])))), None)
    factor, filled = _factor(of, most, "Moodle's maximum grade", scale)
    comma = sheet.comma(at["grade"], at["most"])

    def keeps(row: int, points: float) -> str:
        if sheet.text(row, at["changeable"]).strip().casefold() in _NO:
            return "has a grade that can't be changed"
        if most is not None and points * factor > most:
            return f"has {points * factor:g} points, and Moodle takes at most {most:g}"
        return ""

    ids = {key: at[key] for key in ("moodle", "moodle_idnumber", "email") if at[key] >= 0}
    people = _people(sheet, rows, ids, roster, of)
    done = _fill(
        sheet, at["grade"], people, of, filled, lambda p: _written(p * factor, comma), keeps
    )
    if comments and at["comments"] < 0:
        filled.said.append("the worksheet has no column for feedback comments: switch them on")
    elif comments:
        for row, score in done:
            sheet.fill(row, at["comments"], comments(score))
    return filled


def comment(of: UnitPoints, row: Scores) -> str:
    """Word a learner's points in a line.

    Examples
    --------
    >>> of = UnitPoints("01_conv2d", {"1.1": 4.0, "1.2": 3.0}, frozenset(), [])
    >>> comment(of, Scores("ada", {"1.1": 4.0, "1.2": 0.0}, penalty=0.4))
    '1.1: 4 of 4; 1.2: 0 of 3; late: 0.4 off; together 3.6 of 7'
    """
    parts = [f"{one}: {row.points.get(one) or 0:g} of {most:g}" for one, most in of.worth.items()]
    parts += [f"late: {row.penalty:g} off"] if row.penalty else []
    parts.append(f"together {row.final:g} of {of.most:g}")
    return "; ".join(parts) + (f", and {row.extra:g} optional" if of.optional else "")


def _assignment(header: list[str], unit: str, column: str) -> int:
    """Return the column of a unit's assignment."""
    known = {at: m for at, text in enumerate(header) if (m := _ASSIGNMENT.fullmatch(text))}
    names = {_plain(unit), _plain(column)} if column else {_plain(unit)}
    if not column and (found := next((u for u in course.UNITS if u.name == unit), None)):
        names |= {_plain(found.title), _plain(f"{found.number} {found.title}")}
    fits = [at for at, m in known.items() if _plain(m["name"]) in names or m["id"] in names]
    fits = [at for at in known if header[at] == column] or fits
    if len(fits) == 1:
        return fits[0]
    there = ", ".join(shown(header[at]) for at in known) or "none"
    why = "several assignments are" if fits else "no assignment is"
    raise WrongCall(f"{why} called {column or unit}; --column names one of: {there}")


def _plain(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.replace("_", " ").casefold()))


def _first(header: list[str], names: tuple[str, ...] | list[str]) -> int:
    return next((at for at, text in enumerate(header) if text in names), -1)


def _factor(of: UnitPoints, most: float | None, what: str, scale: bool) -> tuple[float, Filled]:
    """Return what points are multiplied with, and say where the platform's are others."""
    if most is None or most == of.most or not of.most:
        return 1.0, Filled()
    about = f"{what} is {most:g} points, and {of.unit} {of.most:g}"
    if scale:
        return most / of.most, Filled(said=[f"{about}: multiplied by {most / of.most:g}"])
    return 1.0, Filled(said=[f"{about}: nothing was scaled; --scale does that"])


def _written(points: float, comma: bool) -> str:
    text = f"{round(points, 2):.15g}"
    return text.replace(".", ",") if comma else text


def _people(
    sheet: Sheet, rows: list[int], ids: Mapping[str, int], roster: Roster, of: UnitPoints
) -> dict[int, str | Ambiguous]:
    """Return whose each row is; nothing where nobody is known by its ids."""
    learners = {folded(learner): learner for learner in of.by_learner}
    found: dict[int, str | Ambiguous] = {}
    for row in rows:
        said = {key: sheet.text(row, at).strip() for key, at in ids.items()}
        if "moodle" in said:  # "Participant 4711", whatever the language
            said["moodle"] = "".join(re.findall(r"\d+$", said["moodle"]))
        said = {key: text for key, text in said.items() if text}
        try:
            found[row] = _person(said, roster, learners)
        except Ambiguous as error:
            found[row] = error
    return found


def _person(said: dict[str, str], roster: Roster, learners: Mapping[str, str]) -> str:
    email = said.get("email", "")
    ids = {key: text for key, text in said.items() if key != "email"}
    person: Person | None = None
    for key in ids:  # the platform's own id first
        person = person or roster.find({key: ids[key]})
    person = person or (roster.find(email=email) if email else None)
    if person:
        return person.learner
    called = (learners.get(folded(text)) for text in said.values())
    return next(filter(None, called), "")


def _fill(
    sheet: Sheet,
    column: int,
    people: Mapping[int, str | Ambiguous],
    of: UnitPoints,
    filled: Filled,
    written: Callable[[float], str],
    keeps: Callable[[int, float], str],
) -> list[tuple[int, Scores]]:
    """Fill in what is known; list what is left as it was, on either side."""
    done, left = [], set(of.by_learner)
    times = [learner for learner in people.values() if isinstance(learner, str)]
    for row, learner in people.items():
        called = shown(sheet.text(row, 0).strip())
        if isinstance(learner, Ambiguous):
            filled.said.append(f"{called}: left as it was: {learner}")
            continue
        score = of.by_learner.get(learner)
        if not score:
            filled.said.append(f"{called}: left as it was: nobody here is known by these ids")
            continue
        left.discard(learner)
        if times.count(learner) > 1:
            filled.said.append(f"{called}: left as it was: several rows are {learner}'s")
        elif not gathered.known(score):
            filled.said.append(f"{called}: left as it was: {gathered.why_unknown(score)}")
        elif why := keeps(row, score.final):
            filled.said.append(f"{called}: left as it was: {why}")
        else:
            sheet.fill(row, column, written(score.final))
            done.append((row, score))
    filled.count = len(done)
    for learner in sorted(left):
        filled.said.append(f"{shown(learner)}: is in no row of {quoted(sheet.path.name)}")
    return done
