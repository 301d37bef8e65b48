"""Run Python's own kernel in a process that confines itself first."""

from __future__ import annotations

import os
import sys
import zlib
from typing import Any

from dwsep_helpers.grading.confinement.linux import alone
from dwsep_helpers.grading.confinement.sandbox import Sandbox


def run_kernel(arguments: list[str], sandbox: dict | None) -> None:
    """Turn this process into a kernel, confined if there is a sandbox; return when it ends.

    Modules of its folder, which a learner may have put there, can be imported only from then on.

    Raises
    ------
    RuntimeError
        If other threads run already: Linux would confine this one only.
    """
    if sandbox:
        if threads := alone():
            raise RuntimeError(threads)
        Sandbox.from_json(sandbox).enter()
    sys.path[:] = ["", *(path for path in sys.path if path not in ("", os.getcwd()))]
    from ipykernel.kernelapp import IPKernelApp

    _listen_to_no_children()
    _name_cells_fast()
    sys.argv = ["ipykernel_launcher.py", *arguments]
    IPKernelApp.launch_instance(arguments)


def _listen_to_no_children() -> None:
    """Keep ipykernel from opening a TCP port for the output of its child processes."""
    from ipykernel import iostream, kernelapp

    class WithoutPort(iostream.IOPubThread):
        def __init__(self, socket: Any, pipe: bool = False, **how: Any) -> None:
            super().__init__(socket, pipe=False, **how)

    kernelapp.IOPubThread = WithoutPort  # type: ignore[misc, assignment]  # no setting does it


def _name_cells_fast() -> None:
    """Keep ipykernel from computing by Python loops the names under which cells are compiled."""
    from ipykernel import compiler

    def crc(text: str, seed: int) -> int:
        return zlib.crc32(text.encode("utf-8", "surrogatepass"), seed)

    compiler.murmur2_x86 = crc  # no setting does this either
