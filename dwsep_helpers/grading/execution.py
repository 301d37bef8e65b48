"""Run a submission: which cells, in which kernel, and what a cell that ends the kernel costs."""

from __future__ import annotations

import time
from contextlib import suppress
from typing import Any

from jupyter_client.manager import KernelManager
from nbclient.exceptions import CellExecutionComplete, CellTimeoutError, DeadKernelError
from nbclient.util import run_sync
from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell
from nbgrader import utils
from traitlets import Bool, Dict, Enum, Instance, Integer, Set, Unicode

from dwsep_helpers.checks.remote import CHARACTERS, MEDIA_TYPE
from dwsep_helpers.grading import graded_cells, harmless
from dwsep_helpers.grading.cells_needed import cells_needed
from dwsep_helpers.grading.confinement.provisioner import confine
from dwsep_helpers.grading.confinement.room import Room
from dwsep_helpers.grading.in_kernel import ANSWER
from dwsep_helpers.grading.judging import JudgeCells
from dwsep_helpers.grading.surviving import SurviveDeaths, ran_out_of_time, says, why

STARTS = 5  # of kernels that never answer, before the notebook is given up
NO_PYTHON = "no further Python process starts, after what the cells before did"
SHOWN_CHARACTERS = 2_000_000  # of a cell; what comes after isn't kept


_PREPARE = """
from dwsep_helpers.grading import in_kernel as _kernel
_kernel.prepare(get_ipython(), locked={locked})
del _kernel
"""


