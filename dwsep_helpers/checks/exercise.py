"""What an exercise is made of: cases to try, the right answer, known mistakes. Data alone."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache, partial
from typing import Any, ClassVar, Protocol

import numpy as np

from dwsep_helpers.checks.copies import copied
from dwsep_helpers.checks.guard import calls_ours, is_among
from dwsep_helpers.checks.inputs import generator
from dwsep_helpers.checks.outcomes import Outcome
from dwsep_helpers.translation import Phrase


@dataclass(frozen=True, eq=False)
class Case:
    """One call to try: ``function(*arguments, **options)``.

    Attributes
    ----------
    says : str
        What the case is about, as in "a stride larger than the kernel"; a
        :class:`~dwsep_helpers.translation.Phrase` where a number is drawn into it.
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
    refills : bool
        Whether its numbers are written into the arrays of the call before, so that a function
        which remembers arrays by their ``id`` meets a known array with other numbers.
    """

    says: str
    arguments: tuple[Any, ...]
    options: Mapping[str, Any] = field(default_factory=dict)
    gaps: bool = False
    show: bool = False
    view: Callable[[Any], Any] | None = None
    refills: bool = False

    def fresh(self) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Return copies of the arguments and options, for a function that may change them."""
        return (
            tuple(map(self._copy, self.arguments)),
            {name: self._copy(value) for name, value in self.options.items()},
        )

    def _copy(self, value: Any) -> Any:
        if not isinstance(value, np.ndarray):
            return copied(value)
        return np.repeat(value, 2, axis=-1)[..., ::2] if self.gaps else value.copy()

    def answer(self, function: Callable[..., Any]) -> Any:
        """Return what a function makes of fresh arguments, as it is compared."""
        arguments, options = self.fresh()
        return self.seen(function(*arguments, **options))

    @calls_ours
    def seen(self, answer: Any) -> Any:
        """Return an answer as it is compared; None, which is none, stays."""
        return answer if self.view is None or answer is None else self.view(answer)

    def form(self) -> Any:
        """Return what two cases of the same shapes and settings share: all but the numbers."""
        named: dict[Any, Any] = {**dict(enumerate(self.arguments)), **self.options}
        plain = not any(_is_filled(value) for value in named.values())
        return {name: type(value) if plain else _form(value) for name, value in named.items()}


@dataclass(frozen=True)
class Mistake:
    """A known wrong way to write an exercise's function, which computes what the mistake does.

    It says one sentence to the learner who made it, *You …; it should …*: what was done, and what
    is true, not the code that mends it.
    """

    name: str  # such as "kernel-flipped"
    says: str
    function: Callable[..., Any]
    hint: int = 2  # which of the exercise's hints to open


# A line of a table of mistakes: a name, what goes wrong, the sentence, and the hint if not 2.
Row = tuple[Any, ...]


def bank(
    right: Callable[..., Any],
    rows: Iterable[Row],
    *,
    read: Callable[..., tuple[Any, ...]] | None = None,
) -> tuple[Mistake, ...]:
    """Return the mistakes that a table lists.

    Parameters
    ----------
    right : callable
        Takes the arguments of the exercise's function, and the steps of the way to the answer
        by name, where rows replace some.
    rows : iterable of (name, what, sentence) or (name, what, sentence, hint)
        ``what`` goes wrong is steps by name, which replace those of ``right``; or a function,
        which is given the arguments by position, defaults too.
    read : callable, optional
        Takes the arguments by position and returns what such a function is given in their place.

    Examples
    --------
    >>> def area(height, width=1):
    ...     return height * width
    >>> (mistake,) = bank(area, [("sides-added", lambda h, w: h + w, "You add; it should …")])
    >>> mistake.function(3), mistake.hint
    (4, 2)
    """
    taken = _positional(right)

    def by_position(wrong: Callable[..., Any], *arguments: Any, **options: Any) -> Any:
        bound = taken.bind(*arguments, **options)
        bound.apply_defaults()
        return wrong(*(read(*bound.args) if read else bound.args))

    return tuple(
        Mistake(
            name,
            says,
            partial(right, **what) if isinstance(what, Mapping) else partial(by_position, what),
            *hint,
        )
        for name, what, says, *hint in rows
    )


@dataclass(frozen=True)
class Measured:
    """What a call took, and what it answered while that was measured."""

    amount: Any = None  # lines, MACs of each layer, numbers held; None if it evaded or failed
    answer: Any = None  # as it is compared


class Measurable(Protocol):
    """A learner's function whose work can be measured."""

    def lines(self, case: Case, allows: Collection[str]) -> Measured:
        """Return how many lines of Python a call runs."""

    def macs(self, case: Case, x: np.ndarray, allows: Collection[str]) -> Measured:
        """Return the MACs of each layer of the module that a call builds, and its outputs."""

    def products(self, case: Case, position: int) -> int:
        """Return how often a call multiplies the numbers of the array at a position."""

    def held(self, case: Case, halves: np.ndarray, allows: Collection[str]) -> Measured:
        """Return how many of some numbers, of which halves are given, a call holds on its way."""


class Demand(Protocol):
    """A demand on how the answer is computed, tried once the answers are right."""

    outcome: ClassVar[Outcome]

    @property
    def praise(self) -> str:
        """What a learner reads whose function meets it."""

    def __call__(self, exercise: Exercise, learner: Measurable) -> Any:
        """Return the difference between what is asked for and what the function does, or None."""


