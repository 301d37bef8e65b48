"""Keep a locked process, and the kernels that it asks for, and end them all.

A keeper is forked for one task. It forks the process that does the task, locked before it reads
anything, and then kernels whenever that process wants one: a locked process can start none. The
keeper is not locked itself, and it reads nothing but short requests of which process to start or
to signal. It watches what the kernel's files take, and it ends when the task is done, or when
nobody waits for it any more.
"""

from __future__ import annotations

import contextlib
import importlib
import os
import random
import select
import signal
import socket
import sys
import time
import traceback
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from dwsep_helpers.grading import scratch
from dwsep_helpers.grading.confinement import quota
from dwsep_helpers.grading.confinement.confined_kernel import run_kernel
from dwsep_helpers.grading.confinement.linux import alone, end_with_parent
from dwsep_helpers.grading.confinement.namespaces import second_wall
from dwsep_helpers.grading.confinement.sandbox import Sandbox
from dwsep_helpers.grading.confinement.wire import REPLY_BYTES, receive, send

REQUEST_BYTES = 2**16
_HIDDEN = (Path("/run"),)  # services' sockets
ENTRIES = 20_000  # files and folders that a submission may have
_EVERY = 200  # milliseconds between two looks at the files
FOLDERS = ("HOME", "TMPDIR", "MPLCONFIGDIR", "XDG_CACHE_HOME")
OWN = ".dwsep-"  # how a room's own files are called, and none that a learner handed in
OF_IPYTHON = f"{OWN}ipython"


def keep(descriptor: int, parent: int) -> NoReturn:
    """Do the task that is asked for through a socket, in a process of its own.

    Parameters
    ----------
    descriptor : int
        The socket's. The request that comes through it is a dict: ``task``, a function's dotted
        name; ``folder``, where it runs and may write; ``sandbox`` and ``kernel_sandbox``, what
        confines it and its kernels. What the task is called with, besides the keeper, comes next,
        and the process that does it reads that: kernels have the keeper's memory.
    parent : int
        The process that this one was forked from.
    """
    try:
        _begin(parent)
        os.setsid()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        caller = socket.socket(fileno=os.dup2(descriptor, 3))
        os.closerange(4, 4096)
        nowhere = os.open(os.devnull, os.O_RDWR)
        for stream in (0, 1, 2):
            os.dup2(nowhere, stream)
        request = receive(caller)
        if request["sandbox"]:
            _stand_behind_a_wall(request)
        module, _, name = request["task"].rpartition(".")
        task = getattr(importlib.import_module(module), name)
        mine, theirs = socket.socketpair()
        this = os.getpid()
        if (worker := os.fork()) == 0:
            mine.close()
            _begin(this)
            _work(task, request, caller, theirs)
        theirs.close()
        folder, sandbox = request["folder"], request["kernel_sandbox"]
        request.clear()  # kernels needn't know where their submission lies
        _Keeping(folder, sandbox, caller, mine, worker).go_on()
    except BaseException:
        with contextlib.suppress(OSError):
            send(caller, {"raised": traceback.format_exc(limit=-3)})
    finally:
        os._exit(0)


def _stand_behind_a_wall(request: dict) -> None:
    """Have the folder in memory, where Linux lets a process have a file system of its own."""
    limits = Sandbox.from_json(request["kernel_sandbox"]).limits
    seen = [Path(path) for path in request["sandbox"]["reads"]]
    second_wall(Path(request["folder"]), limits.folder, ENTRIES, hidden=_HIDDEN, shown=seen)


def _begin(parent: int) -> None:
    end_with_parent()
    if os.getppid() != parent:  # it ended before that was said
        os._exit(1)


def _work(task: Any, request: dict, caller: socket.socket, keeper: socket.socket) -> NoReturn:
    """Do the task, locked, and reply."""
    try:
        _settle(request["folder"])
        if request["sandbox"]:
            if threads := alone():
                raise RuntimeError(threads)
            Sandbox.from_json(request["sandbox"]).enter()
        reply = {"returned": task(receive(caller), Keeper(keeper))}
    except MemoryError:
        reply = {"too much": "it takes more memory than there is for one notebook"}
    except BaseException as error:
        reply = {"raised": f"{type(error).__name__}: {error}"[:2000]}
    with contextlib.suppress(OSError):
        send(caller, reply)
    os._exit(0)


def _settle(folder: str, env: dict[str, str] | None = None) -> None:
    """Have a new process look at nothing but its folder, and draw numbers of its own."""
    os.environ.update({**dict.fromkeys(FOLDERS, folder), **(env or {})})
    os.environ["IPYTHONDIR"] = str(_of_ipython(folder))
    os.chdir(folder)
    random.seed()
    if numpy := sys.modules.get("numpy"):
        numpy.random.seed()
    if torch := sys.modules.get("torch"):
        torch.default_generator.seed()  # torch.seed looks for accelerators, too


def _of_ipython(folder: str) -> Path:
    """Make the folder where IPython looks for what to run first: an empty one."""
    made = Path(folder, OF_IPYTHON)
    scratch.remove(made)
    made.mkdir()
    return made


