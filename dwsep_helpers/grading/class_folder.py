"""The folder that a class lives in, and commands of nbgrader and of this course run on it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

STATE = ".dwsep"  # the folder in the class's folder that has what became of submissions
GRADEBOOK = "DWSEP_GRADEBOOK"  # the environment's name for a database on a server
WAITS = 60  # seconds, for a gradebook that another process has locked
RUNS = "ExecuteThroughDeaths"  # what runs and judges notebooks, as settings name it
ROOT = Path(__file__).resolve().parent.parent.parent


@dataclass(frozen=True)
class ClassFolder:
    """Where a class is.

    Attributes
    ----------
    root : str
        The course: its folder has ``nbgrader_config.py``.
    options : tuple of (str, str or bool)
        Settings, instead of those in that file, such as ``("CourseDirectory.db_url", …)``.
    """

    root: str
    options: tuple[tuple[str, str | bool], ...] = ()

    @classmethod
    def of(cls, directory: Path | None) -> ClassFolder:
        """Return the class in a folder of its own; without one, the class in the course's."""
        settings = {"CourseDirectory.db_url": database(directory or ROOT)}
        if directory is not None:
            whole = directory.resolve()
            steps = {step: whole / step for step in ("submitted", "autograded", "feedback")}
            steps["release"] = whole / "notebooks"
            for step, path in steps.items():
                settings[f"CourseDirectory.{step}_directory"] = str(path)
        return cls(str(ROOT), tuple(settings.items()))

    def judging(self, **settings: bool) -> ClassFolder:
        """Return the class with settings of what runs and judges its notebooks."""
        more = tuple((f"{RUNS}.{name}", value) for name, value in settings.items())
        return replace(self, options=(*self.options, *more))


class WrongCall(Exception):
    """What was asked for can't be done; the message says why."""


class CommandFailed(RuntimeError):
    """A command ended with an error; the message is what it printed."""


def nbgrader(
    command: str, *arguments: str, directory: Path, env: Mapping[str, str] | None = None
) -> str:
    """Run ``nbgrader COMMAND ARGUMENTS`` from the course's root.

    Parameters
    ----------
    command : str
        Such as ``"autograde"``.
    *arguments : str
        What follows it on the command line.
    directory : Path
        Where release, submissions, gradebook and feedback are, instead of the course's root.
    env : dict, optional
        The environment, instead of this process's.

    Returns
    -------
    str
        What the command printed, its log included.

    Raises
    ------
    CommandFailed
        The command ended with an error.
    """
    options = [f"--{name}={value}" for name, value in ClassFolder.of(directory).options]
    return _run("nbgrader", command, *arguments, *options, env=env)


def dwsep(command: str, *arguments: str, directory: Path) -> str:
    """Run ``dwsep COMMAND ARGUMENTS`` on a class in a folder; see :func:`nbgrader`."""
    return _run(f"{__package__}.cli", command, *arguments, "--directory", str(directory))


def _run(module: str, *arguments: str, env: Mapping[str, str] | None = None) -> str:
    run = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=ROOT,
        env=env,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    if run.returncode:
        raise CommandFailed(f"{module} {' '.join(arguments)}\n{run.stdout}")
    return run.stdout


def database(directory: Path) -> str:
    """Return the address of a class's gradebook.

    That is a file in its folder, unless ``DWSEP_GRADEBOOK`` names another, as a class that is
    graded on several machines needs: ``postgresql+psycopg://teacher@db.example.org/dwsep``.
    """
    own = f"sqlite:///{directory.resolve() / 'gradebook.db'}?timeout={WAITS}"
    return os.environ.get(GRADEBOOK) or own
