"""The pages of the reference: which names of the package are public, and a page for each room."""

from __future__ import annotations

import importlib
import inspect
import types
from pathlib import Path

from dwsep_helpers.checks.exercise import Exercise

PACKAGE = "dwsep_helpers"
# Rooms in the order of a course, and what is imported by its own name inside of one.
ROOMS = {
    "kernels": (),
    "cost": (),
    "mobilenet": (),
    "hardware": ("phones", "phone_lines", "export", "tflite", "npu", "eager"),
    "figures": (),
    "explorables": (),
    "data": (),
    "predictions": (),
    "checks": (),
}


def public(module: types.ModuleType) -> list[str]:
    """Return a module's public names: those it lists, or those of functions and classes.

    Without a list, a package's are what its ``__init__`` has of its own modules, and a module's
    what is written in it.
    """
    if hasattr(module, "__all__"):
        return [name for name in module.__all__ if not name.startswith("__")]
    inside = f"{module.__name__}." if hasattr(module, "__path__") else module.__name__
    return [
        name
        for name, value in vars(module).items()
        if not name.startswith("_")
        and (inspect.isfunction(value) or inspect.isclass(value))
        and value.__module__.startswith(inside)
    ]


def modules() -> list[str]:
    """Return the modules that the reference shows, the package itself first."""
    found = [PACKAGE]
    for room, inner in ROOMS.items():
        found += [f"{PACKAGE}.{room}", *(f"{PACKAGE}.{room}.{name}" for name in inner)]
    return found


def write(folder: Path) -> None:
    """Write a page for each room, and one that lists them, into the folder that Sphinx reads."""
    folder.mkdir(parents=True)
    for room in ("", *ROOMS):
        names = [f"{PACKAGE}.{room}".rstrip(".")]
        names += [f"{names[0]}.{inner}" for inner in ROOMS.get(room, ())]
        text = "\n".join(map(_section, names))
        (folder / f"{room or PACKAGE}.rst").write_text(text, encoding="utf-8")
    index = [_title("Reference", "="), _INDEX, *(f"   {room}" for room in (PACKAGE, *ROOMS)), ""]
    (folder / "index.rst").write_text("\n".join(index), encoding="utf-8")


_INDEX = """\
The package ``dwsep_helpers``, a room a page: what its functions take, return and refuse, where
their formulas come from, and examples that the tests run.

.. toctree::
   :maxdepth: 1
"""


def _section(name: str) -> str:
    module = importlib.import_module(name)
    inner = name.count(".") > 1
    parts = [
        _title(name, "-" if inner else "="),
        f".. automodule:: {name}",
        "   :no-index:\n",
        f".. py:currentmodule:: {name}\n",
    ]
    for one in public(module):
        parts.append(_entry(name, one, getattr(module, one)))
    return "\n".join(parts)


def _entry(module: str, name: str, value: object) -> str:
    if inspect.isclass(value):
        return f".. autoclass:: {module}.{name}\n   :members:\n"
    if inspect.isfunction(value):
        return f".. autofunction:: {module}.{name}\n"
    if isinstance(value, Exercise):
        says = f"The check of exercise {value.number}: takes a learner's ``{name}``."
        return f".. py:function:: {name}({name})\n\n   {says}\n"
    return f".. py:data:: {name}\n   :type: {type(value).__name__}\n"


def _title(text: str, line: str) -> str:
    return f"{text}\n{line * len(text)}\n"
