"""Progress: the steps come through as they are, and no one is disturbed."""

import os
import pty
import subprocess
import sys
import termios

import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_notebook

from dwsep_helpers.progress import progress

STEPS = """\
from dwsep_helpers.progress import progress
print(sum(progress(range(5), what='adding', says=lambda: 'a < b')))"""


def test_steps_come_through(capfd):
    assert list(progress("abc")) == ["a", "b", "c"]
    assert list(progress(iter("abc"), total=3)) == ["a", "b", "c"]
    assert capfd.readouterr().err == "", "no terminal, no bar"


def test_steps_without_a_length_are_refused():
    with pytest.raises(ValueError, match="steps has no length"):
        next(progress(iter("abc")))


def test_a_notebook_keeps_a_bar_and_nothing_on_stderr():
    notebook = new_notebook(cells=[new_code_cell(STEPS)])
    NotebookClient(notebook, kernel_name="python3").execute()
    outputs = notebook.cells[0].outputs
    assert [o.get("name", o.output_type) for o in outputs] == ["display_data", "stdout"]
    assert "<progress" in outputs[0].data["text/html"]
    assert outputs[0].data["text/html"].endswith("</progress> adding · 5 of 5 · a &lt; b")
    assert outputs[0].data["text/plain"] == "adding · 5 of 5 · a < b"


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals")
def test_a_terminal_gets_a_bar():
    shown, terminal = pty.openpty()
    termios.tcsetwinsize(terminal, (24, 80))
    done = subprocess.run([sys.executable, "-c", STEPS], stderr=terminal, stdout=subprocess.PIPE)
    os.close(terminal)
    assert done.stdout.strip() == b"10"
    assert b"adding: 100%" in os.read(shown, 10_000)
    os.close(shown)
