"""Tell who handed in what, of archives: nothing is written here, and nobody is guessed."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, tzinfo
from functools import cached_property

from dwsep_helpers.grading import locked, scratch
from dwsep_helpers.grading.class_folder import WrongCall
from dwsep_helpers.grading.confinement.forking_parent import Ended, TaskFailed, TooMuch
from dwsep_helpers.grading.names import folded, new_id, quoted, shown
from dwsep_helpers.grading.people import dates, platforms, wrong_archives
from dwsep_helpers.grading.people.archives import Archive, Damaged, Member, Parts
from dwsep_helpers.grading.people.platforms import FLAT, GRADESCOPE, METADATA, MOODLE, Upload
from dwsep_helpers.grading.people.roster import Ambiguous, Person, Roster, plain
from dwsep_helpers.grading.people.work import OURS, Work, is_newer, places, told


class Collision(WrongCall):
    """Two people would be one, or one two; the message lists all of them."""


@dataclass
class Intake:
    """What archives have.

    Attributes
    ----------
    known : Roster
        Who was known before.
    people : dict of str to Person
        By learner: who is known now, with the ids that the archives have of them.
    new : dict
        Who wasn't known, by id.
    works : dict of str to Work
        By learner.
    left_out : list of str
        A sentence for each file that is nobody's.
    unknown : int
        How many weren't known.
    """

    known: Roster
    people: dict[str, Person]
    new: dict[tuple[str, str], Person] = field(default_factory=dict)
    works: dict[str, Work] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)
    unknown: int = 0

    @cached_property
    def roster(self) -> Roster:
        """Who is known now."""
        return Roster(tuple(self.people.values()))


@dataclass(frozen=True)
class Reader:
    """Reads archives of a unit.

    Attributes
    ----------
    unit : str
    place : tzinfo
        Where the platform's clock stands.
    times : mapping of str to datetime
        When whose work was handed in, by Moodle's ids.
    lock : bool
        Whether what learners wrote is read in a locked process.
    """

    unit: str
    place: tzinfo
    times: Mapping[str, datetime] = field(default_factory=dict)
    lock: bool = True

    def read(self, archives: Sequence[Archive], roster: Roster) -> Intake:
        """Return what there is in archives; of two that have the same learner's, the newer.

        That is told by the platform's time, or else by Canvas's number of the file; without these,
        what counts is the archive that was named last.

        Raises
        ------
        Collision
            If it can't be told whose something is.
        WrongCall
            If nothing is anybody's.
        """
        intake, collisions = Intake(roster, dict(roster.learners)), list[str]()
        for archive in archives:
            works = self._archive(archive, intake, collisions)
            for learner, work in works.items():
                if before := intake.works.get(learner):
                    newer = is_newer(work, before.when, before.notebook)
                    gone = before if newer is not False else work
                    why = f"{quoted(archive.path.name)} has one too, and was named after it"
                    why = why if newer is None else "another one was handed in later"
                    intake.left_out.append(f"{shown(learner)}: {told(gone)}: {why}")
                    if gone is work:
                        continue
                intake.works[learner] = work
        if collisions:
            listed = "\n  ".join(dict.fromkeys(collisions))
            raise Collision(f"nothing was taken in: it can't be told whose this is\n  {listed}")
        if not intake.works:
            where = ", ".join(quoted(archive.path.name) for archive in archives)
            listed = "".join(f"\n  {shown(why)}" for why in intake.left_out)
            raise WrongCall(f"nothing was taken in: no file in {where} is a learner's{listed}")
        intake.roster  # noqa: B018 - it stops where two have the same id
        return intake

    def _archive(self, archive: Archive, intake: Intake, collisions: list[str]) -> dict[str, Work]:
        members = {member.path: member for member in archive.members}
        people = {value for one in intake.known for kind, value in one.unique() if kind == "login"}
        found, left = platforms.uploads(
            members, self.unit, self.place, called=archive.path.name, people=people
        )
        if found and found[0].platform == GRADESCOPE:
            found = self._submitters(found, members)
        for path, why in [*archive.left_out, *left]:
            intake.left_out.append(f"{quoted('/'.join(path))}: {why}")
        groups = defaultdict[str, list[Upload]](list)
        for one in found:
            groups[one.key].append(one)
        names = Counter(plain(group[0].name) for group in groups.values())
        wrong_archives.stop_if_anothers(archive.path, self.unit, found)
        works: dict[str, Work] = {}
        where = quoted(archive.path.name)
        for uploads in groups.values():
            if said := _two_people(uploads):
                collisions.append(f"{where}: {said}")
                continue
            try:
                shared = names[plain(uploads[0].name)] > 1
                person = self._person(uploads[0], shared, intake)
            except Ambiguous as error:
                collisions.append(f"{where}: {error}")
                continue
            alone = uploads[0].platform == FLAT and len(groups) == 1
            new = person.learner not in intake.known.learners
            if alone and new and (said := wrong_archives.of_several(self.unit, uploads)):
                collisions.append(f"{where}: {said}")
                continue
            if other := works.get(person.learner):
                both = f"{told(other)} and {quoted(uploads[0].head)}"
                collisions.append(f"{where}: {both} would both be {shown(person.learner)}'s")
                continue
            works[person.learner] = self._work(person, archive, uploads, members, intake)
        return works

    def _person(self, one: Upload, shared: bool, intake: Intake) -> Person:
        """Return whose a file is: somebody whom the roster has, or somebody new.

        Parameters
        ----------
        one : Upload
        shared : bool
            Whether somebody else in the archive has the same name.
        intake : Intake
        """
        found = intake.known.called(one.name) if one.platform == FLAT else None
        found = found or intake.known.find(one.ids, email=one.email)
        if not found and one.name and one.platform != FLAT:
            named = intake.known.find(name=one.name)
            if named and shared:
                raise Ambiguous(
                    f"{quoted(one.head)}: several are called {shown(one.name)}, and the roster "
                    "doesn't say which of them has that id"
                )
            if named and not any(key in named.ids for key in one.ids if key != "moodle"):
                found = named
        new = _new(one)
        if not found:
            found = next((who for key in new.unique() if (who := intake.new.get(key))), None)
        if found:
            intake.people[found.learner] = intake.people[found.learner].with_ids(one.ids)
            return found
        if other := intake.people.get(new.learner):
            if not (one.ids and any(other.unique())):  # the name is all that there is
                intake.people[new.learner] = other.with_ids(one.ids)
                return other
            raise Ambiguous(f"{other.told()} and {new.told()} would be called the same")
        intake.people[new.learner] = new
        intake.new |= dict.fromkeys(new.unique(), new)
        intake.unknown += 1
        return new

    def _work(
        self,
        person: Person,
        archive: Archive,
        uploads: list[Upload],
        members: Mapping[Parts, Member],
        intake: Intake,
    ) -> Work:
        last = max((one.when for one in uploads if one.when), default=None)
        kept = [one for one in uploads if one.when in (last, None)]
        for one in uploads:
            if one not in kept:
                why = "another one was handed in later"
                intake.left_out.append(f"{_head(one.path)}: {why}")
        if last is None and uploads[0].platform == MOODLE:
            last = self.times.get(uploads[0].key)
        notes = list(dict.fromkeys(one.note for one in kept if one.note))
        notes += wrong_archives.notes(self.unit, kept)
        files: list[tuple[Parts, Member]] = []
        for upload, place in places(kept, self.unit):
            if place[-1].lower() in OURS:
                notes.append(f"{quoted(place[-1])} was left out: it isn't for learners to write")
            else:
                files.append((place, members[upload.path]))
        late = any(one.late for one in kept)
        return Work(person, uploads[0].platform, archive.path, files, last, late, notes)

    def _submitters(self, found: list[Upload], members: Mapping[Parts, Member]) -> list[Upload]:
        """Return Gradescope's uploads with those who made them; one of a group is each one's."""
        path = next((path for path in members if path[-1] == METADATA), None)
        said: Mapping[str, dict] = {}
        if path:
            try:
                with scratch.folder() as folder, scratch.folder() as empty:
                    members[path].copy(copy := folder / METADATA)
                    task = "dwsep_helpers.grading.people.unpacking.submitters"
                    argument = {"path": str(copy)}
                    said = locked.call(task, argument, empty, reads=[str(copy)], lock=self.lock)
            except (TooMuch, TaskFailed, Ended, Damaged):
                said = {}
        return [new for one in found for new in self._made_by(one, said.get(one.head))]

    def _made_by(self, one: Upload, about: Mapping | None) -> Iterable[Upload]:
        if not about or not about["who"]:
            yield replace(one, note=f"{METADATA} doesn't say who made it")
            return
        when = dates.read(about["when"], self.place) if about["when"] else None
        for who in about["who"]:
            ids = {"gradescope": who["sid"]} if who["sid"] else {}
            key = who["sid"] or who["email"] or f"{one.head} {who['name']}"
            yield replace(
                one,
                key=folded(key),
                name=who["name"],
                ids=ids,
                email=who["email"],
                when=when,
            )


def _two_people(uploads: list[Upload]) -> str | None:
    """Say how what has one key is two people's; None if it is one's."""
    heads = {one.head for one in uploads}
    if uploads[0].platform == FLAT:
        if len(heads) < 2:
            return None
        named = {one.head for one in uploads if ".ipynb" in one.path[-1].lower()}
        if len(named) < 2 and len({one.name for one in uploads}) < 2:
            return None
        return f"{' and '.join(quoted(head) for head in sorted(heads))} have the same name"
    names = {folded(one.name): one.name for one in uploads}
    if len(names) > 1:
        both = " and ".join(quoted(name) for name in names.values())
        return f"{both} have the same id, {shown(uploads[0].key)}"
    return None


def _new(one: Upload) -> Person:
    """Return a learner whom no roster has, called so that no other can be called the same."""
    id_ = next(iter(one.ids.values()), "") or (one.email or one.key if one.platform != FLAT else "")
    called = id_ if id_ == one.name or not one.name else f"{one.name}_{id_}" if id_ else one.name
    spoken = shown(one.name) if one.platform in (MOODLE, platforms.BRIGHTSPACE, GRADESCOPE) else ""
    return Person(new_id(called), spoken, one.email, ids=dict(one.ids))


def _head(path: Parts) -> str:
    return quoted("/".join(path))
