"""Run Python's own kernel in a process that confines itself first.

``python -m dwsep_helpers.grading.confinement.confined_kernel REQUEST ARGUMENT …`` starts one anew;
the request is a JSON text with the sandbox and the modules to import before it closes. In a process
that :mod:`forking_parent` forked, it calls :func:`run_kernel` itself.
"""

from __future__ import annotations

import importlib
import json
import os
import sys
from typing import Any

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
        if (threads := len(os.listdir("/proc/self/task"))) != 1:
            raise RuntimeError(f"{threads} threads run where one is to be confined")
        Sandbox.from_json(sandbox).enter()
    sys.path[:] = ["", *(path for path in sys.path if path not in ("", os.getcwd()))]
    from ipykernel.kernelapp import IPKernelApp

    _listen_to_no_children()
    sys.argv = ["ipykernel_launcher.py", *arguments]
    IPKernelApp.launch_instance(arguments)


def _listen_to_no_children() -> None:
    """Keep ipykernel from opening a TCP port for the output of its child processes."""
    from ipykernel import iostream, kernelapp

    class WithoutPort(iostream.IOPubThread):
        def __init__(self, socket: Any, pipe: bool = False, **how: Any) -> None:
            super().__init__(socket, pipe=False, **how)

    kernelapp.IOPubThread = WithoutPort  # type: ignore[misc, assignment]  # no setting does it


def main(arguments: list[str]) -> None:
    """Import, confine, run."""
    text, *rest = arguments
    request = json.loads(text)
    for module in request["modules"]:
        importlib.import_module(module)
    run_kernel(rest, request["sandbox"])


if __name__ == "__main__":
    main(sys.argv[1:])
