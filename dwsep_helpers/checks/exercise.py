"""What an exercise is made of. A new exercise is a new value of these, not new engine code."""

from __future__ import annotations

import copy
import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from dwsep_helpers.checks.engine import check
from dwsep_helpers.checks.inputs import drawn_seed, seeded
from dwsep_helpers.checks.outcomes import Outcome

if TYPE_CHECKING:
    from dwsep_helpers.checks.calling import Learner


@dataclass(frozen=True, eq=False)
class Case:
    """One call to try: ``function(*arguments, **options)``.

    Attributes
    ----------
    says : str
        What the case is about, as in "a stride larger than the kernel".
    arguments : tuple
        Passed by position.
    options : mapping
        Passed by name.
    gaps : bool
        Whether arrays are handed over as views with gaps between their elements.
    show : bool
        Whether a message shows the numbers: for cases small enough to do by hand.
    view : callable, optional
        Turns what the function returns into what is compared: a network into its outputs, for
        one. It is given the answer, and raises :class:`WrongTypeError` if that is of no use.
    """

    says: str
    arguments: tuple[Any, ...]
    options: Mapping[str, Any] = field(default_factory=dict)
    gaps: bool = False
    show: bool = False
    view: Callable[[Any], Any] | None = None

    def fresh(self) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Return copies of the arguments and options, for a function that may change them."""
        return (
            tuple(map(self._copy, self.arguments)),
            {name: self._copy(value) for name, value in self.options.items()},
        )

    def _copy(self, value: Any) -> Any:
        if not isinstance(value, np.ndarray):
            return copy.deepcopy(value)
        return np.repeat(value, 2, axis=-1)[..., ::2] if self.gaps else value.copy()

    def answer(self, function: Callable[..., Any]) -> Any:
        """Return what a function makes of fresh arguments, as it is compared."""
        arguments, options = self.fresh()
        return self.seen(function(*arguments, **options))

    def seen(self, answer: Any) -> Any:
        """Return an answer as it is compared; None, which is none, stays."""
        return answer if self.view is None or answer is None else self.view(answer)


@dataclass(frozen=True)
class Mistake:
    """A known wrong way to write an exercise's function.

    Attributes
    ----------
    name : str
        Such as ``"kernel-flipped"``.
    says : str
        One sentence for the learner who made it: what it does, not the code that mends it.
    function : callable
        Computes what the mistake computes.
    hint : int
        Which of the exercise's hints to open.
    """

    name: str
    says: str
    function: Callable[..., Any]
    hint: int = 2


class Cost(Protocol):
    """A demand on how the answer is computed, tried once the answers are right."""

    praise: str
    outcome: Outcome

    def __call__(self, exercise: Exercise, learner: Learner) -> list[str] | None:
        """Return what is wrong with the way the function works, or None."""


@dataclass(frozen=True, eq=False, repr=False)
class Exercise:
    """An exercise, and its check: call it with the learner's function.

    Attributes
    ----------
    number : str
        Such as ``"1.5"``.
    name : str
        Name of the learner's function, and of the check.
    reference : callable
        Gives the right answers. Its signature is what the learner is asked for; the type of
        its answers (array, whole number, Fraction, True or False) is what the learner's must be.
    cases : callable
        ``cases(strict)`` gives the calls to try, simplest first; ``strict`` asks for other
        shapes and numbers.
    draw : callable, optional
        ``draw(rng)`` gives more calls for the strict check, of numbers that a generator draws:
        where ``cases`` has none that change with the seed.
    mistakes : sequence of Mistake
        The bank that names what went wrong.
    axes : tuple of str
        Names of the answer's axes.
    by_hand : bool
        Whether no ready-made convolution of any library may run inside.
    allows : tuple of str
        Names of library functions that may, such as ``"conv_output_size"``.
    cost : Cost or None
    hints : int
        How many hints the notebook gives.

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

    number: str
    name: str
    reference: Callable[..., Any]
    cases: Callable[[bool], Sequence[Case]]
    draw: Callable[[np.random.Generator], Sequence[Case]] | None = None
    mistakes: Sequence[Mistake] = ()
    axes: tuple[str, ...] = ()
    by_hand: bool = True
    allows: tuple[str, ...] = ()
    cost: Cost | None = None
    hints: int = 3

    def __repr__(self) -> str:
        return f"<the check of exercise {self.number}: {self.name}{self.signature}>"

    @property
    def signature(self) -> inspect.Signature:
        """What the learner's function takes."""
        return inspect.signature(self.reference)

    def named_arguments(self, case: Case) -> dict[str, Any]:
        """Return a case's arguments by name, defaults too, in the order of the signature."""
        bound = self.signature.bind(*case.arguments, **case.options)
        bound.apply_defaults()
        return bound.arguments

    def tries(self, *, strict: bool) -> list[Case]:
        """Return the calls to try; with drawn ones too, if a seed was drawn."""
        cases = list(self.cases(strict))
        if strict and self.draw and drawn_seed():
            cases += self.draw(seeded(0))
        return cases

    def forbids(self, shortcut: str) -> bool:
        """Whether a library's function of this dotted name may not run inside."""
        return self.by_hand and shortcut.rpartition(".")[2] not in self.allows

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
        check(self, function, strict=strict)
