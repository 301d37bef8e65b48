"""Forked kernels show what cold ones show, and nothing of one gets into another."""

import os
import signal
import time

import pytest
from nbformat.v4 import new_code_cell, new_notebook

from dwsep_helpers.grading.confinement import forking_parent
from dwsep_helpers.grading.confinement.forking_parent import ForkingParent
from dwsep_helpers.grading.confinement.room import Room
from dwsep_helpers.grading.confinement.sandbox import Sandbox, unavailable
from dwsep_helpers.grading.execution import ExecuteThroughDeaths

pytestmark = pytest.mark.skipif(
    forking_parent.unavailable() is not None, reason="kernels can't be forked here"
)

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
    made = ForkingParent(MODULES)
    yield made
    made.close()


def outputs(folder, parent, sandbox=None, sources=SOURCES):
    notebook = new_notebook(cells=[new_code_cell(source) for source in sources])
    execute = ExecuteThroughDeaths(room=Room(folder, parent, sandbox))
    execute.preprocess(notebook, {"metadata": {"path": str(folder)}})
    return [cell.outputs for cell in notebook.cells]


@pytest.fixture
def folder(tmp_path_factory):
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


def test_outputs_are_those_of_cold_kernels(parent, folder, monkeypatch):
    monkeypatch.setenv("SECRET_TOKEN", "secret")
    cold = outputs(folder, None)
    forked = outputs(folder, parent)
    assert lines(forked) == lines(cold)
    assert forked[2][0].data["image/png"] == cold[2][0].data["image/png"]
    assert "secret" not in str(forked)


@pytest.mark.skipif(unavailable() is not None, reason="no sandbox here")
def test_outputs_are_the_same_when_locked_in(parent, folder):
    free = lines(outputs(folder, parent))
    for how in (parent, None):
        assert lines(outputs(folder, how, Sandbox(str(folder)))) == free


def test_kernels_share_nothing(parent, folder):
    draw = ["import random, numpy\n(random.random(), numpy.random.rand())"]
    first, second = (str(outputs(folder, parent, sources=draw)) for _ in range(2))
    assert first != second
    outputs(folder, parent, sources=["import numpy\nnumpy.left_behind = 1"])
    (shown,) = outputs(folder, parent, sources=["import numpy\nhasattr(numpy, 'left_behind')"])
    assert shown[0].data["text/plain"] == "False"


def test_a_kernel_ends_with_its_parent(folder):
    own = ForkingParent(())
    child = own.fork(
        ["-f", str(folder / "none.json")], dict(os.environ, HOME=str(folder)), "/", None
    )
    own._process.send_signal(signal.SIGKILL)
    assert child.wait(timeout=20) == 0
    with pytest.raises((RuntimeError, OSError)):
        own.fork([], {}, "/", None)
    own.close()


def test_modules_where_the_command_is_called_are_not_imported(folder, monkeypatch):
    monkeypatch.chdir(folder)  # as by an instructor who looks at a learner's files
    (folder / "numpy.py").write_text(f"open({str(folder / 'written')!r}, 'w')")
    own = ForkingParent(("numpy",))
    own.fork(["-f", str(folder / "none.json")], dict(os.environ), str(folder), None).kill()
    own.close()
    assert not (folder / "written").exists()


def test_a_child_can_be_asked_and_signalled(parent, folder):
    child = parent.fork(
        ["-f", str(folder / "c.json")], dict(os.environ, HOME=str(folder)), str(folder), None
    )
    assert child.poll() is None
    child.kill()
    assert child.wait(timeout=20) == child.poll() == 0
    child.terminate()  # no other process gets it


def test_where_forking_is_not_safe_there_is_no_parent(monkeypatch):
    monkeypatch.setattr(forking_parent.sys, "platform", "darwin")
    assert "Linux alone" in forking_parent.unavailable()
    with pytest.raises(RuntimeError, match="Linux alone"):
        ForkingParent(())
