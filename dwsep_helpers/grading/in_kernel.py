"""Prepare a kernel, before a learner's code runs in it, for what people do in notebooks.

Much of that can't work where nobody looks on: there is no shell, no drive and no window. A message
says so, and the cell goes on. What ends Python is an error in the cell that does it, so that
nobody else's points hang on it. Nothing here keeps anybody from anything: the lock does.
"""

from __future__ import annotations

import builtins
import contextlib
import dis
import importlib.abc
import io
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from importlib.machinery import ModuleSpec
from multiprocessing.context import BaseContext
from types import ModuleType
from typing import Any

from dwsep_helpers.checks import as_imported, guard, ready_made, remote

ANSWER = "_dwsep_answer"  # the name of what answers
_SHELL_CELLS = ("bash", "sh", "shell", "script", "system", "sx", "!", "perl", "ruby", "cmd")
_SHELL_LINES = ("pip", "conda", "mamba", "micromamba", "uv", "system", "sx", "shell")
_SIGNALS = ("SIGALRM", "SIGVTALRM", "SIGPROF", "SIGUSR1", "SIGUSR2", "SIGHUP", "SIGTERM")
_LOCKS = ("Barrier", "BoundedSemaphore", "Condition", "Event", "Lock", "RLock", "Semaphore")
_WINDOWS = ("widget", "ipympl", "notebook", "nbagg", "qt", "qt5", "qt6", "tk", "gtk", "osx", "wx")

ready_made.has_no_answers(__file__)


class EndsPython(Exception):
    """Raised in a cell that would end Python."""

    def _render_traceback_(self) -> list[str]:
        return [f"{type(self).__name__}: {self}"]


def prepare(shell: Any, *, locked: bool) -> None:
    """Prepare a kernel; only a locked one has no shell.

    Parameters
    ----------
    shell : IPython.core.interactiveshell.InteractiveShell
    locked : bool
    """
    # Saved before the learner's code can replace it: it answers a check's requests.
    setattr(builtins, ANSWER, _undrawn(shell, remote.answer, as_imported.keep()))
    guard.watch_threads()
    _take_requests_as_they_are(shell)
    _stay(shell)
    _draw_inline(shell)
    sys.meta_path.append(_Colab())
    if locked:
        _start_nothing(shell)


def _undrawn(
    shell: Any,
    answer: Callable[..., None],
    checks: Callable[[], AbstractContextManager] = contextlib.nullcontext,
) -> Callable[..., None]:
    """Have nothing drawn that is displayed while a check asks: nobody sees it, and it takes long.

    A plot that a learner left in a function is drawn at each of its calls.
    """
    formatter = shell.display_formatter

    def undrawn(request: str, function: Any) -> None:
        before, formatter.active_types = formatter.active_types, []
        try:
            with checks():
                answer(request, function)
        finally:
            formatter.active_types = before

    return undrawn


def _take_requests_as_they_are(shell: Any) -> None:
    """Keep IPython from looking for magics, line by line, in a check's requests, which are long."""
    transformed = shell.transform_cell

    def transform_cell(raw_cell: str) -> str:
        return raw_cell if raw_cell.startswith(f"{ANSWER}(") else transformed(raw_cell)

    shell.transform_cell = transform_cell


def _stay(shell: Any) -> None:
    """Have what ends Python raise an error in the cell that does it."""
    kernel = os.getpid()

    def refuse(called: str) -> Callable[..., None]:
        def ends(*_: Any, **__: Any) -> None:
            raise EndsPython(f"{called} would end Python here, so it did nothing. Leave it out.")

        return ends

    def here(function: Callable[..., Any], called: str) -> Callable[..., Any]:
        def instead(*arguments: Any) -> Any:
            # A process that was forked may end; so may this one, if Jupyter wants it to.
            by = str(sys._getframe(1).f_globals.get("__name__"))
            if os.getpid() == kernel and not by.startswith(("ipykernel.", "jupyter")):
                refuse(called)()
            return function(*arguments)

        return instead

    def kill(process: int, number: int) -> None:
        (to_this if process in (kernel, 0) and number else to_others)(process, number)

    to_others, to_this = os.kill, here(os.kill, "os.kill()")
    shell.ask_exit = refuse("exit() or quit()")
    _replace(os, _exit=here(os._exit, "os._exit()"), abort=refuse("os.abort()"), kill=kill)
    _replace(signal, raise_signal=refuse("signal.raise_signal()"))
    for name in _SIGNALS:
        if number := getattr(signal, name, None):
            signal.signal(number, signal.SIG_IGN)


