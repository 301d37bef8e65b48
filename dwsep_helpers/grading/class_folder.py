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
MARKS = ("nbgrader_config.py", "solutions")  # what a course's folder has, one of them
RUNS = "ExecuteThroughDeaths"  # what runs and judges notebooks, as settings name it


@dataclass(frozen=True)
class ClassFolder:
    """Where a class is.

    Attributes
    ----------
    root : str
        The course's folder: see :func:`course_of`.
    options : tuple of (str, str or bool)
        Where the class is, if it isn't in the course's: settings of nbgrader, such as
        ``("CourseDirectory.db_url", …)``.
    """

    root: str
    options: tuple[tuple[str, str | bool], ...] = ()

    @classmethod
    def of(cls, directory: Path | None) -> ClassFolder:
        """Return the class in a folder of its own; without one, the class in the course's.

        Raises
        ------
        WrongCall
            If there is no course.
        """
        root = course_of(directory)
        if directory is None or directory.resolve() == root:
            return cls(str(root))
        whole = directory.resolve()
        steps = {step: whole / step for step in ("submitted", "autograded", "feedback")}
        steps["release"] = whole / "notebooks"
        settings = {f"CourseDirectory.{step}_directory": str(path) for step, path in steps.items()}
        return cls(str(root), (("CourseDirectory.db_url", database(whole)), *settings.items()))

    def judging(self, **settings: bool) -> ClassFolder:
        """Return the class with settings of what runs and judges its notebooks."""
        more = tuple((f"{RUNS}.{name}", value) for name, value in settings.items())
        return replace(self, options=(*self.options, *more))


class WrongCall(Exception):
    """What was asked for can't be done; the message says why."""


def course_of(directory: Path | None = None) -> Path:
    """Return the course's folder: it has ``nbgrader_config.py``, or ``solutions/``.

    That is the nearest from a class's folder upwards, or else from the working directory, or else
    the clone that the package was installed from. A class that has ``notebooks/`` can do without.

    Parameters
    ----------
    directory : Path, optional
        The class's folder.

    Raises
    ------
    WrongCall
        If there is none: pip installs the package, and no course.
    """
    looked = [*([directory.resolve()] if directory else []), Path.cwd()]
    folders = [folder for start in looked for folder in (start, *start.parents)]
    for folder in (*folders, Path(__file__).resolve().parents[2]):
        if any((folder / mark).exists() for mark in MARKS):
            return folder
    if directory and (directory / "notebooks").is_dir():
        return directory.resolve()
    places = " and ".join(str(place) for place in dict.fromkeys(looked))
    raise WrongCall(
        f"There is no course: looked in {places}, and in the folders above, for "
        f"{' or '.join(MARKS)}. pip installs neither solutions/ nor notebooks/: "
        "say this in a clone of the course, or name one with --directory."
    )


class CommandFailed(RuntimeError):
    """A command ended with an error; the message is what it printed."""


def nbgrader(
    command: str, *arguments: str, directory: Path, env: Mapping[str, str] | None = None
) -> str:
    """Run ``nbgrader COMMAND ARGUMENTS`` from the course's folder.

    Parameters
    ----------
    command : str
        Such as ``"autograde"``.
    *arguments : str
        What follows it on the command line.
    directory : Path
        Where release, submissions, gradebook and feedback are.
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
    of = ClassFolder.of(directory)
    options = [f"--{name}={value}" for name, value in of.options]
    return _run("nbgrader", command, *arguments, *options, root=of.root, env=env)


def dwsep(command: str, *arguments: str, directory: Path) -> str:
    """Run ``dwsep COMMAND ARGUMENTS`` on a class in a folder; see :func:`nbgrader`."""
    whole, root = str(directory.resolve()), str(course_of(directory))
    return _run(f"{__package__}.cli", command, *arguments, "--directory", whole, root=root)


def _run(module: str, *arguments: str, root: str, env: Mapping[str, str] | None = None) -> str:
    run = subprocess.run(
        [sys.executable, "-m", module, *arguments],
        cwd=root,
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
