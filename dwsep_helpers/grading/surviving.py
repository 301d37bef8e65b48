"""Go on where a kernel ended: find the cell that ended it, and bring another kernel to that place.

A kernel may end in the cell that ends it, or later, when a timer or a thread of that cell's does
it: then whatever runs at that moment is innocent, and which cell that is hangs on the machine. So
before a cell is blamed, the cells before it are tried without it, and it is tried once more.
"""

from __future__ import annotations

import re
import time
from copy import deepcopy
from pathlib import Path
from typing import Any

from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbclient.util import run_sync
from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader import utils
from nbgrader.preprocessors import Execute

SHORT, LONG = 0.2, 15.0  # seconds that a kernel is watched for, when nothing runs
# With these, a cell does something after it has ended.
_LATER = re.compile(
    r"thread|timer|alarm|signal|ctypes|cffi|async|sched|call_later|later|concurrent|executor"
    r"|settrace|setprofile|weakref|__del__|gc\b|import_module|__import__|exec|eval",
    re.IGNORECASE,
)


def says(name: str, text: str) -> NotebookNode:
    """Return an error as a cell shows it."""
    return new_output("error", ename=name, evalue=text, traceback=[f"{name}: {text}"])


def why(end: Exception) -> NotebookNode:
    """Return what a cell shows that ended its kernel."""
    told = {
        DeadKernelError: "the Python process ended while this cell ran",
        CellTimeoutError: "this cell ran out of time and could not be interrupted, or it showed "
        "too much at once",
    }.get(type(end))
    if told is None:
        return says("LostKernel", f"Python sent what can't be read ({type(end).__name__})")
    return says(type(end).__name__, told)


class SurviveDeaths(Execute):
    """Has the kernel where the notebook is, whatever became of the one before.

    Attributes
    ----------
    _needed, _not_again : set of int
        The cells that run, and those that don't run in another kernel.
    _reached : int
        How many cells of the notebook are done.
    _end : float
        When the notebook's time is over.
    _born : float
        When the kernel was ready.
    """

    _needed: set[int]
    _not_again: set[int]
    _reached: int
    _end: float
    _born: float
    room: Any

    def _start_over(self) -> None:
        """Bring a new kernel to where the notebook is, without the cells that end one."""
        watched = SHORT
        if any(map(self._may_act_later, range(self._reached))):
            watched = min(SHORT + 1.5 * (time.monotonic() - self._born), LONG)
        self._new_kernel()
        if not self._replayed() or not self._lives_for(watched):
            self._find_who(watched)

    def _find_who(self, watched: float) -> None:
        """Run the cells that may have ended a kernel one by one, and watch what becomes of it."""
        known: set[int] = set()
        suspects = {i for i in range(self._reached) if self._may_act_later(i)}
        blamed: set[int] | None = {-1}
        while blamed and not self._is_over():
            blamed = None
            self._new_kernel()
            for index in filter(self._counts, range(self._reached)):
                if index in known:
                    lives = self._replay(index)
                else:
                    # Without a suspect, all are.
                    seconds = watched if index in suspects or not suspects else SHORT
                    lives = self._replay(index) and self._lives_for(seconds)
                if not lives:
                    blamed = {index}
                    break
                known.add(index)
            else:
                if not self._lives_for(watched):  # later than was watched for
                    blamed = suspects - self._not_again
            for index in blamed or ():
                self._blame(index)
        if blamed:
            self._new_kernel()

    def _blame(self, index: int) -> None:
        self._not_again.add(index)
        late = says(DeadKernelError.__name__, "the Python process ended because of this cell")
        self.nb.cells[index].outputs.append(late)

    def _may_act_later(self, index: int) -> bool:
        """Whether a cell may do something when it has ended, as far as its text says."""
        if not self._counts(index):
            return False
        source = self.nb.cells[index].source
        beside = {Path(name).stem for name in self.room.given} if self.room else set()
        return bool(_LATER.search(source)) or any(name in source for name in beside if name)

    def _replayed(self) -> bool:
        """Run again all that counts; return whether that went well."""
        return all(map(self._replay, filter(self._counts, range(self._reached))))

    def _counts(self, index: int) -> bool:
        """Whether a cell has to run again for what it defines."""
        return (
            index in self._needed
            and index not in self._not_again
            and not utils.is_grade(self.nb.cells[index])
        )

    def _replay(self, index: int) -> bool:
        """Run a cell for what it defines, keep its outputs; return whether it went well."""
        if self._is_over():
            return True
        cell = self.nb.cells[index]
        try:
            self.execute_cell(deepcopy(cell), index)
        except Exception:
            return False
        finally:
            self.nb.cells[index] = cell
        return True

    def _lives_for(self, seconds: float) -> bool:
        """Whether the kernel is still there after so many seconds."""
        end = time.monotonic() + seconds
        while lives := bool(run_sync(self.km.is_alive)()):
            if time.monotonic() > min(end, self._end):
                break
            time.sleep(0.02)
        return lives

    def _is_over(self) -> bool:
        return time.monotonic() > self._end

    def _new_kernel(self) -> None:
        self._cleanup_kernel()
        self.km = self.create_kernel_manager()
        self.start_new_kernel()
        self.start_new_kernel_client()
