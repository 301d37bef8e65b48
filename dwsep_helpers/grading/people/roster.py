"""The roster: who the learners are, and what each platform calls them."""

from __future__ import annotations

import csv
import os
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Final

from dwsep_helpers.grading.class_folder import WrongCall
from dwsep_helpers.grading.names import (
    folded,
    for_spreadsheet,
    from_spreadsheet,
    known_id,
    new_id,
    shown,
)
from dwsep_helpers.grading.people import tables

if TYPE_CHECKING:
    from dwsep_helpers.grading.nbgrader_session import NbgraderSession

FILE: Final = "roster.csv"  # in the class's folder
_ABOUT = ("learner", "name", "email", "section")
# Platforms' ids that are the university's: the same on all of them.
_LOGINS = ("canvas_login", "blackboard", "brightspace", "moodle_username")
_NUMBERS = (
    "canvas_sis",
    "moodle_idnumber",
    "blackboard_id",
    "brightspace_id",
    "gradescope",
    "github_identifier",
)
_OTHERS = ("canvas", "moodle", "brightspace_user", "github")
_SEVERAL = {"moodle"}  # a person has another one in each assignment: "4711 5012"


class Ambiguous(WrongCall):
    """Two people fit, or two have the same id; the message lists them."""


@dataclass(frozen=True)
class Person:
    """A learner.

    Attributes
    ----------
    learner : str
        The id in the gradebook, and the folder's name.
    name, email, section : str
        Empty where they aren't known.
    ids : mapping of str to str
        What platforms call the learner: ``canvas``, ``canvas_login``, ``canvas_sis``, ``moodle``,
        ``moodle_idnumber``, ``moodle_username``, ``blackboard``, ``blackboard_id``,
        ``brightspace``, ``brightspace_id``, ``brightspace_user`` (in its archives' names),
        ``gradescope``, ``github``, ``github_identifier``. Moodle's own, ``moodle``, is another one
        in each assignment: they stand side by side, with spaces.
    """

    learner: str
    name: str = ""
    email: str = ""
    section: str = ""
    ids: Mapping[str, str] = field(default_factory=dict)

    def unique(self) -> Iterator[tuple[str, str]]:
        """Yield what nobody else has: ids, and the e-mail address."""
        if self.email:
            yield "email", folded(self.email)
        yield from _keys(self.ids)

    def with_ids(self, ids: Mapping[str, str]) -> Person:
        """Return the same person with these ids, besides others."""
        return replace(self, ids={**self.ids, **ids, **_both(self.ids, ids)})

    def told(self) -> str:
        """Return the person as an error shows them."""
        known = [self.name, self.email, *(f"{key} {value}" for key, value in self.ids.items())]
        return shown(f"{self.learner} ({', '.join(filter(None, known))})".replace(" ()", ""))


