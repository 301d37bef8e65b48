"""What a running notebook says where Python alone says too little or too much.

Which cell to run for a name that isn't there; that a function is still the earlier one, since the
cell that should replace it failed; that a check still runs, and which line it was interrupted in.
Outside of a notebook, and while a submission is graded, all of this is silent.
"""

from __future__ import annotations

import linecache
import os
import re
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import wraps
from types import FrameType
from typing import Any, NamedTuple, TextIO

from dwsep_helpers.translation import Phrase, phrase_n, say
from dwsep_helpers.wrapping import listed, wrapped

PATIENCE = 10.0  # seconds
# What the setup cell brings.
SETUP = (
    *("checks", "data", "dwsep_helpers", "explorables", "figures", "hardware"),
    *("look", "np", "predict", "recap", "reveal"),
)
_ABOVE = Phrase("(JupyterLab: Run ▸ Run All Above Selected Cell. Colab: Runtime ▸ Run before.)")
_THIS_CELL = Phrase("This cell")
# What a cell defines, if it runs. Where it doesn't, "def" may be what is misspelt.
_DEFINES = re.compile(r"^(?:async +)?\w+ +(\w+)", re.MULTILINE)


class Told(Exception):
    """What keeps a cell from being of use. It shows as one message, without a traceback."""

    def _render_traceback_(self) -> list[str]:
        return wrapped(str(self)).splitlines()


class Interrupted(KeyboardInterrupt):
    """An interrupt that shows the learner's own line, without a traceback."""

    def _render_traceback_(self) -> list[str]:
        return str(self).splitlines()


class _Failed(NamedTuple):
    """A cell that would have defined a function, and failed."""

    earlier: Any  # what the function's name still means; None if nothing
    why: str


@dataclass
class _Cell:
    """The cell that is running."""

    source: str = ""
    earlier: dict[str, Any] = field(default_factory=dict)  # what the names meant that it defines


passed: set[str] = set()  # numbers of the exercises whose latest check passed
_exercises: dict[str, str] = {}  # their numbers, by the names of their functions
_failed: dict[str, _Failed] = {}
_said: set[tuple[int, str]] = set()  # by which run of a cell, what
_cell = _Cell()


def listen(exercises: Mapping[str, str]) -> None:
    """From now on, say what to run where a name is missing, and notice cells that fail.

    Parameters
    ----------
    exercises : mapping of str to str
        Their numbers, by the names of their functions.
    """
    _exercises.update(exercises)
    shell = _shell()
    if not is_open():
        return
    for event, callback in (("pre_run_cell", _before), ("post_run_cell", _after)):
        if callback not in shell.events.callbacks[event]:
            shell.events.register(event, callback)
    if not shell.custom_exceptions:  # somebody else's go first
        shell.set_custom_exc((NameError,), _show_name_error)


def is_open() -> bool:
    """Whether a notebook runs that nobody grades."""
    return _shell() is not None and "NBGRADER_EXECUTION" not in os.environ


def what_to_run(name: str) -> str | None:
    """Return what to run for a name that isn't there; None for one that isn't the course's."""
    if name in SETUP:
        return say(
            "{name} isn't there yet: run the setup cell first, at the top. {how}",
            name=name,
            how=_ABOVE,
        )
    if name not in _exercises:
        return None
    if name in _failed:
        return say(
            "{name} isn't there: its cell failed ({why}). Mend that cell and run it first.",
            name=name,
            why=_failed[name].why,
        )
    return say(
        "{name} isn't there yet: run the cell above that defines it. {how}", name=name, how=_ABOVE
    )


def if_defined_above(name: str) -> str:
    """Return what to run for a name that may be the learner's own."""
    return say("If a cell above defines {name}, run that one first.", name=name)


def numbered(exercises: Sequence[str]) -> Phrase:
    """Return "exercise 2.2", or "exercises 2.2 and 2.3"."""
    numbers = listed(exercises)
    return phrase_n("exercise {numbers}", "exercises {numbers}", len(exercises), numbers=numbers)


def to_write(exercises: str) -> Phrase:
    """Return which exercises of a list are still to be written, as :func:`numbered` does.

    They are those whose function is still the stub; where none is known to be, those whose check
    hasn't passed.

    Examples
    --------
    >>> to_write("2.2"), to_write("4.1, 4.6 and 4.7")
    ('exercise 2.2', 'exercises 4.1, 4.6 and 4.7')
    """
    asked = re.findall(r"\d+\.\d+", exercises)
    unsolved = [number for number in asked if number not in passed] or asked
    space = getattr(_shell(), "user_ns", {})
    stubs = {number for name, number in _exercises.items() if _is_stub(space.get(name))}
    return numbered([number for number in unsolved if number in stubs] or unsolved)


def _is_stub(function: object) -> bool:
    """Whether a function raises what a stub raises."""
    code = getattr(function, "__code__", None)
    return "NotImplementedError" in getattr(code, "co_names", ())


def say_once(text: str) -> None:
    """Print a text, but once alone for each run of a cell: its loops needn't say it again."""
    run = getattr(_shell(), "execution_count", None)
    if run is None or (run, text) not in _said:
        print(wrapped(text))
    if run is not None:
        _said.add((run, text))


def outdated(function: object) -> str | None:
    """Return why a function isn't the one that its cell shows; None where nothing speaks for it."""
    failed = (one for one in _failed.values() if one.earlier is not None)
    return next((one.why for one in failed if one.earlier is function), None)


