"""Demands on how an answer is computed: work that doesn't grow, MACs that aren't wasted."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from dwsep_helpers.checks.compare import WrongTypeError, compare
from dwsep_helpers.checks.exercise import Case, Exercise, Measurable, Measured
from dwsep_helpers.checks.outcomes import Outcome
from dwsep_helpers.checks.torch_modules import macs_and_outputs
from dwsep_helpers.checks.verdicts import Combined, Evaded, MoreLines, MoreMacs, MoreProducts


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

    def __call__(self, exercise: Exercise, learner: Measurable) -> MoreLines | Evaded | None:
        """Return by how much the lines grow in number, or None."""
        few = 0
        for case in filter(None, (self.small, self.large, self.many_channels)):
            unseen = _unseen(case)
            ran = learner.lines(unseen, exercise.allows)
            if _is_otherwise(ran, unseen.answer(exercise.reference)):
                return Evaded(case)
            if case is self.small:
                few = ran.amount
            elif ran.amount - few > self.slack:
                return MoreLines(self.small, few, case, ran.amount, case is self.many_channels)
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

    def __call__(self, exercise: Exercise, learner: Measurable) -> MoreMacs | Evaded | None:
        """Return by how much the module's MACs exceed the reference's, or None."""
        x = np.random.default_rng().normal(size=self.input_size)
        theirs = learner.macs(self.case, x, exercise.allows)
        needed, outputs = macs_and_outputs(self.case.answer(exercise.reference), x)
        if _is_otherwise(theirs, outputs):
            return Evaded(self.case)
        if sum(theirs.amount) <= sum(needed):
            return None
        return MoreMacs(self.input_size, tuple(theirs.amount), tuple(needed))


@dataclass(frozen=True)
class StrideFirst:
    """Count the products of a weight: those of positions that the stride skips are wasted.

    Not all products can be counted: numbers may be converted, or computed with by another
    library. So the sums at those positions are looked for, too, in all that the function holds on
    its way. A right one has no use for them, whatever it converts.

    Attributes
    ----------
    strided, plain : Case
        A call with a stride, and one without that gives as many outputs.
    position : int
        Which argument the weight is.
    filters : int
        For how many of the weight's filters sums are looked for.
    slack : float
        How many times as many products are let pass; skipping after the product makes as many
        times more as the stride skips.
    share : float
        How many of the sums are let pass.
    """

    strided: Case
    plain: Case
    position: int
    filters: int = 4
    slack: float = 1.5
    share: float = 0.25
    praise: ClassVar[str] = "What the stride skips is never combined."
    outcome: ClassVar[Outcome] = Outcome.WASTEFUL

    def __call__(
        self, exercise: Exercise, learner: Measurable
    ) -> MoreProducts | Combined | Evaded | None:
        """Return how many products there are with a stride and without, or None."""
        many, few = (learner.products(case, self.position) for case in (self.strided, self.plain))
        if many > self.slack * few:
            return MoreProducts(self.strided, many, self.plain, few)
        case = self._with_weight(_unseen(self.strided), lambda weight: weight[: self.filters])
        right = case.answer(exercise.reference)
        everywhere = replace(case, options={**case.options, "stride": 1})
        dropped = np.setdiff1d(everywhere.answer(exercise.reference), right)
        twice = self._with_weight(case, lambda weight: 2 * weight)
        held = learner.held(twice, dropped, exercise.allows)
        if _is_otherwise(held, 2 * right):
            return Evaded(twice)
        if held.amount > self.share * dropped.size:
            return Combined(twice, held.amount, dropped.size)
        return None

    def _with_weight(self, case: Case, change: Callable[[np.ndarray], np.ndarray]) -> Case:
        arguments = [*case.arguments]
        arguments[self.position] = change(arguments[self.position])
        return replace(case, arguments=tuple(arguments))


def _is_otherwise(measured: Measured, expected: Any) -> bool:
    """Whether a call that was measured went otherwise than those before, which were right."""
    try:
        return measured.amount is None or compare(measured.answer, expected) is not None
    except WrongTypeError:
        return True


def _unseen(case: Case) -> Case:
    """Return a case with numbers that no call has seen, so that none is remembered."""
    more = np.random.default_rng().random()  # of the system's: the same for all its arrays
    return replace(
        case, arguments=tuple(a + more if isinstance(a, np.ndarray) else a for a in case.arguments)
    )
