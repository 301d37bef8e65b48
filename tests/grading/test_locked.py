"""What a learner wrote is looked at in locked processes: what these do, and what they can't."""

import os
import signal
import threading
import time

import nbformat
import psutil
import pytest

from dwsep_helpers.grading import locked, worker_pool
from dwsep_helpers.grading.class_folder import database, nbgrader
from dwsep_helpers.grading.confinement import forking_parent, sandbox
from dwsep_helpers.grading.confinement.forking_parent import (
    Ended,
    ForkingParent,
    TaskFailed,
    TooMuch,
)
from dwsep_helpers.grading.scores import scores
from tests.grading import tasks, units

pytestmark = pytest.mark.skipif(
    sandbox.unavailable() is not None, reason=f"no sandbox: {sandbox.unavailable()}"
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


@pytest.fixture(scope="module", autouse=True)
def ended():
    """Leave none behind."""
    yield
    locked.end_all()


@pytest.fixture
def folder(tmp_path_factory):
    # Sockets have short names.
    folder = tmp_path_factory.getbasetemp().parent / f"k{os.getpid()}-{time.monotonic_ns()}"
    folder.mkdir()
    return folder


def call(task, folder, **how):
    argument = {"folder": str(folder), **how.pop("argument", {})}
    return locked.call(f"tests.grading.tasks.{task}", argument, folder, modules=MODULES, **how)


def run(folder, *sources, **how):
    return call("run", folder, argument={"sources": sources or SOURCES}, **how)


def lines(found):
    return [
        [line for line in str(output).splitlines() if "ns ±" not in line and "s ±" not in line]
        for outputs in found
        for output in outputs
    ]


def processes_in(folder):
    """Return the processes that run in a folder."""
    found = []
    for process in psutil.process_iter():
        try:
            found += [process] if process.cwd() == str(folder) else []
        except psutil.Error:
            continue
    return found


def gone(folder, seconds=20):
    end = time.monotonic() + seconds
    while processes_in(folder) and time.monotonic() < end:
        time.sleep(0.05)
    return not processes_in(folder)


def test_outputs_are_those_of_jupyters_own_kernels(folder, monkeypatch):
    from tests.grading import tasks

    monkeypatch.setenv("SECRET_TOKEN", "secret")
    plain = tasks.run({"folder": str(folder), "sources": SOURCES})
    for how in ({}, {"lock": False}):
        forked = run(folder, **how)
        assert lines(forked) == lines(plain)
        assert forked[2][0]["data"]["image/png"] == plain[2][0].data["image/png"]
        assert "secret" not in str(forked)
    assert gone(folder)


def test_kernels_share_nothing(folder):
    draw = "import random, numpy\n(random.random(), numpy.random.rand())"
    first, second = (str(run(folder, draw)) for _ in range(2))
    assert first != second
    run(folder, "import numpy\nnumpy.left_behind = 1")
    ((shown,),) = run(folder, "import numpy\nhasattr(numpy, 'left_behind')")
    assert shown["data"]["text/plain"] == "False"


ENVIRONMENT = "open('/proc/self/environ').read()"


@pytest.mark.parametrize("warm", [True, False])
def test_nothing_shows_the_graders_environment(folder, monkeypatch, warm):
    monkeypatch.setenv("DWSEP_GRADEBOOK", "postgresql://teacher:secret@db/dwsep")
    locked.end_all()  # one that starts now
    shown = run(folder, ENVIRONMENT, "import os\ndict(os.environ)", warm=warm)
    assert "secret" not in str(shown)
    assert "secret" not in call("attempt", folder, argument={"expression": ENVIRONMENT}, warm=warm)


# Files that Python, Jupyter or a library would run or read where it starts or is at home.
FOUND_FIRST = {
    "sitecustomize.py": "open({mark!r}, 'w')",
    "usercustomize.py": "open({mark!r}, 'w')",
    "queue.py": "open({mark!r}, 'w')",
    "numpy.py": "open({mark!r}, 'w')",
    "ipykernel.py": "raise RuntimeError",
    "matplotlibrc": "backend: nonsense",
    ".local/lib/python3.11/site-packages/x.pth": "import sys; open({mark!r}, 'w')",
    ".ipython/profile_default/startup/x.py": "open({mark!r}, 'w')",
}


@pytest.mark.parametrize("warm", [True, False])
def test_nothing_of_a_learners_runs_before_the_lock(folder, monkeypatch, tmp_path, warm):
    """Also where a command is called there, with a home and a path that lead there."""
    mark = tmp_path / "mark"  # a locked process can't write it
    for name, text in FOUND_FIRST.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.format(mark=str(mark)))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(["", str(folder)]))
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.chdir(folder)
    locked.end_all()
    assert "42" in str(run(folder, "import numpy, matplotlib.pyplot\n40 + 2", warm=warm))
    assert not mark.exists()
    locked.end_all()


