"""Archives that were given by mistake: another unit's, the class's own folder, archives of them."""

from __future__ import annotations

import re
import shlex
from collections import Counter, defaultdict
from collections.abc import Iterable
from pathlib import Path

from dwsep_helpers.course import UNITS
from dwsep_helpers.grading.class_folder import WrongCall
from dwsep_helpers.grading.names import plain_name, quoted
from dwsep_helpers.grading.people import platforms
from dwsep_helpers.grading.people.archives import Archive, is_archive, without_ending
from dwsep_helpers.grading.people.platforms import Upload
from dwsep_helpers.grading.people.roster import Roster


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
        own = len(named) - others.total()
        raise WrongCall(
            f"nothing was taken in: {quoted(archive.name)} isn't {unit}'s: notebooks are named "
            f"after {other} (learners: {count}) rather than {unit} ({own}). Say: "
            f"dwsep collect {other} {shlex.quote(str(archive))}"
        )


def of_several(unit: str, uploads: Iterable[Upload]) -> str | None:
    """Say how a folder that no name is known of may be a class: it has several such notebooks."""
    loose = [one.path for one in uploads if len(one.file) == 1]
    found = [path for path in loose if ".ipynb" in path[-1].lower()]
    found = [path for path in found if named_after(path[-1]) in (None, unit)]
    if len(found) < 2:
        return None
    listed = " and ".join(quoted(path[-1]) for path in found[:2])
    more = f" and {len(found) - 2} more" * (len(found) > 2)
    return (
        f"{listed}{more} in {quoted(found[0][-2])} may be several learners': put each into a "
        "folder that is called like its learner; or, if that folder is one learner's, put it on "
        "the roster"
    )


def notes(unit: str, uploads: Iterable[Upload]) -> list[str]:
    """Return what there is to say of a learner's notebooks that are named after another unit."""
    named = ((one.path[-1], named_after(one.path[-1])) for one in uploads)
    return [
        f"{quoted(name)} is named after {other}"
        for name, other in named
        if other not in (None, unit)
    ]


def stop_if_own(path: Path, class_folder: Path, own: Iterable[Path]) -> None:
    """Stop where a folder to take in is the class's, or around it, or has what was taken in.

    Parameters
    ----------
    path : Path
    class_folder : Path
    own : iterable of Path
        Folders in which the class has work.

    Raises
    ------
    WrongCall
        It names the folder.
    """
    whole = path.resolve()
    inside = any(whole.is_relative_to(one.resolve()) for one in own)
    if inside or class_folder.resolve().is_relative_to(whole):
        raise WrongCall(f"{quoted(str(path))} is the class's own folder, and no download")


def stop_if_of_archives(folder: Archive, people: Roster) -> None:
    """Stop where a download has nothing, or archives in place of learners' work.

    Raises
    ------
    WrongCall
        It names them.
    """
    paths = [member.path for member in folder.members]
    if not paths and not folder.left_out:
        raise WrongCall(f"{quoted(str(folder.path))} has nothing in it")
    if any(".ipynb" in path[-1].lower() for path in paths):
        return
    names = [path[0] for path in paths if len(path) == 1 and is_archive(path[0])]
    names = [
        name
        for name in names
        if not any(rule.pattern.fullmatch(name) for rule in platforms.RULES)
        and not people.called(without_ending(name))
    ]
    if names:
        more = f" and {len(names) - 5} more" * (len(names) > 5)
        give = (
            "Give them instead of the folder" if folder.path.is_dir() else "Unpack it and give them"
        )
        raise WrongCall(
            f"{quoted(folder.path.name)} has no notebooks, but archives: "
            f"{', '.join(map(quoted, names[:5]))}{more}. {give}; or, if "
            "each is a learner's own, put it into a folder that is called like the learner"
        )
