"""Find what learners handed in, wherever it lies and whatever it is called.

Learners rename files and unpack archives into further folders. None of that says anything about
convolution. Originals are never touched.
"""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

from dwsep_helpers import course
from dwsep_helpers.grading import faults, handed_in, locked, scratch
from dwsep_helpers.grading.confinement.forking_parent import TaskFailed, TooMuch
from dwsep_helpers.grading.handed_in import Place
from dwsep_helpers.grading.names import learner_id, plain_name, quoted, shown

# Gives a file's unit, and how many of its cells are the learner's own.
Tell = Callable[[Path], tuple[str | None, int]]
_MOST_READ = 100  # files of a learner that are opened, where their names don't tell what they are
_PACKED = re.compile(r"\.(7z|bz2|gz|rar|t[bgx]z2?|tar|xz|zip|zst)$", re.IGNORECASE)
_ENDING = re.compile(r"(\.tar)?\.\w{1,4}$")
_PRINTED = {".doc", ".docx", ".htm", ".html", ".json", ".odt", ".pdf", ".txt"}


@dataclass(frozen=True)
class Submission:
    """What a learner handed in for a unit.

    Attributes
    ----------
    learner, unit : str
    path : Path or None
        The notebook; None if there is none that could be the unit's.
    folder : Path
        What else was handed in lies here.
    problems : tuple of str
        What was unusual about where it lay.
    hindrance : str or None
        Why nobody can grade it, before that is mended.
    time : Path or None
        What says when it was handed in, where that doesn't lie beside the notebook.
    """

    learner: str
    unit: str
    path: Path | None
    folder: Path
    problems: tuple[str, ...] = ()
    hindrance: str | None = None
    time: Path | None = None


def submissions(
    submitted: Path,
    released: Mapping[str, Path],
    units: Iterable[str] = (),
    *,
    lock: bool = True,
) -> list[Submission]:
    """Find all submissions in a folder, by learner and unit.

    Whatever there is of one learner, the others' are found: who can't be looked at, or whose files
    are none of the course's, has a submission too, of each unit that others handed in.

    Parameters
    ----------
    submitted : Path
        nbgrader's folder: ``LEARNER/UNIT/UNIT.ipynb``, but for what went wrong.
    released : mapping of str to Path
        The released notebooks by unit.
    units : iterable of str
        Those wanted; all if none is named.
    lock : bool
        Whether what has to read a file is confined.
    """
    wanted = set(units) or set(released)
    tell = partial(_look, released=released, lock=lock)
    known = {unit.name for unit in course.UNITS} | set(released)
    found: dict[tuple[str, str], Submission] = {}
    nowhere: list[Submission] = []
    for place in handed_in.places(submitted, known) if submitted.is_dir() else ():
        for one in _of(place, tell, known):
            if not one.unit:
                nowhere.append(one)
            elif one.unit in wanted:
                _add(found, one)
    in_use = sorted({unit for _, unit in found} or wanted)
    for one in nowhere:
        for unit in in_use:
            if (one.learner, unit) not in found:
                found[one.learner, unit] = replace(one, unit=unit)
    return [replace(found[key], time=_time(found[key], submitted)) for key in sorted(found)]


def _time(one: Submission, submitted: Path) -> Path | None:
    """Return where nbgrader has the time of handing in, if the notebook lies deeper."""
    inside = one.folder.relative_to(submitted).parts
    unit = submitted.joinpath(*inside[:1], one.unit)
    return unit / "timestamp.txt" if inside[1:] != (one.unit,) and os.path.isdir(unit) else None


def _of(place: Place, tell: Tell, known: Collection[str]) -> list[Submission]:
    """Return a learner's submissions; one without a unit where none can be told."""
    learner = learner_id(place.name)
    said: tuple[str, ...] = ()
    if learner != place.name:
        said = (f"the name {quoted(place.name)} became {learner!r}",)
    try:
        if place.why_not is None:
            return [
                replace(one, problems=(*said, *one.problems))
                for one in _in_folder(learner, place, tell, known)
            ]
        why = place.why_not
    except Exception as error:
        why = f"it can't be looked at: {faults.sentence(error)}"
    return [Submission(learner, "", None, place.folder, said, f"{quoted(place.name)}: {why}")]


