"""Cells that change the checks, or what they work with, in a kernel that grades: none helps."""

import subprocess
import sys

import pytest

# In a process of its own: a kernel that is prepared can't end itself any more.
KERNEL = """
import builtins, contextlib, queue, sys, threading
import numpy as np
from IPython.core.interactiveshell import InteractiveShell
from dwsep_helpers import checks, kernels
from dwsep_helpers.checks import calling, guard, plain, ready_made, remote
from dwsep_helpers.checks.engine import judge
from dwsep_helpers.grading import in_kernel
shell = InteractiveShell.instance()
said = []
shell.display_pub.publish = lambda data, *_, **__: said.append(data[remote.MEDIA_TYPE])
in_kernel.prepare(shell, locked=True)
conv2d, right = kernels.conv2d, checks.conv2d
"""
JUDGED = """
def ask(request):
    getattr(builtins, in_kernel.ANSWER)(request, conv2d)
    return said.pop()
print(*{str(judge(right, remote.Remote(ask), strict=strict).outcome) for strict in (True, False)})
"""
# What they have in common computes beside the watch, and hands that out as its own.
BESIDE = """
asked, known = [], kernels.conv2d
def late(real):
    def hook(*given, **options):
        if sys.getprofile() is None and asked:
            arguments, more = asked.pop()
            return known(*arguments, **more)
        return real(*given, **options)
    return hook
def conv2d(x, weight, bias=None, stride=1, padding=0):
    asked.append(((x, weight, bias), {"stride": stride, "padding": padding}))
    return np.zeros(1)
"""
PATCHES = {
    "no watch": "guard.watch = lambda **_: contextlib.nullcontext([])",
    "a deaf watch": "guard._Observer.note = lambda *_: None",
    "a watch by other code": "guard._Observer.note.__code__ = (lambda *_: None).__code__",
    "a watch that was told": "guard._UNWATCHED.add(conv2d.__code__)",
    "a name in the cache": "guard._NAMES[id(conv2d.__code__)] = conv2d.__code__, None, {}",
    "a file without answers": "ready_made._NO_ANSWERS.add(conv2d.__code__.co_filename)",
    "no profile": """
at = [None]
sys.getprofile = lambda: at[0]
sys.setprofile = lambda profile: at.__setitem__(0, profile)
""",
    "an encoder": BESIDE + "plain._array = late(plain._array)",
    "numpy": BESIDE + "np.ascontiguousarray = late(np.ascontiguousarray)",
    "before the watch": """
known = kernels.conv2d
def enter(self, real=contextlib.ExitStack.__enter__):
    frame = sys._getframe()
    while frame and frame.f_code.co_name != "_call":
        frame = frame.f_back
    given, options = frame.f_locals["case"].fresh()
    answers.append(known(*given, **options))
    return real(self)
answers, contextlib.ExitStack.__enter__ = [], enter
def conv2d(*given, **options):
    return answers[-1]
""",
    "a thread of before": """
known, asked, answers = kernels.conv2d, queue.Queue(), queue.Queue()
def work():
    while True:
        given, options = asked.get()
        answers.put(known(*given, **options))
threading.Thread(target=work, daemon=True).start()
def conv2d(*given, **options):
    asked.put((given, options))
    return answers.get()
""",
}


def run(cell, after=""):
    code = f"{KERNEL}{cell}\n{JUDGED}{after}"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


@pytest.mark.parametrize("way", PATCHES)
def test_a_patch_of_the_checks_earns_nothing(way):
    assert "passed" not in run(PATCHES[way])[-1]


RIGHT = """
def conv2d(x, weight, bias=None, stride=1, padding=0):
    (s_h, s_w), (p_h, p_w) = (n if isinstance(n, tuple) else (n, n) for n in (stride, padding))
    x = np.pad(x, [(0, 0), (0, 0), (p_h, p_h), (p_w, p_w)])
    windows = np.lib.stride_tricks.sliding_window_view(x, weight.shape[2:], (2, 3))
    y = np.einsum("nchwij,ocij->nohw", windows[:, :, ::s_h, ::s_w], weight)
    return y if bias is None else y + bias[:, None, None]
"""


def test_a_right_answer_passes_whatever_was_patched_and_patches_of_others_stay():
    after = "print(np.pi, guard.watch is not None)"
    assert run(f"{RIGHT}guard.watch = None\nnp.pi = 4", after) == ["passed", "4 True"]


HONEST = {
    # What watches torch is made at the first request, and there at the next.
    "torch, imported by an answer": RIGHT.replace(
        "    return y if", "    import torch\n    torch.ones(1) + 1\n    return y if"
    ),
    "a pool of an earlier cell": (
        "from concurrent.futures import ThreadPoolExecutor\npool = ThreadPoolExecutor(1)\n"
        "pool.submit(int).result()\n"
        + RIGHT.replace("def conv2d", "def written")
        + "def conv2d(*given, **options): return pool.submit(written, *given, **options).result()"
    ),
    "a name of one's own in NumPy": f"np.int = int\n{RIGHT}".replace(
        "y + bias", "np.int(1) * y + bias"
    ),
}


@pytest.mark.parametrize("cell", HONEST)
def test_a_right_answer_passes(cell):
    assert run(HONEST[cell]) == ["passed"]
