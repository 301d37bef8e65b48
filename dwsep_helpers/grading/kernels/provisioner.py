"""Tell Jupyter to start its kernels by forking, locked in."""

from __future__ import annotations

import os
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import zmq.asyncio
from jupyter_client.asynchronous import AsyncKernelClient
from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.manager import KernelManager
from jupyter_client.provisioning import KernelProvisionerFactory, LocalProvisioner
from traitlets import default

from dwsep_helpers.grading.kernels.sandbox import Sandbox
from dwsep_helpers.grading.kernels.warm import Parent

NAME = "dwsep-warm"
# What a kernel inherits of the grader's environment: nothing that could be a secret.
_INHERITED = ("PATH", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "PYTHONPATH", "VIRTUAL_ENV")
_PREFIXES = ("NBGRADER_", "OMP_", "OPENBLAS_", "MKL_")
MESSAGE_BYTES = 64 * 2**20  # of the longest that is taken in from a kernel
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
        What they are locked into; it takes a parent.
    """

    folder: Path
    parent: Parent | None = None
    sandbox: Sandbox | None = None


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
        manager.transport = "ipc"
        manager.connection_file = str(cell.folder / f"k-{uuid.uuid4().hex[:8]}.json")
        manager.client_factory = _Client


class _Client(AsyncKernelClient):
    """Hangs up on a kernel that sends more than a grader's memory has room for."""

    @default("context")
    def _bounded(self) -> zmq.asyncio.Context:
        context = super()._context_default()
        context.setsockopt(zmq.MAXMSGSIZE, MESSAGE_BYTES)
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
        if cell.parent is None:
            return await super().launch_kernel(cmd, **kwargs)
        if cmd[1:3] != ["-m", "ipykernel_launcher"]:
            raise RuntimeError(f"only Python's own kernel can be forked, not {' '.join(cmd)}")
        sandbox = cell.sandbox and cell.sandbox.to_json()
        self.process = cell.parent.fork(cmd[3:], kwargs["env"], kwargs["cwd"], sandbox)
        self.pid = self.pgid = self.process.pid
        self.cwd = kwargs["cwd"]
        return self.connection_info

    @staticmethod
    def _environment(env: dict[str, str], folder: Path) -> dict[str, str]:
        kept = {
            name: value
            for name, value in env.items()
            if name in _INHERITED or name.startswith(_PREFIXES)
        }
        return {**kept, **dict.fromkeys(_FOLDERS, str(folder))}
