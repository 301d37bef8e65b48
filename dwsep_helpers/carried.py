"""What passed on the learner's machine, and the functions themselves, for the units that follow.

They lie in a folder ``.mine`` beside the units' folders, each in a Python file of its own: the
function, what it needs of the learner's other functions, and its imports. Outside of a notebook,
and while one is graded, nothing is kept or read.
"""

from __future__ import annotations

import ast
import contextlib
import inspect
import linecache
import os
import re
import symtable
import sys
import tempfile
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from types import FunctionType, ModuleType
from typing import Any

FOLDER = ".mine"
_CELLS = ("__main__", "mine")  # what functions of a notebook and of this folder call their module
_LONGEST_VALUE = 2_000  # characters of a list or a number that goes along


def folder() -> Path | None:
    """Return where this notebook's functions are kept; None where nothing is kept or read.

    Units lie in folders ``NN_topic``, side by side: the folder is shared by all units of one copy
    of the course, and by no other copy.
    """
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython else None
    if not hasattr(shell, "kernel") or "NBGRADER_EXECUTION" in os.environ:
        return None
    here = Path.cwd()
    return (here.parent if re.fullmatch(r"\d\d_\w+", here.name) else here) / FOLDER


def keep(name: str, function: Callable[..., Any]) -> None:
    """Keep a function that passed its check, under the exercise's name.

    Where that can't be, on a disk that is read-only for one, what was kept before stays.
    """
    with contextlib.suppress(Exception):  # nothing of this is the verdict's business
        if (place := folder()) and (text := source(name, function)):
            place.mkdir(exist_ok=True)
            write(place / f"{name}.py", text)


def note(name: str, passed: bool) -> None:
    """Note whether a function passed its latest check: an empty file of its name, or none."""
    with contextlib.suppress(Exception):
        if (place := folder()) and passed:
            place.mkdir(exist_ok=True)
            (place / f"{name}.passed").touch()
        elif place:
            (place / f"{name}.passed").unlink(missing_ok=True)


def passed(name: str) -> bool:
    """Tell whether it is noted that a function passed. What a file holds doesn't matter."""
    try:
        place = folder()
        return place is not None and (place / f"{name}.passed").is_file()
    except OSError:
        return False


def text_of(name: str) -> str | None:
    """Return the code that is kept of a function; None if there is none."""
    try:
        place = folder()
        return (place / f"{name}.py").read_text(encoding="utf-8") if place else None
    except (OSError, UnicodeDecodeError):
        return None


def read(name: str) -> Callable[..., Any] | None:
    """Return the function that is kept; None if there is none, or if it doesn't load here."""
    text = text_of(name)
    return _made(name, str(Path(str(folder())) / f"{name}.py"), text) if text else None


def source(name: str, function: Callable[..., Any]) -> str | None:
    """Return code that defines a function anew, with all that it needs; None if that can't be told.

    Parameters
    ----------
    name : str
        What it is to be called.
    function : callable
        Defined in a cell, by ``def``, ``class`` or ``name = lambda``. It may use what cells define
        in the same way, what they import, and global numbers, texts, and lists of them.

    Examples
    --------
    >>> import math
    >>> print(source("root", math.sqrt), end="")
    # root, as it passed its check.
    from math import sqrt as root
    """
    parts: dict[str, str] = {}
    try:
        _gather(name, function, parts, frozenset())
    except (_NoText, AttributeError, OSError, SyntaxError, TypeError, ValueError):
        return None
    imports = [part for part in parts.values() if part.startswith(("import ", "from "))]
    others = [part for part in parts.values() if part not in imports]
    return "\n".join([f"# {name}, as it passed its check.", *imports, *others, ""])


class _NoText(Exception):
    """No text gives this value again."""


def _gather(name: str, value: Any, parts: dict[str, str], inside: frozenset[str]) -> None:
    """Add what gives a global name its value, after all that this needs in turn."""
    if name in inside:  # a function that calls itself
        return
    if line := _imported(name, value) or _literal(name, value):
        _add(name, line, parts)
        return
    defined, text, known = _definition(value)
    for used in sorted(_globals_of(text) & known.keys()):
        _gather(used, known[used], parts, inside | {name, defined})
    _add(defined, f"\n\n{text}", parts)
    if name != defined:
        _add(name, f"\n\n{name} = {defined}", parts)


