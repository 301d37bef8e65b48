"""What the course consists of and where it lives: the one home of units and addresses.

Everything that shows an address or a unit's points has it from here: the notebooks' line of
links and setup cell, and the marked parts of ``README.md``, ``CITATION.cff`` and
``pyproject.toml``. A fork sets :data:`REPOSITORY` and runs ``make notebooks``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from dwsep_helpers import __version__

# A placeholder that nobody can own: a GitHub name has no underscore.
REPOSITORY = "https://github.com/your_organisation/dwsep-course"

# Links and installations name a tag, never a branch: a class must not change under way.
RELEASE = f"v{__version__}"

# Where `make lab` serves notebooks/, unless the port is taken.
LAB = "http://localhost:8888/lab/tree"


@dataclass(frozen=True)
class Unit:
    """One unit of the course.

    Attributes
    ----------
    name : str
        Of its folder and its notebook, ``NN_topic``.
    title : str
        As in the notebook's first heading.
    builds : str
        What the learner has built at its end.
    minutes : str
        How long it takes, as in ``45–60``.
    points : int
        The sum over its exercises; 0 where nothing is graded.
    optional : int
        Points of exercises for those who want more. They stand apart and are in no sum.
    torch : bool
        Whether nothing in it goes without torch.
    """

    name: str
    title: str
    builds: str
    minutes: str
    points: int
    optional: int = 0
    torch: bool = False

    @property
    def number(self) -> str:
        """The unit's two digits."""
        return self.name[:2]

    @property
    def heading(self) -> str:
        """The notebook's first heading."""
        return f"Unit {self.number} · {self.title}"

    @property
    def path(self) -> str:
        """The learner's notebook, from the folder ``notebooks``."""
        return f"{self.name}/{self.name}.ipynb"


UNITS = (
    Unit(
        name="00_start_here",
        title="Start here",
        builds="your first checked function; notation, MACs and FLOPs",
        minutes="15",
        points=0,
    ),
    Unit(
        name="01_conv2d",
        title="2D convolution",
        builds="a convolution layer, by loops and vectorized, and the count of what it costs",
        minutes="45–60",
        points=20,
    ),
    Unit(
        name="02_depthwise",
        title="Depthwise convolution",
        builds="a depthwise layer, with a depth multiplier, and proof that its channels stay apart",
        minutes="45–60",
        points=15,
    ),
    Unit(
        name="03_pointwise",
        title="Pointwise, and the two together",
        builds="a depthwise separable layer, the one dense kernel that equals it, and its limits",
        minutes="45–60",
        points=15,
    ),
    Unit(
        name="04_cost",
        title="The cost, derived",
        builds="every formula of cost, and MobileNet's tables recomputed, misprints and all",
        minutes="60",
        points=20,
    ),
    Unit(
        name="05_mobilenet",
        title="MobileNet, built and trained",
        builds="MobileNet in PyTorch, its batch norms folded, and a verdict on overfitting",
        minutes="60",
        points=15,
        optional=2,
        torch=True,
    ),
    Unit(
        name="06_mobile_hardware",
        title="MobileNet on mobile hardware, measured",
        builds="rooflines, eight-bit numbers and a design for a chip, held against measurements",
        minutes="60",
        points=15,
        torch=True,
    ),
)


def unit(name: str) -> Unit:
    """Return the unit of that name.

    Parameters
    ----------
    name : str
        Such as ``"01_conv2d"``.

    Raises
    ------
    ValueError
        No unit has that name; the message lists those there are.

    Examples
    --------
    >>> unit("01_conv2d").points
    20
    """
    for candidate in UNITS:
        if candidate.name == name:
            return candidate
    raise ValueError(f"no unit is called {name!r}; there are {', '.join(u.name for u in UNITS)}")


def archive_url() -> str:
    """Return the address of the release's source, which pip can install."""
    return f"{REPOSITORY}/archive/refs/tags/{RELEASE}.zip"


def jupyterlab_url(unit: Unit) -> str:
    """Return where ``make lab`` shows the unit."""
    return f"{LAB}/{unit.path}"


