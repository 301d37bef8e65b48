"""Which unit notebooks are named after: an archive of another one is not taken in."""

from __future__ import annotations

import re
import shlex
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path

from dwsep_helpers.course import UNITS
from dwsep_helpers.grading.class_folder import WrongCall
from dwsep_helpers.grading.names import plain_name, quoted
from dwsep_helpers.grading.people.flat import Upload


def named_after(name: str) -> str | None:
    """Return the unit that a notebook is named after, with a learner's name beside it or not.

    Examples
    --------
    >>> named_after("Copy of 01_CONV2D (1).ipynb"), named_after("01_conv2d_ada.ipynb")
    ('01_conv2d', '01_conv2d')
    >>> named_after("answers.ipynb"), named_after("01_conv2d.pdf")
    (None, None)
    """
    if ".ipynb" not in name.lower():
        return None
    called = plain_name(name).casefold()
    apart = r"(?:^|.*[-_ ]){}(?:[-_ ].*|$)"
    found = (one.name for one in UNITS if re.match(apart.format(re.escape(one.name)), called))
    return next(found, None)


def stop_if_anothers(archive: Path, unit: str, uploads: Iterable[Upload]) -> None:
    """Stop where at least half of those who named a notebook after a unit named another one.

    Whoever has a notebook of this unit may have others beside it.

    Raises
    ------
    WrongCall
        It says which unit, and the command for it.
    """
    named = defaultdict[str, set[str]](set)
    for one in uploads:
        if found := named_after(one.path[-1]):
            named[one.key].add(found)
    others = Counter(min(found) for found in named.values() if unit not in found)
    if others and 2 * others.total() >= len(named):
        other, count = others.most_common(1)[0]
        raise WrongCall(
            f"nothing was taken in: {quoted(archive.name)} isn't {unit}'s: {count} of the "
            f"{len(named)} learners whose notebooks are named after a unit have {other}. Say: "
            f"dwsep collect {other} {shlex.quote(str(archive))}"
        )


def notes(unit: str, uploads: Iterable[Upload]) -> list[str]:
    """Return what there is to say of a learner's notebooks that are named after another unit."""
    named = ((one.path[-1], named_after(one.path[-1])) for one in uploads)
    return [
        f"{quoted(name)} is named after {other}"
        for name, other in named
        if other not in (None, unit)
    ]
