"""Have Jupyter start a kernel in a room, and talk to it through files there."""

from __future__ import annotations

import math
import os
import sys
import time
import uuid
from contextlib import suppress
from queue import Empty
from typing import Any

import zmq.asyncio
from jupyter_client.asynchronous import AsyncKernelClient
from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.manager import KernelManager
from jupyter_client.provisioning import KernelProvisionerFactory, LocalProvisioner
from traitlets import Instance, default

from dwsep_helpers.grading.confinement.keeper import FOLDERS, OF_IPYTHON
from dwsep_helpers.grading.confinement.room import Room
from dwsep_helpers.translation import LANGUAGE

# What a kernel inherits of the grader's environment: nothing that could be a secret.
_INHERITED = ("PATH", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "PYTHONPATH", "VIRTUAL_ENV", LANGUAGE)
_PREFIXES = ("NBGRADER_", "OMP_", "OPENBLAS_", "MKL_")
# What is taken in from a kernel: bytes of the longest message, and how many wait to be read.
MESSAGE_BYTES, MESSAGES = 16 * 2**20, 16
# Looks through all that is installed for ways to start a kernel: once, where forks inherit it.
KernelProvisionerFactory.instance()


def confine(manager: KernelManager, room: Room) -> None:
    """Have a manager start its kernel in a room, from which no network leads out."""
    manager.kernel_id = str(uuid.uuid4())
    manager.provisioner = RoomProvisioner(
        room=room, kernel_id=manager.kernel_id, kernel_spec=manager.kernel_spec, parent=manager
    )
    manager.client_factory = BoundedClient
    manager.connection_file = str(room.folder / f"k-{uuid.uuid4().hex[:8]}.json")
    if sys.platform != "win32":  # which has no such files
        manager.transport = "ipc"


class BoundedClient(AsyncKernelClient):
    """Hangs up on a kernel that sends more than a grader's memory has room for."""

    @default("context")
    def _bounded(self) -> zmq.asyncio.Context:
        context = super()._context_default()
        context.setsockopt(zmq.MAXMSGSIZE, MESSAGE_BYTES)
        context.setsockopt(zmq.RCVHWM, MESSAGES)
        return context

    async def wait_for_ready(self, timeout: float | None = None) -> None:
        """Wait until the kernel has answered, and said on its other channel that it is done.

        jupyter_client then listens for 0.2 s more, which is a sixth of a notebook's time, for what
        an earlier client may have asked: here there was none.
        """
        end = math.inf if timeout is None else time.monotonic() + timeout
        while time.monotonic() < end:
            asked = self.kernel_info()
            with suppress(Empty):
                reply = await self.shell_channel.get_msg(timeout=1)
                while not _is_done(await self.iopub_channel.get_msg(timeout=0.2), asked):
                    pass
                self._handle_kernel_info_reply(reply)
                return
            if not await self.is_alive():
                raise RuntimeError("the kernel ended before it answered")
        raise RuntimeError(f"the kernel didn't answer within {timeout} seconds")


def _is_done(message: dict[str, Any], asked: str) -> bool:
    """Whether a message says that the kernel is done with what it was asked."""
    about, state = message.get("parent_header", {}), message.get("content", {})
    return about.get("msg_id") == asked and state.get("execution_state") == "idle"


class RoomProvisioner(LocalProvisioner):
    """Starts a kernel in a room: by its keeper, or anew where it has none."""

    room = Instance(Room)

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Start it. Only Python's own kernel can be forked."""
        room = self.room
        env = kwargs.get("env") or dict(os.environ)
        folders = {**dict.fromkeys(FOLDERS, room.folder), "IPYTHONDIR": room.folder / OF_IPYTHON}
        kwargs["env"] = {**_inherited(env), **{name: str(path) for name, path in folders.items()}}
        kwargs["cwd"] = str(room.folder)
        if room.keeper is None:
            await super().launch_kernel(cmd, **kwargs)
            return self.connection_info
        if cmd[1:3] != ["-m", "ipykernel_launcher"]:
            raise RuntimeError(f"only Python's own kernel runs here, not {' '.join(cmd)}")
        kernel = room.keeper.start(cmd[3:], kwargs["env"])
        self.process = kernel  # type: ignore[assignment]  # it has Popen's methods
        self.pid = self.pgid = kernel.pid
        self.cwd = kwargs["cwd"]
        return self.connection_info


def _inherited(env: dict[str, str]) -> dict[str, str]:
    return {
        name: value
        for name, value in env.items()
        if name in _INHERITED or name.startswith(_PREFIXES)
    }
