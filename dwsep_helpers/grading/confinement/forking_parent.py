"""Have things done in locked processes, forked from one that has imported already what they need.

To start Python and import nbgrader, NumPy, Matplotlib and torch takes seconds; a fork takes
milliseconds. The parent only imports: it starts no thread, draws no figure and multiplies no
matrix, since threads that existed before a fork don't exist after it. It never sees what a learner
wrote, nor the grader's environment or folder: it starts with what it is told, and nothing else.

Each fork is a :mod:`keeper`, which does one task and is gone. Processes that grade side by side
share one parent: importing is done once.
"""

from __future__ import annotations

import gc
import importlib
import os
import select
import signal
import socket
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from dwsep_helpers.grading.confinement import namespaces
from dwsep_helpers.grading.confinement.keeper import keep
from dwsep_helpers.grading.confinement.linux import alone, end_with_parent
from dwsep_helpers.grading.confinement.wire import receive, send

_PACKAGE = Path(__file__).resolve().parents[3]  # the folder that dwsep_helpers lies in
# What a kernel imports only once it starts; debugpy takes the longest of them.
_OF_KERNELS = (
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.core.oinspect",
    "IPython.extensions.storemagic",
    "ipykernel.debugger",
    "ipykernel.kernelapp",
    "pydoc",
    "sqlite3",
    "tornado.platform.asyncio",
)
# No threads, and no window.
QUIET = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "MPLBACKEND": "module://matplotlib_inline.backend_inline",
}
# What is inherited of the grader's environment: nothing that could be a secret.
_INHERITED = ("PATH", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "VIRTUAL_ENV", "HOME", "TMPDIR")
# -I: no PYTHON… variable counts, nor a folder of the user's. The modules are where the grader,
# which an instructor started, finds its own.
_START = "import sys; sys.path[:] = {path!r}; from {module} import main; main(sys.argv[1:])"


class Ended(RuntimeError):
    """A locked process was ended before it had replied."""


class TooMuch(RuntimeError):
    """A task took more memory or time than there is for one, or crashed."""


class TaskFailed(RuntimeError):
    """A task in a locked process raised an exception; the message is its type and text."""


def unavailable() -> str | None:
    """Return why processes can't be forked here, None if they can."""
    if not sys.platform.startswith("linux"):
        return "forking is safe on Linux alone"
    return None


class ForkingParent:
    """The process that locked ones are forked from.

    A process that this one starts with :mod:`multiprocessing` may be given it, and have its tasks
    done too; it ends with the process that made it.

    Parameters
    ----------
    modules : sequence of str
        What it imports.

    Raises
    ------
    RuntimeError
        If forking isn't safe here.
    """

    def __init__(self, modules: Sequence[str]) -> None:
        if reason := unavailable():
            raise RuntimeError(reason)
        self.modules = tuple(modules)
        path = [entry for entry in sys.path if entry and Path(entry).resolve() != Path.cwd()]
        start = _START.format(path=[str(_PACKAGE), *path], module=__name__)
        env = {name: os.environ[name] for name in _INHERITED if name in os.environ}
        self._socket, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process: subprocess.Popen | None = subprocess.Popen(
                [sys.executable, "-I", "-c", start, str(theirs.fileno()), *modules],
                pass_fds=[theirs.fileno()],
                cwd="/",  # not where the command was called: a learner's matplotlibrc may lie there
                env={**env, **QUIET, "PYDEVD_DISABLE_FILE_VALIDATION": "1"},
                stdin=subprocess.DEVNULL,
            )

    def __getstate__(self) -> dict[str, Any]:
        """Return what another process is given, whose child it isn't."""
        return {**vars(self), "_process": None}

    def call(self, request: dict[str, Any], argument: Any, seconds: float) -> Any:
        """Have a task done in a process of its own.

        Parameters
        ----------
        request : dict
            See :func:`dwsep_helpers.grading.confinement.keeper.keep`.
        argument : object
            What the task is given, which JSON can hold.
        seconds : float
            How long to wait for the reply.

        Returns
        -------
        object
            What the task returned, once it was JSON.

        Raises
        ------
        TooMuch
            If the process took too long or too much memory, crashed, or replied too much.
        Ended
            If it was ended before it replied.
        TaskFailed
            If the task raised an exception.
        """
        ours, theirs = socket.socketpair()
        with ours:
            with theirs:
                try:
                    socket.send_fds(self._socket, [b"fork"], [theirs.fileno()])
                except OSError:
                    raise Ended("the process that others are forked from has ended") from None
            ours.settimeout(seconds)
            try:
                send(ours, request)
                send(ours, argument)
                reply = receive(ours)
            except TimeoutError:
                raise TooMuch(f"it took more than {seconds:.0f} seconds") from None
            except ValueError as error:
                raise TooMuch(str(error)) from None
            except OSError as error:
                raise Ended(str(error)) from None
        match reply:
            case {"returned": returned}:
                return returned
            case {"raised": str(text)}:
                raise TaskFailed(text)
            case {"too much": str(text)}:
                raise TooMuch(text)
        raise Ended("its reply can't be read")

    def runs(self) -> bool:
        """Whether it still does."""
        if self._process:
            return self._process.poll() is None
        poll = select.poll()
        poll.register(self._socket, 0)  # that the other end was closed is told in any case
        return not poll.poll(0)

    def close(self) -> None:
        """End it, and with it every process that was forked from it; another's goes on."""
        self._socket.close()
        if self._process:
            self._process.kill()
            self._process.wait()


def main(arguments: list[str]) -> None:
    """Import, then fork a keeper for each request until the socket is closed."""
    descriptor, *modules = arguments
    end_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the grader's to handle
    requests = socket.socket(fileno=int(descriptor))
    for module in (*_OF_KERNELS, *modules):
        importlib.import_module(module)
    namespaces.unavailable()  # what is found out here, keepers know
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody asks how a keeper ended
    gc.collect()
    gc.freeze()  # what is there now is never copied for the sake of its counters
    with requests:
        while True:
            text, descriptors, _, _ = socket.recv_fds(requests, 16, 1)
            if not text:
                return
            if threads := alone():
                raise RuntimeError(threads)
            this = os.getpid()
            if os.fork() == 0:
                requests.close()
                keep(descriptors[0], this)
            os.close(descriptors[0])
