"""How learning platforms name what is in their archives: who, which file, when.

A rule reads the outermost name of a path alone: what is further in, a learner has named. All of an
archive is one platform's; what doesn't fit its rule is left out, and told.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import tzinfo
from operator import itemgetter
from typing import Final

from dwsep_helpers.grading.handed_in import TOOLS, TOOLS_FILES
from dwsep_helpers.grading.names import folded, shown
from dwsep_helpers.grading.people import dates, flat
from dwsep_helpers.grading.people.flat import FLAT, Parts, Upload


@dataclass(frozen=True)
class Rule:
    r"""How a platform names what learners handed in.

    Attributes
    ----------
    platform : str
    pattern : pattern
        Of a folder or file. Its groups are ``name``, ``id``, ``file`` and, if it says so, ``when``,
        ``late`` and ``order``.
    id : str
        What a roster calls the id.
    form : str or None
        How a time is written.
    """

    platform: str
    pattern: re.Pattern[str]
    id: str
    form: str | None = None

    @property
    def of_folders(self) -> bool:
        """Whether folders have such names, and not files alone."""
        return self.platform in (MOODLE, BRIGHTSPACE, GRADESCOPE)

    def read(self, path: Parts, depth: int, place: tzinfo) -> Upload | None:
        """Return what a part of a path says; None if it is none of this platform's."""
        if not (found := self.pattern.fullmatch(path[depth])):
            return None
        said = found.groupdict(default="")
        written = said.get("when", "")
        when = dates.read(written, place, self.form) if written else None
        file = (*filter(None, [said.get("file")]), *path[depth + 1 :])
        return Upload(
            path,
            self.platform,
            key=folded(said["id"]),
            head=path[depth],
            name=said.get("name", ""),
            file=file or path[-1:],
            ids={self.id: said["id"]} if self.id else {},
            when=when,
            late=bool(said.get("late")),
            order=int(said.get("order") or 0),
            note=f"{shown(written, 40)!r} is no time" if written and not when else "",
        )


def _rule(platform: str, id_: str, pattern: str, form: str | None = None) -> Rule:
    return Rule(platform, re.compile(pattern, re.DOTALL), id_, form)


CANVAS: Final = "Canvas"
MOODLE: Final = "Moodle"
BLACKBOARD: Final = "Blackboard"
BRIGHTSPACE: Final = "Brightspace"
GRADESCOPE: Final = "Gradescope"
METADATA: Final = "submission_metadata.yml"  # Gradescope's: who made which submission
_DAY = r"\d{4}(?:-\d+){5}"
RULES: Final = (
    # moodle/moodle, mod/assign: prefix, id, subtype and type, joined by "_", which a name has
    # none of; since 3.1 that is a folder, whose name before 4.1 ends in another "_".
    _rule(
        MOODLE,
        "moodle",
        r"(?P<name>[^_]*)_(?P<id>\d+)_assignsubmission_[a-z]+(?:_(?P<file>.*))?",
    ),
    # Blackboard's "Assignment File Download": ASSIGNMENT_USERNAME_attempt_TIME[_FILE], and a
    # record in a file that ends with the time. Read with the help of _blackboard below.
    _rule(
        BLACKBOARD,
        "blackboard",
        rf"(?P<id>.+?)_attempt_(?P<when>{_DAY})(?:_(?P<file>.+)|(?P<record>\.txt))",
        "%Y-%m-%d-%H-%M-%S",
    ),
    # Brightspace's "Download all submissions": USER-FOLDER - NAME - TIME, a folder; or, with
    # " - FILE" behind it, a file. The second is for times that aren't in English.
    _rule(
        BRIGHTSPACE,
        "brightspace_user",
        r"(?P<id>\d+)-\d+ - (?P<name>.+?) - "
        r"(?P<when>[^\W\d]+ \d+, \d{4} [\d:]+ ?[AP]M)(?: - (?P<file>.+))?",
    ),
    _rule(
        BRIGHTSPACE,
        "brightspace_user",
        r"(?P<id>\d+)-\d+ - (?P<name>.+?) - (?P<when>[^-]+?)(?: - (?P<file>.+))?",
    ),
    # instructure/canvas-lms, lib/content_zipper.rb: the name's letters, LATE, the user's id, the
    # attachment's and the file, joined by "_"; instead of the name and the id, "anon" and another
    # id where the assignment is anonymous. It takes "_digits_" out of names, so that the first two
    # numbers are the ids; a text or a link has no attachment.
    _rule(
        CANVAS,
        "",
        r"(?P<late>LATE_)?(?P<name>anon)_(?P<id>[^\W_]+)_(?:(?P<order>\d+)_(?P<file>.+)|"
        r"(?:text|link)\.html)",
    ),
    _rule(
        CANVAS,
        "canvas",
        r"(?P<name>.*?)_(?P<late>LATE_)?(?P<id>\d+)_(?:(?P<order>\d+)_(?P<file>.+)|"
        r"(?:text|link)\.html)",
    ),
    # Gradescope's "Export submissions": a folder each; who made it says METADATA.
    _rule(GRADESCOPE, "", r"(?P<id>submission_\w+)(?P<file>)"),
)


