"""Tell Jupyter to start its kernels by forking, locked in."""

from __future__ import annotations

import json
import os
import sys
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, ClassVar

import zmq.asyncio
from jupyter_client.asynchronous import AsyncKernelClient
from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.manager import KernelManager
from jupyter_client.provisioning import KernelProvisionerFactory, LocalProvisioner
from traitlets import default

from dwsep_helpers.grading import scratch
from dwsep_helpers.grading.kernels import quota
from dwsep_helpers.grading.kernels.sandbox import Sandbox
from dwsep_helpers.grading.kernels.warm import QUIET, Parent

NAME = "dwsep-warm"
# What a kernel inherits of the grader's environment: nothing that could be a secret.
_INHERITED = ("PATH", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "PYTHONPATH", "VIRTUAL_ENV")
_PREFIXES = ("NBGRADER_", "OMP_", "OPENBLAS_", "MKL_")
# What is taken in from a kernel: bytes of the longest message, and how many wait to be read.
MESSAGE_BYTES, MESSAGES = 16 * 2**20, 16
_FOLDERS = ("HOME", "TMPDIR", "IPYTHONDIR", "MPLCONFIGDIR", "XDG_CACHE_HOME")


@dataclass(frozen=True)
class Cell:
    """Where kernels run, one at a time.

    Attributes
    ----------
    folder : Path
        Their home, the folder they start in, and the one where they may write.
    parent : Parent or None
        Forks them; None starts each anew.
    sandbox : Sandbox or None
        What they are locked into.
    modules : tuple of str
        What one that starts anew imports before it is locked in.
    given : frozenset of str
        What is in the folder before the first kernel starts.
    """

    folder: Path
    parent: Parent | None = None
    sandbox: Sandbox | None = None
    modules: tuple[str, ...] = ()
    given: frozenset[str] = field(init=False)

    def __post_init__(self):
        object.__setattr__(self, "given", frozenset(os.listdir(self.folder)))

    def tidy(self, keep: Iterable[str]) -> None:
        """Remove what kernels left in the folder, but for files with these names."""
        for name in set(os.listdir(self.folder)) - self.given - set(keep):
            scratch.remove(self.folder / name)


@contextmanager
def kernels_in(cell: Cell) -> Iterator[None]:
    """Have all kernels that start inside the ``with`` block run in this cell."""
    factory = KernelProvisionerFactory.instance()
    previous, factory.default_provisioner_name = factory.default_provisioner_name, NAME
    WarmProvisioner.cell = cell
    try:
        yield
    finally:
        WarmProvisioner.cell = None
        factory.default_provisioner_name = previous


def connect(manager: KernelManager) -> None:
    """Have a manager talk to its kernel through files of the cell: there is no network in it."""
    if cell := WarmProvisioner.cell:
        manager.client_factory = _Client
        manager.connection_file = str(cell.folder / f"k-{uuid.uuid4().hex[:8]}.json")
        if sys.platform != "win32":  # which has no such files
            manager.transport = "ipc"


class _Client(AsyncKernelClient):
    """Hangs up on a kernel that sends more than a grader's memory has room for."""

    @default("context")
    def _bounded(self) -> zmq.asyncio.Context:
        context = super()._context_default()
        context.setsockopt(zmq.MAXMSGSIZE, MESSAGE_BYTES)
        context.setsockopt(zmq.RCVHWM, MESSAGES)
        return context


class WarmProvisioner(LocalProvisioner):
    """Forks kernels from a warm process; those of other languages start as ever."""

    cell: ClassVar[Cell | None] = None

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Start a kernel in the cell."""
        cell = self.cell
        if cell is None:
            return await super().launch_kernel(cmd, **kwargs)
        kwargs["env"] = self._environment(kwargs.get("env") or dict(os.environ), cell.folder)
        kwargs["cwd"] = str(cell.folder)
        cell.tidy(keep=[Path(word).name for word in cmd])
        sandbox = cell.sandbox and cell.sandbox.to_json()
        if (sandbox or cell.parent) and cmd[1:3] != ["-m", "ipykernel_launcher"]:
            raise RuntimeError(f"only Python's own kernel runs here, not {' '.join(cmd)}")
        if cell.parent is None:
            if sandbox:
                request = json.dumps({"sandbox": sandbox, "modules": cell.modules})
                # -P: a learner's json.py is none of the modules that are imported unlocked.
                cmd = [cmd[0], "-P", "-m", f"{__package__}.locked", request, *cmd[3:]]
                kwargs["env"] |= QUIET
            await super().launch_kernel(cmd, **kwargs)
        else:
            self.process = cell.parent.fork(cmd[3:], kwargs["env"], kwargs["cwd"], sandbox)
            self.pid = self.pgid = self.process.pid
            self.cwd = kwargs["cwd"]
        if cell.sandbox:
            quota.watch(self.pid, cell.folder, cell.sandbox.limits.folder)
        return self.connection_info

    @staticmethod
    def _environment(env: dict[str, str], folder: Path) -> dict[str, str]:
        kept = {
            name: value
            for name, value in env.items()
            if name in _INHERITED or name.startswith(_PREFIXES)
        }
        return {**kept, **dict.fromkeys(_FOLDERS, str(folder))}
