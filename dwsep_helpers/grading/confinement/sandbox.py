"""Confine a process: what it can read, write, call and use up. Linux only, no privileges needed.

Two of Linux's own mechanisms do it, both for good: nothing that runs in the process later can
undo them. :mod:`landlock` says which files it may open, :mod:`system_calls` which calls it may
make, so there is no network, no further process and no signal to others. Limits on memory, time
and file sizes come on top. What isn't named is denied.
"""

from __future__ import annotations

import contextlib
import errno
import platform
import struct
import sys
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from dwsep_helpers.grading.confinement import landlock, linux, system_calls
from dwsep_helpers.grading.confinement.linux import SandboxError

if sys.platform != "win32":  # which has no such module, and no sandbox
    import resource

__all__ = ["Limits", "Sandbox", "SandboxError", "exposed", "unavailable"]
GIB = 2**30
_PR_SET_NO_NEW_PRIVS = 38


@dataclass(frozen=True)
class Limits:
    """What a process may use up.

    Attributes
    ----------
    memory : int
        Bytes of address space beyond what it has when it is confined.
    cpu : int
        Seconds of processor time.
    file_size : int
        Bytes of each file that it writes.
    files : int
        Files that are open at a time.
    folder : int
        Bytes of all files that it has, together. This limit isn't Linux's: see :mod:`quota`.
    written : int
        Bytes that it writes, also over others; counted by :mod:`quota`, as are threads.
    threads : int
        Threads at a time.
    """

    memory: int = 2 * GIB
    cpu: int = 900
    file_size: int = 32 * 2**20
    files: int = 256
    folder: int = 256 * 2**20
    written: int = 2 * GIB
    threads: int = 500


@dataclass(frozen=True)
class Sandbox:
    """What a process is confined to.

    Attributes
    ----------
    writes : str
        The one folder in which it may write.
    reads : tuple of str
        Folders and files that it may read, besides Python's and the system's libraries.
    limits : Limits
    connects : bool
        Whether it may connect to sockets that are files, and be handed open files: for the
        examiner of kernels.
    """

    writes: str
    reads: tuple[str, ...] = ()
    limits: Limits = Limits()
    connects: bool = False

    @classmethod
    def of_examiner(cls, writes: str, reads: tuple[str, ...], *, torch: bool = False) -> Sandbox:
        """Return the one of the process that reads a submission and talks to its kernels.

        Parameters
        ----------
        writes : str
            Its folder.
        reads : tuple of str
            The submission, and the folder with the kernels' sockets.
        torch : bool
            Whether it computes with torch, which takes more memory.
        """
        return cls(writes, reads, Limits(memory=2 * GIB if torch else GIB), connects=True)

    def to_json(self) -> dict:
        """Return it as JSON can hold it."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict) -> Sandbox:
        """Return what :meth:`to_json` was called on."""
        given = {"limits": Limits(**data["limits"]), "reads": tuple(data["reads"])}
        return cls(**{**data, **given})

    def enter(self) -> None:
        """Confine this process, for good. It keeps the descriptors that it has.

        Raises
        ------
        SandboxError
            If Linux refuses. The process isn't to go on then.
        """
        if reason := unavailable():
            raise SandboxError(errno.ENOSYS, reason)
        _limit(self.limits)
        _drop_capabilities()
        linux.prctl(_PR_SET_NO_NEW_PRIVS, 1)
        reads = [beside for place in _system() for beside in _beside_answers(Path(place))]
        # An import looks through the folders that its module lies in.
        lists = [place for place in _system() if Path(place).resolve() in _ANSWERS.parents]
        landlock.restrict([*reads, *self.reads], [*_LISTED, *lists], _DEVICES, [self.writes])
        system_calls.restrict(connects=self.connects)


def unavailable() -> str | None:
    """Return why there can be no sandbox here, None if there can.

    It takes Linux 5.13 with Landlock switched on, on an x86-64 or 64-bit ARM processor.
    """
    if not sys.platform.startswith("linux"):
        return f"there is none for {platform.system()}, only for Linux"
    if not system_calls.known(platform.machine()):
        return f"there is none for {platform.machine()} processors"
    if landlock.version() == -errno.EPERM:
        return "no Landlock in here: a container's seccomp profile seems to forbid it"
    if landlock.version() < 1:
        return "this Linux has no Landlock (5.13 or newer, switched on)"
    return None


# What any Python program reads, found by watching kernels run all units. Others' files, the home
# folder and all that /proc tells about others aren't among them; nor is the process's own
# environment, which may be that of the grader.
_ETC = ("ld.so.cache", "localtime", "nsswitch.conf", "passwd", "group", "fonts", "mime.types")
_PROC = (
    *("self/maps", "self/stat", "self/statm", "self/status"),
    *("cpuinfo", "meminfo", "stat", "sys/vm/overcommit_memory"),
)
_LISTED = ("/proc/self/fd", "/proc/self/task")
_RANDOM = ("/dev/random", "/dev/urandom")
_DEVICES = ("/dev/null", "/dev/zero", "/dev/full")
_PACKAGE = Path(__file__).resolve().parents[2]
_ANSWERS = _PACKAGE / "another_way"  # texts of right answers, which a kernel could run


def _system() -> list[str]:
    paths = [sys.prefix, sys.exec_prefix, sys.base_prefix, sys.base_exec_prefix, str(_PACKAGE)]
    # Where else pip put packages: `pip install --user`, or a folder on PYTHONPATH.
    paths += filter(_has_packages, sys.path)
    paths += ["/usr", "/lib", "/lib64", "/bin", "/sys/devices/system/cpu", *_RANDOM]
    paths += [f"/etc/{name}" for name in _ETC] + [f"/proc/{name}" for name in _PROC]
    return paths


def _has_packages(entry: str) -> bool:
    try:
        return bool(entry) and any(Path(entry).glob("*.dist-info"))
    except OSError:  # it may not be looked into
        return False


def _beside_answers(place: Path) -> Iterator[str]:
    """Yield a place or, where right answers lie in it, all that lies beside them."""
    if place.resolve() not in _ANSWERS.parents:
        yield str(place)
        return
    for entry in place.resolve().iterdir():
        found = entry.resolve()
        # A link to a folder above, such as lib64 to lib, would open all of it.
        if found != _ANSWERS and not (entry.is_symlink() and found in _ANSWERS.parents):
            yield from _beside_answers(entry)


def exposed(path: Path) -> str | None:
    """Return the system's folder that a path lies in, if any: kernels can read what is there."""
    inside = path.resolve().parents
    return next((place for place in _system() if Path(place).resolve() in inside), None)


def _limit(limits: Limits) -> None:
    has = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    for name, most in (
        (resource.RLIMIT_AS, has + limits.memory),
        (resource.RLIMIT_CPU, limits.cpu),
        (resource.RLIMIT_FSIZE, limits.file_size),
        (resource.RLIMIT_NOFILE, limits.files),
        # 0 would let a crash be handed to a program that keeps it, as many systems do.
        (resource.RLIMIT_CORE, 1),
    ):
        _, hard = resource.getrlimit(name)
        most = most if hard == resource.RLIM_INFINITY else min(most, hard)
        resource.setrlimit(name, (most, most))
    # If memory runs out all the same, let it end this process and not the grader.
    with contextlib.suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text("1000")


def _drop_capabilities() -> None:
    """Give up what makes root more than others."""
    header = struct.pack("Ii", 0x20080522, 0)  # version 3, this process
    linux.check(linux.libc().capset(header, bytes(24)), "capset")
