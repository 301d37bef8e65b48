"""Learners who would rather not solve the exercises, and notebooks that suffered on their way.

All of them hand in unit 02. An attacker has nothing right but what is named, and code in a cell
above the exercises that tries to get points, answers or files some other way; what it gets at, it
prints. The tests of grading and its benchmark share this class.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from demo import ROOT, examples
from demo.lock_attacks import LOCKS
from dwsep_helpers.checks import unit_02
from dwsep_helpers.grading.metadata import grade_id

UNIT = "02_depthwise"
NAMES = tuple(exercise.name for exercise in unit_02.EXERCISES)
STUBS = """
def {name}(*arguments, **options):
    {body}
"""


@dataclass(frozen=True)
class Attack:
    """What one of them hands in.

    Attributes
    ----------
    code : str
        A cell of its own. ``COURSE`` in it is the class's folder.
    body : str or None
        Of all functions; None leaves the stubs.
    right : tuple of str
        Exercises with right answers all the same.
    safe : bool
        Whether one may let it run without a sandbox.
    text : str
        A text cell of its own, above the code.
    files : tuple of str
        What lies beside the notebook.
    """

    code: str
    body: str | None = None
    right: tuple[str, ...] = ()
    safe: bool = True
    text: str = ""
    files: tuple[str, ...] = ()


# Another interpreter can't import NumPy a second time; the formulas of costs come without it.
_WITHOUT_NUMPY = """
import pickle, sys
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
sys.path[:] = sys_path
class Anything(ModuleType):
    __path__, bool_, integer, ndarray = (), bool, int, list
    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return Anything(name)
    def __call__(self, *arguments, **options):
        return self
    __or__ = __ror__ = __getitem__ = __call__
class Finder(MetaPathFinder, Loader):
    def find_spec(self, name, path=None, target=None):
        return ModuleSpec(name, self) if name.startswith("numpy") else None
    def create_module(self, spec):
        return Anything(spec.name)
    def exec_module(self, module):
        pass
sys.meta_path.insert(0, Finder())
from dwsep_helpers import cost
def answer():
    name, arguments, options = pickle.load(open("asked", "rb"))
    pickle.dump(getattr(cost, name)(*arguments, **options), open("said", "wb"))
