"""Put the course's function in place of a learner's, for one answer to a check.

A later exercise that calls an earlier function is wrong wherever that one is. Graded with
``--follow-on``, it is judged once more with the course's in its place. That is allowed for just
this call: kept for later, or called for another exercise, it is refused as anything else of this
package is. An exercise that asks for the same numbers in another way isn't given it.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from typing import Any

from dwsep_helpers.checks import guard
from dwsep_helpers.checks.compare import same
from dwsep_helpers.checks.diagnose import attempt
from dwsep_helpers.checks.exercise import Exercise
from dwsep_helpers.checks.ready_made import has_no_answers, python_name

has_no_answers(__file__)


@cache
def gives_same(earlier: Exercise, exercise: Exercise) -> bool:
    """Whether the right answer to one exercise answers another, so that to call it would do.

    Examples
    --------
    >>> from dwsep_helpers import checks
    >>> gives_same(checks.conv2d, checks.conv2d_vectorized)
    True
    >>> gives_same(checks.correlate2d, checks.correlate_channels)
    False
    """
    cases = exercise.tries(strict=False)
    answers = [(attempt(one.reference, case)) for case in cases for one in (earlier, exercise)]
    pairs = zip(answers[::2], answers[1::2], strict=True)
    return all(not raised and same(answer, right) for (answer, raised), (right, _) in pairs)


def guarded_name(exercise: Exercise) -> str | None:
    """Return what the guard calls the right answer to an exercise, a function or a class."""
    reference = inspect.unwrap(exercise.reference)
    is_class = isinstance(reference, type)
    runs = inspect.getattr_static(reference, "__init__") if is_class else reference
    return python_name(runs.__code__, reference.__module__)


@contextmanager
def put_in(function: Any, exercises: Mapping[str, Exercise]) -> Iterator[list[str]]:
    """Have names that a function calls be the course's functions, inside the ``with`` block.

    Parameters
    ----------
    function : callable
        A learner's.
    exercises : mapping of str to Exercise
        Whose right answers, by the names of the learner's functions.

    Yields
    ------
    list of str
        Fills with the names that are called.
    """
    known = getattr(inspect.unwrap(function), "__globals__", vars(sys.modules["__main__"]))
    called: list[str] = []
    before = {name: known[name] for name in exercises if name in known}
    made = {name: _in_place(name, one, called) for name, one in exercises.items()}
    known.update(made)
    try:
        yield called
    finally:
        for name, one in made.items():
            if known.get(name) is one:
                del known[name]
        known.update(before)


def _in_place(name: str, exercise: Exercise, called: list[str]) -> Callable[..., Any]:
    reference = inspect.unwrap(exercise.reference)

    @guard.calls_learners
    def of_the_course(*arguments: Any, **options: Any) -> Any:
        if name not in called:
            called.append(name)
        return reference(*arguments, **options)

    return of_the_course
