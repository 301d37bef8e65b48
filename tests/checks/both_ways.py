"""Judge a function as one that lives here and as one of another process; it runs once for both."""

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from dwsep_helpers.checks.calling import Call, Learner
from dwsep_helpers.checks.engine import judge
from dwsep_helpers.checks.exercise import Case, Exercise
from dwsep_helpers.checks.messages import message
from dwsep_helpers.checks.outcomes import Outcome
from dwsep_helpers.checks.remote import Remote, reply
from dwsep_helpers.checks.verdicts import Verdict

ALL = ("dwsep_helpers.*",)  # what a function of this package's may run, like a learner's own


class Seen(Learner):
    """A function whose calls were seen once does the same again, without running."""

    def __init__(self, function: Callable[..., Any], allows: Collection[str]):
        super().__init__(function)
        self.allows = allows
        self.done: list[Call] = []

    def _calls(self, cases: Sequence[Case], allows: Collection[str]) -> Iterator[Call]:
        self.done = self.done or [*super()._calls(cases, (*allows, *self.allows))]
        for case, done in zip(cases, self.done, strict=True):
            yield replace(done, case=case)


def judged(
    exercise: Exercise, function: Callable[..., Any], allows: Collection[str] = ()
) -> Verdict:
    """Return the plain check's verdict on a function, the same both ways, and so is its message."""
    seen = Seen(function, allows)
    there = judge(exercise, Remote(partial(reply, learner=seen)))
    here = judge(exercise, seen)
    assert (there.outcome, there.mistake) == (here.outcome, here.mistake)
    if here.outcome is not Outcome.WRONG_TYPE:  # its words may differ
        assert message(exercise, there) == message(exercise, here)
        assert (there.printed, there.warned) == (here.printed, here.warned)
    return here
