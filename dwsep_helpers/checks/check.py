"""A check: an exercise that is called with the learner's function."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from dwsep_helpers import carried, notebook
from dwsep_helpers.checks import boxes, tries
from dwsep_helpers.checks.calling import Learner
from dwsep_helpers.checks.earlier import what_to_mend
from dwsep_helpers.checks.engine import judge
from dwsep_helpers.checks.exercise import Exercise
from dwsep_helpers.checks.messages import message, transcript
from dwsep_helpers.checks.outcomes import Outcome
from dwsep_helpers.checks.verdicts import CheckFailed, Verdict
from dwsep_helpers.translation import Phrase, say
from dwsep_helpers.wrapping import wrapped


@dataclass(frozen=True, eq=False, repr=False)
class Check(Exercise):
    """An exercise, and its check: call it with the learner's function.

    Examples
    --------
    >>> from dwsep_helpers import checks
    >>> def conv_output_size(input_size, kernel_size, stride=1, padding=0):
    ...     return (input_size - kernel_size) // stride + 1
    >>> try:
    ...     checks.conv_output_size(conv_output_size)
    ... except checks.CheckFailed as failed:
    ...     print(failed.outcome, "·", failed.mistake)
    wrong values · padding-forgotten
    """

    def __repr__(self) -> str:
        return f"<the check of exercise {self.number}: {self.name}{self.signature}>"

    def __call__(self, function: Callable[..., Any], *, strict: bool = False) -> None:
        """Check the learner's function: print what passed, or raise with what did not.

        Parameters
        ----------
        function : callable
            The learner's function itself, not what it returns.
        strict : bool
            Try other shapes and numbers than the check that the learner sees.

        Raises
        ------
        CheckFailed
            With one message that says what was tried, what came out and what to look at.
        """
        if why := notebook.outdated(function):
            said = say(
                "Exercise {number}, {name}: nothing was checked. The cell with the "
                "function failed ({why}), so this is still the one from before. Mend that cell "
                "and run it, then check again.",
                number=self.number,
                name=self.name,
                why=why,
            )
            raise notebook.Told(said)
        with notebook.patient(Phrase("Exercise {number}: the check", number=self.number)):
            verdict = judge(self, Learner(function), strict=strict)
            first = _what_to_run(verdict) or what_to_mend(self, function, verdict)
        if not first:
            verdict = tries.counted(self, verdict)
        if shown := transcript(verdict):
            print(shown)
        if verdict.outcome is not Outcome.PASSED:
            # A function by another name, tried beside the answer, takes no pass back.
            if getattr(function, "__name__", self.name) == self.name:
                notebook.passed.discard(self.number)
                if verdict.is_try:
                    carried.note(self.name, False)
            short = say("Exercise {number}: not passed.", number=self.number)
            raise CheckFailed(verdict, message(self, verdict, first), short)
        notebook.passed.add(self.number)
        carried.keep(self.name, function)
        carried.note(self.name, True)
        said = message(self, verdict)
        if strict or not boxes.show_passed(self, said):
            print(wrapped(said))


def _what_to_run(verdict: Verdict) -> str:
    """Return what to run for a name that the learner's function misses, if that is all it lacks."""
    name = verdict.missing
    if name is None:
        return ""
    return notebook.what_to_run(name) or notebook.if_defined_above(name)