def _in_folder(
    learner: str, place: Place, tell: Tell, known: Collection[str]
) -> Iterator[Submission]:
    inside = handed_in.contents(place)
    sort = _Sorting(place, tell, known)
    paths = sort.by_unit(inside.notebooks)
    odd: dict[str | None, list[str]] = {}
    unseen: set[str | None] = set()  # units of which there may be more than was seen
    for path, why in inside.odd:
        unit = sort.by_name(path)
        odd.setdefault(unit, []).append(handed_in.told_why(path, why))
        if why.startswith(handed_in.UNSEEN):
            unseen.add(unit)
    if sort.left < 0:
        odd.setdefault(None, []).append(f"it has more than {_MOST_READ} notebooks of other names")
        unseen.add(None)
    empty = {unit: path for path in inside.folders if (unit := sort.by_name(path))}
    if place.unit:
        empty.setdefault(place.unit, place.folder)
    others: dict[str | None, list[Path]] = {}
    for path in inside.others:
        others.setdefault(sort.of_other(path) or place.unit, []).append(path)
    told = {*paths, *empty, *others, *odd} - {None}
    for unit in sorted(map(str, told)):
        also = (*odd.get(unit, ()), *odd.get(None, ()))
        if unit in paths:
            yield _chosen(learner, unit, place.folder / unit, paths[unit], also, tell)
            continue
        folder = empty.get(unit, place.folder / unit)
        if unit in unseen or None in unseen:
            yield Submission(learner, unit, None, folder, (), "; ".join(also))
        else:
            of_others = [path for own in paths.values() for path in own if folder in path.parents]
            says = f"there is no notebook{' of the unit' * bool(of_others)} in it"
            if only := of_others + others.get(unit, []):
                says += f", only {_names(only)}"
            yield Submission(learner, unit, None, folder, (says, *also))
    strays = paths.get(None, []) + others.get(None, [])
    if told:  # a helper or a picture is no other unit's
        strays = [path for path in strays if path not in inside.others or _PACKED.search(path.name)]
    if None in unseen:
        yield Submission(learner, "", None, place.folder, (), "; ".join(odd[None]))
    elif strays or (odd and not told):
        none = [f"none of the files is the unit's: {_names(strays)}"] if strays else []
        yield Submission(learner, "", None, place.folder, (*none, *odd.get(None, ())))


def _names(paths: list[Path]) -> str:
    more = len(paths) - 3
    return ", ".join(quoted(path.name) for path in paths[:3]) + f" and {more} more" * (more > 0)


@dataclass
class _Sorting:
    """Tells of which unit a learner's files are."""

    place: Place
    tell: Tell
    known: Collection[str]
    left: int = field(default=_MOST_READ)

    def by_unit(self, notebooks: Iterable[Path]) -> dict[str | None, list[Path]]:
        """Sort notebooks by unit; None has those of no unit."""
        found: dict[str | None, list[Path]] = {}
        for path in notebooks:
            unit = self.by_name(path) or self._by_contents(path) or self._by_likeness(path)
            found.setdefault(unit or self.place.unit, []).append(path)
        return found

    def by_name(self, path: Path) -> str | None:
        """Tell by the file's name, and by its folders' names from the inside out."""
        parts = path.parts[len(self.place.folder.parts) :]
        if not parts:
            return None
        for name in (plain_name(_ENDING.sub("", path.name)), *reversed(parts)):
            for unit in self.known:
                if name.lower() == unit.lower():
                    return unit
        return None

    def of_other(self, path: Path) -> str | None:
        """Tell by the folders' names; of an archive or a document by its own, too."""
        named = _PACKED.search(path.name) or path.suffix.lower() in _PRINTED
        return self.by_name(path if named else path.parent)

    def _by_contents(self, path: Path) -> str | None:
        self.left -= 1
        return self.tell(path)[0] if self.left >= 0 else None

    def _by_likeness(self, path: Path) -> str | None:
        name = plain_name(path.name[:255]).lower()
        close = difflib.get_close_matches(name, self.known, 1, 0.75)
        return close[0] if close else None


