"""Tables of people, as learning platforms export them: which columns say what."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from dwsep_helpers.grading.class_folder import WrongCall
from dwsep_helpers.grading.names import quoted, shown

OWN: Final = "own"
MOODLE: Final = "moodle"  # a grading worksheet
Row = dict[str, str]
_SEPARATOR = re.compile(r"\s*sep=([,;\t])[,;\t]*\r?\n")
_FORMULA = re.compile(r'^="([^"]*)"$')  # keeps a spreadsheet from taking 0012 for 12


@dataclass(frozen=True)
class Format:
    """A kind of table.

    Attributes
    ----------
    name : str
    told_by : tuple of set of str
        Headers that only it has; all of one set.
    columns : mapping of str to str
        What each header says of a person. Headers are in small letters here.
    """

    name: str
    told_by: tuple[frozenset[str], ...]
    columns: Mapping[str, str]


_NAMES = {
    **dict.fromkeys(("full name", "name", "vollständiger name", "nom complet"), "name"),
    **dict.fromkeys(("first name", "vorname", "prénom", "nombre"), "first"),
    **dict.fromkeys(
        ("last name", "surname", "nachname", "nom de famille", "apellidos", "apellido(s)"), "last"
    ),
    **dict.fromkeys(("email", "email address", "e-mail", "e-mail-adresse"), "email"),
    **dict.fromkeys(("adresse de courriel", "dirección de correo", "mail"), "email"),
    **dict.fromkeys(
        ("section", "sections", "groups", "group", "gruppen", "section name"), "section"
    ),
    "role": "role",
}
_ID_NUMBERS = dict.fromkeys(
    ("id number", "id-nummer", "numéro d'identification"), "moodle_idnumber"
)


def _format(name: str, told_by: str, **columns: str) -> Format:
    sets = tuple(frozenset(one.split(", ")) for one in told_by.split("; "))
    return Format(name, sets, {**_NAMES, **{h.replace("_", " "): c for h, c in columns.items()}})


# In the order they are tried. Where they come from:
# Canvas, Grades › Export: gradebook_exporter.rb of instructure/canvas-lms.
# Brightspace, Grades › Export, with both keys: "OrgDefinedId,Username,…,End-of-Line Indicator".
# Gradescope, Roster › Download, and Grades › Download.
# GitHub Classroom, Students › Download: "identifier","github_username","github_id","name".
# Moodle, the assignment's grading worksheet: mod/assign/feedback/offline/locallib.php of
# moodle/moodle; and Participants › Download table.
# Blackboard, Grade Center › Work Offline › Download.
FORMATS: Final = (
    Format(OWN, (frozenset({"learner"}),), {"learner": "learner", **_NAMES}),
    _format(
        "canvas",
        "student, id, section; student, sis user id; student, sis login id",
        student="name",
        id="canvas",
        sis_user_id="canvas_sis",
        sis_login_id="canvas_login",
        integration_id="",
    ),
    _format(
        "brightspace",
        "orgdefinedid; username, end-of-line indicator",
        orgdefinedid="brightspace_id",
        username="brightspace",
    ),
    _format("gradescope", "sid", sid="gradescope"),
    Format(
        "github",
        (frozenset({"identifier", "github_username"}),),
        {**_NAMES, "identifier": "github_identifier", "github_username": "github"},
    ),
    Format(
        MOODLE,
        tuple(frozenset({one}) for one in ("identifier", "kennung", "identifiant")),
        {
            **_NAMES,
            **_ID_NUMBERS,
            **dict.fromkeys(("identifier", "kennung", "identifiant"), MOODLE),
        },
    ),
    _format(
        "blackboard",
        "username, last name, first name",
        username="blackboard",
        student_id="blackboard_id",
    ),
    Format(
        "moodle_participants",
        tuple(
            frozenset({first, mail})
            for first in ("first name", "vorname", "prénom", "nombre", "full name")
            for mail in _NAMES
            if _NAMES[mail] == "email"
        ),
        {**_NAMES, **_ID_NUMBERS, "username": "moodle_username"},
    ),
)
# Headers of Moodle's worksheet that say when something was handed in.
HANDED_IN: Final = ("last modified (submission)", "zuletzt geändert (abgabe)")


@dataclass(frozen=True)
class Table:
    """A table that was read.

    Attributes
    ----------
    path : Path
    format : Format
    headers : list of str
        As they stand in the file.
    rows : list of list of str
    """

    path: Path
    format: Format
    headers: list[str]
    rows: list[list[str]]

    def column(self, names: Collection[str]) -> list[str] | None:
        """Return the cells under one of these headers, given in small letters."""
        for place, header in enumerate(self.headers):
            if _plain(header) in names:
                return [row[place] if place < len(row) else "" for row in self.rows]
        return None

    def said(self) -> Iterator[Row]:
        """Yield what each row says of a person."""
        own = self.format.name == OWN
        keys = [self.format.columns.get(_plain(h), _plain(h) if own else "") for h in self.headers]
        for row in self.rows:
            said: Row = {}
            for key, cell in zip(keys, row, strict=False):
                cell = _FORMULA.sub(r"\1", cell.strip())
                if key and cell and key not in said:
                    said[key] = cell
            if said:
                yield said


def read(path: Path) -> Table:
    """Read a table of people.

    Raises
    ------
    WrongCall
        If it can't be read, or is none of the tables that are known.
    """
    text = _text(path)
    if "\n" not in text:  # as Excel on a Mac ends lines
        text = text.replace("\r", "\n")
    said = _SEPARATOR.match(text)  # as Excel is told
    text = text[said.end() :] if said else text
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = said[1] if said else max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text), delimiter=delimiter, strict=True)
    try:
        lines = [row for row in reader if any(row)]
    except csv.Error as error:  # a quote that is opened and not closed would swallow people
        raise WrongCall(
            f"{quoted(str(path))} is no table: up to line {reader.line_num}, a quotation mark is "
            f"missing or too many ({error})"
        ) from None
    headers = [cell.strip() for cell in lines[0]] if lines else []
    known = {_plain(header) for header in headers}
    for one in FORMATS:
        if any(headers_needed <= known for headers_needed in one.told_by):
            return Table(path, one, headers, [row for row in lines[1:] if row != lines[0]])
    found = ", ".join(shown(header, 40) for header in headers[:12]) or "none"
    raise WrongCall(
        f"{quoted(str(path))} is no roster: its columns are {found}. A roster has a column "
        "'learner', or is what Canvas, Moodle, Blackboard, Brightspace, Gradescope or GitHub "
        "Classroom exports."
    )


def content_of(path: Path) -> bytes:
    """Return what is in a table's file.

    Raises
    ------
    WrongCall
        If it can't be read, or is a spreadsheet or an archive.
    """
    try:
        content = path.read_bytes()
    except OSError as error:
        raise WrongCall(f"{quoted(str(path))} can't be read: {error.strerror}") from None
    if content.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise WrongCall(f"{quoted(str(path))} is a spreadsheet or an archive; a CSV is asked for")
    return content


def _text(path: Path) -> str:
    content = content_of(path)
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16", errors="replace")
    if content[1:2] == b"\0":
        return content.decode("utf-16-le", errors="replace")
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", errors="replace")


def _plain(header: str) -> str:
    return re.sub(r"\s+", " ", header).strip().lower()


def full_name(said: Row) -> str:
    """Return a person's name as it is spoken, of what a row says."""
    name = said.get("name") or f"{said.get('first', '')} {said.get('last', '')}"
    last, comma, first = name.partition(",")
    return " ".join((f"{first} {last}" if comma else name).split())


def is_nobody(said: Row, is_canvas: bool) -> bool:
    """Tell rows that are no learner's: Canvas's points possible and test student, teachers."""
    if said.get("role") and not re.match(r"(?i)student|learner|étudiant|teilnehmer", said["role"]):
        return True
    return is_canvas and ("canvas" not in said or said.get("name") == "Student, Test")
