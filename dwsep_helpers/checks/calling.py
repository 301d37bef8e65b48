"""Call a learner's function, and keep what it did: answer, error, prints, shortcuts."""

import contextlib
import dis
import inspect
import io
import linecache
import sys
import traceback
import warnings
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from types import CoroutineType
from typing import Any

import numpy as np

from dwsep_helpers.checks import guard, hidden_loops, lines
from dwsep_helpers.checks.compare import WrongTypeError, described, settled
from dwsep_helpers.checks.copies import parts_of
from dwsep_helpers.checks.counted_numbers import CountingError
from dwsep_helpers.checks.exercise import Case, Measured
from dwsep_helpers.checks.held_numbers import held_numbers
from dwsep_helpers.checks.lines import executed_lines, is_library
from dwsep_helpers.checks.multiplications import count_multiplications
from dwsep_helpers.checks.ready_made import class_name, has_no_answers
from dwsep_helpers.checks.unchanged import differs
from dwsep_helpers.translation import Phrase

Given = tuple[tuple[Any, ...], dict[str, Any]]  # arguments by position and by name

PRINTED_CHARACTERS = 2_000
TEXT_CHARACTERS = 2_000
# All that an empty body is compiled to.
_NOTHING = {"RESUME", "NOP", "LOAD_CONST", "RETURN_CONST", "RETURN_VALUE"}
# What counts MACs runs inside of a learner's module.
_COUNTS_MACS = "dwsep_helpers.cost.*"

# What counts lines runs there, too, and calls what the learner would have called.
for _counting in (hidden_loops, lines):
    has_no_answers(str(_counting.__file__))


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
    """An error of a learner's function, as text."""

    text: str  # what Python says of it, such as "ValueError: negative"
    place: Place | None = None  # where in the learner's code
    unwritten: bool = False  # whether it is a NotImplementedError, as a stub raises it
    wrong_type: Phrase | None = None  # what came back, where that is all that is wrong


@dataclass(frozen=True)
class Call:
    """What one call of a learner's function did."""

    case: Case
    answer: Any = None  # as it is compared, and as it was when the call ended
    error: Raised | None = None
    changed: tuple[str | int, ...] = ()  # the arguments that held other numbers afterwards
    overwrote: bool = False  # whether what the call before returned holds other numbers now
    shortcuts: tuple[str, ...] = ()
    printed: str = ""
    warned: tuple[str, ...] = ()


@dataclass(frozen=True)
class About:
    """What there is to say of a function without calling it."""

    thing: str  # "a function", "a class": what it is
    name: str | None = None
    callable: bool = True
    is_class: bool = False
    is_check: bool = False
    signature: inspect.Signature | None = None  # where Python knows one
    empty: bool = False  # whether its body is no more than `pass`, `...` or `return None`


class Learner:
    """A learner's function, as a check sees it: what it is, and what its calls do."""

    def __init__(self, function: Any):
        self.function = function  # what was handed to the check: a function, if all is well

    def meet(
        self, cases: Sequence[Case], allows: Collection[str] = ()
    ) -> tuple[About, Iterator[Call]]:
        """Look at the function, and call it with each case's arguments, when it comes to that.

        Parameters
        ----------
        cases : sequence of Case
            Each call gets fresh copies of their arguments.
        allows : collection of str
            The functions of this package that may run inside.
        """
        return _about(self.function), self._calls(cases, allows)

    def _calls(self, cases: Sequence[Case], allows: Collection[str]) -> Iterator[Call]:
        given: Given | None = None
        returned: Any = None
        for case in cases:
            done, given, returned = _call(self.function, case, given, returned, allows)
            yield done

    def is_function(self, function: Callable[..., Any]) -> bool:
        """Whether the learner's function is this one."""
        return self.function is function

    def lines(
        self,
        case: Case,
        allows: Collection[str],
        *,
        count: Callable[..., int] = executed_lines,
    ) -> Measured:
        """Return how many lines of Python a call runs, by what counted before a learner came."""
        return _measured(count, self.function, case, allows)

    def held(
        self,
        case: Case,
        halves: np.ndarray,
        allows: Collection[str],
        *,
        count: Callable[..., int] = held_numbers,
    ) -> Measured:
        """Return how many of some numbers, of which halves are given, a call holds on its way."""
        return _measured(partial(count, halves), self.function, case, allows)

    def macs(self, case: Case, x: np.ndarray, allows: Collection[str]) -> Measured:
        """Return the MACs of each layer of the module that a call builds, and its outputs."""
        from dwsep_helpers.checks.torch_modules import macs_and_outputs

        arguments, options = case.fresh()
        with listening(), _unless_evaded(), guard.watch(only=(*allows, _COUNTS_MACS)) as inside:
            module = _result(self.function, arguments, options)
            macs, outputs = macs_and_outputs(module, x)
            if all(guard.is_among(name, allows) for name in inside):
                return Measured(macs, outputs)
        return Measured()

    def products(self, case: Case, position: int) -> int:
        """Return how often a call multiplies the numbers of the array at a position.

        The other arrays are plain, so that all that a call may pass them to takes them. Where
        products can't be counted, 0.
        """
        given, options = case.fresh()

        def call(array: np.ndarray) -> Any:
            return self.function(*given[:position], array, *given[position + 1 :], **options)

        with listening(), contextlib.suppress(CountingError):
            return count_multiplications(call, given[position])
        return 0


def _measured(
    count: Callable[..., int], function: Callable[..., Any], case: Case, allows: Collection[str]
) -> Measured:
    """Count what a call does, watched for what may not run inside as any call is."""
    (arguments, options), answers = case.fresh(), []

    def call() -> None:
        with guard.watch(only=allows) as inside:
            answer = settled(case.seen(_result(function, arguments, options)))
        if all(guard.is_among(name, allows) for name in inside):
            answers.append(answer)

    with listening(), _unless_evaded():
        amount = count(call)
        return Measured(amount, *answers) if answers else Measured()
    return Measured()


