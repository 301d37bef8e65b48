"""What shows an address or a unit, written from :mod:`dwsep_helpers.course`.

The notebooks' setup cell, their lines of time and of what comes next, and the marked parts of
``README.md``, ``CITATION.cff`` and ``pyproject.toml``. :mod:`dwsep_helpers.authoring` writes them;
tests hold them to it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from dwsep_helpers import __version__, checks, course
from dwsep_helpers.checks.unit_01 import correlate2d
from dwsep_helpers.wrapping import wrapped

IN_THE_BROWSER = ("numpy", "matplotlib", "scikit-learn", "scipy", "threadpoolctl", "tqdm")
"""What the helpers need of what Pyodide ships: all that they depend on but ipywidgets."""

_NUMBERS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def units_table() -> str:
    """Return the README's table of units, in markdown, and whether its links lead anywhere."""
    rows = (
        f"| {u.number} {u.title} | {u.builds} | {u.minutes} min | {_points(u)} "
        f"| {course.unit_links(u)} |"
        for u in course.UNITS
    )
    header = "| unit | what you build | about how long | points | open in |\n|---|---|---|---|---|"
    table = "\n".join([header, *rows])
    if course.is_published():
        return table
    return f"These addresses lead nowhere until the course is published:\n\n{table}"


def _points(unit: course.Unit) -> str:
    optional = f" + {unit.optional} optional" if unit.optional else ""
    return f"{unit.points or '–'}{optional}"


def setup_cell() -> str:
    """Return the source of the cell that every notebook begins with."""
    return f'''\
try:
    import dwsep_helpers
except ModuleNotFoundError:  # add the helpers, leave NumPy and torch alone
    import sys

    if sys.platform == "emscripten":  # Python in the browser: the helpers lie beside the notebooks
        %pip install --quiet {" ".join(IN_THE_BROWSER)}
        %pip install --quiet --no-deps dwsep_helpers
    else:  # on Colab, for one
        %pip install --quiet --no-deps "{course.archive_url()}"
    import dwsep_helpers

import numpy as np

from dwsep_helpers import checks, data, explorables, figures, hardware, look, predict, recap, reveal

dwsep_helpers.setup()'''


def time_line(unit: course.Unit, exercises: int, further: int = 0) -> str:
    """Return what a notebook's first cell says of time and points.

    Parameters
    ----------
    unit : course.Unit
    exercises, further : int
        How many exercises it has, and how many for those who go further.

    Examples
    --------
    >>> time_line(course.unit("00_start_here"), 1)
    '**Time**: about 15 minutes, nothing graded.'
    """
    says = f"**Time**: about {unit.minutes.replace('–', ' to ')} minutes"
    if not unit.points:
        return f"{says}, nothing graded."
    says += f", two failed tries at each exercise included; {_counted(exercises, 'exercise')}, "
    says += _many(unit.points, "point")
    if further:
        says += (
            f"; {_NUMBERS[further]} more to go further, {_many(unit.optional, 'optional point')}"
        )
    return f"{says}."


def _counted(number: int, what: str) -> str:
    return f"{_NUMBERS[number]} {what}{'s' * (number != 1)}"


def _many(number: int, what: str) -> str:
    return f"{number} {what}{'s' * (number != 1)}"


def next_line(unit: course.Unit) -> str | None:
    """Return what a notebook ends with: the way to the next unit; None for the last one.

    The relative link is for JupyterLab, on whatever port or hub, and for Binder. On Colab a
    notebook has no neighbours.
    """
    following = course.after(unit)
    if following is None:
        return None
    return (
        f"**Next**: [{following.heading}](../{following.path})"
        f" ([on Colab]({course.colab_url(following)})). What you build there: {following.builds}."
    )


def check_message() -> str:
    """Return what a check says of a wrong answer: the one that README shows."""
    try:
        correlate2d(correlate2d.mistake("height-for-width").function)
    except checks.CheckFailed as failed:
        return wrapped(failed.message)
    raise ValueError("a wrong answer passed its check")


def stamp(text: str, name: str, content: str) -> str:
    r"""Return the text with the marked part replaced.

    The text is markdown with one ``<!-- name -->`` … ``<!-- /name -->``; the content goes between
    the two, on lines of its own.

    Raises
    ------
    ValueError
        The marks aren't there exactly once.

    Examples
    --------
    >>> stamp("<!-- a --> old <!-- /a -->", "a", "new")
    '<!-- a -->\nnew\n<!-- /a -->'
    """
    marked = re.compile(rf"(<!-- {re.escape(name)} -->).*?(<!-- /{re.escape(name)} -->)", re.DOTALL)
    return _replace(marked, lambda match: f"{match[1]}\n{content}\n{match[2]}", text)


def stamp_files(root: Path) -> None:
    """Bring the repository's files that show an address or a unit in step with the course."""
    for name, stamped in STAMPED.items():
        path = root / name
        before = path.read_text(encoding="utf-8")
        if (after := stamped(before)) != before:
            path.write_text(after, encoding="utf-8")


def _readme(text: str) -> str:
    folder = course.owner_and_name().split("/")[1]
    clone = f"git clone {course.REPOSITORY}\ncd {folder}\n"
    shortest, longest = course.hours()
    parts = {
        "site": f"[site]: {course.site_url()}",
        "units": units_table(),
        "clone": f"```sh\n{clone}make lab\n```",
        "windows": f"```powershell\n{clone}{_WINDOWS}\n```",
        "message": f"```text\n{check_message()}\n```",
        "hours": f"**It takes** {shortest} to {longest} hours in all, a unit at a time: an "
        "estimate, with two failed tries at each exercise.",
    }
    for name, content in parts.items():
        text = stamp(text, name, content)
    return text


# What `make lab` does, in PowerShell.
_WINDOWS = """\
py -3.11 -m venv .venv
.venv\\Scripts\\python -m pip install -c constraints.txt -e ".[torch,lab,pretrained]"
.venv\\Scripts\\python -m jupyterlab --ServerApp.root_dir=notebooks"""


def _citation(text: str) -> str:
    text = _set_line(text, "repository-code: ", course.REPOSITORY)
    return _set_line(text, "version: ", __version__)


def _pyproject(text: str) -> str:
    text = _set_line(text, 'Repository = "', course.REPOSITORY, '"')
    return _set_line(text, 'Issues = "', f"{course.REPOSITORY}/issues", '"')


# What brings each file in step: its text goes in, the text as it should be comes out.
STAMPED: dict[str, Callable[[str], str]] = {
    "README.md": _readme,
    "CITATION.cff": _citation,
    "pyproject.toml": _pyproject,
}


def _set_line(text: str, before: str, value: str, after: str = "") -> str:
    """Set what stands between the two in the line that begins and ends with them."""
    line = re.compile(f"^{before}.*{after}$", re.MULTILINE)
    return _replace(line, lambda _: f"{before}{value}{after}", text)


def _replace(
    pattern: re.Pattern[str], replacement: Callable[[re.Match[str]], str], text: str
) -> str:
    """Replace the one match; none or several would mean a wrong or half-stamped file."""
    result, found = pattern.subn(replacement, text)
    if found != 1:
        raise ValueError(f"{pattern.pattern!r} is in the text {found} times, not once")
    return result
