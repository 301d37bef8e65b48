"""How a check can end, and the one message that a learner reads."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from dwsep_helpers.wrapping import wrapped


class Outcome(StrEnum):
    """How a check ended."""

    NOT_ATTEMPTED = "not attempted"
    CRASHED = "crashed"
    WRONG_TYPE = "wrong type"
    WRONG_SHAPE = "wrong shape"
    WRONG_VALUES = "wrong values"
    CHANGED_INPUT = "changed its input"
    SHORTCUT = "used a forbidden shortcut"
    NOT_VECTORIZED = "not vectorized"
    WASTEFUL = "wasteful"
    PASSED = "passed"


@dataclass(frozen=True)
class Verdict:
    """What a check found.

    Attributes
    ----------
    exercise : str
        Name of the exercise, such as ``"conv2d"``.
    outcome : Outcome
    message : str
        What the learner reads.
    mistake : str or None
        Name of the known mistake that gives the same answers.
    transcript : str
        What the learner's function printed and warned about.
    """

    exercise: str
    outcome: Outcome
    message: str
    mistake: str | None = None
    transcript: str = ""


class CheckFailed(AssertionError):
    """A check that did not pass. It shows as one message, without a traceback.

    Attributes
    ----------
    exercise : str
    outcome : Outcome
    mistake : str or None
    message : str
        As in :class:`Verdict`.
    """

    def __init__(self, verdict: Verdict):
        super().__init__(verdict.message)
        self.exercise = verdict.exercise
        self.outcome = verdict.outcome
        self.mistake = verdict.mistake
        self.message = verdict.message

    def _render_traceback_(self) -> list[str]:
        """Tell IPython what to show in place of a traceback."""
        return wrapped(self.message).splitlines()
