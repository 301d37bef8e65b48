"""What comes between a grader and a kernel: no port, no start, a message too long."""

import socket
import tempfile
from pathlib import Path

import pytest
from nbformat.v4 import new_code_cell, new_notebook

from dwsep_helpers.grading import execution
from dwsep_helpers.grading.confinement import provisioner
from dwsep_helpers.grading.confinement.room import Room
from dwsep_helpers.grading.execution import ExecuteThroughDeaths


class Crowded(ExecuteThroughDeaths):
    """Finds the ports of its first kernels taken."""

    taken = 0
    made = 0

    def create_kernel_manager(self):
        manager = super().create_kernel_manager()
        self.made += 1
        if self.made <= self.taken:
            manager.shell_port, manager.cache_ports = self.port, False
        return manager


@pytest.fixture
def port():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        yield other.getsockname()[1]


def run(port, taken):
    crowded = Crowded()
    crowded.port, crowded.taken = port, taken
    notebook = new_notebook(cells=[new_code_cell("40 + 2")])
    crowded.preprocess(notebook, {"metadata": {"path": "."}})
    return crowded, notebook.cells[0].outputs


def test_a_kernel_whose_port_was_taken_is_started_again(port):
    crowded, outputs = run(port, taken=2)
    assert outputs[0]["data"]["text/plain"] == "42"
    assert crowded.made == 3


def test_a_kernel_that_never_starts_is_given_up(port):
    with pytest.raises(RuntimeError, match="Kernel died before replying"):
        run(port, taken=execution.STARTS)


@pytest.mark.parametrize(("limit", "kept"), [(500_000, "error"), (2_000_000, "stream")])
def test_a_message_too_long_costs_its_cell_alone(monkeypatch, limit, kept):
    monkeypatch.setattr(provisioner, "MESSAGE_BYTES", limit)
    cells = [new_code_cell("print('x' * 1_000_000)"), new_code_cell("40 + 2")]
    notebook = new_notebook(cells=cells)
    # Not pytest's folder: the sockets lie in it, and their names have to be short.
    with tempfile.TemporaryDirectory() as folder:
        execute = ExecuteThroughDeaths(room=Room(Path(folder)))
        execute.preprocess(notebook, {"metadata": {"path": folder}})
    assert [output.output_type for output in notebook.cells[0].outputs] == [kept]
    assert notebook.cells[1].outputs[0]["data"]["text/plain"] == "42"


class Stuck(ExecuteThroughDeaths):
    """Can start one kernel, and no other."""

    made = 0
    error: Exception

    def create_kernel_manager(self):
        self.made += 1
        if self.made == 2:
            raise self.error
        return super().create_kernel_manager()


SOURCES = ("40 + 2", "import ctypes\nctypes.string_at(0)", "40 + 3")


def test_where_no_kernel_starts_any_more_the_cells_that_are_left_fail():
    """It is the notebook's doing: it gets what it has, and nobody grades it again and again."""
    notebook = new_notebook(cells=[*map(new_code_cell, SOURCES)])
    stuck = Stuck()
    stuck.error = OSError("this folder is broken")
    stuck.preprocess(notebook, {"metadata": {"path": "."}})
    shown, *ended = (cell.outputs for cell in notebook.cells)
    assert shown[0]["data"]["text/plain"] == "42"
    assert [outputs[-1].ename for outputs in ended] == ["DeadKernelError", "NoPython"]


@pytest.mark.parametrize("error", [OSError(28, "No space left"), ConnectionError("gone")])
def test_a_fault_of_the_machine_is_no_notebooks_doing(error):
    notebook = new_notebook(cells=[*map(new_code_cell, SOURCES)])
    stuck = Stuck()
    stuck.error = error
    with pytest.raises(type(error)):
        stuck.preprocess(notebook, {"metadata": {"path": "."}})
