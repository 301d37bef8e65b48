"""While a submission runs: one cell that kills the kernel costs one exercise, not all."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

from nbclient.exceptions import CellTimeoutError, DeadKernelError
from nbconvert.exporters.exporter import ResourcesDict
from nbformat import NotebookNode
from nbformat.v4 import new_output
from nbgrader.preprocessors import Execute

STARTS = 5


class ExecuteThroughDeaths(Execute):
    """Run a notebook to its end, whatever becomes of the kernel on the way.

    Where a cell ends the kernel (``os._exit``, a crash, no memory left) or hangs and can't be
    interrupted, nbgrader gives the whole submission up. Here that cell gets an error; a new
    kernel runs the cells before it again, without those that ended a kernel or ran out of time,
    so that the learner's functions are there; and the notebook goes on.
    """

    def preprocess(
        self, nb: NotebookNode, resources: ResourcesDict, km: None = None
    ) -> tuple[NotebookNode, ResourcesDict]:
        """Run all cells."""
        self._not_again: set[int] = set()
        return super().preprocess(nb, resources, km)

    def preprocess_cell(
        self, cell: NotebookNode, resources: ResourcesDict, index: int
    ) -> tuple[NotebookNode, ResourcesDict]:
        """Run one cell; where that ends the kernel, say so in the cell and bring up another."""
        try:
            cell, resources = super().preprocess_cell(cell, resources, index)
            if any(
                output.get("ename") == CellTimeoutError.__name__
                for output in cell.get("outputs", ())
            ):
                self._not_again.add(index)
        except (DeadKernelError, CellTimeoutError) as end:
            cell.outputs.append(_error(end))
            self._not_again.add(index)
            self._start_over(index)
        return cell, resources

    def start_new_kernel_client(self) -> Any:
        """Start talking to the kernel; if it never answers, to another one.

        A kernel's ports are chosen before it opens them: where several notebooks run side by
        side, another process may have taken one by then, and the kernel ends at once.
        """
        for left in reversed(range(STARTS)):
            try:
                return super().start_new_kernel_client()
            except RuntimeError:
                if not left:
                    raise
                self.km = self.create_kernel_manager()
                self.start_new_kernel()

    def _start_over(self, until: int) -> None:
        """Bring a new kernel to where the notebook is."""
        self._new_kernel()
        replayed = 0
        while replayed < until:
            if replayed not in self._not_again and not self._replay(replayed):
                self._not_again.add(replayed)
                self._new_kernel()
                replayed = 0
            else:
                replayed += 1

    def _replay(self, index: int) -> bool:
        """Run a cell for what it defines, leave its outputs alone; return whether it went well."""
        cell = self.nb.cells[index]
        try:
            self.execute_cell(deepcopy(cell), index)
        except (DeadKernelError, CellTimeoutError):
            return False
        finally:
            self.nb.cells[index] = cell
        return True

    def _new_kernel(self) -> None:
        # A kernel that hangs would not shut down when asked politely.
        shutdown, self.shutdown_kernel = self.shutdown_kernel, "immediate"
        self._cleanup_kernel()
        self.shutdown_kernel = shutdown
        self.km = self.create_kernel_manager()
        self.start_new_kernel()
        self.start_new_kernel_client()


def _error(end: Exception) -> NotebookNode:
    says = {
        DeadKernelError: "the Python process ended while this cell ran",
        CellTimeoutError: "this cell ran out of time and could not be interrupted",
    }[type(end)]
    name = type(end).__name__
    return new_output("error", ename=name, evalue=says, traceback=[f"{name}: {says}"])
