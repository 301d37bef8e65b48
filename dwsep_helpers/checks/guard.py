"""Notice the ready-made convolutions that run inside an exercise to be solved by hand."""

from __future__ import annotations

import re
import sys
import threading
from collections.abc import Collection, Iterator
from contextlib import ExitStack, contextmanager
from inspect import CO_OPTIMIZED

# Family -> the modules in which it lives and the functions that are shortcuts.
_SHORTCUTS = {
    "kernels": re.compile(r"dwsep_helpers\.kernels\b.*"),
    "torch": re.compile(
        r"torch\.(nn\.functional\.|nn\.modules\.conv\.|_C\.|_VF\.)?.*\b_?conv(olution|\d|_).*"
    ),
    "scipy": re.compile(
        r"scipy\.(signal|ndimage)\..*\b(\w*convolve\w*|correlate\w*|generic_filter|sepfir2d)"
    ),
}
FAMILIES = frozenset(_SHORTCUTS)


@contextmanager
def watch(*, allow: Collection[str] = ()) -> Iterator[list[str]]:
    """Collect the names of ready-made convolutions that run inside the ``with`` block.

    Parameters
    ----------
    allow : collection of str
        Families that may be used: "kernels" (this package's own), "torch", "scipy".

    Yields
    ------
    list of str
        Fills with dotted names such as ``scipy.signal.convolve2d``.
    """
    families = FAMILIES - set(allow)
    found: list[str] = []
    names: dict = {}

    def note(name: str) -> None:
        if name not in found:
            found.append(name)

    def hook(frame, event, arg):
        if event == "call":
            code = frame.f_code
            if code not in names:
                names[code] = _python_name(frame)
            name = names[code]
        elif event == "c_call":
            name = _builtin_name(arg)
        else:
            return
        if name and any(_SHORTCUTS[family].fullmatch(name) for family in families):
            note(name)

    with ExitStack() as stack:
        if "torch" in families and "torch" in sys.modules:
            stack.enter_context(_torch_mode(note))
        stack.callback(sys.setprofile, sys.getprofile())
        stack.callback(threading.setprofile, threading.getprofile())
        threading.setprofile(hook)
        sys.setprofile(hook)
        yield found


def _python_name(frame) -> str | None:
    if not frame.f_code.co_flags & CO_OPTIMIZED:  # the body of a module or class
        return None
    return f"{frame.f_globals.get('__name__')}.{frame.f_code.co_qualname}"


def _builtin_name(function) -> str:
    # An owner can be any object: its type's name is asked for, never its own str().
    owner = getattr(function, "__self__", None)
    module = getattr(function, "__module__", None)
    if not isinstance(module, str):
        module = (owner if isinstance(owner, type) else type(owner)).__module__
    return f"{module}.{function.__name__}"


def _torch_mode(note):
    from torch.utils._python_dispatch import TorchDispatchMode

    class Mode(TorchDispatchMode):
        def __torch_dispatch__(self, function, types, args=(), kwargs=None):
            if "conv" in str(function):
                note(f"torch.ops.{function}")
            return function(*args, **(kwargs or {}))

    return Mode()
