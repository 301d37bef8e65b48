"""What a check found, as data: an outcome, and the difference that led to it."""

from dataclasses import dataclass
from typing import Any

from dwsep_helpers.checks.exercise import Case
from dwsep_helpers.checks.outcomes import Outcome
from dwsep_helpers.wrapping import wrapped


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
    """Arguments of these names held other numbers after the call."""

    names: tuple[str, ...]


@dataclass(frozen=True)
class Remembers:
    """An answer depends on earlier calls.

    Attributes
    ----------
    how : str
        ``"stale"``: other numbers got the answer of an earlier call; ``"differs"``: the same
        input got two answers; ``"overwritten"``: what was returned changed with a later call.
    """

    how: str


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
class Verdict:
    """What a check found.

    Attributes
    ----------
    exercise : str
        Name of the exercise, such as ``"conv2d"``.
    outcome : Outcome
    strict : bool
        Whether it was the strict check.
    case : Case or None
        The call that it is about.
    difference : Any
        Between what is asked for and what was found, one of the classes of this module, of
        `compare` and of `calling`; None if the function passed.
    mistake : str or None
        Name of the known mistake that gives the same answers.
    hint : int or None
        Which of the exercise's hints to open.
    printed : str
        What the learner's function printed.
    warned : tuple of str
        What it warned about.
    tried : tuple of str
        What was tried, if all of it went well.
    """

    exercise: str
    outcome: Outcome
    strict: bool = False
    case: Case | None = None
    difference: Any = None
    mistake: str | None = None
    hint: int | None = None
    printed: str = ""
    warned: tuple[str, ...] = ()
    tried: tuple[str, ...] = ()


class CheckFailed(AssertionError):
    """A check that did not pass. It shows as one message, without a traceback.

    Attributes
    ----------
    exercise : str
    outcome : Outcome
    mistake : str or None
    message : str
    """

    def __init__(self, verdict: Verdict, message: str):
        super().__init__(message)
        self.exercise = verdict.exercise
        self.outcome = verdict.outcome
        self.mistake = verdict.mistake
        self.message = message

    def _render_traceback_(self) -> list[str]:
        """Tell IPython what to show in place of a traceback."""
        return wrapped(self.message).splitlines()