def _keys(ids: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for platform, value in ids.items():
        if platform not in (*_LOGINS, *_NUMBERS, *_OTHERS):  # a column of the class's own
            continue
        kind = "login" if platform in _LOGINS else platform
        kind = "number" if platform in _NUMBERS else kind
        for one in value.split() if platform in _SEVERAL else [value]:
            yield kind, folded(one)


def plain(name: str) -> str:
    """Return a name's letters, in an order that "Byron, Ada" and "Ada Byron" share.

    Marks are letters, too: in many scripts they are all that tells Mona from Meena.

    Examples
    --------
    >>> plain("Byron, Ada") == plain("Ada  byron")
    True
    >>> plain("मोना") == plain("मीना")
    False
    """
    return " ".join(sorted("".join(c if _is_letter(c) else " " for c in folded(name)).split()))


def _is_letter(character: str) -> bool:
    return character.isalnum() or unicodedata.category(character).startswith("M")


@dataclass(frozen=True)
class Roster:
    """The people of a class.

    Attributes
    ----------
    people : tuple of Person

    Raises
    ------
    Ambiguous
        If two of them have the same learner, e-mail address or id.
    """

    people: tuple[Person, ...] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "people", tuple(self.people))
        for keys in (lambda one: [("learner", one.learner)], Person.unique):
            seen: dict[tuple[str, str], Person] = {}
            for one in self.people:
                for key in set(keys(one)):
                    if (other := seen.setdefault(key, one)) is not one:
                        both = f"{other.told()} and {one.told()}"
                        raise Ambiguous(f"two people have the {key[0]} {shown(key[1])}: {both}")

    def __iter__(self) -> Iterator[Person]:
        return iter(self.people)

    def __len__(self) -> int:
        return len(self.people)

    @cached_property
    def _by_key(self) -> dict[tuple[str, str], Person]:
        return {key: one for one in self.people for key in one.unique()}

    @cached_property
    def _by_name(self) -> dict[str, list[Person]]:
        found = defaultdict[str, list[Person]](list)
        for one in self.people:
            if name := plain(one.name):
                found[name].append(one)
        return found

    @cached_property
    def _by_learner(self) -> dict[str, list[Person]]:
        found = defaultdict[str, list[Person]](list)
        for one in self.people:
            found[folded(one.learner)].append(one)
        return found

    @cached_property
    def learners(self) -> dict[str, Person]:
        """The people by learner."""
        return {one.learner: one for one in self.people}

    def find(
        self, ids: Mapping[str, str] | None = None, name: str = "", email: str = ""
    ) -> Person | None:
        """Find a person by platforms' ids or e-mail address; where none fits, by the whole name.

        Raises
        ------
        Ambiguous
            If the ids are two people's, or two people have that name.
        """
        keys = [*_keys(ids or {}), *([("email", folded(email))] if email else [])]
        found = {one.learner: one for key in keys if (one := self._by_key.get(key))}
        if not found and name:
            found = {one.learner: one for one in self._by_name.get(plain(name), ())}
        if len(found) > 1:
            both = " and ".join(one.told() for one in found.values())
            known = [name, email, *(f"{key} {value}" for key, value in (ids or {}).items())]
            raise Ambiguous(f"{shown(', '.join(filter(None, known)))} fits {both}")
        return next(iter(found.values()), None)

    def called(self, text: str) -> Person | None:
        """Find a person by whatever a folder could be called: a learner, an id, a name.

        Raises
        ------
        Ambiguous
            If two people fit.
        """
        if one := self.learners.get(text):
            return one
        kinds = {kind for kind, _ in self._by_key} - _SEVERAL
        same = (self._by_key.get((kind, folded(text))) for kind in kinds)
        called = self._by_learner.get(folded(text), ())
        found = {one.learner: one for one in (*called, *same) if one}
        if len(found) > 1:
            raise Ambiguous(f"{shown(text)} fits {' and '.join(map(Person.told, found.values()))}")
        return next(iter(found.values()), None) or self.find(name=text)

    def namesakes(self, before: Iterable[Person]) -> list[str]:
        """Say who came twice: somebody who is new has the whole name of somebody else."""
        known = {one.learner for one in before}
        named = (people for people in self._by_name.values() if len(people) > 1)
        new = (people for people in named if {one.learner for one in people} - known)
        return [
            f"{shown(people[0].name)} is there {'twice' if len(people) == 2 else 'several times'}: "
            f"{', '.join(shown(one.learner) for one in people)}"
            for people in new
        ]

    def merged(self, other: Iterable[Person]) -> Roster:
        """Return this roster with what another one knows besides, and whom it has besides.

        People are the same who share an id or an e-mail address; or a name, where one of them has
        neither. They are called as they are here.
        """
        people = dict(self.learners)
        others = list(other)
        names = Counter(plain(one.name) for one in others)
        for one in others:
            if not (same := self._same(one, alone=names[plain(one.name)] == 1)):
                if one.learner in people:
                    both = f"{people[one.learner].told()} and {one.told()}"
                    raise Ambiguous(f"two people would be called {one.learner!r}: {both}")
                people[one.learner] = one
                continue
            before = people[same.learner]
            people[same.learner] = Person(
                same.learner,
                one.name or before.name,
                one.email or before.email,
                one.section or before.section,
                before.with_ids(one.ids).ids,
            )
        return Roster(tuple(people.values()))

    def _same(self, one: Person, *, alone: bool) -> Person | None:
        if found := self.find(one.ids, email=one.email):
            return found
        here = self.learners.get(one.learner)
        if here and not (set(here.unique()) and set(one.unique())):
            return here
        named = self.find(name=one.name) if alone and one.name else None
        return named if named and not (set(named.unique()) and set(one.unique())) else None

    def write(self, path: Path) -> None:
        """Write it as CSV, whole or not at all."""
        platforms = sorted({key for one in self.people for key in one.ids})
        beside = path.with_name(f".{path.name}.{os.getpid()}")
        # With the mark that Excel knows UTF-8 by.
        with beside.open("w", newline="", encoding="utf-8-sig", errors="replace") as file:
            writer = csv.writer(file)
            writer.writerow([*_ABOUT, *platforms])
            for one in sorted(self.people, key=lambda one: one.learner):
                cells = [one.learner, one.name, one.email, one.section]
                cells += [one.ids.get(platform, "") for platform in platforms]
                writer.writerow(map(for_spreadsheet, cells))
        beside.replace(path)

    @classmethod
    def read(cls, path: Path) -> Roster:
        """Read a roster: one of our own, or a table that a platform exports.

        That is told by its columns: Canvas's gradebook, Moodle's grading worksheet or participants,
        Blackboard's, Brightspace's and Gradescope's lists.

        Raises
        ------
        WrongCall
            If the file can't be read or is none of these, or somebody in our own has no learner.
        Ambiguous
            If two people in it have the same id.
        """
        table = tables.read(path)
        canvas = table.format.name == "canvas"
        people = []
        for said in table.said():
            if tables.is_nobody(said, canvas):
                continue
            own = table.format.name == tables.OWN
            person = _own(said) if own else _person(said)
            if person.learner:
                people.append(person)
            elif own:
                raise WrongCall(
                    f"{path}: {shown(', '.join(said.values()))}: nothing stands under 'learner', "
                    "which is the id in the gradebook"
                )
        try:
            return cls(_once(people))
        except Ambiguous as error:
            raise Ambiguous(f"{path}: {error}") from None