def binder_url(unit: Unit) -> str:
    """Return where Binder builds the release and opens the unit."""
    return (
        f"https://mybinder.org/v2/gh/{_owner_and_name()}/{RELEASE}"
        f"?urlpath=lab/tree/notebooks/{unit.path}"
    )


def colab_url(unit: Unit) -> str:
    """Return where Colab opens the unit."""
    return (
        f"https://colab.research.google.com/github/{_owner_and_name()}"
        f"/blob/{RELEASE}/notebooks/{unit.path}"
    )


def unit_links(unit: Unit) -> str:
    """Return the links that open a unit, one line of markdown."""
    return (
        f"[Colab]({colab_url(unit)}) · [Binder]({binder_url(unit)})"
        f" · [JupyterLab]({jupyterlab_url(unit)})"
    )


def units_table() -> str:
    """Return the README's table of units, in markdown."""
    rows = (
        f"| {u.number} {u.title} | {u.builds} | {u.minutes} min | {_points(u)} | {unit_links(u)} |"
        for u in UNITS
    )
    header = "| unit | what you build | time | points | open in |\n|---|---|---|---|---|"
    return "\n".join([header, *rows])


def _points(unit: Unit) -> str:
    optional = f" + {unit.optional} optional" if unit.optional else ""
    return f"{unit.points or '–'}{optional}"


def setup_cell() -> str:
    """Return the source of the cell that every notebook begins with."""
    return f'''\
try:
    import dwsep_helpers
except ModuleNotFoundError:  # on Colab, for one: add the helpers, leave NumPy and torch alone
    %pip install --quiet --no-deps "{archive_url()}"
    import dwsep_helpers

import numpy as np

from dwsep_helpers import checks, data, figures, hardware, look, predict, recap, reveal

dwsep_helpers.setup()'''


def stamp(text: str, name: str, content: str) -> str:
    r"""Return the text with the marked part replaced.

    Parameters
    ----------
    text : str
        Markdown with one ``<!-- name -->`` … ``<!-- /name -->``.
    name : str
        The marks' name.
    content : str
        What belongs between them, on lines of its own.

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
    """Bring the files that show an address or a unit in step with this module.

    Parameters
    ----------
    root : Path
        The repository's root.
    """
    for name, stamped in STAMPED.items():
        path = root / name
        before = path.read_text(encoding="utf-8")
        if (after := stamped(before)) != before:
            path.write_text(after, encoding="utf-8")


def _readme(text: str) -> str:
    clone = f"```sh\ngit clone {REPOSITORY}\ncd {_owner_and_name().split('/')[1]}\nmake lab\n```"
    return stamp(stamp(text, "units", units_table()), "clone", clone)


def _citation(text: str) -> str:
    text = _set_line(text, r"repository-code: (.*)", REPOSITORY)
    return _set_line(text, r"version: (.*)", __version__)


def _pyproject(text: str) -> str:
    text = _set_line(text, r'Repository = "(.*)"', REPOSITORY)
    return _set_line(text, r'Issues = "(.*)"', f"{REPOSITORY}/issues")


# What brings each file in step: its text goes in, the text as it should be comes out.
STAMPED: dict[str, Callable[[str], str]] = {
    "README.md": _readme,
    "CITATION.cff": _citation,
    "pyproject.toml": _pyproject,
}


def _owner_and_name() -> str:
    return REPOSITORY.removeprefix("https://github.com/")


def _set_line(text: str, line: str, value: str) -> str:
    """Set what the group of a whole-line pattern matches."""

    def with_value(match: re.Match[str]) -> str:
        start, end = (place - match.start() for place in match.span(1))
        return match[0][:start] + value + match[0][end:]

    return _replace(re.compile(f"^{line}$", re.MULTILINE), with_value, text)


def _replace(
    pattern: re.Pattern[str], replacement: Callable[[re.Match[str]], str], text: str
) -> str:
    """Replace the one match; none or several would mean a wrong or half-stamped file."""
    result, found = pattern.subn(replacement, text)
    if found != 1:
        raise ValueError(f"{pattern.pattern!r} is in the text {found} times, not once")
    return result
