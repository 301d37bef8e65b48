"""Everything callable that can be imported from the package, as one-line answers to exercises."""

import functools
import importlib
import inspect
import pkgutil
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import dwsep_helpers
from dwsep_helpers import checks
from dwsep_helpers.checks.calling import About, Learner
from dwsep_helpers.checks.engine import examined
from dwsep_helpers.checks.exercise import Case, Exercise

# `NAME`, the text that gives the thing, and what becomes of it: imported before the check runs or
# while it does, under another name, bound to arguments.
WAYS = {
    "early": "import sys, {module}\nit = {thing}\ndef {name}{signature}:\n    return it({given})",
    "late": "def {name}{signature}:\n    import sys, {module}\n    return {thing}({given})",
    "alias": "import sys, {module}\n{name} = {thing}",
    "partial": "import functools, sys, {module}\n{name} = functools.partial({thing})",
}


def things() -> Iterator[tuple[str, str, Callable]]:
    """Yield each callable of the package with its module and the text that gives it."""
    seen = set()
    for found in pkgutil.walk_packages(dwsep_helpers.__path__, "dwsep_helpers."):
        if found.name.endswith("__main__"):
            continue
        module = importlib.import_module(found.name)
        for text, value in _inside(module, f"sys.modules[{found.name!r}]"):
            if callable(value) and id(value) not in seen:
                seen.add(id(value))
                yield found.name, text, value


def _inside(owner: object, text: str) -> Iterator[tuple[str, object]]:
    for name, value in [*vars(owner).items()]:
        if name.startswith("__") or not _is_ours(value):
            continue
        yield f"vars({text})[{name!r}]", value
        if isinstance(value, type) and not isinstance(owner, type):
            yield from _inside(value, f"vars({text})[{name!r}]")
        if isinstance(value, Exercise):
            yield f"vars({text})[{name!r}].reference", value.reference
        if isinstance(value, tuple) and value and hasattr(value[0], "function"):
            for number, mistake in enumerate(value):
                yield f"vars({text})[{name!r}][{number}].function", mistake.function


def _is_ours(value: object) -> bool:
    if isinstance(value, tuple):
        return bool(value) and _is_ours(value[0])
    if isinstance(value, staticmethod | classmethod | functools.partial):
        value = value.__func__ if hasattr(value, "__func__") else value.func
    module = getattr(inspect.unwrap(value) if callable(value) else type(value), "__module__", None)
    if not isinstance(module, str):
        module = type(value).__module__
    return module.startswith("dwsep_helpers") and not isinstance(value, type(inspect))


def fits(thing: Callable, case: Case) -> bool:
    """Whether a callable takes a case's arguments, by position or by name."""
    signature = _signature(thing)
    if signature is None:
        return False
    try:
        signature.bind(*case.arguments, **case.options)
    except TypeError:
        return False
    return True


def _signature(thing: Callable) -> inspect.Signature | None:
    """Return what a callable takes, found out once: it is asked for each exercise and way."""
    if id(thing) not in _SIGNATURES:
        try:
            _SIGNATURES[id(thing)] = thing, inspect.signature(thing)
        except (TypeError, ValueError):
            _SIGNATURES[id(thing)] = thing, None
    return _SIGNATURES[id(thing)][1]


_SIGNATURES: dict[int, tuple[Callable, inspect.Signature | None]] = {}


def source(
    way: str, exercise: Exercise, module: str, text: str, thing: Callable, name: str = ""
) -> str:
    """Return the learner's code: a line or two that hand a thing of the package in.

    The function has the exercise's name, or another one.
    """
    parameters = exercise.signature.parameters.values()
    taken = _signature(thing).parameters
    given = [p.name for p in parameters if p.default is p.empty]
    given += [
        f"{p.name}={p.name}" for p in parameters if p.default is not p.empty and p.name in taken
    ]
    return WAYS[way].format(
        name=name or exercise.name,
        signature=exercise.signature,
        module=module,
        thing=text,
        given=", ".join(given),
    )


def function(code: str, name: str) -> Callable:
    """Run a learner's code, and return the function that it defines."""
    return _defined(code)[name]


def all_ways(exercise: Exercise, *found: Any) -> Iterator[tuple[str, Callable]]:
    """Yield each way with the function that hands a thing in by it; one cell defines them all."""
    cell = _defined("\n".join(source(way, exercise, *found, name=way) for way in WAYS))
    return ((way, cell[way]) for way in WAYS)


def _defined(code: str) -> dict[str, Any]:
    cell: dict = {}
    exec(compile(code, "<a learner's cell>", "exec"), cell)
    return cell


def first_finding(exercise: Exercise, cases: list[Case], answer: Callable) -> object:
    """Return what a check finds first of an answer; None if all is right."""
    calls = Learner(answer)._calls(cases, exercise.allows)  # what it is, `judge` will ask
    about = About("a function", exercise.name)
    return next(filter(None, (examined(exercise, about, call) for call in calls)), None)


@cache
def _everything() -> list[tuple[str, str, Callable]]:
    return list(things())


def things_for(exercise: Exercise) -> Iterator[tuple[str, str, Callable]]:
    """Yield the package's callables that take an exercise's arguments."""
    case = exercise.tries(strict=False)[0]
    return (found for found in _everything() if fits(found[-1], case))


if __name__ == "__main__":
    counts = {exercise.number: len([*things_for(exercise)]) for exercise in checks.EXERCISES}
    print(f"{sum(counts.values()):,} pairs of an exercise and a callable, {len(WAYS)} ways each")