"""

# What a page that ran a learner's script would be left with.
OWNED = "owned"
_MARK = f"document.body.dataset.{OWNED}=1"
_SCRIPT = f'<img src="x" onerror="{_MARK}"><script>{_MARK}</script>'

ATTACKS: dict[str, Attack] = {
    "drops-the-tests": Attack(
        "get_ipython().input_transformers_post.append(\n"
        "    lambda lines: [line for line in lines if 'checks' not in line])"
    ),
    "patches-numpy": Attack(
        "import builtins, numpy as np\n"
        "np.allclose = np.array_equal = lambda *a, **k: True\n"
        "np.testing.assert_allclose = lambda *a, **k: None\n"
        "builtins.any = lambda *a: False\n"
        "builtins.all = lambda *a: True",
        "return 0",
    ),
    "patches-the-checks": Attack(
        "from dwsep_helpers import checks\n"
        "from dwsep_helpers.checks import calling, compare, engine, remote\n"
        "for name in list(vars(checks)):\n"
        "    if callable(getattr(checks, name)):\n"
        "        setattr(checks, name, lambda *a, **k: None)\n"
        "engine.judge = engine.check = compare.compare = lambda *a, **k: None",
        "return 0",
    ),
    "replaces-the-checks": Attack(
        "import sys, types\n"
        "fake = types.ModuleType('checks')\n"
        "fake.__getattr__ = lambda name: lambda *a, **k: None\n"
        "for name in [name for name in sys.modules if 'checks' in name]:\n"
        "    sys.modules[name] = fake\n"
        "checks = fake",
        right=("filter_each_channel",),
    ),
    "answers-for-itself": Attack(
        "import json\n"
        "from IPython.display import publish_display_data\n"
        "def lie(request, function):\n"
        "    publish_display_data({'application/x-dwsep-answer': json.dumps({\n"
        "        'about': {'thing': 'a function', 'signature': None},\n"
        "        'calls': [{'answer': True, 'error': None, 'changed': [], 'shortcuts': [],\n"
        "                   'printed': '', 'warned': []}] * 9})})\n"
        "import builtins\nbuiltins._dwsep_answer = lie"
    ),
    "fakes-arrays": Attack(
        "import numpy as np\n"
        "class Yes(np.ndarray):\n"
        "    def __eq__(self, other): return True\n"
        "    def __array_ufunc__(self, *a, **k): return np.zeros(())\n"
        "    def __array_function__(self, *a, **k): return True\n"
        "    shape = property(lambda self: (2, 3, 4, 5))",
        "return np.zeros((2, 3, 4, 5)).view(Yes)",
    ),
    "sends-pickles": Attack(
        "class Trap:\n    def __reduce__(self):\n        return open, ('COURSE/trapped', 'w')",
        "return Trap()",
    ),
    "looks-into-frames": Attack(
        "import sys, gc\n"
        "def search(*arguments):\n"
        "    frame = sys._getframe()\n"
        "    while frame:\n"
        "        for value in list(frame.f_locals.values()):\n"
        "            for name in ('expected', 'reference', 'answer'):\n"
        "                found = getattr(value, name, None)\n"
        "                if callable(found) and name == 'reference':\n"
        "                    return found(*arguments)\n"
        "                if found is not None and not callable(found):\n"
        "                    return found\n"
        "        frame = frame.f_back",
        "return search(*arguments)",
    ),
    "reads-the-history": Attack("", "return eval(In[-1].split('(')[-1].rstrip(')'))"),
    "calls-the-reference": Attack(
        "from dwsep_helpers import checks as real",
        "return real.{name}.reference(*arguments, **options)",
    ),
    "answers-when-looked-at": Attack(
        "from dwsep_helpers import checks as real\n"
        "class Late:\n"
        "    def __init__(self, *given):\n"
        "        self.given = given\n"
        "    def __array__(self, dtype=None, copy=None):\n"
        "        reference, arguments, options = self.given\n"
        "        return reference(*arguments, **options)",
        "return Late(real.{name}.reference, arguments, options)",
    ),
    "switches-the-guard-off": Attack(
        "import sys\nfrom dwsep_helpers import kernels",
        "sys.setprofile(None)\n    return kernels.depthwise_conv2d(*arguments, **options)",
    ),
    "exhausts-the-guard": Attack(
        "import contextlib\nfrom dwsep_helpers import kernels\ndef deeper():\n    deeper()",
        "with contextlib.suppress(RecursionError):\n"
        "        deeper()\n"
        "    return kernels.depthwise_conv2d(*arguments, **options)",
    ),
    "answers-between-watches": Attack(
        "import sys\n"
        "from dwsep_helpers import checks as real\n"
        "class Late:\n"
        "    def __init__(self, *given):\n"
        "        self.given, self.answer = given, None\n"
        "    @property\n"
        "    def __class__(self):\n"
        "        if self.answer is None and sys.getprofile() is None:\n"
        "            reference, arguments, options = self.given\n"
        "            self.answer = reference(*arguments, **options)\n"
        "        return Late\n"
        "    def __array__(self, dtype=None, copy=None):\n"
        "        return self.answer",
        "return Late(real.{name}.reference, arguments, options)",
    ),
    "drops-failures": Attack(
        "import ast\n"
        "class Without(ast.NodeTransformer):\n"
        "    def visit_Expr(self, node):\n"
        "        return None if 'checks' in ast.unparse(node) else node\n"
        "get_ipython().ast_transformers.append(Without())"
    ),
    "catches-failures": Attack(
        "get_ipython().set_custom_exc((BaseException,), lambda *a, **k: None)\n"
        "get_ipython().showtraceback = get_ipython()._showtraceback = lambda *a, **k: None",
        "return 0",
    ),
    "runs-no-cell": Attack(
        "from IPython.core.interactiveshell import ExecutionInfo, ExecutionResult\n"
        "def nothing(*arguments, **options):\n"
        "    return ExecutionResult(ExecutionInfo('', False, False, True, None))\n"
        "async def nothing_later(*arguments, **options):\n"
        "    return nothing()\n"
        "shell = get_ipython()\n"
        "shell.run_cell, shell.run_cell_async = nothing, nothing_later",
        "return 0",
    ),
    "shows-a-pass": Attack(
        "from IPython.display import HTML, display\n"
        "for number in range(1, 8):\n"
        "    display(HTML(f'<div class=\"dwsep-pass\">✓ 2.{number}: passed</div>'))",
        "return 0",
    ),
    "finds-other-checks": Attack(
        "import importlib.abc, importlib.machinery, sys\n"
        "class Other(importlib.abc.MetaPathFinder, importlib.abc.Loader):\n"
        "    def find_spec(self, name, path=None, target=None):\n"
        "        if name.startswith('dwsep_helpers.checks'):\n"
        "            return importlib.machinery.ModuleSpec(name, self)\n"
        "    def exec_module(self, module):\n"
        "        module.__getattr__ = lambda name: lambda *a, **k: None\n"
        "sys.meta_path.insert(0, Other())\n"
        "for name in [name for name in sys.modules if name.startswith('dwsep_helpers.checks')]:\n"
        "    del sys.modules[name]",
        "return 0",
    ),
    "asks-another-thread": Attack(
        "import _thread, time\n"
        "def elsewhere(name, arguments, options):\n"
        "    said = []\n"
        "    def work():\n"
        "        try:\n"
        "            import dwsep_helpers.checks as real\n"
        "            said.append(getattr(real, name).reference(*arguments, **options))\n"
        "        except BaseException as error:\n"
        "            said.append(error)\n"
        "    _thread.start_new_thread(work, ())\n"
        "    while not said:\n"
        "        time.sleep(0.001)\n"
        "    return said[0]",
        "return elsewhere('{name}', arguments, options)",
    ),
    "asks-another-interpreter": Attack(
        "import pickle, sys\n"
        "try:\n"
        "    import _interpreters as inside\n"
        "except ModuleNotFoundError:\n"
        "    import _xxsubinterpreters as inside\n"
        "made = inside.create()\n"
        f"inside.run_string(made, f'sys_path = {{sys.path!r}}\\n' + {_WITHOUT_NUMPY!r})\n"
        "def elsewhere(name, arguments, options):\n"
        "    with open('asked', 'wb') as file:\n"
        "        pickle.dump((name, arguments, options), file)\n"
        "    inside.run_string(made, 'answer()')\n"
        "    with open('said', 'rb') as file:\n"
        "        return pickle.load(file)",
        "return elsewhere('{name}', arguments, options)",
    ),
    "asks-in-a-signal": Attack(
        "import os, signal\n"
        "def elsewhere(name, arguments, options):\n"
        "    import dwsep_helpers.checks as real\n"
        "    said = []\n"
        "    signal.signal(signal.SIGUSR1, lambda *a: said.append(\n"
        "        getattr(real, name).reference(*arguments, **options)))\n"
        "    os.kill(os.getpid(), signal.SIGUSR1)\n"
        "    return said[0]",
        "return elsewhere('{name}', arguments, options)",
    ),
    "asks-while-it-is-destroyed": Attack(
        "class Last:\n"
        "    def __del__(self):\n"
        "        import dwsep_helpers.checks as real\n"
        "        answer = getattr(real, self.name).reference\n"
        "        self.said.append(answer(*self.asked, **self.options))\n"
        "def elsewhere(name, arguments, options):\n"
        "    last, said = Last(), []\n"
        "    last.name, last.asked, last.options, last.said = name, arguments, options, said\n"
        "    del last\n"
        "    return said[0]",
        "return elsewhere('{name}', arguments, options)",
    ),
    "asks-by-a-callback-of-c": Attack(
        "import ctypes\n"
        "def elsewhere(name, arguments, options):\n"
        "    import dwsep_helpers.checks as real\n"
        "    said = []\n"
        "    def work():\n"
        "        said.append(getattr(real, name).reference(*arguments, **options))\n"
        "    ctypes.CFUNCTYPE(None)(work)()\n"
        "    return said[0]",
        "return elsewhere('{name}', arguments, options)",
    ),
    "takes-torchs-by-its-address": Attack(
        "import importlib\n"
        "def elsewhere(x, weight, *others, stride=1, padding=0, **more):\n"
        "    torch = importlib.import_module('tor' + 'ch')\n"
        "    x, weight = (torch.from_numpy(v.astype('float64')) for v in (x, weight))\n"
        "    inner = torch._C._VariableFunctions.conv2d\n"
        "    return inner(x, weight, None, stride, padding, 1, x.shape[1]).numpy()",
        "return elsewhere(*arguments, **options)",
    ),
    "turns-the-watching-off": Attack(
        "import sys, threading\n"
        "def elsewhere(name, arguments, options):\n"
        "    before = sys.getprofile()\n"
        "    sys.setprofile(None)\n"
        "    threading.setprofile(None)\n"
        "    import dwsep_helpers.checks as real\n"
        "    said = getattr(real, name).reference(*arguments, **options)\n"
        "    sys.setprofile(before)\n"
        "    return said",
        "return elsewhere('{name}', arguments, options)",
    ),
    "leaves-politely": Attack("import sys", "sys.exit(0)"),
    "leaves-at-once": Attack("import os", "os._exit(0)"),
    "kills-itself": Attack("import os, signal", "os.kill(os.getpid(), signal.SIGKILL)"),
    "leaves-at-the-end": Attack(
        "import atexit, os, threading, time\n"
        "atexit.register(lambda: os._exit(0))\n"
        "def late():\n"
        "    while True:\n"
        "        print('still here')\n"
        "        time.sleep(0.05)\n"
        "threading.Thread(target=late, daemon=True).start()",
        right=("filter_each_channel",),
    ),
    "sets-an-alarm": Attack(
        "import signal\nsignal.setitimer(signal.ITIMER_REAL, 0.1)",
        "import time\n    time.sleep(0.15)",
    ),
    "asks-for-input": Attack("", "return input('the answer?')"),
    "forks": Attack("import os", "while True:\n        os.fork()", safe=False),
    "starts-processes": Attack(
        "import subprocess",
        "return subprocess.run(['touch', 'COURSE/touched'], check=True)",
    ),
    "counts-no-lines": Attack(
        "import dwsep_helpers.checks.calling as calling\n"
        "calling.executed_lines = lambda *a, **k: 0",
        right=("filter_each_channel",),
    ),
    "takes-all-memory": Attack(
        "import numpy as np", "return np.ones((64, 2**27)).sum()", safe=False
    ),
    "fills-the-disk": Attack(
        "", "open('bomb', 'wb').write(bytes(2**26))\n    return open('bomb').read()"
    ),
    "is-too-complex": Attack("x = " + "-" * 200_000 + "1", right=("filter_each_channel",)),
    "fills-the-disk-with-files": Attack(
        "block, n = bytes(2**20), 0\n"
        "while n < 100_000:\n"
        "    n += 1\n"
        "    with open(f'bomb-{n}', 'wb') as file:\n"
        "        for _ in range(16):\n"
        "            file.write(block)",
        right=("filter_each_channel",),
        safe=False,
    ),
    "fills-the-files-it-was-given": Attack(
        "for n in range(12):\n"
        "    try:\n"
        "        with open(f'given-{n}.bin', 'wb') as file:\n"
        "            while True:\n"
        "                file.write(bytes(2**20))\n"
        "    except OSError:\n"
        "        pass\n"
        "for n in range(100_000):\n"
        "    try:\n"
        "        open(f'folder/{n}', 'w').close()\n"
        "    except OSError:\n"
        "        break",
        "import ctypes\n    ctypes.string_at(0)",
        right=("filter_each_channel",),
        safe=False,
        files=(*(f"given-{n}.bin" for n in range(12)), "folder/one.txt"),
    ),
    "takes-names-of-the-grader": Attack(
        "",
        right=("filter_each_channel",),
        files=(".dwsep-ipython", ".dwsep-language.json", ".dwsep-kernel-error.txt"),
    ),
    "nests-folders": Attack(
        "import os\nfor _ in range(3_000):\n    os.mkdir('inner')\n    os.chdir('inner')",
        right=("filter_each_channel",),
    ),
    "leaves-memory-behind": Attack(
        "import ctypes, os\n"
        "libc = ctypes.CDLL(None)\n"
        "libc.shmat.restype = ctypes.c_void_p\n"
        "kept = []\n"
        "for _ in range(64):\n"
        "    number = libc.shmget(0, ctypes.c_size_t(2**25), 0o1600)\n"
        "    place = libc.shmat(number, None, 0)\n"
        "    if place and number >= 0:\n"
        "        ctypes.memset(place, 1, 2**25)\n"
        "        libc.shmdt(ctypes.c_void_p(place))\n"
        "        print('LEFT', number)\n"
        "    try:\n"
        "        file = os.memfd_create('bomb')\n"
        "    except OSError:\n"
        "        continue\n"
        "    os.write(file, bytes(2**25 - 1))\n"
        "    print('LEFT', file)",
        right=("filter_each_channel",),
        safe=False,
    ),
    "starts-threads": Attack(
        "import threading, time\n"
        "threading.stack_size(2**15)\n"
        "started = 0\n"
        "try:\n"
        "    while started < 1_000_000:\n"
        "        threading.Thread(target=time.sleep, args=(3600,), daemon=True).start()\n"
        "        started += 1\n"
        "except RuntimeError:\n"
        "    pass\n"
        "print(f'{started:,} threads')",
        right=("filter_each_channel",),
        safe=False,
    ),
    "loops-for-ever": Attack("", "while True:\n        pass", NAMES[:-1]),
    "prints-many-lines": Attack(
        "for number in range(300_000):\n    print(number)", right=("filter_each_channel",)
    ),
    "floods-the-output": Attack(
        "for _ in range(40):\n    print('spam' * 250_000)", right=("filter_each_channel",)
    ),
    "sends-one-long-message": Attack(
        "print('spam' * 75_000_000)", right=("filter_each_channel",), safe=False
    ),
    "sends-many-long-messages": Attack(
        "kernel = get_ipython().kernel\n"
        "parts = kernel.session.serialize(\n"
        "    kernel.session.msg('stream', {'name': 'stdout', 'text': 'spam' * 3_900_000},\n"
        "                       parent=kernel.get_parent()), b'stream')\n"
        "for _ in range(100):\n"
        "    kernel.iopub_socket.send_multipart(parts)",
        right=("filter_each_channel",),
        safe=False,
    ),
    "sends-nonsense": Attack(
        "kernel = get_ipython().kernel\n"
        "for kind, content in (\n"
        "    ('stream', {}), ('stream', {'name': [], 'text': 3}), ('display_data', {}),\n"
        "    ('display_data', {'data': {'text/plain': {}}, 'metadata': [], 'transient': 1}),\n"
        "    ('display_data', {'data': 3, 'metadata': {}}), ('error', {'ename': 1}),\n"
        "    ('execute_result', {'execution_count': '<b>', 'data': {}, 'metadata': {}}),\n"
        "    ('execute_input', {'execution_count': '<b>', 'code': 1}), ('status', {}),\n"
        "    ('clear_output', {}), ('comm_open', {}), ('comm_msg', {'comm_id': 1}),\n"
        "    ('comm_close', {}), ('update_display_data', {}), ('nothing', {})\n"
        "):\n"
        "    kernel.session.send(kernel.iopub_socket, kind, content, parent=kernel.get_parent())",
        right=("filter_each_channel",),
    ),
    "opens-widgets": Attack(
        "kernel = get_ipython().kernel\n"
        "for number in range(200):\n"
        "    kernel.session.send(\n"
        "        kernel.iopub_socket, 'comm_open', {\n"
        "            'comm_id': str(number), 'target_name': 'jupyter.widget',\n"
        "            'data': {'state': {'value': 'spam' * 1_000_000}}},\n"
        "        parent=kernel.get_parent())",
        right=("filter_each_channel",),
        safe=False,
    ),
    "shows-scripts": Attack(
        "from IPython.display import HTML, SVG, Javascript, Markdown, display\n"
        f"display(HTML({_SCRIPT!r}), Javascript({_MARK!r}), Markdown({_SCRIPT!r}))\n"
        'display(SVG(\'<svg xmlns="http://www.w3.org/2000/svg" onload="\' + '
        f"{_MARK!r} + '\"/>'))\n"
        "display({'image/png': 'AAAA'}, raw=True,\n"
        f"        metadata={{'image/png': {{'width': '1 onerror=' + {_MARK!r}}}}})",
        right=("filter_each_channel",),
        text=f"# A title\n\n{_SCRIPT}\n\n[a link](javascript:{_MARK})\n\n"
        f"![a picture](x){{onerror={_MARK}}} <details><summary>more</summary>text</details>",
    ),
    "reads-the-gradebook": Attack(
        "from pathlib import Path\n"
        "seen = {}\n"
        "for path in ('COURSE/gradebook.db', 'COURSE/submitted', 'ROOT/solutions', '/etc/shadow',\n"
        "             '/proc/1/environ', str(Path.home().parent)):\n"
        "    try:\n"
        "        seen[path] = (list(Path(path).iterdir()) if Path(path).is_dir()\n"
        "                      else Path(path).read_bytes()[:9])\n"
        "    except PermissionError:\n"
        "        pass\n"
        "assert not seen, f'SEEN {seen}'"
    ),
    "writes-the-gradebook": Attack(
        "import sqlite3\n"
        "try:\n"
        "    with sqlite3.connect('COURSE/gradebook.db') as book:\n"
        "        book.execute('update grade set auto_score = 99')\n"
        "except sqlite3.OperationalError:\n"
        "    pass\n"
        "for path in ('COURSE/written', 'COURSE/autograded/written', 'COURSE-written'):\n"
        "    try:\n"
        "        open(path, 'w').write('x')\n"
        "    except PermissionError:\n"
        "        continue\n"
        "    print('WROTE', path)"
    ),
    "uses-the-network": Attack(
        "import socket\n"
        "for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):\n"
        "    try:\n"
        "        socket.socket(socket.AF_INET, kind)\n"
        "    except PermissionError:\n"
        "        continue\n"
        "    print('CONNECTED')"
    ),
    "interrupts-the-grader": Attack(
        "import os, signal\n"
        "for pid in range(2, 40_000):\n"
        "    try:\n"
        "        if pid != os.getpid():\n"
        "            os.kill(pid, 0)\n"
        "    except OSError:\n"
        "        continue\n"
        "    if pid != os.getpid():\n"
        "        print('REACHED', pid)"
    ),
}
ATTACKS |= {
    name: Attack(code, right=("filter_each_channel",), safe=False) for name, code in LOCKS.items()
}


# What happens to notebooks on their way.


def _renamed(path: Path) -> None:
    path.rename(path.with_name(f"Copy of {UNIT} (1).ipynb"))


def _one_folder_too_deep(path: Path) -> None:
    inner = path.parent / UNIT
    inner.mkdir()
    path.rename(inner / path.name)


def _without_a_folder(path: Path) -> None:
    path.rename(path.parent.parent / path.name)
    path.parent.rmdir()


def _unknown_name(path: Path) -> None:
    path.rename(path.with_name("homework.ipynb"))


def _edited(change: Callable[[NotebookNode], None]) -> Callable[[Path], None]:
    def damage(path: Path) -> None:
        notebook = nbformat.read(path, as_version=4)
        change(notebook)
        nbformat.write(notebook, path)

    return damage


def _cell(notebook: NotebookNode, name: str) -> NotebookNode:
    return next(c for c in notebook.cells if grade_id(c) == name)


def _lost_metadata(notebook: NotebookNode) -> None:
    for one in notebook.cells:
        one.metadata.pop("nbgrader", None)


def _deleted_tests(notebook: NotebookNode) -> None:
    notebook.cells = [c for c in notebook.cells if not (grade_id(c) or "").startswith("test_")]


def _tampered_tests(notebook: NotebookNode) -> None:
    for name in NAMES:
        _cell(notebook, f"test_{name}").source = "print('passed')"


def _skips_its_tests(notebook: NotebookNode) -> None:
    for name in NAMES:
        _cell(notebook, name).source = "pass"
        _cell(notebook, f"test_{name}").metadata["tags"] = ["skip-execution"]


def _copied_cells(notebook: NotebookNode) -> None:
    for name in (NAMES[0], f"test_{NAMES[0]}"):
        examples.duplicate(name)(notebook)


def _warns(notebook: NotebookNode) -> None:
    for name in NAMES:
        _cell(notebook, name).source += (
            f"\nimport warnings\n_{name} = {name}\n"
            f"def {name}(*arguments, **options):\n"
            f"    warnings.warn('slow')\n    return _{name}(*arguments, **options)\n"
        )


def _unknown_format(path: Path) -> None:
    path.write_text(json.dumps(json.loads(path.read_text()) | {"nbformat": 9}))


def _forged_metadata(notebook: NotebookNode) -> None:
    notebook.metadata["dwsep"] = "passed"
    for one in notebook.cells:
        one.metadata["dwsep"] = {
            "exercise": "nonsense",
            "outcome": 3,
            "why_no_answer": "everything",
        }


def _colab(path: Path) -> None:
    data = json.loads(path.read_text())
    data["nbformat_minor"] = 0
    data["metadata"] = {"colab": {"provenance": []}, "kernelspec": {"name": "python3"}}
    for one in data["cells"]:
        one["metadata"]["id"] = one.pop("id")
        one["metadata"].get("nbgrader", {}).pop("locked", None)
        one["source"] = "".join(one["source"])
    path.write_text(json.dumps(data))


def _old_format(path: Path) -> None:
    notebook = nbformat.convert(nbformat.read(path, as_version=4), 3)
    path.write_text(nbformat.versions[3].writes_json(notebook))


def _huge_outputs(path: Path) -> None:
    data = json.loads(path.read_text())
    code = next(c for c in data["cells"] if c["cell_type"] == "code")
    spam = {"output_type": "stream", "name": "stdout", "text": "spam " * 5_000_000}
    code["outputs"] = [spam]
    path.write_text(json.dumps(data))


def _by_another_editor(path: Path) -> None:
    data = json.loads(path.read_text()) | {"nbformat_minor": 4, "metadata": None}
    for one in data["cells"]:
        one |= {"transient": {}, "source": "".join(one["source"]).replace("\n", "\r\n")}
    data["cells"].append(
        {"cell_type": "markdown", "id": "title", "source": "half a letter: \ud83d"}
    )
    odd: dict = {"nbgrader": {"grade_id": []}}
    data["cells"].append({"cell_type": "code", "metadata": odd, "source": None, "outputs": None})
    path.write_text(json.dumps(data), encoding="utf-16")


def _goes_on(notebook: NotebookNode) -> None:
    sources = (
        "!pip install -q einops\nimport os\nos.system('ls')",
        "from google.colab import drive\ndrive.mount('/content/drive')",
        "%matplotlib widget",
        "one = 1\nexit()",
        "raise ValueError('\\ud83d')",
        "total = " + " + ".join(["1"] * 1_500),
        "if one == 0:\n    pass\n" + "elif one == 0:\n    pass\n" * 1_200,
        "import ctypes, threading\nthreading.Timer(0.2, lambda: ctypes.string_at(0)).start()",
    )
    notebook.cells[2:2] = map(new_code_cell, sources)
    _cell(notebook, NAMES[0]).source += (
        f"\nfrom multiprocessing.pool import ThreadPool\n_alone = {NAMES[0]}\n"
        f"def {NAMES[0]}(*arguments, **options):\n"
        "    with ThreadPool(2) as pool:\n        return pool.apply(_alone, arguments, options)\n"
    )
    _cell(notebook, NAMES[1]).source = "%%time\n" + _cell(notebook, NAMES[1]).source


def _answers_at_the_end(notebook: NotebookNode) -> None:
    answers = [_cell(notebook, name) for name in NAMES]
    notebook.cells = [one for one in notebook.cells if one not in answers] + answers


def _a_test_merged_with_the_next_answer(notebook: NotebookNode) -> None:
    test, answer = _cell(notebook, f"test_{NAMES[0]}"), _cell(notebook, NAMES[1])
    test.source += f"\n\n{answer.source}"
    notebook.cells.remove(answer)


_IMPORTS = "import numpy as np\nfrom dwsep_helpers import conv_output_size"


def _a_package_beside_it(path: Path) -> None:
    package = path.parent / "mine"
    package.mkdir()
    (package / "__init__.py").write_text("")
    (package / "answers.py").write_text(f"{_IMPORTS}\n{_answers()[NAMES[0]]}")
    notebook = nbformat.read(path, as_version=4)
    _cell(notebook, NAMES[0]).source = f"from mine.answers import {NAMES[0]}"
    nbformat.write(notebook, path)


def _broken_json(path: Path) -> None:
    path.write_text(path.read_text()[:-100])


def _empty_file(path: Path) -> None:
    path.write_text("")


def _a_link(path: Path) -> None:
    shutil.move(path, path.parent.parent / "elsewhere.txt")
    path.symlink_to(path.parent.parent / "elsewhere.txt")


def _a_link_beside_it(path: Path) -> None:
    (path.parent / "data.csv").symlink_to("/etc/passwd")


@dataclass(frozen=True)
class Damage:
    """What became of a notebook with all answers right.

    Attributes
    ----------
    to : callable
        Does it to a file.
    said : str or None
        What an instructor reads of it.
    right : tuple of str
        Exercises that deserve their points.
    """

    to: Callable[[Path], None]
    said: str | None
    right: tuple[str, ...] = NAMES


DAMAGES: dict[str, Damage] = {
    "renamed": Damage(_renamed, "handed in as"),
    "one-folder-too-deep": Damage(_one_folder_too_deep, "handed in as"),
    "without-a-folder": Damage(_without_a_folder, "handed in as"),
    "unknown-name": Damage(_unknown_name, "handed in as"),
    "lost-metadata": Damage(_edited(_lost_metadata), "lost nbgrader's metadata"),
    "deleted-tests": Damage(_edited(_deleted_tests), "went missing"),
    "tampered-tests": Damage(_edited(_tampered_tests), "differed from the release"),
    "skips-its-tests": Damage(_edited(_skips_its_tests), "skip-execution", ()),
    "copied-cells": Damage(_edited(_copied_cells), "came twice"),
    "forged-metadata": Damage(_edited(_forged_metadata), None),
    "warns": Damage(_edited(_warns), None),
    "unknown-format": Damage(_unknown_format, "its format is 9", ()),
    "colab": Damage(_colab, None),
    "old-format": Damage(_old_format, "old format 3"),
    "huge-outputs": Damage(_huge_outputs, "MB of outputs"),
    "by-another-editor": Damage(_by_another_editor, "it was text in utf-16"),
    "goes-on": Damage(_edited(_goes_on), None),
    "answers-at-the-end": Damage(_edited(_answers_at_the_end), "stands above its answer"),
    "merged": Damage(_edited(_a_test_merged_with_the_next_answer), "had code of the learner's"),
    "a-package-beside-it": Damage(_a_package_beside_it, None),
    "broken-json": Damage(_broken_json, "not valid JSON", ()),
    "empty-file": Damage(_empty_file, "the file is empty", ()),
    "a-link": Damage(_a_link, "there is no notebook", ()),
    "a-link-beside-it": Damage(_a_link_beside_it, "it is a link"),
}
CLASS: dict[str, Attack | Damage] = {**ATTACKS, **DAMAGES}
# What attackers print who got at something; the last is in outputs that would run.
MARKS = ("SEEN", "WROTE", "CONNECTED", "REACHED", "LEFT", f"dataset.{OWNED}")


def hand_in(course: Path, learner: str) -> None:
    """Write what one of :data:`CLASS` hands in, into the folder of a class."""
    released = nbformat.read(course / "notebooks" / UNIT / f"{UNIT}.ipynb", as_version=4)
    path = course / "submitted" / learner / UNIT / f"{UNIT}.ipynb"
    path.parent.mkdir(parents=True)
    if learner in DAMAGES:
        nbformat.write(examples.fill(released, _answers()), path)
        DAMAGES[learner].to(path)
    else:
        nbformat.write(_hostile(ATTACKS[learner], released, course), path)
        for name in ATTACKS[learner].files:
            beside = path.parent / name
            beside.parent.mkdir(exist_ok=True)
            beside.write_text("x", encoding="utf-8")


def traces(notebook: Path) -> list[str]:
    """Return the marks that attackers left in a graded notebook's outputs."""
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    shown = json.dumps([cell.get("outputs", []) for cell in cells])
    return [mark for mark in MARKS if mark in shown]


@cache
def _answers() -> Mapping[str, str]:
    return examples.right_answers(
        nbformat.read(ROOT / "solutions" / UNIT / f"{UNIT}.ipynb", as_version=4)
    )


def _hostile(attack: Attack, released: NotebookNode, course: Path) -> NotebookNode:
    def fill(text: str) -> str:
        return text.replace("COURSE", str(course)).replace("ROOT", str(ROOT))

    answers = {}
    for name in NAMES:
        if name in attack.right:
            answers[name] = _answers()[name]
        elif attack.body is not None:
            answers[name] = fill(STUBS.format(name=name, body=attack.body.replace("{name}", name)))
    notebook = examples.fill(released, answers)
    notebook.cells.insert(2, new_code_cell(fill(attack.code)))
    if attack.text:
        notebook.cells.insert(2, new_markdown_cell(attack.text))
    return notebook
