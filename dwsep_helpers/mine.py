"""Your own functions of earlier units: ``mine.conv2d`` is the one that passed its check.

When a function passes, its code is kept on this machine, in a folder ``.mine`` beside the units'
folders, and ``mine`` finds it there. Where none of yours is kept, ``mine.conv2d`` is the course's
own, and a sentence says so. On Colab that is always so: each notebook has a machine of its own.

``mine`` is for trying things out. A notebook is graded alone, on another machine, so an answer uses
what its notebook defines: ``mine.copy("conv2d")``, in a cell of its own, turns that cell into the
code of your function. Only where a unit's first cell says so may an answer call ``mine``; graded,
it then calls the course's function.

Examples
--------
>>> from dwsep_helpers import mine
>>> callable(mine.conv2d)
True
"""

from __future__ import annotations

import ast
import functools
import linecache
import re
import sys
from collections.abc import Callable
from typing import Any

from dwsep_helpers import carried, checks
from dwsep_helpers.checks import guard
from dwsep_helpers.checks.exercise import Exercise
from dwsep_helpers.checks.ready_made import renamed
from dwsep_helpers.wrapping import wrapped

_EXERCISES: dict[str, Exercise] = {exercise.name: exercise for exercise in checks.EXERCISES}
_TOLD: set[str] = set()  # of which functions it was said that they are the course's


def copy(name: str) -> None:
    """Turn the notebook's cell that calls this into the code of your own function.

    Where the cell holds anything else, it stays, and the code comes in a new cell below. Either
    way the code is there, and has yet to run.

    Parameters
    ----------
    name : str
        Of an exercise's function, such as ``"conv2d"``. What it needs comes along: your other
        functions, and imports.

    Raises
    ------
    AttributeError
        No exercise is called that.
    """
    exercise = _exercise(name)
    text = carried.text_of(name)
    if text is None:
        print(wrapped(f"There is no {name} to copy: {_none(exercise)}"))
        return
    from IPython import get_ipython

    shell, imports = get_ipython(), _imports_alone(sys._getframe(1).f_code.co_filename)
    alone = imports is not None
    before = [p["text"] for p in shell.payload_manager.read_payload() if "replace" in p]
    before = before or [imports] if imports else before
    shell.set_next_input("\n\n".join([*before, text]), replace=alone)
    below = f"Your {name} is in a new cell below, since this one holds more: now run that one."
    print(wrapped("Here it is: now run this cell." if alone else below))


def _imports_alone(filename: str) -> str | None:
    """Return what a cell imports that else does nothing but copy; None where more would be lost."""
    lines = linecache.getlines(filename)
    try:
        cell = ast.parse("".join(lines)).body
    except SyntaxError:
        return None
    imports = [one for one in cell if isinstance(one, ast.Import | ast.ImportFrom)]
    others = [ast.unparse(one) for one in cell if one not in imports]
    copies = [re.fullmatch(r"mine\.copy\('\w+'\)", other) for other in others]
    noted = any(line.lstrip().startswith("#") for line in lines)
    return "\n".join(map(ast.unparse, imports)) if copies and all(copies) and not noted else None


@guard.unwatched  # to look a function up is no answer; to call it may be
def __getattr__(name: str) -> Callable[..., Any]:
    exercise = _exercise(name)
    return carried.read(name) or _of_the_course(exercise)


def __dir__() -> list[str]:
    return ["copy", *_EXERCISES]


def _exercise(name: str) -> Exercise:
    if name not in _EXERCISES:
        raise AttributeError(f"no exercise asks for {name!r}; there are {', '.join(_EXERCISES)}")
    return _EXERCISES[name]


def _of_the_course(exercise: Exercise) -> Callable[..., Any]:
    """Return the course's function, which calls itself ``mine``'s where it isn't welcome."""
    reference, name = exercise.reference, exercise.name

    def function(*args: Any, **kwargs: Any) -> Any:
        if name not in _TOLD:
            _TOLD.add(name)
            print(wrapped(f"mine.{name} is the course's own function: {_none(exercise)}"))
        try:  # the learner's takes by position what the course's may want by name
            named = exercise.signature.bind(*args, **kwargs).arguments
        except TypeError:
            return reference(*args, **kwargs)
        return reference(**named)

    # The guard tells functions by their code.
    renamed(function, name)
    function.of_the_course = True  # type: ignore[attr-defined]  # figures don't call it theirs
    return functools.wraps(reference)(guard.calls_ours(function))


def _none(exercise: Exercise) -> str:
    unit = exercise.number.partition(".")[0].zfill(2)
    return f"none of yours that passed in unit {unit} is kept here."
