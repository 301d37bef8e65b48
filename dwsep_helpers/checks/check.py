"""A check: an exercise that is called with the learner's function."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from dwsep_helpers.checks import tries
from dwsep_helpers.checks.calling import Learner
from dwsep_helpers.checks.engine import judge
from dwsep_helpers.checks.exercise import Exercise
from dwsep_helpers.checks.messages import message, transcript
from dwsep_helpers.checks.outcomes import Outcome
from dwsep_helpers.checks.verdicts import CheckFailed
from dwsep_helpers.wrapping import wrapped


@dataclass(frozen=True, eq=False, repr=False)
class Check(Exercise):
    """An exercise, and its check: call it with the learner's function.

    Examples
    --------
    >>> from dwsep_helpers import checks
    >>> def conv_output_size(input_size, kernel_size, stride=1, padding=0, dilation=1):
    ...     return (input_size + 2 * padding - kernel_size) // stride + 1
    >>> try:
    ...     checks.conv_output_size(conv_output_size)
    ... except checks.CheckFailed as failed:
    ...     print(failed.outcome, "·", failed.mistake)
    wrong values · dilation-forgotten
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
        verdict = tries.counted(self, judge(self, Learner(function), strict=strict))
        if shown := transcript(verdict):
            print(shown)
        if verdict.outcome is not Outcome.PASSED:
            raise CheckFailed(verdict, message(self, verdict))
        print(wrapped(message(self, verdict)))