@dataclass(frozen=True, eq=False, repr=False)
class Exercise:
    """An exercise as data.

    Attributes
    ----------
    number : str
        Such as ``"1.5"``.
    name : str
        Name of the learner's function, and of the check.
    points : int
        What it is worth; 0 for practice.
    optional : bool
        Whether its points are for those who go further.
    reference : callable
        Gives the right answers. A whole number, a Fraction, True or False want just that of the
        learner; an array, a list or a float want numbers of that shape, in an array or in lists.
    cases, strict : callable
        ``cases(rng)`` gives the calls to try, simplest first. Where arrays are drawn, their
        numbers come from ``rng`` and their shapes don't. ``strict(rng)`` gives those of the
        strict check: other shapes, other numbers.
    takes : str
        Which of the reference's arguments the learner's function takes; all, if none is named.
    mistakes : sequence of Mistake
        The bank that names what went wrong.
    axes : tuple of str
        Names of the answer's axes.
    allows : tuple of str
        What may run inside of the functions that are watched for, such as
        ``"dwsep_helpers.conv_output_size"``; a class stands for its methods, and ``*`` for any
        text, as in ``"torch.*conv2d"``.
    demand : Demand or None
    hints : int
        How many hints the notebook gives.
    ready_made : tuple of str
        Ready-made answers that aren't convolutions, by their dotted names: the unit says that they
        are off limits.
    """

    number: str
    name: str
    reference: Callable[..., Any]
    cases: Callable[[np.random.Generator], Sequence[Case]]
    strict: Callable[[np.random.Generator], Sequence[Case]]
    points: int = 0
    optional: bool = False
    takes: str = ""
    mistakes: Sequence[Mistake] = ()
    axes: tuple[str, ...] = ()
    allows: tuple[str, ...] = ()
    demand: Demand | None = None
    hints: int = 3
    ready_made: tuple[str, ...] = ()

    @cached_property
    def signature(self) -> inspect.Signature:
        """What the learner's function takes."""
        return _positional(self.reference, self.takes.split())

    def named_arguments(self, case: Case) -> dict[str, Any]:
        """Return a case's arguments by name, defaults too, in the order of the signature."""
        bound = self.signature.bind(*case.arguments, **case.options)
        bound.apply_defaults()
        return bound.arguments

    def mistake(self, name: str) -> Mistake:
        """Return the mistake of this name."""
        return next(mistake for mistake in self.mistakes if mistake.name == name)

    def tries(self, *, strict: bool, seed: int = 0) -> list[Case]:
        """Return the calls to try, the last three to find out whether the function remembers.

        One of the cases is tried again, and its arrays are filled with other numbers and tried;
        then the first case is tried again. Where no case has arrays that are drawn, that one
        serves for all.

        Parameters
        ----------
        strict : bool
            Whether to try the cases of the strict check.
        seed : int
            Drawn for the strict check; each gives other numbers, and 0 the same every time.
        """
        return [*_tries(self, strict, seed)]

    def forbids(self, shortcut: str) -> bool:
        """Whether a function of this dotted name may not run inside."""
        return not is_among(shortcut, self.allows)


@lru_cache(maxsize=256)  # without a seed they are the same for everybody
def _tries(exercise: Exercise, strict: bool, seed: int) -> tuple[Case, ...]:
    draw = exercise.strict if strict else exercise.cases
    cases = list(draw(generator(strict, seed)))
    others = draw(generator(strict, seed + 1))
    twins = [
        (case, other)
        for case, other in zip(cases, others, strict=False)
        if not case.gaps and case.form() == other.form() and _are_other_numbers(case, other)
    ]
    again, other = min(twins, key=lambda twin: _size(twin[0]), default=(cases[0], cases[0]))
    says = Phrase("{case}, other numbers", case=Phrase(other.says))
    refilled = replace(other, says=says, refills=True)
    return *cases, again, refilled, cases[0]


def _positional(function: Callable[..., Any], names: Sequence[str] = ()) -> inspect.Signature:
    """Return a signature without types; of the named parameters, else of all but steps by name."""
    known = inspect.signature(function).parameters
    by_position = [p for p in known.values() if p.kind is p.POSITIONAL_OR_KEYWORD]
    taken = [known[name] for name in names] or by_position
    return inspect.Signature(
        [p.replace(kind=p.POSITIONAL_OR_KEYWORD, annotation=p.empty) for p in taken]
    )


def _is_filled(value: Any) -> bool:
    """Whether a value holds numbers, rather than being one."""
    pair = isinstance(value, tuple) and all(isinstance(one, int) for one in value)
    return not pair and (
        isinstance(value, np.ndarray | list | tuple | dict) or hasattr(value, "state_dict")
    )


def _form(value: Any) -> Any:
    if isinstance(value, np.ndarray):
        return value.shape, value.dtype.str
    if hasattr(value, "state_dict"):  # a torch module
        return str(value)
    if isinstance(value, tuple) and any(isinstance(v, np.ndarray) for v in value):
        return tuple(map(_form, value))
    if isinstance(value, dict):
        return {name: _form(one) if _is_filled(one) else type(one) for name, one in value.items()}
    if isinstance(value, list | tuple) and any(isinstance(v, list | tuple | dict) for v in value):
        return type(value).__name__, len(value)
    return repr(value)


def _are_other_numbers(case: Case, other: Case) -> bool:
    pairs = zip(case.arguments, other.arguments, strict=True)
    return any(_is_filled(one) and flat(one) != flat(two) for one, two in pairs)


def flat(value: Any) -> Any:
    """Return the numbers in a value as something that can be compared."""
    if isinstance(value, np.ndarray):
        return value.tolist()
    if hasattr(value, "state_dict"):
        return [tensor.tolist() for tensor in value.state_dict().values()]
    if isinstance(value, dict):
        return {name: flat(one) for name, one in value.items()}
    return [*map(flat, value)] if isinstance(value, tuple) else value


def _size(case: Case) -> int:
    return sum(len(str(flat(value))) for value in case.arguments)
