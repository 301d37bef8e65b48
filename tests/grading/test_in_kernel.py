"""What a kernel that grades does otherwise than others."""

import subprocess
import sys

# In a process of its own: a kernel that is prepared can't end itself any more.
SHELL = """
from IPython.core.interactiveshell import InteractiveShell
from dwsep_helpers.grading import in_kernel
shell = InteractiveShell.instance()
in_kernel.prepare(shell, locked=True)
"""


def said(code):
    run = subprocess.run(
        [sys.executable, "-c", SHELL + code], capture_output=True, text=True, check=True
    )
    return run.stdout.splitlines()


def test_a_request_is_taken_as_it_is_and_all_else_has_magics():
    request, cell = "_dwsep_answer('%d\\n!ls', f)", "%time f(1)"
    shown = said(f"print(*map(shell.transform_cell, ({request!r}, {cell!r})), sep='\\n')")
    assert shown[0] == request
    assert shown[1].startswith("get_ipython().run_line_magic('time'")


def test_a_learners_transformer_sees_no_request():
    code = """
seen = []
shell.input_transformers_cleanup.append(lambda lines: seen.append(lines) or lines)
shell.run_cell("_dwsep_answer('', None)")
shell.run_cell("x = 1")
print(seen)
"""
    assert said(code)[-1] == "[['x = 1\\n']]"


def test_nothing_is_drawn_while_a_check_asks():
    code = """
from IPython.display import display
drawn = []
class Picture:
    def _repr_html_(self):
        drawn.append(1)
def asks(request, function):
    display(Picture())
in_kernel._undrawn(shell, asks)("", None)
print(drawn)
display(Picture())
print(drawn)
"""
    shown = [line for line in said(code) if line.startswith("[")]
    assert shown == ["[]", "[1]"]


def test_a_pool_of_threads_needs_no_lock_that_processes_share():
    code = """
import _multiprocessing, multiprocessing, threading
from multiprocessing.pool import ThreadPool
_multiprocessing.SemLock = None  # it makes a file, which a locked process can't
with ThreadPool(2) as pool:
    print(pool.map(abs, [-1, 2]))
print(type(multiprocessing.Lock()) is type(threading.Lock()), multiprocessing.Event().is_set())
"""
    assert said(code) == ["[1, 2]", "True False"]
