"""Take in the archives that learning platforms hand out, with nbgrader's ``zip_collect``."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

from nbgrader.plugins import FileNameCollectorPlugin

from dwsep_helpers.grading.names import plain_name

# Who handed a file in, by its name or its folder's.
_MOODLE = re.compile(r"(?P<who>.+_\d+)_assignsubmission_file_?(?P<file>.*)")
_CANVAS = re.compile(r"(?P<who>[^_]+)(?:_LATE)?_\d+_\d+_(?P<file>.+)")
_BLACKBOARD = re.compile(r".*?_(?P<who>\w+)_attempt_(?P<time>\d{4}(?:-\d\d){5})_?(?P<file>.*)")


class PlatformCollector(FileNameCollectorPlugin):
    """Reads learners' names off files from Moodle, Canvas and Blackboard.

    Where there is none of their patterns, the folder that a file lies in is the learner's.
    """

    def collect(self, submission_file: str) -> dict[str, str] | None:
        """Return who handed a notebook in, when, and which one; None for other files."""
        path = Path(submission_file)
        if path.suffix.lower() not in self.valid_ext:
            return None
        changed = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        timestamp = changed.strftime("%Y-%m-%d %H:%M:%S.%f UTC")
        who, name = path.parent.name, path.stem
        for place in (path.stem, path.parent.name):
            for pattern in (_MOODLE, _BLACKBOARD, _CANVAS):
                if found := pattern.fullmatch(place):
                    who = found["who"]
                    if place == path.stem and found["file"]:
                        name = found["file"]
                    if "time" in found.groupdict():
                        taken = datetime.strptime(found["time"], "%Y-%m-%d-%H-%M-%S")
                        timestamp = taken.strftime("%Y-%m-%d %H:%M:%S UTC")
                    break
            else:
                continue
            break
        learner = re.sub(r"[^\w.@-]+", "-", who).strip("-.")
        return {"student_id": learner, "file_id": plain_name(name), "timestamp": timestamp}
