"""Have Jupyter start a kernel in a room, and talk to it through files there."""

from __future__ import annotations

import json
import os
import sys
import uuid
from pathlib import Path
from typing import Any

import zmq.asyncio
from jupyter_client.asynchronous import AsyncKernelClient
from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.manager import KernelManager
from jupyter_client.provisioning import LocalProvisioner
from traitlets import Instance, default

from dwsep_helpers.grading.confinement import quota
from dwsep_helpers.grading.confinement.forking_parent import QUIET
from dwsep_helpers.grading.confinement.room import Room

# What a kernel inherits of the grader's environment: nothing that could be a secret.
_INHERITED = ("PATH", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "PYTHONPATH", "VIRTUAL_ENV")
_PREFIXES = ("NBGRADER_", "OMP_", "OPENBLAS_", "MKL_")
# What is taken in from a kernel: bytes of the longest message, and how many wait to be read.
MESSAGE_BYTES, MESSAGES = 16 * 2**20, 16
_FOLDERS = ("HOME", "TMPDIR", "IPYTHONDIR", "MPLCONFIGDIR", "XDG_CACHE_HOME")


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


class RoomProvisioner(LocalProvisioner):
    """Starts a kernel in a room: forked where the room has a parent, anew where it has none."""

    room = Instance(Room)

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Start it. Only Python's own kernel can be forked or confined."""
        room = self.room
        kwargs["env"] = self._environment(kwargs.get("env") or dict(os.environ), room.folder)
        kwargs["cwd"] = str(room.folder)
        room.tidy(keep=[Path(word).name for word in cmd])
        sandbox = room.sandbox.to_json() if room.sandbox else None
        if (sandbox or room.parent) and cmd[1:3] != ["-m", "ipykernel_launcher"]:
            raise RuntimeError(f"only Python's own kernel runs here, not {' '.join(cmd)}")
        if room.parent is None:
            if sandbox:
                request = json.dumps({"sandbox": sandbox, "modules": room.modules})
                # -P: a learner's json.py is none of the modules that are imported unconfined.
                module = f"{__package__}.confined_kernel"
                cmd = [cmd[0], "-P", "-m", module, request, *cmd[3:]]
                kwargs["env"] |= QUIET
            await super().launch_kernel(cmd, **kwargs)
        else:
            child = room.parent.fork(cmd[3:], kwargs["env"], kwargs["cwd"], sandbox)
            self.process = child  # type: ignore[assignment]  # it has Popen's methods
            self.pid = self.pgid = child.pid
            self.cwd = kwargs["cwd"]
        if room.sandbox and self.pid:
            quota.watch(self.pid, room.folder, room.sandbox.limits)
        return self.connection_info

    @staticmethod
    def _environment(env: dict[str, str], folder: Path) -> dict[str, str]:
        kept = {
            name: value
            for name, value in env.items()
            if name in _INHERITED or name.startswith(_PREFIXES)
        }
        return {**kept, **dict.fromkeys(_FOLDERS, str(folder))}