def _once(people: Iterable[Person]) -> tuple[Person, ...]:
    """Return people, each once: who is in two sections is listed twice."""
    return tuple({repr(replace(one, section="")): one for one in people}.values())


def _both(one: Mapping[str, str], other: Mapping[str, str]) -> dict[str, str]:
    joined = {key: f"{one.get(key, '')} {other.get(key, '')}".split() for key in _SEVERAL}
    return {key: " ".join(dict.fromkeys(ids)) for key, ids in joined.items() if ids}


def _own(said: tables.Row) -> Person:
    said = {key: from_spreadsheet(value) for key, value in said.items()}
    name, email, section = tables.full_name(said), said.get("email", ""), said.get("section", "")
    about = {*_ABOUT, "first", "last", "role"}
    ids = {key.replace(" ", "_"): value for key, value in said.items() if key not in about}
    learner = said.get("learner", "")
    return Person(learner and known_id(learner), name, email, section, ids)


def _person(said: tables.Row) -> Person:
    """Return a person whom a platform lists, called by the login; else by what else there is."""
    about = {*_ABOUT, "first", "last", "role"}
    ids = {key: value.lstrip("#") for key, value in said.items() if key not in about}
    if "moodle" in ids:  # "Participant 4711", whatever the language
        ids["moodle"] = "".join(re.findall(r"\d+$", ids["moodle"]))
    if "@" in ids.get("github_identifier", ""):  # GitHub Classroom takes whatever a class has
        said = {"email": ids.pop("github_identifier"), **said}
    ids = {key: value for key, value in ids.items() if value}
    name, email = tables.full_name(said), said.get("email", "")
    known = (*(ids.get(key) for key in _LOGINS), email, *(ids.get(key) for key in _NUMBERS))
    platforms = (f"{key}-{value}" for key, value in ids.items())
    called = next(filter(None, chain(known, platforms)), name)
    return Person(new_id(called) if called else "", name, email, said.get("section", ""), ids)


def of_class(session: NbgraderSession) -> Roster:
    """Return a class's roster: its ``roster.csv``, and who is in the gradebook besides."""
    path = session.folder / FILE
    own = Roster.read(path) if path.is_file() else Roster()
    besides = [one for one in of_gradebook(session) if one.learner not in own.learners]
    # Somebody who is on the roster under another name isn't somebody else for having an address.
    besides = [replace(one, email="") if own.find(email=one.email) else one for one in besides]
    return Roster((*own.people, *besides))


def of_gradebook(session: NbgraderSession) -> list[Person]:
    """Return who is in the gradebook."""
    from nbgrader.api import Student

    with session.gradebook() as gradebook:
        return [
            Person(s.id, " ".join(filter(None, (s.first_name, s.last_name))), s.email or "")
            for s in gradebook.db.query(Student)
        ]


def tell_gradebook(session: NbgraderSession, roster: Roster) -> None:
    """Write names and e-mail addresses into the gradebook, where formgrader shows them."""
    from nbgrader.api import Student

    with session.gradebook() as gradebook:
        students = {one.id: one for one in gradebook.db.query(Student)}
        for one in roster:
            student = students.get(one.learner) or Student(id=one.learner)
            first, _, last = one.name.rpartition(" ")
            if one.name:
                student.first_name, student.last_name = first or None, last
            student.email = one.email or student.email
            gradebook.db.add(student)
        gradebook.db.commit()