class ExecuteThroughDeaths(JudgeCells, SurviveDeaths):
    """Run what a grade depends on, to the end, whatever becomes of the kernel on the way.

    Graded cells that call checks are judged from here, by
    :mod:`dwsep_helpers.grading.graded_cells`; others run in the kernel, as nbgrader has it.
    Cells that only show something don't run.

    Where a cell ends the kernel (``os._exit``, a crash, no memory left) or hangs and can't be
    interrupted, nbgrader gives the whole submission up. Here that cell gets an error; a new
    kernel runs the cells before it again, without those that ended a kernel or ran out of time,
    so that the learner's functions are there; and the notebook goes on. A kernel that sends what
    nobody can read is taken for one that ended.
    """

    record_timing = Bool(False, help="Of no use to grades; a kernel could send any time.")

    shutdown_kernel = Enum(
        ["graceful", "immediate"],
        "immediate",
        help="One that hangs wouldn't end when asked; to ask the others takes a second each.",
    )

    error_on_timeout = Dict(says("CellTimeoutError", "it ran out of time: an endless loop?"))

    budget = Integer(
        600, help="Seconds that a whole submission may take. Cells that are left then don't run."
    ).tag(config=True)

    run_all = Bool(False, help="Also run the cells that no grade depends on.").tag(config=True)

    follow_on = Bool(
        False,
        help="Judge an exercise that calls a wrong function of an earlier one again, with the "
        "course's function in its place.",
    ).tag(config=True)

    room = Instance(Room, allow_none=True, help="Where kernels run; None for Jupyter's own way.")

    course = Set(
        Unicode(), help="The sources of the cells that the course released; none runs all cells."
    )

    def preprocess(
        self, nb: NotebookNode, resources: ResourcesDict, km: KernelManager | None = None
    ) -> tuple[NotebookNode, ResourcesDict]:
        """Run the cells."""
        self._not_again = set()
        self._reached = 0
        self._lost_for_good = False
        self._judged = []
        self._needed = self._cells_to_run(nb)
        self._end = time.monotonic() + self.budget
        self._shown, self._most = 0, SHOWN_CHARACTERS
        return super().preprocess(nb, resources, km)

    def preprocess_cell(
        self, cell: NotebookNode, resources: ResourcesDict, index: int
    ) -> tuple[NotebookNode, ResourcesDict]:
        """Run one cell; where that ends the kernel, say so in the cell and bring up another."""
        self._reached = index
        if cell.cell_type == "code" and index in self._needed:
            calls = graded_cells.checks_called(cell.source) if utils.is_grade(cell) else None
            if calls is None:
                self._run(cell, index)
            else:
                self._judge(cell, calls, index)
                self._judged.append((cell, calls, index))
        if index == len(self.nb.cells) - 1:
            self._reached += 1
            self.nb.cells.append(new_code_cell())  # a place to ask from
            self._judge_again()
            if self.follow_on:
                self._judge_follow_on()
            self.nb.cells.pop()
        return cell, resources

    def _cells_to_run(self, nb: NotebookNode) -> set[int]:
        code = {i for i, cell in enumerate(nb.cells) if cell.cell_type == "code"}
        if self.run_all or not self.course:
            return code
        graded = {i for i in code if utils.is_grade(nb.cells[i]) or utils.is_locked(nb.cells[i])}
        return cells_needed(nb.cells, graded, self.course)

    def _run(
        self,
        cell: NotebookNode,
        index: int,
        *,
        history: bool = True,
        most: int = SHOWN_CHARACTERS,
        also: tuple[str, ...] = (),
    ) -> None:
        """Run a cell in the kernel, and bring up another one if that ends it."""
        if self._is_over():
            over = says("NoTimeLeft", f"the notebook took {self.budget} seconds")
            cell.outputs = [says("NoPython", NO_PYTHON) if self._lost_for_good else over]
            return
        end, tried_again = self._execute_once(cell, index, history, most), False
        while end is not None and not self._is_over():  # perhaps a cell before is to blame
            surely = tried_again or not isinstance(end, DeadKernelError)
            found = self._start_over(self._lost - self._born, thoroughly=surely)
            if surely and not found:
                break
            end, tried_again = self._execute_once(cell, index, history, most), True
        cell.outputs = harmless.outputs(cell.outputs, also)
        cell.execution_count = harmless.count(cell.execution_count)
        if end is not None:
            cell.outputs.append(why(end))
        if end is not None or ran_out_of_time(cell):
            self._not_again.add(index)

    def _execute_once(
        self, cell: NotebookNode, index: int, history: bool, most: int
    ) -> Exception | None:
        """Run a cell in the kernel; return what that ended with, None if all is well."""
        self._shown, self._most = 0, most
        began = time.monotonic()
        end: Exception
        try:
            self.execute_cell(cell, index, store_history=history)
        except Exception as error:
            lives = run_sync(self.km.is_alive)()  # else its last words were waited for in vain
            end = error if lives else DeadKernelError("the kernel ended")
        else:
            if not ran_out_of_time(cell) or self._answers():
                return None
            end = CellTimeoutError("the next cell hangs too")
        # One that hangs may have done so before.
        self._lost = began if isinstance(end, CellTimeoutError) else time.monotonic()
        return end

    def process_message(self, msg: dict[str, Any], cell: NotebookNode, cell_index: int) -> Any:
        """Take in what the kernel shows, up to a limit. It may send anything."""
        kind, content = msg["msg_type"], msg["content"]
        if kind.startswith("comm"):  # there are no widgets in a graded notebook
            return None
        if kind not in ("status", "execute_input"):
            self._shown += _length(content)
            if self._shown > self._most:
                return None
        try:
            return super().process_message(msg, cell, cell_index)
        except CellExecutionComplete:
            raise
        except Exception as error:
            self.log.info("A message that can't be read: %r", error)
            return None

    async def _async_poll_kernel_alive(self) -> None:
        """Watch the kernel, as nbclient does, until it is given up."""
        with suppress(AssertionError):  # nbclient's: there is no kernel any more
            await super()._async_poll_kernel_alive()

    def _ask(self, index: int, request: str, function: str) -> str:
        """Have the kernel answer a check's request about a function, in a cell of its own."""
        cell = self.nb.cells[index]
        probe = new_code_cell(f"{ANSWER}({request!r}, {function})")
        try:
            self._run(probe, index, history=False, most=2 * CHARACTERS, also=(MEDIA_TYPE,))
        finally:
            self.nb.cells[index] = cell
        replies = [o.data[MEDIA_TYPE] for o in probe.outputs if MEDIA_TYPE in o.get("data", ())]
        if len(replies) != 1:
            errors = [output for output in probe.outputs if output.output_type == "error"]
            silent = says("NoAnswer", "the function gave no answer")
            raise graded_cells.NoReply(errors[-1:] or [silent])
        return replies[0]

    def create_kernel_manager(self) -> KernelManager:
        """Prepare to start a kernel, in the room if there is one."""
        if self.room:
            self.room.renew()
        manager = super().create_kernel_manager()
        if self.room:
            confine(manager, self.room)
        return manager

    def start_new_kernel_client(self) -> Any:
        """Start talking to the kernel; if it never answers, to another one.

        A kernel's ports are chosen before it opens them: where several notebooks run side by
        side, another process may have taken one by then, and the kernel ends at once.
        """
        for left in reversed(range(STARTS)):
            try:
                client = super().start_new_kernel_client()
                break
            except RuntimeError:
                if not left:
                    raise
                self.km = self.create_kernel_manager()
                self.start_new_kernel()
        if self._needed:
            first = self.nb.cells[0]
            locked = bool(self.room and self.room.keeper)
            self.execute_cell(new_code_cell(_PREPARE.format(locked=locked)), 0, store_history=False)
            self.nb.cells[0] = first
        self._born = time.monotonic()
        return client


def _length(value: Any) -> int:
    if isinstance(value, dict):
        return sum(map(_length, value.values()))
    return len(value) if isinstance(value, str) else len(str(value))
