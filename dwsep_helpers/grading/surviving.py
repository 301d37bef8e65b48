"""Go on where a kernel ended: find the cell that ended it, and bring another kernel to that place.

A kernel may end in the cell that ends it, or later, when a timer or a thread of that cell's does
it: then whatever runs at that moment is innocent, and which cell that is hangs on the machine. So
before a cell is blamed, the cells before it are tried without it, and it is tried once more. If
it ends the kernel again, they are watched for as long as that kernel was there. One that doesn't
answer is taken for one that ended.
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
from nbformat.v4 import new_code_cell, new_output
from nbgrader import utils
from nbgrader.preprocessors import Execute

from dwsep_helpers.grading.faults import machine_fault

SHORT, LONG = 0.2, 15.0  # seconds that a kernel is watched for, when nothing runs
PATIENCE = 5  # seconds within which it runs a cell that does nothing
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


def ran_out_of_time(cell: NotebookNode) -> bool:
    """Whether a cell was interrupted."""
    return any(output.get("ename") == CellTimeoutError.__name__ for output in cell.outputs)


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
    _lost_for_good : bool
        Whether no kernel starts any more.
    """

    _needed: set[int]
    _not_again: set[int]
    _reached: int
    _end: float
    _born: float
    _lost_for_good: bool
    room: Any
    course: Any
    timeout: Any

    def _start_over(self, age: float, *, thoroughly: bool) -> bool:
        """Bring a new kernel to where the notebook is, without the cells that end one.

        Parameters
        ----------
        age : float
            How many seconds the kernel before was there.
        thoroughly : bool
            Whether to watch the new kernel for long, whatever the cells' texts say.

        Returns
        -------
        bool
            Whether a cell was found that ends it.
        """
        late = min(1 + 1.5 * age, LONG)
        may_be_late = thoroughly or any(map(self._may_act_later, range(self._reached)))
        if self._lives_after(self._reached, late if may_be_late else SHORT):
            return False
        return self._find_who(late)

    def _find_who(self, watched: float) -> bool:
        """Leave out what ends the kernel, at once or later; return whether there is such a cell.

        That is the last cell of the shortest beginning of the notebook that ends a kernel.
        """
        found = False
        while not self._lives_after(self._reached, watched):
            cells = [*filter(self._counts, range(self._reached))]
            lives, ends = 0, len(cells)  # after so many of them, it does
            while ends - lives > 1:
                middle = (lives + ends) // 2
                if self._lives_after(cells[middle - 1] + 1, watched):
                    lives = middle
                else:
                    ends = middle
            if self._is_over() or not cells:
                break
            self._blame(cells[ends - 1])
            found = True
        return found

    def _lives_after(self, end: int, seconds: float) -> bool:
        """Whether a new kernel lives on, so long, after the cells before one that count."""
        self._new_kernel()
        return all(map(self._replay, filter(self._counts, range(end)))) and self._lives_for(seconds)

    def _blame(self, index: int) -> None:
        self._not_again.add(index)
        if self.nb.cells[index].source not in self.course:  # else it's what the cell calls
            told = "the Python process ended or hung, because of this cell"
            self.nb.cells[index].outputs.append(says(DeadKernelError.__name__, told))

    def _may_act_later(self, index: int) -> bool:
        """Whether a cell may do something when it has ended, as far as its text says."""
        if not self._counts(index):
            return False
        source = self.nb.cells[index].source
        beside = {Path(name).stem for name in self.room.given} if self.room else set()
        return bool(_LATER.search(source)) or any(name in source for name in beside if name)

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
        return self._answers()

    def _answers(self) -> bool:
        """Whether the kernel runs a cell that does nothing, and soon."""
        first, timeout = self.nb.cells[0], self.timeout
        probe = new_code_cell("pass")
        self.timeout = PATIENCE
        try:
            self.execute_cell(probe, 0, store_history=False)
        except Exception:
            return False
        finally:
            self.nb.cells[0], self.timeout = first, timeout
        return not ran_out_of_time(probe)

    def _lives_for(self, seconds: float) -> bool:
        """Whether the kernel is still there after so many seconds, and answers."""
        end = time.monotonic() + seconds
        while lives := bool(run_sync(self.km.is_alive)()):
            if time.monotonic() > min(end, self._end):
                break
            time.sleep(0.02)
        return lives and self._answers()

    def _is_over(self) -> bool:
        return self._lost_for_good or time.monotonic() > self._end

    def _new_kernel(self) -> None:
        """Bring up a new kernel; where none starts after what the learner's cells did, give up."""
        if self._lost_for_good:
            return
        try:
            self._cleanup_kernel()
            self.km = self.create_kernel_manager()
            self.start_new_kernel()
            self.start_new_kernel_client()
        except (OSError, RuntimeError) as error:
            self.km, self.kc = super().create_kernel_manager(), None  # which has no kernel
            if isinstance(error, ConnectionError | EOFError) or machine_fault(error):
                raise
            self.log.warning("No kernel starts any more: %r", error)
            self._lost_for_good = True
