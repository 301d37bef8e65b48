"""What a learner handed in: which of two is newer, and where its files are to lie."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from dwsep_helpers.grading.names import plain_name, quoted
from dwsep_helpers.grading.people import platforms
from dwsep_helpers.grading.people.archives import Member, Parts
from dwsep_helpers.grading.people.platforms import Upload
from dwsep_helpers.grading.people.roster import Person

OURS = {"timestamp.txt", "submission_secret.txt"}  # nbgrader reads them; learners don't write them


@dataclass
class Work:
    """What a learner handed in, of one archive.

    Attributes
    ----------
    person : Person
    platform : str
    archive : Path
    files : list of (tuple of str, Member)
        Where each is to lie in the learner's folder.
    when : datetime or None
    late : bool
    notes : list of str
    broken : bool
        Whether some of it could not be read in the archive.
    """

    person: Person
    platform: str
    archive: Path
    files: list[tuple[Parts, Member]]
    when: datetime | None = None
    late: bool = False
    notes: list[str] = field(default_factory=list)
    broken: bool = False

    @property
    def notebook(self) -> str:
        """What the notebook is called in the archive, or else another file; empty without one."""
        paths = ["/".join(member.path) for _, member in self.files]
        return next((path for path in paths if ".ipynb" in path.lower()), next(iter(paths), ""))


def is_newer(work: Work, when: datetime | None, notebook: str) -> bool | None:
    """Tell whether something was handed in after something else; None if nothing says so.

    Parameters
    ----------
    work : Work
    when : datetime or None
        Of the other.
    notebook : str
        What the other is called in an archive.
    """
    if work.when or when:
        return work.when > when if work.when and when and work.when != when else None
    one, other = platforms.canvas_number(work.notebook), platforms.canvas_number(notebook)
    if work.platform != platforms.CANVAS or not one or not other or one[0] != other[0]:
        return None
    return one[1] > other[1] if one != other else None


def places(uploads: list[Upload], unit: str) -> list[tuple[Upload, Parts]]:
    """Return where files are to lie: the newest notebook called like the unit in its place."""

    def is_the_units(one: Upload) -> bool:
        name = one.file[-1]
        same = plain_name(name).casefold() == unit.casefold()
        return len(one.file) == 1 and same and name.lower().endswith(".ipynb")

    def turn(one: Upload) -> tuple[int, bool]:
        return one.order, one.file[-1] == f"{unit}.ipynb"

    first = max(filter(is_the_units, uploads), key=turn, default=None)
    places: list[tuple[Upload, Parts]] = [(first, (f"{unit}.ipynb",))] if first else []
    taken = {place for _, place in places}
    for one in sorted(uploads, key=turn, reverse=True):
        if one is first:
            continue
        place, number = one.file, 1
        while place in taken:
            number += 1
            place = (f"earlier {number - 1}", *one.file)
        taken.add(place)
        places.append((one, place))
    return places


def told(work: Work) -> str:
    """Return what a sentence calls it."""
    files = ", ".join(quoted("/".join(path)) for path, _ in work.files[:3])
    more = len(work.files) - 3
    return f"{files or 'nothing'}{f' and {more} more' * (more > 0)} of {quoted(work.archive.name)}"
