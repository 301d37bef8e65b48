"""What a check says in a notebook: HTML that wraps between words at any width, and its plain text.

Nothing of it is a script, and colours are JupyterLab's where there are any: it reads the same in
its dark theme, on paper and where HTML is left out.
"""

from __future__ import annotations

import html
import re
import tomllib
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from dwsep_helpers import notebook
from dwsep_helpers.checks.exercise import Exercise
from dwsep_helpers.translation import say, say_n
from dwsep_helpers.wrapping import wrapped

# As JupyterLab's theme has them; without a variable for notebooks that aren't trusted, where it
# would be dropped.
PASSED = "border-left: 4px solid #388e3c; border-left-color: var(--jp-success-color1, #388e3c)"
FAILED = "border-left: 4px solid #d32f2f; border-left-color: var(--jp-error-color1, #d32f2f)"
_CODE = (
    "font-family: var(--jp-code-font-family, monospace); "
    "font-size: var(--jp-code-font-size, 13px); white-space: pre-wrap; "
    "word-break: normal; overflow-wrap: break-word; "
    "margin: 0; padding: 0; background: none; color: inherit"
)


class AnotherWay(NamedTuple):
    """A right answer in another style."""

    differs: str  # what differs, in a sentence or two
    code: str


class Box:
    """A text that a notebook shows as HTML, and everything else as it is."""

    def __init__(self, text: str, body: str, border: str):
        self.text, self.body, self.border = text, body, border

    def __repr__(self) -> str:
        return self.text

    def _repr_html_(self) -> str:
        return (
            f'<div style="{self.border}; padding: 2px 0 2px 10px; '
            f'margin: 2px 0; overflow-wrap: break-word; line-height: 1.45">{self.body}</div>'
        )


def show_passed(exercise: Exercise, text: str) -> bool:
    """Show that an answer passed, what it is worth, and another way; tell whether that was done.

    Outside of a notebook, and while one is graded, nothing is shown.
    """
    if not notebook.is_open():
        return False
    first, _, rest = text.partition("\n")
    first = f"{first} {worth(exercise)}"
    body = _lines(f"✓ {first}\n{rest}") + _folded(another_way(exercise))
    _display(Box(wrapped(f"{first}\n{rest}"), body, PASSED))
    return True


def show_failed(text: str) -> bool:
    """Show why an answer failed; tell whether that was done."""
    if not notebook.is_open():
        return False
    _display(Box(wrapped(text), _lines(f"✗ {text}"), FAILED))
    return True


def worth(exercise: Exercise) -> str:
    """Say what an exercise is worth.

    Examples
    --------
    >>> from dwsep_helpers import checks
    >>> worth(checks.conv2d), worth(checks.inverted_residual)
    ('Worth 4 points.', 'Worth 2 optional points.')
    """
    if not exercise.points:
        return say("Practice, no points.")
    if exercise.optional:
        return say_n("Worth {n} optional point.", "Worth {n} optional points.", exercise.points)
    return say_n("Worth {n} point.", "Worth {n} points.", exercise.points)


def another_way(exercise: Exercise) -> AnotherWay | None:
    """Return a right answer in another style than the author's, if there is one."""
    found = _ways(exercise.number.partition(".")[0]).get(exercise.name)
    return AnotherWay(**found) if found else None


@cache
def _ways(unit: str) -> dict[str, dict[str, str]]:
    """Read a unit's table. It lies where no locked kernel reads: an answer could be its text."""
    path = Path(__file__).parents[1] / "another_way" / f"unit_{unit.zfill(2)}.toml"
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError:
        return {}


def _lines(text: str) -> str:
    """Return a message as HTML: its first line stands out, and what is indented is code."""
    first, *others = html.escape(text, quote=False).splitlines()
    parts = [f"<div><strong>{first}</strong></div>"]
    for is_code, lines in groupby(others, lambda line: line.startswith(" ")):
        if is_code:
            parts += [f'<pre style="{_CODE}">', "\n".join(lines), "</pre>"]
        else:
            parts += [f"<div>{line or '&nbsp;'}</div>" for line in lines]
    return "".join(parts)


def _folded(way: AnotherWay | None) -> str:
    if way is None:
        return ""
    differs = re.sub(r"`([^`]+)`", r"<code>\1</code>", html.escape(say(way.differs).strip()))
    return (
        f"<details><summary>{html.escape(say('Another way'))}</summary>"
        f'<p style="margin: 4px 0">{differs}</p>'
        f'<pre style="{_CODE}">{html.escape(way.code.strip())}</pre></details>'
    )


def _display(box: Box) -> None:
    from IPython.display import display

    display(box)