def _replace(owner: Any, **functions: Any) -> None:
    for name, function in functions.items():
        setattr(owner, name, function)


def _draw_inline(shell: Any) -> None:
    """Draw pictures into the notebook, whatever window they are to go to."""
    inline = shell.enable_matplotlib

    def enable(gui: str | None = None) -> Any:
        return inline("inline" if str(gui).lower() in _WINDOWS else gui)

    shell.enable_matplotlib = enable
    if matplotlib := sys.modules.get("matplotlib"):
        use = matplotlib.use

        def use_if_possible(backend: str, *, force: bool = True) -> None:
            with contextlib.suppress(ImportError):
                use(backend, force=force)

        _replace(matplotlib, use=use_if_possible)


def _start_nothing(shell: Any) -> None:
    """Have what starts programs say that there are none, and go on."""

    def system(command: Any) -> None:
        _say(f"{_shown(command)}: no other program starts while a notebook is graded")

    def getoutput(command: Any, split: bool = True, depth: int = 0) -> Any:
        from IPython.utils.text import LSString, SList

        system(command)
        return SList([]) if split else LSString("")

    def of_cell(line: str, cell: str | None = None) -> None:
        system(line or cell)

    shell.system = shell.system_piped = shell.system_raw = system
    shell.getoutput = getoutput
    for name in _SHELL_CELLS:
        shell.register_magic_function(of_cell, "cell", name)
    for name in _SHELL_LINES:
        shell.register_magic_function(of_cell, "line", name)

    def started(command: Any) -> int:
        system(command)
        return 0

    def opened(command: Any, *_: Any) -> Any:
        return _NoProgram(command, text=True).stdout

    _NoProgram.say = staticmethod(system)
    _replace(os, system=started, popen=opened)
    _replace(subprocess, Popen=_NoProgram)
    # A pool of threads locks as one of processes does, which takes a file that all can reach.
    locks = {name: getattr(threading, name) for name in _LOCKS}
    _replace(multiprocessing, **locks)
    _replace(BaseContext, **{name: staticmethod(lock) for name, lock in locks.items()})


class _NoProgram(subprocess.Popen):
    """Looks like a program that ended at once, well and without a word."""

    say: Callable[[Any], None]

    def __init__(self, args: Any, *_: Any, **how: Any) -> None:
        self.say(args)
        texts = ("text", "universal_newlines", "encoding", "errors")
        nothing: Callable[[], Any] = io.StringIO if any(map(how.get, texts)) else io.BytesIO
        self.args, self.pid, self.returncode = args, 0, 0
        self._empty = nothing().read()
        self.stdin, self.stdout, self.stderr = nothing(), nothing(), nothing()

    def communicate(self, input: Any = None, timeout: float | None = None) -> Any:
        return self._empty, self._empty

    def poll(self) -> int:
        return 0

    def wait(self, timeout: float | None = None) -> int:
        return 0

    def send_signal(self, sig: int) -> None:
        pass

    def __exit__(self, *_: Any) -> None:
        pass

    def __del__(self) -> None:
        pass


class _Colab(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Finds ``google.colab``, where there is none.

    Code that tries whether there is one, to do something else elsewhere, learns that there isn't.
    """

    def find_spec(self, name: str, path: Any, target: Any = None) -> Any:
        wanted = name == "google" or f"{name}.".startswith("google.colab.")
        return ModuleSpec(name, self, is_package=True) if wanted and not _is_tried() else None

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return _Nothing(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        pass


def _is_tried() -> bool:
    """Whether the import that is under way stands in a ``try``."""
    frame = sys._getframe(2)
    while frame.f_back and frame.f_code.co_filename.startswith("<frozen importlib"):
        frame = frame.f_back
    ranges = getattr(dis.Bytecode(frame.f_code), "exception_entries", ())  # of CPython 3.11
    return any(one.start <= frame.f_lasti < one.end for one in ranges)


class _Nothing(ModuleType):
    """A module in which everything has a name, can be called, and does nothing."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return _Nothing(f"{self.__name__}.{name}")

    def __call__(self, *_: Any, **__: Any) -> None:
        _say(f"{self.__name__}: there is none where a notebook is graded")


def _shown(command: Any) -> str:
    words = command if isinstance(command, str) else " ".join(map(str, command or ()))
    return f"“{words.strip().splitlines()[0][:80] if words.strip() else ''}”"


def _say(text: str) -> None:
    print(text)
