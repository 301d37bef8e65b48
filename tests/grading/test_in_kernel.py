"""What a kernel that grades does otherwise than others."""

import subprocess
import sys

# In a process of its own: a kernel that is prepared can't end itself any more.
SHELL = """
from IPython.core.interactiveshell import InteractiveShell
from dwsep_helpers.grading import in_kernel
shell = InteractiveShell()
in_kernel.prepare(shell, locked=False)
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