def _look(path: Path, released: Mapping[str, Path], lock: bool) -> tuple[str | None, int]:
    """Tell by its cells which unit's a file is, and how many of them are the learner's own.

    Of all that is done to find submissions, this alone has a file read, in a locked process.
    """
    known = {unit: str(file) for unit, file in released.items()}
    try:
        with scratch.folder() as folder:
            unit, own = locked.call(
                "dwsep_helpers.grading.examining.look",
                {"path": str(path), "released": known},
                folder,
                reads=[str(path), *known.values()],
                lock=lock,
            )
    except (TooMuch, TaskFailed):
        return None, 0
    return (unit if unit in released else None), int(own)


def _chosen(
    learner: str, unit: str, place: Path, paths: list[Path], also: tuple[str, ...], tell: Tell
) -> Submission:
    """Return the submission with the notebook to grade: the one in its place, if there's no other.

    Most learners hand in no other; nothing more is asked of theirs.
    """
    expected = place / f"{unit}.ipynb"
    path, hindrance = expected, None
    problems: tuple[str, ...] = ()
    if paths != [expected]:
        path, problems, hindrance = _of_several(expected, paths, tell)
    if not os.access(path, os.R_OK):
        hindrance = f"{quoted(path.name)} can't be read: Permission denied"
    return Submission(learner, unit, path, path.parent, (*problems, *also), hindrance)


def _of_several(
    expected: Path, paths: list[Path], tell: Tell
) -> tuple[Path, tuple[str, ...], str | None]:
    """Choose the notebook in its place, else the one changed last; say what is unusual, and wrong.

    One that is as it was handed out isn't chosen where another one isn't.
    """
    place = expected.parent
    order = sorted(paths, key=_changed, reverse=True)
    order.sort(key=lambda path: path != expected)
    begun = (one for one in order[:_MOST_READ] if len(order) == 1 or tell(one)[1])
    path = next(begun, None)
    hindrance = None
    if path is None:
        path = order[0]
        if len(order) > _MOST_READ:
            hindrance = f"it has more than {_MOST_READ} notebooks, and not all were looked into"
    problems = []
    where = {one: quoted(one.relative_to(place.parent).as_posix()) for one in paths}
    if path != expected:
        problems.append(f"it was handed in as {where[path]}")
    if len(paths) > 1:
        others = ", ".join(where[one] for one in paths if one != path)
        problems.append(f"{where[path]} was taken, and not {shown(others)}")
    if len(tops := {_top(one, place) for one in paths}) > 1 and not tops & {"", place.name}:
        everywhere = ", ".join(sorted(where.values()))
        hindrance = f"these may be several learners': {shown(everywhere)}"
    return path, tuple(problems), hindrance


def _top(path: Path, place: Path) -> str:
    """Return the learner's folder that a file is in: the unit's, as others write it, or another."""
    first, *more = path.relative_to(place.parent).parts
    same = plain_name(first).lower() == place.name.lower()
    return "" if not more or first[0] in "._" else place.name if same else first


def _changed(path: Path) -> tuple[int, Path]:
    """Return when a file was changed; one that nobody can ask about was changed first."""
    try:
        return path.stat().st_mtime_ns, path
    except OSError:
        return 0, path


def _add(found: dict[tuple[str, str], Submission], one: Submission) -> None:
    """Add a submission; of two of the same learner and unit, keep the one changed last."""
    key = one.learner, one.unit
    other = found.get(key)
    if other is None:
        found[key] = one
        return
    later, earlier = sorted((one, other), key=_when, reverse=True)
    left = quoted(str(earlier.path or earlier.folder))
    says = f"the learner has two folders; {left} was left out"
    found[key] = replace(later, problems=(*later.problems, says))


def _when(one: Submission) -> tuple[bool, int]:
    return one.path is not None, _changed(one.path)[0] if one.path else 0
