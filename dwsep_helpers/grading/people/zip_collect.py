"""Have nbgrader's ``zip_collect`` tell who handed in what as ``dwsep collect`` does."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import UTC
from functools import cached_property
from pathlib import Path

from nbgrader.plugins import ExtractorPlugin, FileNameCollectorPlugin

from dwsep_helpers.grading.class_folder import WrongCall
from dwsep_helpers.grading.confinement import sandbox
from dwsep_helpers.grading.names import shown
from dwsep_helpers.grading.people import archives, dates, platforms
from dwsep_helpers.grading.people.archives import Archive, Damaged
from dwsep_helpers.grading.people.intake import Intake, Reader
from dwsep_helpers.grading.people.roster import FILE, Roster
from dwsep_helpers.grading.people.storing import free, unpack_beside


class CarefulExtractor(ExtractorPlugin):
    """Takes files out of archives one by one, so that a damaged one is nobody else's trouble.

    What learners packed is unpacked in a locked process.
    """

    def extract(self, archive_path: str, extracted_path: str) -> None:
        """Unpack each archive into a folder called like it; copy what else there is."""
        place, to = Path(archive_path), Path(extracted_path)
        packed = {
            path.name
            for path in place.iterdir()
            if archives.is_archive(path.name) and not _is_a_platforms(path.name)
        }
        try:
            for name in sorted(packed):
                with Archive(place / name) as archive:
                    self._copy(archive, to / archives.without_ending(name))
            with Archive(place, without=frozenset(packed)) as folder:
                self._copy(folder, to)
        except WrongCall as error:
            self.parent.fail(str(error))

    def _copy(self, archive: Archive, to: Path) -> None:
        notes = [f"{'/'.join(path)}: {why}" for path, why in archive.left_out]
        for member in archive.members:
            try:
                path = free(to, member.path)
                member.copy(path)
            except Damaged as error:
                notes.append(f"{'/'.join(member.path)}: {error}")
                continue
            if archives.is_archive(path.name):
                notes += unpack_beside(path, lock=_can_lock())
        for note in notes:
            self.log.warning("%s: %s", archive.path.name, shown(note))


class PlatformCollector(FileNameCollectorPlugin):
    """Tells whose files are that nbgrader unpacked, by the names that platforms give them.

    It stops where two people could be one, and says no time where the platform says none.
    """

    def collect(self, submission_file: str) -> dict[str, str] | None:
        """Return who handed a file in, as what, and when; None for what is left out."""
        try:
            return self._found.get(Path(submission_file).resolve())
        except WrongCall as error:
            self.parent.fail(str(error))
            raise

    @cached_property
    def _found(self) -> dict[Path, dict[str, str]]:
        app = self.parent
        unit, root = app.coursedir.assignment_id, Path(app.coursedir.root)
        place = Path(app._format_collect_path(app.extracted_directory)).resolve()
        known = Roster.read(root / FILE) if (root / FILE).is_file() else Roster()
        reader = Reader(unit, dates.zone(None), lock=_can_lock())
        with ExitStack() as opened:
            archives = [opened.enter_context(one) for one in _archives(place, unit)]
            intake = reader.read(archives, known)
        for why in intake.left_out:
            self.log.warning("Left out: %s", shown(why))
        intake.roster.write(root / FILE)
        return _files(intake)


def _can_lock() -> bool:
    return sandbox.unavailable() is None


def _is_a_platforms(name: str) -> bool:
    return any(rule.pattern.fullmatch(name) for rule in platforms.RULES)


def _archives(place: Path, unit: str) -> list[Archive]:
    """Return what nbgrader unpacked, each into a folder; and what lay loose beside archives.

    A folder in which no name says whose something is, is a learner's.
    """
    names = sorted(path.name for path in place.iterdir())
    if any(map(_is_a_platforms, names)):
        return [Archive(place)]
    classes = [place / name for name in names if _is_a_class(place / name, unit)]
    taken = frozenset(folder.name for folder in classes)
    rest = [Archive(place, without=taken)] if set(names) - taken else []
    return [*map(Archive, classes), *rest]


def _is_a_class(folder: Path, unit: str) -> bool:
    paths = [path.relative_to(folder).parts for path in archives.walk(folder)]
    return folder.is_dir() and bool(platforms.uploads(paths, unit, UTC)[0])


def _files(intake: Intake) -> dict[Path, dict[str, str]]:
    found = {}
    for learner, work in intake.works.items():
        for path, member in work.files:
            said = {"student_id": learner, "file_id": "/".join(path)}
            if work.when:
                said["timestamp"] = dates.written(work.when)
            found[work.archive.joinpath(*member.path).resolve()] = said
    return found
