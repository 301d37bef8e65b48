"""Have what a learner wrote read, run and shown in locked processes, which only reply in JSON.

Where Linux has no lock, and on other systems, the grader does it itself if that is asked for.
"""

from __future__ import annotations

import atexit
import importlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from dwsep_helpers.grading.confinement import forking_parent
from dwsep_helpers.grading.confinement.forking_parent import Ended, ForkingParent
from dwsep_helpers.grading.confinement.sandbox import Sandbox

# What the tasks need of Jupyter's and nbgrader's, and take long to import.
_OF_TASKS = (
    "dwsep_helpers.grading.faster_imports",
    "dwsep_helpers.grading.examining",
    "ipykernel.kernelspec",
)


def call(
    task: str,
    argument: dict[str, Any],
    folder: Path,
    *,
    reads: Sequence[str] = (),
    modules: Sequence[str] = (),
    seconds: float = 120,
    warm: bool = True,
    lock: bool = True,
) -> Any:
    """Have a task done in a process of its own, locked, which ends with it.

    Parameters
    ----------
    task : str
        A function's dotted name. It is given the argument, and the keeper that starts kernels.
    argument : dict
        What JSON can hold.
    folder : Path
        Where the task runs, and the only place where it may write.
    reads : sequence of str
        Files and folders that it may read, besides Python's; its kernels may not.
    modules : sequence of str
        What its kernels import.
    seconds : float
        How long it may take.
    warm : bool
        Whether to fork it from a process that stays for later calls.
    lock : bool
        Whether to confine it and its kernels.

    Returns
    -------
    object
        What it returned, as JSON has it.

    Raises
    ------
    TooMuch
        If it took more memory or time than there is, or crashed.
    TaskFailed
        If it raised an exception.
    Ended
        If it was ended from outside.
    """
    if forking_parent.unavailable():
        module, _, name = task.rpartition(".")
        return json.loads(json.dumps(getattr(importlib.import_module(module), name)(argument)))
    kernels = Sandbox(str(folder))
    examiner = Sandbox.of_examiner(str(folder), tuple(reads), torch="torch" in modules)
    request = {
        "task": task,
        "folder": str(folder),
        "sandbox": examiner.to_json() if lock else None,
        "kernel_sandbox": kernels.to_json() if lock else None,
    }
    imported = (*_OF_TASKS, *modules)
    if not warm:
        parent = ForkingParent(imported)
        try:
            return parent.call(request, argument, seconds)
        finally:
            parent.close()
    parent = _parent(imported)
    try:
        return parent.call(request, argument, seconds)
    except Ended:
        if parent.runs():
            raise
        return _parent(imported).call(request, argument, seconds)


_parents: dict[tuple[str, ...], ForkingParent] = {}  # each process that grades has its own


def _parent(modules: tuple[str, ...]) -> ForkingParent:
    """Return the process that others are forked from; another one if it has ended."""
    found = _parents.get(modules)
    if found is None or not found.runs():
        if found:
            found.close()
        found = _parents[modules] = ForkingParent(modules)
    return found


@atexit.register
def end_all() -> None:
    """End the processes that others are forked from. A later call starts them anew."""
    while _parents:
        _parents.popitem()[1].close()
