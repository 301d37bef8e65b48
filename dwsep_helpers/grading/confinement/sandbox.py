"""Confine a process: what it can read, write, call and use up. Linux only, no privileges needed.

Two of Linux's own mechanisms do it, both for good: nothing that runs in the process later can
undo them. Landlock says which files it may open (https://docs.kernel.org/userspace-api/landlock.html);
seccomp says which system calls it may make, so there is no network, no further process and no
signal to others. Limits on memory, time and file sizes come on top.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import platform
import re
import struct
import sys
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path

if sys.platform != "win32":  # which has no such module, and no sandbox
    import resource

GIB = 2**30


class SandboxError(OSError):
    """The process could not be confined."""


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
    """

    memory: int = 2 * GIB
    cpu: int = 900
    file_size: int = 32 * 2**20
    files: int = 256
    folder: int = 256 * 2**20


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
    """

    writes: str
    reads: tuple[str, ...] = ()
    limits: Limits = Limits()
    connects: bool = False

    def to_json(self) -> dict:
        """Return it as JSON can hold it."""
        return asdict(self)

    @classmethod
    def from_json(cls, data: dict) -> Sandbox:
        """Return what :meth:`to_json` was called on."""
        limits = Limits(**data["limits"])
        return cls(data["writes"], tuple(data["reads"]), limits, data["connects"])

    def enter(self) -> None:
        """Confine this process, for good.

        Raises
        ------
        SandboxError
            If Linux refuses. The process isn't to go on then.
        """
        if reason := unavailable():
            raise SandboxError(errno.ENOSYS, reason)
        _limit(self.limits)
        _drop_capabilities()
        _prctl(_PR_SET_NO_NEW_PRIVS, 1)
        _restrict_files([*_system(), *self.reads], [self.writes])
        _restrict_calls(self.connects)


def unavailable() -> str | None:
    """Return why there can be no sandbox here, None if there can.

    It takes Linux 5.13 with Landlock switched on, on an x86-64 or 64-bit ARM processor.
    """
    if not sys.platform.startswith("linux"):
        return f"there is none for {platform.system()}, only for Linux"
    if platform.machine() not in _CALLS:
        return f"there is none for {platform.machine()} processors"
    if _landlock_version() < 1:
        return "this Linux has no Landlock (5.13 or newer, switched on)"
    return None


# What any Python program reads. Others' files, the home folder and /proc but for the process's
# own part of it aren't among them.
_ETC = ("ld.so.cache", "localtime", "nsswitch.conf", "passwd", "group", "fonts", "mime.types")
_DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom")
_PROC = ("self", "cpuinfo", "meminfo", "stat", "filesystems", "sys/vm", "sys/kernel/random")


def _system() -> list[str]:
    package = Path(__file__).resolve().parents[2]
    paths = [sys.prefix, sys.exec_prefix, sys.base_prefix, sys.base_exec_prefix, str(package)]
    paths += ["/usr", "/lib", "/lib64", "/bin", "/sys/devices/system/cpu", *_DEVICES]
    paths += [f"/etc/{name}" for name in _ETC] + [f"/proc/{name}" for name in _PROC]
    return paths


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
        (resource.RLIMIT_CORE, 0),
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
    _check(_libc().capset(header, bytes(24)), "capset")


# Landlock: uapi/linux/landlock.h.
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1, 2, 4, 8
_OF_FILES = _EXECUTE | _WRITE_FILE | _READ_FILE | 1 << 14 | 1 << 15  # truncate, ioctl
_ALL_RIGHTS = {1: (1 << 13) - 1, 2: (1 << 14) - 1, 3: (1 << 15) - 1, 5: (1 << 16) - 1}


def _landlock_version() -> int:
    return _libc().syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), ctypes.c_uint32(1))


def _restrict_files(reads: Iterable[str], writes: Iterable[str]) -> None:
    version = _landlock_version()
    rights = _ALL_RIGHTS[max(known for known in _ALL_RIGHTS if known <= version)]
    network = 3 if version >= 4 else 0  # no TCP
    scope = 3 if version >= 6 else 0  # no abstract sockets and no signals of others
    attributes = struct.pack("QQQ", rights, network, scope)
    size = 24 if version >= 6 else 16 if version >= 4 else 8
    ruleset = _check(
        _libc().syscall(_CREATE_RULESET, attributes, ctypes.c_size_t(size), ctypes.c_uint32(0)),
        "landlock_create_ruleset",
    )
    readable = _EXECUTE | _READ_FILE | _READ_DIR
    for path in reads:
        device = path in _DEVICES
        _allow(ruleset, path, rights & (readable | (_WRITE_FILE | 1 << 14 if device else 0)))
    for path in writes:
        _allow(ruleset, path, rights & ~_EXECUTE)
    _check(
        _libc().syscall(_RESTRICT_SELF, ctypes.c_int(ruleset), ctypes.c_uint32(0)),
        "landlock_restrict_self",
    )
    os.close(ruleset)


def _allow(ruleset: int, path: str, rights: int) -> None:
    try:
        handle = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except FileNotFoundError:
        return
    try:
        if not os.path.isdir(path):
            rights &= _OF_FILES
        rule = struct.pack("=Qi", rights, handle)
        _check(
            _libc().syscall(
                _ADD_RULE, ctypes.c_int(ruleset), ctypes.c_int(1), rule, ctypes.c_uint32(0)
            ),
            f"landlock_add_rule {path}",
        )
    finally:
        os.close(handle)


def _numbers(table: str) -> dict[str, int]:
    words = table.split()
    return dict(zip(words[::2], map(int, words[1::2]), strict=True))


# seccomp: the numbers of system calls differ from processor to processor.
_CALLS = {
    "x86_64": _numbers("""
        clone 56 fork 57 vfork 58 clone3 435 execve 59 execveat 322
        socket 41 socketpair 53 connect 42 io_uring_setup 425
        shmget 29 msgget 68 semget 64 mq_open 240
        memfd_create 319 memfd_secret 447 pidfd_getfd 438
        kill 62 tkill 200 tgkill 234 rt_sigqueueinfo 129
        rt_tgsigqueueinfo 297 pidfd_send_signal 424 pidfd_open 434
        ptrace 101 process_vm_readv 310 process_vm_writev 311
        prlimit64 302 setpriority 141 sched_setaffinity 203
        unshare 272 setns 308 mount 165 umount2 166 chroot 161
        bpf 321 perf_event_open 298 userfaultfd 323
        add_key 248 request_key 249 keyctl 250
        chmod 90 fchmod 91 fchmodat 268 fchmodat2 452 truncate 76
        chown 92 fchown 93 lchown 94 fchownat 260
        utime 132 utimes 235 futimesat 261 utimensat 280
        setxattr 188 lsetxattr 189 fsetxattr 190
        removexattr 197 lremovexattr 198 fremovexattr 199
    """),
    "aarch64": _numbers("""
        clone 220 clone3 435 execve 221 execveat 281
        socket 198 socketpair 199 connect 203 io_uring_setup 425
        shmget 194 msgget 186 semget 190 mq_open 180
        memfd_create 279 memfd_secret 447 pidfd_getfd 438
        kill 129 tkill 130 tgkill 131 rt_sigqueueinfo 138
        rt_tgsigqueueinfo 240 pidfd_send_signal 424 pidfd_open 434
        ptrace 117 process_vm_readv 270 process_vm_writev 271
        prlimit64 261 setpriority 140 sched_setaffinity 122
        unshare 97 setns 268 mount 40 umount2 39 chroot 51
        bpf 280 perf_event_open 241 userfaultfd 282
        add_key 217 request_key 218 keyctl 219
        fchmod 52 fchmodat 53 fchmodat2 452 truncate 45
        fchown 55 fchownat 54 utimensat 88
        setxattr 5 lsetxattr 6 fsetxattr 7
        removexattr 14 lremovexattr 15 fremovexattr 16
    """),
}
_OF_MODES = re.compile("chmod|chown|utime|xattr")
_ARCHITECTURE = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _AND, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x54, 0x06
_NUMBER, _MACHINE, _FIRST, _SECOND = 0, 4, 16, 24  # offsets in struct seccomp_data
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000
_CLONE_THREAD, _AF_UNIX, _SOCK_STREAM = 0x10000, 1, 1


def _restrict_calls(connects: bool) -> None:
    program = b"".join(struct.pack("HBBI", *instruction) for instruction in _filter(connects))
    instructions = ctypes.create_string_buffer(program)
    filter_program = struct.pack("HxxxxxxQ", len(program) // 8, ctypes.addressof(instructions))
    _prctl(_PR_SET_SECCOMP, 2, filter_program)


def _filter(connects: bool) -> list[tuple[int, int, int, int]]:
    """Return the program that Linux runs before each system call: code, if, else, operand."""
    machine = platform.machine()
    calls = dict(_CALLS[machine])
    if connects:
        del calls["connect"]
    refuse = (_RETURN, 0, 0, _REFUSE | errno.EPERM)
    allow = (_RETURN, 0, 0, _ALLOW)
    program = [
        (_LOAD, 0, 0, _MACHINE),
        (_EQUAL, 1, 0, _ARCHITECTURE[machine]),
        refuse,
        (_LOAD, 0, 0, _NUMBER),
        (_AT_LEAST, 0, 1, 0x40000000),  # x86's other set of calls
        refuse,
    ]

    def on(name: str, *then: tuple[int, int, int, int]) -> None:
        program.extend([(_EQUAL, 0, len(then), calls.pop(name)), *then])

    # Threads, but no processes. glibc takes clone where there is no clone3.
    on("clone", (_LOAD, 0, 0, _FIRST), (_ANY_BIT, 0, 1, _CLONE_THREAD), allow, refuse)
    on("clone3", (_RETURN, 0, 0, _REFUSE | errno.ENOSYS))
    # Sockets for Jupyter's messages, which others connect to. Others than streams could send to
    # the system's log without connecting.
    for name in ("socket", "socketpair"):
        on(
            name,
            (_LOAD, 0, 0, _FIRST),
            (_EQUAL, 0, 3, _AF_UNIX),
            (_LOAD, 0, 0, _SECOND),
            (_AND, 0, 0, 0xFF),
            (_EQUAL, 1, 0, _SOCK_STREAM),
            refuse,
            allow,
        )
    # Signals to itself; prlimit on itself.
    for name in ("kill", "tgkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo"):
        on(name, (_LOAD, 0, 0, _FIRST), (_EQUAL, 0, 1, os.getpid()), allow, refuse)
    on("prlimit64", (_LOAD, 0, 0, _FIRST), (_EQUAL, 0, 1, 0), allow, refuse)
    # Landlock doesn't restrict these. They do nothing, as if it worked: IPython copies files.
    nothing = (_RETURN, 0, 0, _REFUSE)
    for name in [name for name in calls if _OF_MODES.search(name)]:
        on(name, nothing)
    # What is left: other processes, and memory that no limit counts or that outlives the process.
    for name in list(calls):
        on(name, refuse)
    return [*program, allow]


_PR_SET_SECCOMP, _PR_SET_NO_NEW_PRIVS = 22, 38


def _prctl(option: int, value: int, more: bytes | None = None) -> None:
    arguments = [ctypes.c_ulong(value), more or ctypes.c_ulong(0)]
    arguments += [ctypes.c_ulong(0)] * 2
    _check(_libc().prctl(ctypes.c_int(option), *arguments), f"prctl {option}")


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _check(returned: int, what: str) -> int:
    if returned < 0:
        number = ctypes.get_errno()
        raise SandboxError(number, f"{what}: {os.strerror(number)}")
    return returned
