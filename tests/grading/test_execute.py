"""A kernel that can't start is no fault of the submission's."""

import socket

import pytest
from nbformat.v4 import new_code_cell, new_notebook

from dwsep_helpers.grading import execute
from dwsep_helpers.grading.execute import ExecuteThroughDeaths


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
        run(port, taken=execute.STARTS)