def _add(name: str, text: str, parts: dict[str, str]) -> None:
    if parts.setdefault(name, text) != text:
        raise _NoText(name)  # one name, two things: from two notebooks


def _imported(name: str, value: Any) -> str | None:
    """Return the line that imports a value, if one does; from the shortest public name there is."""
    if isinstance(value, ModuleType):
        path = value.__name__
        return f"import {path}" if path == name else f"import {path} as {name}"
    called = getattr(value, "__name__", None)
    package = (getattr(value, "__module__", None) or type(value).__module__).partition(".")[0]
    places = [
        path
        for path, module in sys.modules.items()
        if path.partition(".")[0] == package not in _CELLS
        and getattr(module, "__dict__", {}).get(called) is value
    ]
    if not places:
        return None
    path = min(places, key=lambda path: (path.count("._"), len(path)))
    return f"from {path} import {called}" + (f" as {name}" if name != called else "")


def _literal(name: str, value: Any) -> str | None:
    """Return the line that gives a plain value, such as a number or a tuple of texts."""
    text = repr(value) if isinstance(value, int | float | str | tuple | list | dict | None) else ""
    try:
        same = 0 < len(text) <= _LONGEST_VALUE and ast.literal_eval(text) == value
    except ValueError:
        return None
    return f"\n{name} = {text}" if same else None


def _definition(value: Any) -> tuple[str, str, dict[str, Any]]:
    """Return how a cell defines a function or class: the name, the statement, the cell's names."""
    if getattr(value, "__module__", None) not in _CELLS:
        raise _NoText(value)
    members = vars(value).values() if isinstance(value, type) else [inspect.unwrap(value)]
    function = next((one for one in members if isinstance(one, FunctionType)), None)
    if function is None:
        raise _NoText(value)
    code = function.__code__
    lines = linecache.getlines(code.co_filename)
    for statement in ast.parse("".join(lines)).body:
        first = min(part.lineno for part in [statement, *getattr(statement, "decorator_list", ())])
        if first <= code.co_firstlineno <= (statement.end_lineno or 0):
            text = "".join(lines[first - 1 : statement.end_lineno]).rstrip()
            return _name_given(statement, value), text, function.__globals__
    raise _NoText(value)


def _name_given(statement: ast.stmt, value: Any) -> str:
    match statement:
        case ast.FunctionDef(name=name) | ast.ClassDef(name=name) if name == value.__qualname__:
            return name
        case ast.Assign(targets=[ast.Name(id=name)], value=ast.Lambda()):
            return name
    raise _NoText(value)


def _globals_of(text: str) -> set[str]:
    """Return the global names that a statement uses, also inside of functions."""
    tables, used = [symtable.symtable(text, "cell", "exec")], set[str]()
    while tables:
        table = tables.pop()
        tables += table.get_children()
        top = table.get_type() == "module"
        symbols = (one for one in table.get_symbols() if top or one.is_global())
        used |= {one.get_name() for one in symbols if one.is_referenced()}
    return used


def write(path: Path, text: str) -> None:
    """Write a file whole or not at all, whoever else writes or reads it."""
    descriptor, draft = tempfile.mkstemp(dir=path.parent, suffix=".draft")
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        os.replace(draft, path)
    except OSError:
        Path(draft).unlink(missing_ok=True)
        raise


@lru_cache
def _made(name: str, filename: str, text: str) -> Callable[..., Any] | None:
    """Run kept code, under the file's name, so that errors show its lines."""
    cell: dict[str, Any] = {"__name__": _CELLS[1]}
    try:
        exec(compile(text, filename, "exec", dont_inherit=True), cell)
    except Exception:  # it needs a package that is gone, or was edited by hand
        return None
    made = cell.get(name)
    return made if callable(made) else None
