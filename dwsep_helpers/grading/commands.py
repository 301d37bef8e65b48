"""Plain nbgrader commands, run on this course with the class in a folder of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


class NbgraderFailed(RuntimeError):
    """A command of nbgrader ended with an error; the message is what it printed."""


def nbgrader(command: str, *arguments: str, directory: Path, env: dict | None = None) -> str:
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
    NbgraderFailed
        The command ended with an error.
    """
    run = subprocess.run(
        [sys.executable, "-m", "nbgrader", command, *arguments, *class_options(directory)],
        cwd=ROOT,
        env=env,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    if run.returncode:
        raise NbgraderFailed(f"nbgrader {command} {' '.join(arguments)}\n{run.stdout}")
    return run.stdout


def class_options(directory: Path) -> list[str]:
    """Return the options that keep a class in one folder."""
    steps = {step: directory / step for step in ("submitted", "autograded", "feedback")}
    steps["release"] = directory / "notebooks"
    return [
        *(f"--CourseDirectory.{step}_directory={path}" for step, path in steps.items()),
        f"--CourseDirectory.db_url={database(directory)}",
    ]


def database(directory: Path) -> str:
    """Return the address of a class's gradebook."""
    return f"sqlite:///{directory.resolve() / 'gradebook.db'}"
