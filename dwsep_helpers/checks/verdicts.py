"""What a check found, as data: an outcome, and the difference that led to it."""

import re
from dataclasses import dataclass
from typing import Any

from dwsep_helpers.checks import boxes
from dwsep_helpers.checks.calling import Raised
from dwsep_helpers.checks.exercise import Case
from dwsep_helpers.checks.outcomes import Outcome
from dwsep_helpers.wrapping import NARROW, wrapped


@dataclass(frozen=True)
class NoFunction:
    """Something else was handed to the check: ``"a check"``, ``"the class …"``, ``"None"``, …."""

    kind: str
    thing: str


@dataclass(frozen=True)
class OtherArguments:
    """The function doesn't take the arguments; ``lacking`` is what Python says."""

    signature: str
    lacking: str


@dataclass(frozen=True)
class NotWritten:
    """The body is missing, or that of a helper which is called."""

    helper: str | None = None


@dataclass(frozen=True)
class Shortcut:
    """A ready-made answer ran inside, under this dotted name."""

    name: str


@dataclass(frozen=True)
class ChangedInput:
    """Arguments of these names weren't after the call what they were before."""

    names: tuple[str, ...]
    kinds: tuple[str, ...]  # of each: "array", "tensor" or "other"


@dataclass(frozen=True)
class Remembers:
    """An answer depends on earlier calls.

    How? ``"stale"``: other numbers got the answer of an earlier call; ``"differs"``: the same
    input got two answers; ``"overwritten"``: what was returned changed with a later call.
    """

    how: str
    error: str = ""  # where one of two answers is an error


@dataclass(frozen=True)
class MoreLines:
    """Python runs more lines for a larger case than for a small one."""

    small: Case
    few: int
    large: Case
    many: int
    channels: bool


@dataclass(frozen=True)
class MoreMacs:
    """A module uses more MACs than needed, layer by layer."""

    input_size: tuple[int, ...]
    theirs: tuple[int, ...]
    needed: tuple[int, ...]


@dataclass(frozen=True)
class MoreProducts:
    """A weight is multiplied more often with a stride than without, for as many outputs."""

    strided: Case
    many: int
    plain: Case
    few: int


@dataclass(frozen=True)
class Combined:
    """Sums were found that belong to positions which a stride drops."""

    strided: Case
    found: int
    dropped: int


@dataclass(frozen=True)
class Evaded:
    """A call went otherwise while it was measured: it gave another answer, or an error."""

    case: Case


@dataclass(frozen=True)
class Verdict:
    """What a check found.

    The difference is one between what is asked for and what was found: one of the classes of this
    module, of `compare` and of `calling`, and None if the function passed.
    """

    exercise: str  # its name, such as "conv2d"
    outcome: Outcome
    strict: bool = False  # whether it was the strict check
    case: Case | None = None  # the call that it is about
    difference: Any = None
    mistake: str | None = None  # name of the known mistake that gives the same answer
    sure: bool = True  # whether it gives the same answers in all other calls, too
    hint: int | None = None  # which of the exercise's hints to open
    printed: str = ""  # by the learner's function, as are the warnings
    warned: tuple[str, ...] = ()
    tried: tuple[str, ...] = ()  # what was tried, if all of it went well

    @property
    def missing(self) -> str | None:
        """The name that isn't defined, if that is all that is wrong."""
        error = self.difference.text if isinstance(self.difference, Raised) else ""
        found = re.match(r"NameError: name '(\w+)' is not defined", error)
        return found and found[1]

    @property
    def is_try(self) -> bool:
        """Whether an answer was tried, which a hint may help; else the message says what to do."""
        nothing = isinstance(self.difference, NoFunction | OtherArguments | NotWritten)
        return not nothing and self.missing is None


class CheckFailed(AssertionError):
    """A check that did not pass. It shows as one message, without a traceback.

    It has the ``exercise``, ``outcome`` and ``mistake`` of the verdict, and the ``message``; what
    is left to say below the message, once that is shown, is ``short``.
    """

    def __init__(self, verdict: Verdict, message: str, short: str = ""):
        super().__init__(message)
        self.exercise = verdict.exercise
        self.outcome = verdict.outcome
        self.mistake = verdict.mistake
        self.message = message
        self.short = short
        self._shown = False

    def _render_traceback_(self) -> list[str]:
        """Tell IPython what to show in place of a traceback.

        In a notebook the message is shown above it, where it wraps between words.
        """
        if self._shown or ("\n" in self.message and boxes.show_failed(self.message)):
            self._shown = True  # IPython asks twice
            return [self.short]
        return wrapped(self.message, NARROW).splitlines()
