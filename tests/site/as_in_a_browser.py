"""Runs a notebook's code cells without what Python has in a browser: a program for tests.

``python as_in_a_browser.py NOTEBOOK``, in a folder ``NN_topic``: prints the cells that failed, as
JSON. What is taken away here fails in Pyodide itself; ``test_lite`` asks it.
"""

import contextlib
import importlib.abc
import io
import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import nbformat

ABSENT = ("torch", "torchvision", "ipywidgets", "psutil", "executorch", "ai_edge_litert")
ABSENT_OF_PYTHON = ("resource", "pwd", "grp", "readline")


class Absent(importlib.abc.MetaPathFinder):
    """Finds no module that isn't there in a browser, and says so as Python does."""

    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in (*ABSENT, *ABSENT_OF_PYTHON):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


def take_away() -> None:
    """Take away modules, threads, processes and timers."""

    def no_thread(*_: object) -> None:
        raise RuntimeError("can't start new thread")

    def no_process(*_: object, **__: object) -> None:
        raise OSError(138, "emscripten does not support processes.")

    for name in [*sys.modules]:
        if name.partition(".")[0] in (*ABSENT, *ABSENT_OF_PYTHON):
            del sys.modules[name]
    sys.meta_path.insert(0, Absent())
    threading.Thread.start = no_thread
    subprocess.Popen.__init__ = no_process
    os.fork = no_process
    del signal.setitimer, signal.alarm


def failed(notebook: Path) -> list[str]:
    """Run the cells in order; return those that failed, each with what it said."""
    from IPython.core.interactiveshell import InteractiveShell
    from traitlets.config import Config

    settings = Config()
    settings.HistoryManager.enabled = False
    shell = InteractiveShell.instance(config=settings)
    take_away()
    found = []
    for cell in nbformat.read(notebook, as_version=4).cells:
        if cell.cell_type != "code":
            continue
        said = io.StringIO()
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            done = shell.run_cell(cell.source)
        if not done.success:
            found.append(f"{cell.id}: {done.error_before_exec or done.error_in_exec!r}")
    return found


if __name__ == "__main__":
    print(json.dumps(failed(Path(sys.argv[1]))))
