"""The processes that grade: forked, where that is safe, from one that has imported nbgrader.

This module imports nothing that takes time: that one process starts first of all, and imports
while the command finds out what there is to do.
"""

from __future__ import annotations

import math
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from multiprocessing import forkserver
from multiprocessing.connection import wait
from multiprocessing.context import BaseContext
from typing import Any, TypeVar

from dwsep_helpers.grading import locked
from dwsep_helpers.grading.confinement import forking_parent

# Half again as many at a time as there are cores: while a kernel starts or ends, graders wait.
JOBS = math.ceil(1.5 * (os.cpu_count() or 1))
_IMPORTED = (
    "dwsep_helpers.grading.faster_imports",
    "dwsep_helpers.grading.submission",
    "dwsep_helpers.grading.execution",
    "ipykernel.kernelspec",
    "nbgrader.apps",
    "nbgrader.preprocessors",
)
Task = TypeVar("Task")


def prepare() -> None:
    """Start the process that others are forked from, and don't wait for it."""
    _context()
    if forking_parent.unavailable() is None:
        # While it imports, Ctrl-C is this process's to handle.
        held = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        forkserver.ensure_running()
        signal.pthread_sigmask(signal.SIG_SETMASK, held)


def processes(jobs: int, parent: forking_parent.ForkingParent | None = None) -> ProcessPoolExecutor:
    """Return a pool of processes that end with this one, however it ends.

    Locked ones are forked from this ``parent``, see :func:`locked.shared`, or from one of each.
    """
    return ProcessPoolExecutor(jobs, mp_context=_context(), initializer=_begin, initargs=(parent,))


def hand_over(
    pool: Executor, function: Callable[..., Any], given: Sequence[tuple[Task, tuple[Any, ...]]]
) -> tuple[dict[Future, Task], list[Task]]:
    """Have a pool call a function for each task, as far as it takes them.

    Parameters
    ----------
    pool : Executor
    function : callable
    given : sequence of (task, tuple)
        The tasks, and what it is called with for each.

    Returns
    -------
    dict of Future to task
    list of task
        Those that it takes no more, since a process of its own ended already.
    """
    futures: dict[Future, Task] = {}
    for task, arguments in given:
        try:
            futures[pool.submit(function, *arguments)] = task
        except Exception:  # a cluster's has errors of its own
            break
    return futures, [task for task, _ in given[len(futures) :]]


def end_all() -> None:
    """End the processes of all pools at once, and with them their kernels."""
    for child in multiprocessing.active_children():
        child.kill()
        child.join()


def _context() -> BaseContext:
    if forking_parent.unavailable():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(list(_IMPORTED))
    return context


def _begin(parent: forking_parent.ForkingParent | None) -> None:
    """End with the process that asked for this one, and fork from its parent if there is one."""
    from dwsep_helpers.grading.nbgrader_session import open_fast

    open_fast()
    if parent:
        locked.take(parent)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if forking_parent.unavailable() is None:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    threading.Thread(target=_wait_for_end_of_parent, daemon=True).start()


def _wait_for_end_of_parent() -> None:
    """End this process as soon as the one that asked for it has ended, killed for example."""
    if parent := multiprocessing.parent_process():
        wait([parent.sentinel])
        os._exit(1)