def canvas_number(member: str) -> tuple[str, int] | None:
    """Return a learner's id and a file's number, of the file's name in an archive of Canvas's.

    Canvas counts files: of two, the one with the larger number was handed in later.

    Examples
    --------
    >>> canvas_number("class/byronada_LATE_11_2200_01_conv2d-1.ipynb")
    ('11', 2200)
    >>> canvas_number("byronada_11_text.html"), canvas_number("ada/01_conv2d.ipynb")
    (None, None)
    """
    rules = (rule for rule in RULES if rule.platform == CANVAS)
    named = (rule.pattern.fullmatch(member.rpartition("/")[2]) for rule in rules)
    found = next(filter(None, named), None)
    return (found["id"], int(found["order"])) if found and found["order"] else None


def uploads(
    paths: Iterable[Parts],
    unit: str,
    place: tzinfo,
    *,
    called: str = "",
    people: Collection[str] = (),
) -> tuple[list[Upload], list[tuple[Parts, str]]]:
    """Tell whose the files of an archive are.

    Parameters
    ----------
    paths : iterable of tuple of str
    unit : str
    place : tzinfo
        Where the platform's clock stands.
    called : str
        What the archive is called.
    people : collection of str
        What learners may be called, where no platform says where a name begins.

    Returns
    -------
    list of Upload
    list of (path, str)
        What was left out, and why.
    """
    kept = [path for path in paths if is_somebodys(path)]
    if of_teams := flat.of_teams(kept, unit):
        return of_teams
    depth = _depth(kept, unit)
    heads = {path[depth] for path in kept}
    fits = {
        head: {rule.platform for rule in RULES if rule.pattern.fullmatch(head)} for head in heads
    }
    votes = Counter(platform for platforms in fits.values() for platform in platforms)
    platform, count = max(votes.items(), key=itemgetter(1), default=(FLAT, 0))
    if 2 * count < len(heads) or not count:
        return flat.uploads(kept, depth, unit)
    found, left = [], []
    rules = [rule for rule in RULES if rule.platform == platform]
    for path in kept:
        if one := next(filter(None, (rule.read(path, depth, place) for rule in rules)), None):
            found.append(one)
        elif not _is_platforms(path):
            left.append((path, f"{platform} gives no learner's file such a name"))
    return _blackboard(found, called, people) if platform == BLACKBOARD else found, left


def _depth(paths: Sequence[Parts], unit: str) -> int:
    """Return how many folders all of a class lies in."""
    depth = 0
    while paths and all(len(path) > depth + 1 for path in paths):
        around, *others = {path[depth] for path in paths}
        inside = {path[depth + 1] for path in paths}
        if others or any(rule.of_folders and rule.pattern.fullmatch(around) for rule in RULES):
            break
        fits = [name for name in inside if any(rule.pattern.fullmatch(name) for rule in RULES)]
        below = {path[depth + 1 :] for path in paths}
        same = around.lower() == unit.lower()
        if not (same or 2 * len(fits) >= len(inside) or flat.has_learners(below, unit)):
            break
        depth += 1
    return depth


def is_somebodys(path: Parts) -> bool:
    """Tell people's files from what tools leave behind."""
    return bool(path) and TOOLS.isdisjoint(path) and not path[-1].startswith(TOOLS_FILES)


def _is_platforms(path: Parts) -> bool:
    """Tell a platform's own files: Brightspace's index, Gradescope's metadata, feedback."""
    return path[-1] in ("index.html", METADATA) or any("_assignfeedback_" in one for one in path)


def _blackboard(found: Sequence[Upload], called: str, people: Collection[str]) -> list[Upload]:
    """Tell users' names from the assignment's in front of them; both can have a "_".

    The archive is called like the assignment. One that was renamed isn't, and then the users' names
    are on the roster, or come after what all names begin with.
    """
    heads = {one.ids["blackboard"] for one in found}
    users = {head: _user(head, heads, called, people) for head in heads}
    return [
        replace(one, key=folded(user), name=user, ids={"blackboard": user})
        for one in found
        if (user := users[one.ids["blackboard"]])
    ]


def _user(head: str, heads: Collection[str], called: str, people: Collection[str]) -> str:
    cuts = [place for place, letter in enumerate(head) if letter == "_"]
    # gradebook_COURSE_ASSIGNMENT_TIME.zip
    archive = re.sub(rf"_{_DAY}.*", "", called)
    for cut in reversed(cuts):
        if folded(head[cut + 1 :]) in people:
            return head[cut + 1 :]
    for cut in reversed(cuts):
        assignment = _letters(head[:cut])
        if assignment and archive != called and _letters(archive).endswith(assignment):
            return head[cut + 1 :]
    shared = [cut for cut in cuts if all(one.startswith(head[: cut + 1]) for one in heads)]
    if len(heads) > 1 and shared:
        return head[shared[-1] + 1 :]
    return head.rpartition("_")[2]


def _letters(text: str) -> str:
    return re.sub(r"(%20|[\W_])+", "", text).casefold()