@contextmanager
def patient(what: str = _THIS_CELL) -> Iterator[None]:
    """Say after a while what is busy, for as long as it is; show an interrupt as its line alone.

    Parameters
    ----------
    what : str
        Such as "Exercise 1.1: the check". Where it is one call of the learner's own function that
        takes the time, that is said in its place.
    """
    done = threading.Event()
    watching = sys.stdout, threading.get_ident()
    watch = threading.Thread(target=_watch, args=(what, done, *watching), daemon=True)
    watched = somebody_watches()
    if watched:
        try:
            watch.start()
        except RuntimeError:  # Python in a browser has no threads: then nothing is said
            watched = False
    try:
        yield
    except Interrupted:
        raise
    except KeyboardInterrupt as interrupt:
        raise Interrupted(_place(interrupt)) from None
    finally:
        done.set()
        if watched:
            watch.join()


def _shell() -> Any:
    """Return IPython's shell where a notebook runs, and None elsewhere."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    return shell if hasattr(shell, "kernel") else None


def is_running() -> bool:
    """Whether this runs in a notebook's kernel."""
    return _shell() is not None


def somebody_watches() -> bool:
    """Whether the cell was run by a person: a program that runs notebooks answers no questions."""
    shell = _shell()
    return shell is not None and bool(getattr(shell.kernel, "_allow_stdin", False))


def _watch(what: str, done: threading.Event, out: TextIO, thread: int) -> None:
    """Say on one line what a thread does, and take it away in the end."""
    began, before, shown = time.monotonic(), None, ""
    while not done.wait(PATIENCE):
        seconds, call = time.monotonic() - began, _call_of_a_cell(thread)
        if call is not None and call is before:
            text = say(
                "Still in {function}, after {seconds} s. An endless loop? "
                "Interrupt (■) shows its line.",
                function=call.f_code.co_name,
                seconds=f"{seconds:.0f}",
            )
        else:
            text = say(
                "{what} is still busy, after {seconds} seconds.",
                what=what,
                seconds=f"{seconds:.0f}",
            )
        before = call
        print(_over(shown, text), end="", file=out, flush=True)
        shown = text
    if shown:
        print(_over(shown, ""), end="", file=out, flush=True)


def _over(shown: str, text: str) -> str:
    """Return what writes a text over the one that is shown."""
    return f"\r{text:{len(shown)}}" + ("" if text else "\r")


def _call_of_a_cell(thread: int) -> FrameType | None:
    """Return the outermost call of an exercise's function, as a cell defines it, in a thread."""
    shell, frame, found = _shell(), sys._current_frames().get(thread), None
    while frame is not None:
        code = frame.f_code
        if code.co_name in _exercises and shell.compile.format_code_name(code.co_filename):
            found = frame
        frame = frame.f_back
    return found


def _harmless(callback: Callable[..., None]) -> Callable[..., None]:
    """Have a callback never disturb the cell that it is called for."""

    @wraps(callback)
    def called(*arguments: Any) -> None:
        try:
            callback(*arguments)
        except Exception:
            return

    return called


@_harmless
def _before(about: Any) -> None:
    space = _shell().user_ns
    _cell.source = about.raw_cell
    names = _exercises.keys() & _DEFINES.findall(_cell.source)
    _cell.earlier = {name: space.get(name) for name in names}


@_harmless
def _after(result: Any) -> None:
    space = _shell().user_ns
    error = result.error_before_exec or result.error_in_exec
    for name, earlier in _cell.earlier.items():
        _failed.pop(name, None)
        if error is None or space.get(name) is not earlier:
            passed.discard(_exercises[name])
        else:
            _failed[name] = _Failed(earlier, _in_short(error))


def _in_short(error: BaseException) -> str:
    line = error.lineno if isinstance(error, SyntaxError) else None
    name = type(error).__name__
    return say("{error} in line {line}", error=name, line=line) if line else name


def _show_name_error(
    shell: Any, kind: type, error: NameError, trace: Any, tb_offset: int | None = None
) -> None:
    _explain(error)
    shell.showtraceback((kind, error, trace), tb_offset=tb_offset)


@_harmless
def _explain(error: NameError) -> None:
    """Have a NameError say what to run: in place of its traceback, if that would add nothing."""
    if not error.name:
        return
    *_, (frame, _) = traceback.walk_tb(error.__traceback__)
    of_the_cell = frame.f_code.co_name in ("<module>", "<lambda>")
    said = _about_letters(error.name) or what_to_run(error.name)
    if said and of_the_cell:
        error._render_traceback_ = wrapped(said).splitlines  # type: ignore[attr-defined]
    elif said:
        error.add_note(said)
    elif of_the_cell and type(error) is NameError:
        error.add_note(if_defined_above(error.name))


def _about_letters(name: str) -> str | None:
    asked = re.search(rf"^predict\((.*), *{name}\)", _cell.source, re.MULTILINE)
    quoted = asked and f'predict({asked[1]}, "{name}")'
    return quoted and say("Letters need quotes: {code}", code=quoted)


def _place(interrupt: KeyboardInterrupt) -> str:
    """Say which line of a cell an interrupt went through last."""
    shell = _shell()
    known = shell.compile.format_code_name if shell else lambda filename: None
    for frame, line in reversed([*traceback.walk_tb(interrupt.__traceback__)]):
        code = frame.f_code
        if cell := known(code.co_filename):
            source = linecache.getline(code.co_filename, line).strip()
            where = {"function": code.co_name, "cell": " ".join(cell), "line": line}
            said = say("Interrupted in {function}, {cell}, line {line}:", **where)
            return f"{said}\n    {source}"
    return say("Interrupted.")
