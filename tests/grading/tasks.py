"""Tasks for locked processes to do."""

import ctypes
import json
import os
import signal
import time
from pathlib import Path

from nbformat.v4 import new_code_cell, new_notebook

from dwsep_helpers.grading import locked
from dwsep_helpers.grading.confinement.room import Room
from dwsep_helpers.grading.execution import ExecuteThroughDeaths


def forked_from(folder):
    """Have a task done; return the process that it was forked from, and this one's own of these."""
    keepers_parent = "Path(f'/proc/{os.getppid()}/stat').read_text().rpartition(')')[2].split()[1]"
    argument = {"expression": keepers_parent}
    found = locked.call("tests.grading.tasks.attempt", argument, folder, lock=False)
    return int(found), [one._process.pid for one in locked._parents if one._process]


def run(argument, keeper=None):
    """Run cells, and return their outputs."""
    notebook = new_notebook(cells=[new_code_cell(source) for source in argument["sources"]])
    execute = ExecuteThroughDeaths(room=Room(Path(argument["folder"]), keeper))
    execute.preprocess(notebook, {"metadata": {"path": argument["folder"]}})
    return [cell.outputs for cell in notebook.cells]


def attempt(argument, keeper):
    """Do something that may be refused; return what comes of it."""
    try:
        return str(eval(argument["expression"], {"os": os, "Path": Path, "keeper": keeper}))
    except (OSError, RuntimeError) as error:
        return type(error).__name__


def allocate(argument, keeper):
    """Take more memory than there is for it."""
    return len(json.loads("[" + "[]," * 100_000_000 + "0]"))


def crash(argument, keeper):
    """Read from nowhere."""
    ctypes.string_at(0)


def sleep(argument, keeper):
    """Take long, with a kernel that waits too."""
    keeper.start(["-f", "none.json"], {})
    Path(argument["folder"], "started").touch()
    time.sleep(argument["seconds"])


def say(argument, keeper):
    """Say much."""
    return "x" * argument["bytes"]


def ask(argument, keeper):
    """Start two kernels and signal them; return how they ended."""
    first = keeper.start(["-f", "none.json"], {})
    running = first.poll()
    second = keeper.start(["-f", "none.json"], {})
    ended = first.poll()
    first.kill()  # it has ended: no other process gets it
    second.kill()
    return [running, ended, second.wait(timeout=300) == -signal.SIGKILL, second.poll()]


def babble(argument, keeper):
    """Speak to the keeper otherwise than it understands."""
    keeper.socket.sendall(argument["text"].encode())
    time.sleep(20)
