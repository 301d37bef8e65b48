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
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import forkserver
from multiprocessing.connection import wait
from multiprocessing.context import BaseContext

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