class _Keeping:
    """What a keeper does while its process works: one kernel at a time."""

    def __init__(
        self,
        folder: str,
        sandbox: dict | None,
        caller: socket.socket,
        asks: socket.socket,
        worker: int,
    ) -> None:
        self.folder, self.sandbox = folder, sandbox
        self.caller, self.asks = caller, asks
        self.worker = worker
        self.kernel = 0
        self.status: int | None = None  # of the kernel, once it has ended

    def go_on(self) -> None:
        """Serve the process until it has ended, or nobody waits for it."""
        self.asks.settimeout(5)  # it sends requests whole
        ended = os.pidfd_open(self.worker)
        poll = select.poll()
        poll.register(ended, select.POLLIN)
        poll.register(self.caller, select.POLLHUP | select.POLLRDHUP)
        poll.register(self.asks, select.POLLIN)
        looked = time.monotonic()
        while True:
            found = dict(poll.poll(_EVERY))
            if found.keys() & {ended, self.caller.fileno()}:
                break
            if self.asks.fileno() in found:
                try:
                    send(self.asks, self._answer(receive(self.asks, REQUEST_BYTES)))
                except (OSError, ValueError, KeyError, TypeError):
                    break  # it speaks otherwise than it was written to
            if time.monotonic() - looked > _EVERY / 1000:
                self._look()
                looked = time.monotonic()
        self._kill(self.kernel)
        if self.caller.fileno() not in found and select.select([ended], [], [], 1)[0]:
            self._tell_of_end()
        else:
            self._kill(self.worker)

    def _tell_of_end(self) -> None:
        """Say how the process ended, unless it replied itself."""
        _, status = os.waitpid(self.worker, 0)
        code = os.waitstatus_to_exitcode(status)
        if code and code != -signal.SIGKILL:
            how = "took too long" if code == -signal.SIGXCPU else "crashed"
            with contextlib.suppress(OSError):
                send(self.caller, {"too much": f"what reads it {how}"})

    def _answer(self, request: dict) -> Any:
        match request:
            case {"start": list(arguments), "env": dict(env)}:
                self._kill(self.kernel)
                self.kernel, self.status = self._start(arguments, env), None
                return self.kernel
            case {"empty": list(kept)}:
                self._kill(self.kernel)
                scratch.empty(Path(self.folder), kept)
            case {"signal": int(number), "to": self.kernel} if self._poll() is None:
                os.kill(self.kernel, number)  # nobody else's: it was not waited for
            case {"poll": self.kernel}:
                return self._poll()
            case {"poll": int()}:  # one that was before
                return -signal.SIGKILL
            case {"signal": int()}:
                pass
            case _:
                raise ValueError(f"no request: {request!r:.50}")
        return None

    def _start(self, arguments: list[str], env: dict[str, str]) -> int:
        this = os.getpid()
        pid = os.fork()
        if pid:
            return pid
        try:
            _begin(this)
            os.setsid()
            self.caller.close()
            self.asks.close()
            os.closerange(3, 4096)
            signal.signal(signal.SIGINT, signal.default_int_handler)
            _settle(self.folder, env)
            run_kernel(arguments, self.sandbox)
        except BaseException:
            with contextlib.suppress(OSError):
                Path(self.folder, f"{OWN}kernel-error.txt").write_text(traceback.format_exc())
        os._exit(1)

    def _poll(self) -> int | None:
        """Return how the kernel ended, None while it runs."""
        if self.kernel and self.status is None:
            pid, status = os.waitpid(self.kernel, os.WNOHANG)
            if pid:
                self.status = os.waitstatus_to_exitcode(status)
        return self.status

    def _look(self) -> None:
        """End a kernel whose files, or threads, are too many."""
        if self.kernel and self.sandbox and self._poll() is None:
            limits = Sandbox.from_json(self.sandbox).limits
            if quota.exceeded(self.kernel, Path(self.folder), limits):
                os.kill(self.kernel, signal.SIGKILL)

    def _kill(self, pid: int) -> None:
        if pid and (pid != self.kernel or self._poll() is None):
            with contextlib.suppress(ProcessLookupError, ChildProcessError):
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)


@dataclass(frozen=True)
class Keeper:
    """A keeper, for the process that it keeps: it starts kernels, one at a time."""

    socket: socket.socket

    def start(self, arguments: list[str], env: dict[str, str]) -> Kernel:
        """Start a kernel, in place of the one before.

        Parameters
        ----------
        arguments : list of str
            Its arguments, such as ``["-f", "connection.json"]``.
        env : dict of str to str
            What is to be in its environment besides.
        """
        return Kernel(self, self.ask({"start": arguments, "env": env}))

    def empty(self, kept: Iterable[str]) -> None:
        """End the kernel, and remove all from its folder but for what has one of these names."""
        self.ask({"empty": [*kept]})

    def ask(self, request: dict[str, Any]) -> Any:
        """Ask for something, and return the answer."""
        send(self.socket, request)
        return receive(self.socket, REPLY_BYTES)


class Kernel:
    """A kernel that a keeper started, with the methods of a ``subprocess.Popen`` Jupyter uses."""

    stdin = stdout = stderr = None

    def __init__(self, keeper: Keeper, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._keeper = keeper

    def poll(self) -> int | None:
        """Return None while it runs, then how it ended."""
        if self.returncode is None:
            self.returncode = self._keeper.ask({"poll": self.pid})
        return self.returncode

    def wait(self, timeout: float | None = None) -> int | None:
        """Wait until it has ended."""
        end = time.monotonic() + (timeout or 60)
        while self.poll() is None and time.monotonic() < end:
            time.sleep(0.005)
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Have a signal sent to it."""
        self._keeper.ask({"signal": int(number), "to": self.pid})

    def kill(self) -> None:
        """End it."""
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)
