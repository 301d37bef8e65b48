"""Call a learner's function, and keep what it did: answer, error, prints, shortcuts."""

from __future__ import annotations

import contextlib
import dis
import inspect
import io
import linecache
import sys
import traceback
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from dwsep_helpers.checks import guard
from dwsep_helpers.checks.compare import WrongTypeError, described
from dwsep_helpers.checks.lines import executed_lines, is_library

if TYPE_CHECKING:
    from dwsep_helpers.checks.exercise import Case

PRINTED_CHARACTERS = 2_000
TEXT_CHARACTERS = 2_000
# All that a body of `pass`, `...` or `return None` is compiled to.
_NOTHING = {"RESUME", "NOP", "LOAD_CONST", "RETURN_CONST", "RETURN_VALUE"}


@dataclass(frozen=True)
class Place:
    """A line of the learner's code."""

    function: str
    cell: str
    line: int
    source: str
    innermost: bool


@dataclass(frozen=True)
class Raised:
    """An error of a learner's function, as text.

    Attributes
    ----------
    text : str
        What Python says of it, such as ``"ValueError: negative"``.
    place : Place or None
        Where in the learner's code.
    unwritten : bool
        Whether it is a ``NotImplementedError``, as a stub raises it.
    wrong_type : str or None
        What came back, where that is all that is wrong.
    """

    text: str
    place: Place | None = None
    unwritten: bool = False
    wrong_type: str | None = None


@dataclass(frozen=True)
class Call:
    """What one call of a learner's function did."""

    case: Case
    answer: Any = None
    error: Raised | None = None
    changed: tuple[str | int, ...] = ()
    shortcuts: tuple[str, ...] = ()
    printed: str = ""
    warned: tuple[str, ...] = ()


@dataclass(frozen=True)
class About:
    """What there is to say of a function without calling it.

    Attributes
    ----------
    thing : str
        Such as "a function", "a class": what it is.
    name : str or None
    callable, is_class, is_check : bool
    signature : inspect.Signature or None
        None where Python knows none.
    empty : bool
        Whether its body is no more than ``pass``, ``...`` or ``return None``.
    """

    thing: str
    name: str | None = None
    callable: bool = True
    is_class: bool = False
    is_check: bool = False
    signature: inspect.Signature | None = None
    empty: bool = False


class Learner:
    """A learner's function, as a check sees it: what it is, and what its calls do.

    Parameters
    ----------
    function : Any
        What was handed to the check: a function, if all is well.
    """

    def __init__(self, function: Any):
        self._function = function

    def meet(self, cases: Sequence[Case]) -> tuple[About, Iterator[Call]]:
        """Look at the function, and call it with each case's arguments, when it comes to that.

        Parameters
        ----------
        cases : sequence of Case
            Each call gets fresh copies of their arguments.

        Returns
        -------
        About, iterator of Call
        """
        return _about(self._function), (call(self._function, case) for case in cases)

    def lines(self, case: Case) -> int:
        """Return how many lines of Python a call runs."""
        arguments, options = case.fresh()
        with listening():  # the calls before have already told what it prints
            return executed_lines(self._function, *arguments, **options)

    def macs(self, case: Case, input_size: tuple[int, ...]) -> list[int]:
        """Return the MACs of each layer of the module that a call builds."""
        from dwsep_helpers.checks.modules import macs

        arguments, options = case.fresh()
        with listening():
            return macs(self._function(*arguments, **options), input_size)


def call(function: Callable[..., Any], case: Case) -> Call:
    """Call a learner's function on fresh copies of a case's arguments."""
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
            error = _raised(raised)
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


def _about(function: Any) -> About:
    is_class = isinstance(function, type)
    name = getattr(function, "__name__", None)
    return About(
        thing="None" if function is None else described(function),
        name=name if isinstance(name, str) else None,
        callable=callable(function),
        is_class=is_class,
        is_check=hasattr(type(function), "named_arguments"),
        signature=_signature(function) if callable(function) and not is_class else None,
        empty=_does_nothing(function),
    )


def _raised(error: BaseException) -> Raised:
    # Also for an error whose own text raises one.
    text = "".join(traceback.format_exception_only(error)).strip()
    return Raised(
        text=text[:TEXT_CHARACTERS],
        place=place_of(error),
        unwritten=isinstance(error, NotImplementedError),
        wrong_type=str(error) if isinstance(error, WrongTypeError) else None,
    )


def _signature(function: Callable[..., Any]) -> inspect.Signature | None:
    try:
        return inspect.signature(function, follow_wrapped=False)
    except (TypeError, ValueError):  # compiled functions have none; calling them tells
        return None


def _does_nothing(function: Any) -> bool:
    code = getattr(inspect.unwrap(function), "__code__", None) if callable(function) else None
    return code is not None and {i.opname for i in dis.get_instructions(code)} <= _NOTHING


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
