"""Have what a learner wrote read, run and shown in locked processes, which only reply in JSON.

Where Linux has no lock, and on other systems, the grader does it itself if that is asked for.
"""

from __future__ import annotations

import atexit
import importlib
import json
from collections.abc import Iterable, Sequence
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

    def ask(parent: ForkingParent) -> Any:
        kernels = Sandbox(str(folder))
        torch = "torch" in parent.modules
        examiner = Sandbox.of_examiner(str(folder), tuple(reads), torch=torch)
        request = {
            "task": task,
            "folder": str(folder),
            "sandbox": examiner.to_json() if lock else None,
            "kernel_sandbox": kernels.to_json() if lock else None,
        }
        return parent.call(request, argument, seconds)

    if not warm:
        parent = ForkingParent((*_OF_TASKS, *modules))
        try:
            return ask(parent)
        finally:
            parent.close()
    parent = _parent(modules)
    try:
        return ask(parent)
    except Ended:
        if parent.runs():
            raise
        return ask(_parent(modules))


_parents: list[ForkingParent] = []  # this process's own, and one that it was given


def _parent(modules: Iterable[str]) -> ForkingParent:
    """Return a process to fork from that imports these modules; another one if it has ended."""
    for one in [*_parents]:
        if not one.runs():
            _parents.remove(one)
            one.close()
    wanted = {*_OF_TASKS, *modules}
    fits = (one for one in _parents if wanted <= {*one.modules})
    if (found := next(fits, None)) is None:
        found = ForkingParent(tuple(dict.fromkeys((*_OF_TASKS, *modules))))
        _parents.append(found)
    return found


def shared(modules: Iterable[str]) -> ForkingParent | None:
    """Return the process that a pool's processes fork from, which imports these modules.

    It imports while they start, and ends with this process. Where forking isn't safe, None.
    """
    return None if forking_parent.unavailable() else _parent(modules)


def take(parent: ForkingParent) -> None:
    """Fork from another process's parent: what a process of a pool does first."""
    _parents.append(parent)


@atexit.register
def end_all() -> None:
    """End the processes that others are forked from. A later call starts them anew."""
    while _parents:
        _parents.pop().close()
