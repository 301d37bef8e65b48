"""Call a learner's function, and keep what it did: answer, error, prints, shortcuts."""

from __future__ import annotations

import contextlib
import inspect
import io
import linecache
import sys
import traceback
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from dwsep_helpers.checks import guard
from dwsep_helpers.checks.lines import is_library

if TYPE_CHECKING:
    from dwsep_helpers.checks.exercise import Case

PRINTED_CHARACTERS = 2_000


@dataclass(frozen=True)
class Place:
    """A line of the learner's code."""

    function: str
    cell: str
    line: int
    source: str
    innermost: bool


@dataclass(frozen=True)
class Call:
    """What one call of a learner's function did."""

    case: Case
    answer: Any = None
    error: BaseException | None = None
    changed: tuple[str | int, ...] = ()
    shortcuts: tuple[str, ...] = ()
    printed: str = ""
    warned: tuple[str, ...] = ()


def call(function: Callable[..., Any], case: Case) -> Call:
    """Call the learner's function on fresh copies of a case's arguments."""
    given, options = case.fresh()
    before, before_options = case.fresh()
    answer = error = None
    with listening() as (printed, warned):
        try:
            with guard.watch() as shortcuts:
                answer = function(*given, **options)
            if inspect.iscoroutine(answer):
                answer.close()  # left alone, it would complain on stderr
            answer = case.seen(answer)
        except (Exception, SystemExit) as raised:
            error = raised
    pairs = [*enumerate(zip(given, before, strict=True))]
    pairs += [(name, (options[name], before_options[name])) for name in options]
    return Call(
        case,
        answer,
        error,
        changed=tuple(name for name, (now, then) in pairs if _differs(now, then)),
        shortcuts=tuple(dict.fromkeys(shortcuts)),
        printed=printed.getvalue(),
        warned=tuple(dict.fromkeys(f"{w.category.__name__}: {w.message}" for w in warned)),
    )


@contextlib.contextmanager
def listening() -> Iterator[tuple[io.StringIO, list[warnings.WarningMessage]]]:
    """Keep what is printed, to stderr too, and warned about inside.

    A graded cell that writes to stderr loses its points, and a warning is no error.
    """
    printed = _Beginning()
    with (
        contextlib.redirect_stdout(printed),
        contextlib.redirect_stderr(printed),
        warnings.catch_warnings(record=True) as warned,
    ):
        warnings.simplefilter("always")
        yield printed, warned


def place_of(error: BaseException) -> Place | None:
    """Return the last line of the learner's own code that an error went through."""
    frames = [(frame.f_code, line) for frame, line in traceback.walk_tb(error.__traceback__)]
    for code, line in reversed(frames):
        if not is_library(code.co_filename):
            return Place(
                function=code.co_name,
                cell=_cell_name(code.co_filename),
                line=line,
                source=linecache.getline(code.co_filename, line).strip(),
                innermost=code is frames[-1][0],
            )
    return None


class _Beginning(io.StringIO):
    """Keeps the beginning of what is written, however much it is."""

    def write(self, text: str) -> int:
        super().write(text[: max(0, PRINTED_CHARACTERS + 1 - self.tell())])
        return len(text)


def _differs(now: Any, then: Any) -> bool:
    if hasattr(then, "state_dict"):  # a torch module
        parts, before = now.state_dict(), then.state_dict()
        return parts.keys() != before.keys() or any(
            _differs(parts[name].numpy(), before[name].numpy()) for name in before
        )
    if not isinstance(then, np.ndarray):
        return False
    return now.shape != then.shape or now.dtype != then.dtype or not np.array_equal(now, then)


def _cell_name(filename: str) -> str:
    """Return a name such as "Cell In[4]", or the file's own name outside of a notebook."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    named = shell.compile.format_code_name(filename) if shell else None
    return " ".join(named) if named else Path(filename).name
