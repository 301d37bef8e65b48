"""When something was handed in, as platforms write it: read, or nothing; never guessed."""

from __future__ import annotations

import re
import time
import warnings
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from dwsep_helpers.grading.class_folder import WrongCall
from dwsep_helpers.grading.people import tables

_AMBIGUOUS = re.compile(r"\b\d{1,2}[./-]\d{1,2}[./-]\d{2,4}\b")  # the 5th of December, or of May?
_UTC_AND = re.compile(r"\b(?:GMT|UTC)(?=[+-]\d)")  # dateutil takes GMT+2 for two hours after UTC
# As Moodle writes days, besides English: in the language of the worksheet whose times are known.
_GERMAN = re.compile(
    r"\b(?:(montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag)"
    r"|(januar)|(februar)|(märz)|(mai)|(juni)|(juli)|(oktober)|(dezember))\b",
    re.IGNORECASE,
)
_ENGLISH = ("", "january", "february", "march", "may", "june", "july", "october", "december")


def zone(name: str | None) -> tzinfo:
    """Return a time zone by its name, such as ``Europe/Berlin``; without one, this machine's.

    Raises
    ------
    WrongCall
        If nobody knows it.
    """
    from dateutil.tz import tzlocal

    try:
        return ZoneInfo(name) if name else tzlocal()
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise WrongCall(
            f"there is no time zone {name!r}; one is called Europe/Berlin, another UTC"
        ) from None


def read(text: str, place: tzinfo, form: str | None = None) -> datetime | None:
    """Return a time in UTC; None if it can't be read, or is none.

    Parameters
    ----------
    text : str
    place : tzinfo
        Where it is, unless it says so.
    form : str, optional
        As :meth:`datetime.strptime` takes it. Without it, whatever names a day and an hour.

    Examples
    --------
    >>> read("Sunday, 3 March 2024, 11:16 AM", UTC).isoformat()
    '2024-03-03T11:16:00+00:00'
    >>> read("Donnerstag, 15. Oktober 2026, 09:15", UTC).isoformat()
    '2026-10-15T09:15:00+00:00'
    >>> read("-", UTC), read("tomorrow", UTC), read("2024", UTC)
    (None, None, None)
    >>> read("2026-11-18 14:00 Europe/Berlin", UTC).isoformat()
    '2026-11-18T13:00:00+00:00'
    >>> read("2026-11-18 14:00 MEZ", UTC), read("05.12.2026 14:00", UTC)
    (None, None)
    """
    from dateutil import parser

    if form is None:
        text, place = _zoned(text[:100].strip(), place)
        if _AMBIGUOUS.search(text):
            return None
    try:
        if form:
            found = datetime.strptime(text, form)
        else:
            # What isn't said would be taken from today: two days, and what differs wasn't said.
            with warnings.catch_warnings():
                warnings.simplefilter("error", parser.UnknownTimezoneWarning)
                either, other = (
                    parser.parse(_GERMAN.sub(_in_english, text), default=day)
                    for day in (datetime(2001, 2, 3, 4, 5), datetime(2002, 3, 4, 5, 6))
                )
            if either != other:
                return None
            found = either
        if found.tzinfo is None:
            found = found.replace(tzinfo=place)
        return found.astimezone(UTC)
    except (ValueError, OverflowError, parser.UnknownTimezoneWarning):
        return None


def _zoned(text: str, place: tzinfo) -> tuple[str, tzinfo]:
    """Return a time without the name of its zone, and that zone; else the place."""
    when, _, last = text.rpartition(" ")
    if not when or not last[0].isalpha():
        return text, place
    if last in time.tzname:  # as this machine calls its own
        return when, zone(None)
    with suppress(WrongCall):
        return when, zone(last)
    return _UTC_AND.sub("", text), place


def _in_english(found: re.Match[str]) -> str:
    return _ENGLISH[(found.lastindex or 1) - 1]


def handed_in(path: Path, place: tzinfo) -> Mapping[str, datetime]:
    """Return when whose work was handed in, by Moodle's ids, as a grading worksheet says it."""
    table = tables.read(path)
    written = table.column(tables.HANDED_IN)
    if table.format.name != tables.MOODLE or written is None:
        return {}
    ids = (said.get("moodle", "").rpartition(" ")[2] for said in table.said())
    times = (read(text, place) for text in written)
    return {one: when for one, when in zip(ids, times, strict=False) if when}


def written(when: datetime) -> str:
    """Return a time as nbgrader's exchange writes it into ``timestamp.txt``."""
    return when.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f UTC")
