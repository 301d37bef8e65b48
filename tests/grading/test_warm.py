"""Forked kernels show what cold ones show, and nothing of one gets into another."""

import os
import signal
import time

import pytest
from nbformat.v4 import new_code_cell, new_notebook

from dwsep_helpers.grading.execute import ExecuteThroughDeaths
from dwsep_helpers.grading.kernels import warm
from dwsep_helpers.grading.kernels.provisioner import Cell, kernels_in
from dwsep_helpers.grading.kernels.sandbox import Sandbox, unavailable

pytestmark = pytest.mark.skipif(warm.available() is not None, reason="kernels can't be forked here")

MODULES = ("numpy", "matplotlib.pyplot", "dwsep_helpers.figures", "dwsep_helpers.checks.remote")
SOURCES = (
    "import numpy as np\nnp.__version__",
    "print('text', end='')\nimport sys\nprint('more', file=sys.stderr)",
    "import matplotlib.pyplot as plt\n_ = plt.plot([1, 3, 2])",
    "from dwsep_helpers import kernels\nx = np.ones((1, 1, 3, 3))\nkernels.conv2d(x, x[..., :2])",
    "1 / 0",
    "np.random.default_rng(3).normal(size=3)",
    "import scipy.signal, threading, sqlite3\nthreading.active_count() > 0",
    "%timeit -n1 -r1 pass\nNone",
    "sorted(globals())[:5]",
    "import os\nos.environ.get('SECRET_TOKEN')",
)


@pytest.fixture(scope="module")
def parent():
    made = warm.Parent(MODULES)
    yield made
    made.close()


def outputs(folder, parent, sandbox=None, sources=SOURCES):
    notebook = new_notebook(cells=[new_code_cell(source) for source in sources])
    with kernels_in(Cell(folder, parent, sandbox)):
        ExecuteThroughDeaths().preprocess(notebook, {"metadata": {"path": str(folder)}})
    return [cell.outputs for cell in notebook.cells]


@pytest.fixture
def cell(tmp_path_factory):
    # Sockets have short names.
    folder = tmp_path_factory.getbasetemp().parent / f"k{os.getpid()}-{time.monotonic_ns()}"
    folder.mkdir()
    return folder


def lines(found):
    return [
        [line for line in str(output).splitlines() if "ns ±" not in line and "s ±" not in line]
        for outputs in found
        for output in outputs
    ]


def test_outputs_are_those_of_cold_kernels(parent, cell, monkeypatch):
    monkeypatch.setenv("SECRET_TOKEN", "secret")
    cold = outputs(cell, None)
    forked = outputs(cell, parent)
    assert lines(forked) == lines(cold)
    assert forked[2][0].data["image/png"] == cold[2][0].data["image/png"]
    assert "secret" not in str(forked)


@pytest.mark.skipif(unavailable() is not None, reason="no sandbox here")
def test_outputs_are_the_same_when_locked_in(parent, cell):
    assert lines(outputs(cell, parent, Sandbox(str(cell)))) == lines(outputs(cell, parent))


def test_kernels_share_nothing(parent, cell):
    draw = ["import random, numpy\n(random.random(), numpy.random.rand())"]
    first, second = (str(outputs(cell, parent, sources=draw)) for _ in range(2))
    assert first != second
    outputs(cell, parent, sources=["import numpy\nnumpy.left_behind = 1"])
    (shown,) = outputs(cell, parent, sources=["import numpy\nhasattr(numpy, 'left_behind')"])
    assert shown[0].data["text/plain"] == "False"


def test_a_kernel_ends_with_its_parent(cell):
    own = warm.Parent(())
    child = own.fork(["-f", str(cell / "none.json")], dict(os.environ, HOME=str(cell)), "/", None)
    own._process.send_signal(signal.SIGKILL)
    assert child.wait(timeout=20) == 0
    with pytest.raises((RuntimeError, OSError)):
        own.fork([], {}, "/", None)
    own.close()


def test_a_child_can_be_asked_and_signalled(parent, cell):
    child = parent.fork(
        ["-f", str(cell / "c.json")], dict(os.environ, HOME=str(cell)), str(cell), None
    )
    assert child.poll() is None
    child.kill()
    assert child.wait(timeout=20) == child.poll() == 0
    child.terminate()  # no other process gets it


def test_where_forking_is_not_safe_there_is_no_parent(monkeypatch):
    monkeypatch.setattr(warm.sys, "platform", "darwin")
    assert "Linux alone" in warm.available()
    with pytest.raises(RuntimeError, match="Linux alone"):
        warm.Parent(())