@pytest.mark.parametrize(
    ("expression", "gives"),
    [
        ("Path({outside!r}).read_text()", "PermissionError"),
        ("os.listdir({others!r})", "PermissionError"),
        ("Path({outside!r}).write_text('')", "PermissionError"),
        ("Path({given!r}).read_text()", "mine"),
        ("Path({given!r}).write_text('')", "PermissionError"),
        ("Path('here').write_text('abc')", "3"),
        ("os.fork()", "PermissionError"),
        ("os.kill(os.getppid(), 9)", "PermissionError"),
        ("__import__('socket').socket()", "PermissionError"),
        ("os.execv('/bin/true', ['true'])", "PermissionError"),
        ("sorted(os.listdir())", "['.dwsep-ipython']"),
    ],
)
def test_who_reads_is_locked_in(folder, tmp_path, expression, gives):
    outside, given = tmp_path / "gradebook.db", tmp_path / "given"
    outside.write_text("secret")
    given.write_text("mine")
    places = {"outside": str(outside), "others": str(tmp_path), "given": str(given)}
    argument = {"expression": expression.format(**places)}
    assert call("attempt", folder, reads=[str(given)], argument=argument) == gives


def test_what_is_too_much_is_said(folder):
    with pytest.raises(TooMuch, match="more memory than there is for one notebook"):
        call("allocate", folder)
    with pytest.raises(TooMuch, match="crashed"):
        call("crash", folder)
    with pytest.raises(TooMuch, match="took more than 2 seconds"):
        call("sleep", folder, seconds=2, argument={"seconds": 60})
    assert gone(folder)
    with pytest.raises(TooMuch, match="its reply has 40,000,016 bytes"):
        call("say", folder, argument={"bytes": 40_000_000})
    with pytest.raises(TaskFailed, match="KeyError: 'bytes'"):
        call("say", folder)
    assert call("say", folder, argument={"bytes": 3}) == "xxx"


def test_a_keeper_starts_one_kernel_at_a_time(folder):
    running, ended, killed, again = call("ask", folder)
    assert running is None
    assert ended == -signal.SIGKILL
    assert killed
    assert again == -signal.SIGKILL
    assert gone(folder)


@pytest.mark.parametrize("text", ["\0" * 8 + "more", "\0" * 7 + "\2[]", "\xff" * 100])
def test_a_keeper_ends_what_speaks_otherwise(folder, text):
    with pytest.raises(Ended):
        call("babble", folder, argument={"text": text})
    assert gone(folder)


