"""The demand that Python's work does not grow with the image, or with its channels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

from dwsep_helpers.checks import messages
from dwsep_helpers.checks.outcomes import Outcome

if TYPE_CHECKING:
    from dwsep_helpers.checks.calling import Learner
    from dwsep_helpers.checks.exercise import Case, Exercise

_OVER_THE_IMAGE = (
    "So a Python loop walks over the image. Let NumPy walk over rows and columns, all of them in "
    "one operation; a loop over the few kernel offsets is fine."
)
_OVER_THE_CHANNELS = (
    "So a Python loop walks over the channels. Let NumPy walk over all of them in one operation; "
    "a loop over the few kernel offsets is fine."
)


@dataclass(frozen=True)
class Vectorized:
    """Count the lines of Python that run on a small input and on a large one.

    A loop over pixels, rows or columns runs at least one line more for each row that the
    image grows by. A loop over what does not grow (images, filters, kernel taps) runs as many
    lines as before, and is fine; so is one over channels, unless the exercise asks for more.

    Attributes
    ----------
    small, large : Case
        The same call on two sizes of image.
    many_channels : Case or None
        The call on the small size with many channels, where loops over channels aren't fine.
    slack : int
        How many more lines may run, well under one for each row or channel more.
    """

    small: Case
    large: Case
    many_channels: Case | None = None
    slack: int = 4
    outcome: ClassVar[Outcome] = Outcome.NOT_VECTORIZED

    @property
    def praise(self) -> str:
        """What a learner reads whose function meets the demand."""
        what = "the image" if self.many_channels is None else "the image or its channels"
        return f"Python's work does not grow with {what}."

    def __call__(self, exercise: Exercise, learner: Learner) -> list[str] | None:
        """Return what a learner reads whose lines grow in number, or None."""
        few = learner.lines(self.small)
        for case, advice in (
            (self.large, _OVER_THE_IMAGE),
            (self.many_channels, _OVER_THE_CHANNELS),
        ):
            if case is None or (many := learner.lines(case)) - few <= self.slack:
                continue
            return [
                f"{few} lines of Python ran for {messages.arguments(exercise, self.small)}.",
                f"{many} lines of Python ran for {messages.arguments(exercise, case)}.",
                advice,
            ]
        return None
