"""What shows an address or a unit, written from :mod:`dwsep_helpers.course`.

The notebooks' setup cell, and the marked parts of ``README.md``, ``CITATION.cff`` and
``pyproject.toml``. :mod:`dwsep_helpers.authoring` writes them; tests hold them to it.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

from dwsep_helpers import __version__, course


def units_table() -> str:
    """Return the README's table of units, in markdown."""
    rows = (
        f"| {u.number} {u.title} | {u.builds} | {u.minutes} min | {_points(u)} "
        f"| {course.unit_links(u)} |"
        for u in course.UNITS
    )
    header = "| unit | what you build | time | points | open in |\n|---|---|---|---|---|"
    return "\n".join([header, *rows])


def _points(unit: course.Unit) -> str:
    optional = f" + {unit.optional} optional" if unit.optional else ""
    return f"{unit.points or '–'}{optional}"


def setup_cell() -> str:
    """Return the source of the cell that every notebook begins with."""
    return f'''\
try:
    import dwsep_helpers
except ModuleNotFoundError:  # on Colab, for one: add the helpers, leave NumPy and torch alone
    %pip install --quiet --no-deps "{course.archive_url()}"
    import dwsep_helpers

import numpy as np

from dwsep_helpers import checks, data, figures, hardware, look, predict, recap, reveal

dwsep_helpers.setup()'''


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
    clone = f"```sh\ngit clone {course.REPOSITORY}\ncd {folder}\nmake lab\n```"
    return stamp(stamp(text, "units", units_table()), "clone", clone)


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
