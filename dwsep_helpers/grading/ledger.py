"""What became of each submission: a file for each, written whole when it is done."""

from __future__ import annotations

import os
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import NamedTuple

from dwsep_helpers.grading import faults
from dwsep_helpers.grading.fingerprint import fingerprint, signature
from dwsep_helpers.grading.metadata import FAILED
from dwsep_helpers.grading.submission import Job, Result


@dataclass(frozen=True)
class Task:
    """A submission to grade, and where it is written down that it was.

    Attributes
    ----------
    job : Job
    record : Path
    fingerprint : str
        Empty where the submission can't be graded: it has a hindrance.
    signature : str
        The same as before where no file was written since.
    done : bool
        Whether it is known to be graded as it is.
    """

    job: Job
    record: Path
    fingerprint: str
    signature: str = ""
    done: bool = False


@dataclass(frozen=True)
class Ledger:
    """What became of each submission of a class.

    Attributes
    ----------
    folder : Path
        One file for each.
    """

    folder: Path

    def path(self, unit: str, learner: str) -> Path:
        """Return where a submission's result is."""
        return self.folder / unit / f"{learner}.json"

    def results(self, unit: str) -> dict[str, Result]:
        """Return a unit's results by learner."""
        read = map(_read, sorted((self.folder / unit).glob("*.json")))
        return {found.result.learner: found.result for found in read if found}

    def task(self, job: Job, *notebooks: Path, judged_by: str = "") -> Task:
        """Return the task of a submission, whose files are read only if they changed.

        Where they can't be read, the submission has a hindrance. What else points hang on counts
        too: the author's notebook, the released one, and the settings that judge.
        """
        one = job.submission
        record = self.path(one.unit, one.learner)
        if one.hindrance:
            return Task(job, record, "")
        try:
            now, found = signature(one, *notebooks) + judged_by, _read(record)
            if found and found.signature == now:
                done = found.result.status != FAILED
                return Task(job, record, found.fingerprint, now, done)
            task = Task(job, record, fingerprint(one, *notebooks) + judged_by, now)
            if found and found.fingerprint == task.fingerprint:  # copied or touched: not changed
                with suppress(OSError):
                    self.write(task, found.result)
            return task
        except Exception as error:
            hindered = replace(one, hindrance=faults.sentence(error))
            return Task(replace(job, submission=hindered), record, "")

    def is_done(self, task: Task) -> bool:
        """Whether this submission, as it is, was graded; what failed is to be tried again."""
        found = None if task.done else _read(task.record)
        return task.done or (
            found is not None
            and found.fingerprint == task.fingerprint
            and found.result.status != FAILED
        )

    def write(self, task: Task, result: Result) -> None:
        """Write a result down, whole or not at all."""
        task.record.parent.mkdir(parents=True, exist_ok=True)
        partial = task.record.with_suffix(f".{os.getpid()}.partial")
        with partial.open("w", encoding="utf-8") as file:
            file.write(f"{task.fingerprint}\n{result.to_json()}\n{task.signature}\n")
            file.flush()
            os.fsync(file.fileno())
        os.replace(partial, task.record)

    def forget_failed(self, unit: str, but: Collection[str]) -> None:
        """Forget who failed and isn't there any more, or is called by another name."""
        for path in (self.folder / unit).glob("*.json"):
            if path.stem not in but and (found := _read(path)) and found.result.status == FAILED:
                path.unlink(missing_ok=True)


class _Record(NamedTuple):
    fingerprint: str
    result: Result
    signature: str


def _read(path: Path) -> _Record | None:
    """Return a record; None where there is none, or one that a power cut left in pieces."""
    try:
        fingerprint, text, *more = path.read_text(encoding="utf-8").splitlines()
        return _Record(fingerprint, Result.from_json(text), more[0] if more else "")
    except (OSError, ValueError, KeyError, TypeError):
        return None