@contextlib.contextmanager
def _unless_evaded() -> Iterator[None]:
    """Go on where a function raises an error, or evades: the calls before went well."""
    with contextlib.suppress(Exception, SystemExit):
        yield


def _call(
    function: Callable[..., Any],
    case: Case,
    before: Given | None,
    returned: Any,
    allows: Collection[str],
) -> tuple[Call, Given | None, Any]:
    """Call a learner's function, and return what it did, what it was given and what came back.

    It is told what the call before was given and returned. All that a learner's code may be part
    of is watched to its end: what is returned may compute when it is looked at, as a module does,
    an error or a warning when it is put in words, and whatever the check calls may have been
    replaced.
    """
    answer = result = error = kept = None
    changed: tuple[str | int, ...] = ()
    told: dict[str, None] = {}
    shortcuts: list[str] = []
    given, printed = before, io.StringIO()
    try:
        with guard.watch(only=allows) as shortcuts, listening() as (printed, warned):
            arguments = case.fresh()
            if case.refills and before is not None:
                arguments = _refilled(before, arguments)
            given, kept = arguments, _copied(returned)  # which may be what was filled anew
            try:
                result = _result(function, *arguments)
                if type(result) is CoroutineType:
                    result.close()  # left alone, it would complain on stderr
                shortcuts += _parts_of_ours(result, case, allows)
                answer = settled(case.seen(result))
            except (Exception, SystemExit) as raised:
                error = _raised(raised)
            changed = _changed(case, arguments)
            told = dict.fromkeys(f"{w.category.__name__}: {w.message}" for w in warned)
    except (Exception, SystemExit) as raised:  # of what was put in words, or looked at
        error = error or _raised(raised)
    if error:  # too deep a recursion also ends what watches
        shortcuts = [name for name in shortcuts if name != "sys.setprofile"]
    overwrote = type(kept) is np.ndarray and returned.tobytes() != kept.tobytes()
    text = io.StringIO.getvalue(printed)
    done = Call(case, answer, error, changed, overwrote, tuple(shortcuts), text, tuple(told))
    return done, given, result


def _parts_of_ours(result: Any, case: Case, allows: Collection[str]) -> list[str]:
    """Return the classes of this package in a network, but for those that were given."""
    torch = sys.modules.get("torch")
    if torch is None or not issubclass(type(result), torch.nn.Module):
        return []

    def kinds(values: Iterable[Any]) -> dict[type, None]:
        networks = [value for value in values if issubclass(type(value), torch.nn.Module)]
        parts = [part for network in networks for part in parts_of(network)]
        return dict.fromkeys([base for part in parts for base in type(part).__mro__])

    given = kinds((*case.arguments, *case.options.values()))
    names = (class_name(kind) for kind in kinds([result]) if kind not in given)
    return [name for name in names if name and not guard.is_among(name, allows)]


def _changed(case: Case, arguments: Given) -> tuple[str | int, ...]:
    """Return the arguments that hold other numbers than they did."""
    (given, options), (before, before_options) = arguments, case.fresh()
    pairs: list[tuple[str | int, tuple[Any, Any]]] = [*enumerate(zip(given, before, strict=True))]
    pairs += [(name, (options[name], before_options[name])) for name in options]
    return tuple(name for name, (now, then) in pairs if differs(now, then))


@guard.calls_learners
def _result(function: Callable[..., Any], given: tuple[Any, ...], options: dict[str, Any]) -> Any:
    return function(*given, **options)


def _copied(answer: Any) -> Any:
    """Return a copy of an array, since the function may write into it once more."""
    return answer.copy() if type(answer) is np.ndarray else answer


def _refilled(old: Given, new: Given) -> Given:
    """Return the old arguments, which hold the new ones' numbers where they can."""
    (old_given, old_options), (given, options) = old, new
    return (
        tuple(map(_refill, old_given, given)),
        {name: _refill(old_options[name], options[name]) for name in options},
    )


def _refill(old: Any, new: Any) -> Any:
    if isinstance(new, np.ndarray) and np.shape(old) == new.shape and old.dtype == new.dtype:
        old[...] = new
    elif hasattr(new, "state_dict") and str(old) == str(new):  # no layer was exchanged
        old.load_state_dict(new.state_dict())
    elif isinstance(new, list):
        old[:] = new
    else:
        return new
    return old


@contextlib.contextmanager
@guard.unwatched
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
        wrong_type=Phrase(error.args[0]) if isinstance(error, WrongTypeError) else None,
    )


def _signature(function: Callable[..., Any]) -> inspect.Signature | None:
    try:
        return inspect.signature(function, follow_wrapped=False)
    except (TypeError, ValueError):  # compiled functions have none; calling them tells
        return None


def _does_nothing(function: Any) -> bool:
    code = getattr(inspect.unwrap(function), "__code__", None) if callable(function) else None
    return code is not None and all(i.opname in _NOTHING for i in dis.get_instructions(code))


class _Beginning(io.StringIO):
    """Keeps the beginning of what is written, however much it is."""

    @guard.unwatched  # print() calls it, in the learner's name
    def write(self, text: str) -> int:
        super().write(text[: max(0, PRINTED_CHARACTERS + 1 - self.tell())])
        return len(text)


def _cell_name(filename: str) -> str:
    """Return a name such as "Cell In[4]", or the file's own name outside of a notebook."""
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    named = shell.compile.format_code_name(filename) if shell else None
    return " ".join(named) if named else Path(filename).name
