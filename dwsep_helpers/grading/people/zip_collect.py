"""Have nbgrader's ``zip_collect`` tell who handed in what as ``dwsep collect`` does."""

from __future__ import annotations

from contextlib import ExitStack
from functools import cached_property
from pathlib import Path

from nbgrader.plugins import FileNameCollectorPlugin

from dwsep_helpers.grading.class_folder import WrongCall
from dwsep_helpers.grading.confinement import sandbox
from dwsep_helpers.grading.names import shown
from dwsep_helpers.grading.people import dates, platforms
from dwsep_helpers.grading.people.archives import Archive
from dwsep_helpers.grading.people.intake import Intake, Reader
from dwsep_helpers.grading.people.roster import FILE, Roster


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
        reader = Reader(unit, dates.zone(None), lock=sandbox.unavailable() is None)
        with ExitStack() as opened:
            archives = [opened.enter_context(one) for one in _archives(place)]
            intake = reader.read(archives, known)
        for why in intake.left_out:
            self.log.warning("Left out: %s", shown(why))
        intake.roster.write(root / FILE)
        return _files(intake)


def _archives(place: Path) -> list[Archive]:
    """Return what nbgrader unpacked, each into a folder; and what lay loose beside archives."""
    names = sorted(path.name for path in place.iterdir())
    if any(rule.pattern.fullmatch(name) for name in names for rule in platforms.RULES):
        return [Archive(place)]
    folders = [place / name for name in names if (place / name).is_dir()]
    loose = frozenset(folder.name for folder in folders)
    return [
        *map(Archive, folders),
        *([Archive(place, without=loose)] if set(names) - loose else []),
    ]


def _files(intake: Intake) -> dict[Path, dict[str, str]]:
    found = {}
    for learner, work in intake.works.items():
        for path, member in work.files:
            said = {"student_id": learner, "file_id": "/".join(path)}
            if work.when:
                said["timestamp"] = dates.written(work.when)
            found[work.archive.joinpath(*member.path).resolve()] = said
    return found