def test_all_end_with_what_they_were_forked_from(folder):
    parent = ForkingParent(MODULES)
    request = {
        "task": "tests.grading.tasks.sleep",
        "folder": str(folder),
        "sandbox": None,
        "kernel_sandbox": None,
    }
    caught = []

    def wait():
        try:
            parent.call(request, {"folder": str(folder), "seconds": 600}, 600)
        except Ended as error:
            caught.append(error)

    waits = threading.Thread(target=wait)
    waits.start()
    while not (folder / "started").exists():
        time.sleep(0.05)
    while len(processes_in(folder)) < 2:
        time.sleep(0.05)
    parent._process.send_signal(signal.SIGKILL)
    waits.join(timeout=300)
    assert len(caught) == 1
    assert gone(folder)
    assert not parent.runs()
    with pytest.raises(Ended):
        parent.call(request, {}, 1)
    parent.close()


def test_one_that_was_lost_is_replaced(folder):
    assert call("say", folder, argument={"bytes": 1}) == "x"
    for parent in locked._parents:
        parent._process.kill()
        parent._process.wait()
    assert call("say", folder, argument={"bytes": 2}) == "xx"


def test_what_imports_more_serves_as_well():
    locked.end_all()
    more = locked.shared(["numpy"])
    assert locked.shared([]) is more
    assert locked.shared(["numpy", "json"]) is not more


def test_a_pools_processes_fork_from_one(tmp_path):
    locked.end_all()
    parent = locked.shared([])
    folders = [tmp_path / str(number) for number in range(3)]
    for folder in folders:
        folder.mkdir()
    with worker_pool.processes(2, parent) as pool:
        first, second = pool.map(tasks.forked_from, folders[:2])
        assert first == second == (parent._process.pid, [])
        # One that was lost is replaced by one of each process's own.
        parent._process.kill()
        parent._process.wait()
        found, own = pool.submit(tasks.forked_from, folders[2]).result()
        assert [found] == own != [parent._process.pid]
    locked.end_all()


def test_where_forking_is_not_safe_there_is_no_parent(monkeypatch):
    monkeypatch.setattr(forking_parent.sys, "platform", "darwin")
    assert "Linux alone" in forking_parent.unavailable()
    with pytest.raises(RuntimeError, match="Linux alone"):
        ForkingParent(())
    assert locked.shared(()) is None


def test_a_link_to_anothers_notebook_is_not_followed_by_nbgrader_alone(root, tmp_path):
    """``dwsep`` follows none; here it is nbgrader that finds it."""
    unit = "02_depthwise"
    nbgrader("generate_assignment", unit, directory=tmp_path)
    theirs, mine = (tmp_path / "submitted" / name / unit for name in ("ada", "link"))
    theirs.mkdir(parents=True)
    mine.mkdir(parents=True)
    nbformat.write(units.answered(unit), theirs / f"{unit}.ipynb")
    (mine / f"{unit}.ipynb").symlink_to(theirs / f"{unit}.ipynb")
    nbgrader("autograde", unit, "--student", "link", directory=tmp_path)
    (row,) = scores(database(tmp_path), unit)
    assert (row.learner, row.total) == ("link", 0)


def test_kernels_know_nothing_of_the_request(folder):
    """They are forked from the keeper, and have its memory."""
    look = (
        "import gc\n"
        "held = [o for o in gc.get_objects() if isinstance(o, (dict, list, tuple))]\n"
        "def holds(o): return any(type(x) is str and x.endswith('-of-ada') for x in o)\n"
        "sum(holds(o.values() if isinstance(o, dict) else o) for o in held)"
    )
    given = folder.parent / f"{folder.name}-of-ada"
    given.write_text("")
    ((shown,),) = call("run", folder, argument={"sources": [look]}, reads=[str(given)])
    assert shown["data"]["text/plain"] == "0"


def test_what_ipython_would_run_first_is_not_run(folder):
    startup = folder / "profile_default" / "startup"
    startup.mkdir(parents=True)
    (startup / "00.py").write_text("import posix; posix._exit(0)")
    assert "42" in str(run(folder, "40 + 2"))
    (folder / ".dwsep-ipython").write_text("a file")
    assert "42" in str(run(folder, "40 + 2"))
