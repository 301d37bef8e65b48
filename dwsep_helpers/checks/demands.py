"""Demands on how an answer is computed: work that doesn't grow, MACs that aren't wasted."""

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np

from dwsep_helpers.checks.exercise import Case, Exercise, Measurable
from dwsep_helpers.checks.outcomes import Outcome
from dwsep_helpers.checks.torch_modules import macs
from dwsep_helpers.checks.verdicts import MoreLines, MoreMacs, MoreProducts


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
        if self.many_channels is None:
            return "Python's work does not grow with the image."
        return "Python's work does not grow with the image or its channels."

    def __call__(self, exercise: Exercise, learner: Measurable) -> MoreLines | None:
        """Return by how much the lines grow in number, or None."""
        few = learner.lines(_unseen(self.small))
        for case in (self.large, self.many_channels):
            if case is not None and (many := learner.lines(_unseen(case))) - few > self.slack:
                return MoreLines(self.small, few, case, many, case is self.many_channels)
        return None


@dataclass(frozen=True)
class NoMoreMacs:
    """Count the MACs of the module that a function builds: no more than the reference's.

    Attributes
    ----------
    case : Case
        Builds the module.
    input_size : tuple of int
        Of what goes in.
    """

    case: Case
    input_size: tuple[int, ...]
    praise: ClassVar[str] = "It uses no more MACs than needed."
    outcome: ClassVar[Outcome] = Outcome.WASTEFUL

    def __call__(self, exercise: Exercise, learner: Measurable) -> MoreMacs | None:
        """Return by how much the module's MACs exceed the reference's, or None."""
        theirs = learner.macs(self.case, self.input_size)
        needed = macs(self.case.answer(exercise.reference), self.input_size)
        if sum(theirs) <= sum(needed):
            return None
        return MoreMacs(self.input_size, tuple(theirs), tuple(needed))


@dataclass(frozen=True)
class StrideFirst:
    """Count the products of a weight: those of positions that the stride skips are wasted.

    Attributes
    ----------
    strided, plain : Case
        A call with a stride, and one without that gives as many outputs.
    position : int
        Which argument the weight is.
    slack : float
        How many times as many products are let pass; skipping after the product makes as many
        times more as the stride skips.
    """

    strided: Case
    plain: Case
    position: int
    slack: float = 1.5
    praise: ClassVar[str] = "What the stride skips is never combined."
    outcome: ClassVar[Outcome] = Outcome.WASTEFUL

    def __call__(self, exercise: Exercise, learner: Measurable) -> MoreProducts | None:
        """Return how many products there are with a stride and without, or None."""
        many, few = (learner.products(case, self.position) for case in (self.strided, self.plain))
        return (
            MoreProducts(self.strided, many, self.plain, few) if many > self.slack * few else None
        )


def _unseen(case: Case) -> Case:
    """Return a case with numbers that no call has seen, so that none is remembered."""
    more = np.random.default_rng().random()  # of the system's: the same for all its arrays
    return replace(
        case, arguments=tuple(a + more if isinstance(a, np.ndarray) else a for a in case.arguments)
    )
