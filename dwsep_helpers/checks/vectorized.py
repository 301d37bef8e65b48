"""The demand that Python's work does not grow with the image."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from dwsep_helpers.checks import messages
from dwsep_helpers.checks.calling import listening
from dwsep_helpers.checks.lines import executed_lines

if TYPE_CHECKING:
    from dwsep_helpers.checks.exercise import Case, Exercise


@dataclass(frozen=True)
class Vectorized:
    """Count the lines of Python that run on a small and on a large image.

    A loop over pixels, rows or columns runs at least one line more for each row that the
    image grows by. A loop over what does not grow (images, channels, filters, kernel taps)
    runs as many lines as before, and is fine.

    Attributes
    ----------
    small, large : Case
        The same call on two sizes of image.
    slack : int
        How many more lines may run on the large image, well under one for each row.
    """

    small: Case
    large: Case
    slack: int = 4
    praise: str = "Python's work does not grow with the image."

    def __call__(self, exercise: Exercise, function: Callable[..., Any]) -> list[str] | None:
        """Return what a learner reads whose lines grow in number, or None."""
        few, many = (_lines(function, case) for case in (self.small, self.large))
        if many - few <= self.slack:
            return None
        return [
            f"{few} lines of Python ran for {messages.arguments(exercise, self.small)}.",
            f"{many} lines of Python ran for {messages.arguments(exercise, self.large)}.",
            "So a Python loop walks over the image. Let NumPy walk over rows and columns, "
            "all of them in one operation; a loop over the few kernel offsets is fine.",
        ]


def _lines(function: Callable[..., Any], case: Case) -> int:
    arguments, options = case.fresh()
    with listening():  # the calls before have already told what it prints
        return executed_lines(function, *arguments, **options)
