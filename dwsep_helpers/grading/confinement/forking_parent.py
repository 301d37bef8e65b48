"""Fork kernels from a process that has imported already what they would import.

Starting a kernel and importing NumPy, Matplotlib and torch takes seconds; a fork takes
milliseconds. The parent only imports: it starts no thread, draws no figure and multiplies no
matrix, since threads that existed before a fork don't exist after it.

``python -m dwsep_helpers.grading.confinement.forking_parent DESCRIPTOR MODULE …`` is that parent.
It takes requests from the socket with that descriptor, one JSON text a line, and sends back the
kernel's process id together with a descriptor that refers to the process.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import importlib
import json
import os
import random
import select
import signal
import socket
import subprocess
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path

from dwsep_helpers.grading.confinement.confined_kernel import run_kernel

_PACKAGE = Path(__file__).resolve().parents[3]  # the folder that dwsep_helpers lies in
_PR_SET_PDEATHSIG = 1
REQUEST_BYTES = 2**20
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


def unavailable() -> str | None:
    """Return why kernels can't be forked here, None if they can."""
    if not sys.platform.startswith("linux"):
        return "forking is safe on Linux alone"
    return None


class ForkingParent:
    """The process that kernels are forked from.

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
        self._socket, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", __name__, str(theirs.fileno()), *modules],
                pass_fds=[theirs.fileno()],
                # Not where the command was called: a learner's numpy.py may lie there.
                cwd=_PACKAGE,
                env={**os.environ, **QUIET, "PYDEVD_DISABLE_FILE_VALIDATION": "1"},
                stdin=subprocess.DEVNULL,
            )

    def fork(self, argv: list[str], env: dict[str, str], cwd: str, sandbox: dict | None) -> Child:
        """Start a kernel.

        Parameters
        ----------
        argv : list of str
            The kernel's arguments, such as ``["-f", "connection.json"]``.
        env : dict of str to str
            Its environment.
        cwd : str
            Its folder.
        sandbox : dict or None
            What confines it.

        Returns
        -------
        Child
        """
        request = json.dumps({"argv": argv, "env": env, "cwd": cwd, "sandbox": sandbox})
        self._socket.sendall(request.encode() + b"\n")
        text, descriptors, _, _ = socket.recv_fds(self._socket, 100, 1)
        if not text:
            raise RuntimeError("the process that kernels are forked from has ended")
        return Child(int(text), descriptors[0])

    def close(self) -> None:
        """End it, and with it every kernel that is left."""
        self._socket.close()
        self._process.kill()
        self._process.wait()


class Child:
    """A forked kernel, with the methods of a ``subprocess.Popen`` that Jupyter uses."""

    stdin = stdout = stderr = None

    def __init__(self, pid: int, descriptor: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._descriptor = descriptor

    def poll(self) -> int | None:
        """Return None while it runs, then 0: only its own parent knows how it ended."""
        if self.returncode is None and select.select([self._descriptor], [], [], 0)[0]:
            os.close(self._descriptor)
            self.returncode = 0
        return self.returncode

    def wait(self, timeout: float | None = None) -> int | None:
        """Wait until it has ended."""
        if self.returncode is None:
            select.select([self._descriptor], [], [], timeout)
        return self.poll()

    def send_signal(self, number: int) -> None:
        """Send a signal, to this process and never to another that got its number."""
        if self.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                signal.pidfd_send_signal(self._descriptor, number)

    def kill(self) -> None:
        """End it."""
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)


def main(arguments: list[str]) -> None:
    """Import, then fork a kernel for each request until the socket is closed."""
    descriptor, *modules = arguments
    end_with_parent()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the grader's to handle
    requests = socket.socket(fileno=int(descriptor))
    for module in (*_OF_KERNELS, *modules):
        importlib.import_module(module)
    gc.collect()
    gc.freeze()  # what is there now is never copied for the sake of its counters
    signal.signal(signal.SIGCHLD, _bury)
    with requests, requests.makefile("rb") as lines:
        for line in iter(lambda: lines.readline(REQUEST_BYTES), b""):
            threads = len(os.listdir("/proc/self/task"))
            if threads != 1:
                raise RuntimeError(f"{threads} threads run where one is to: forking isn't safe")
            request = json.loads(line)
            this = os.getpid()
            held = {signal.SIGCHLD}
            signal.pthread_sigmask(signal.SIG_BLOCK, held)
            pid = os.fork()
            if pid == 0:
                _become_kernel(request, this)
            child = os.pidfd_open(pid)
            signal.pthread_sigmask(signal.SIG_UNBLOCK, held)
            socket.send_fds(requests, [str(pid).encode()], [child])
            os.close(child)


def _bury(*_: object) -> None:
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass


def _become_kernel(request: dict, parent: int) -> None:
    """Turn this process, just forked, into a kernel; never return."""
    try:
        end_with_parent()
        if os.getppid() != parent:  # it ended before that was said
            os._exit(1)
        os.setsid()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.pthread_sigmask(signal.SIG_SETMASK, [])
        nowhere = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(nowhere, stream)
        os.closerange(3, 4096)
        os.environ.clear()
        os.environ.update(request["env"])
        os.chdir(request["cwd"])
        _seed()
        run_kernel(request["argv"], request["sandbox"])
        os._exit(0)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(request["env"].get("HOME", "."), "kernel-error.txt").write_text(
                traceback.format_exc()
            )
        os._exit(1)


def _seed() -> None:
    """Let no two kernels draw the same random numbers."""
    random.seed()
    if numpy := sys.modules.get("numpy"):
        numpy.random.seed()
    if torch := sys.modules.get("torch"):
        torch.seed()


def end_with_parent() -> None:
    """Have Linux end this process when the one that started it ends, however that ends."""
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)


if __name__ == "__main__":
    main(sys.argv[1:])
