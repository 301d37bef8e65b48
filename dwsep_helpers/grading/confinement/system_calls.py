"""seccomp, which says what system calls a process may make: whatever isn't listed here is refused.

The list is what Python, NumPy, Matplotlib, torch, SQLite and Jupyter's kernel were seen to call in
all units' notebooks, and their kin that do as little harm. Landlock says which files the calls
reach; nothing here starts a process, opens a network or touches another process.
"""

from __future__ import annotations

import ctypes
import errno
import os
import platform
import struct
from collections.abc import Iterable
from itertools import chain

from dwsep_helpers.grading.confinement import linux

# Names with their numbers on x86-64 and on 64-bit ARM, - where a processor doesn't have it.
_ALLOWED = """
 read 0 63  write 1 64  pread64 17 67  pwrite64 18 68  readv 19 65  writev 20 66
 preadv 295 69  pwritev 296 70  preadv2 327 286  pwritev2 328 287  lseek 8 62
 creat 85 -  close 3 57  dup 32 23  dup2 33 -  dup3 292 24  pipe 22 -  pipe2 293 59
 stat 4 -  fstat 5 80  lstat 6 -  newfstatat 262 79  statx 332 291  statfs 137 43
 fstatfs 138 44  access 21 -  faccessat 269 48  faccessat2 439 439
 readlink 89 -  readlinkat 267 78  getcwd 79 17  chdir 80 49  fchdir 81 50
 getdents 78 -  getdents64 217 61  mkdir 83 -  mkdirat 258 34  rmdir 84 -
 unlink 87 -  unlinkat 263 35  rename 82 -  renameat 264 38  renameat2 316 276
 link 86 -  linkat 265 37  ftruncate 77 46  fsync 74 82  fdatasync 75 83
 sendfile 40 71  copy_file_range 326 285  umask 95 166

 poll 7 -  ppoll 271 73  select 23 -  pselect6 270 72  epoll_create 213 -
 epoll_create1 291 20  epoll_ctl 233 21  epoll_wait 232 -  epoll_pwait 281 22
 epoll_pwait2 441 441  eventfd 284 -  eventfd2 290 19
 timerfd_create 283 85  timerfd_settime 286 86  timerfd_gettime 287 87
 bind 49 200  listen 50 201  accept 43 202  accept4 288 242  getsockname 51 204
 getpeername 52 205  sendto 44 206  recvfrom 45 207  shutdown 48 210  getsockopt 55 209

 brk 12 214  mmap 9 222  munmap 11 215  mprotect 10 226  mremap 25 216  madvise 28 233
 msync 26 227  mlock 149 228  munlock 150 229
 mbind 237 235  get_mempolicy 239 236

 exit 60 93  exit_group 231 94  futex 202 98  futex_waitv 449 449  set_robust_list 273 99
 set_tid_address 218 96  rseq 334 293  gettid 186 178  sched_yield 24 124
 sched_getaffinity 204 123  sched_getparam 143 121  sched_getscheduler 145 120
 sched_get_priority_max 146 125  sched_get_priority_min 147 126  getcpu 309 168

 nanosleep 35 101  clock_nanosleep 230 115  clock_gettime 228 113  clock_getres 229 114
 gettimeofday 96 169  time 201 -  times 100 153  alarm 37 -  setitimer 38 103
 getitimer 36 102  pause 34 -  restart_syscall 219 128  rt_sigaction 13 134
 rt_sigprocmask 14 135  rt_sigreturn 15 139  rt_sigpending 127 136
 rt_sigtimedwait 128 137  rt_sigsuspend 130 133  sigaltstack 131 132

 getpid 39 172  getppid 110 173  getpgid 121 155  getpgrp 111 -  getsid 124 156
 getuid 102 174  geteuid 107 175  getgid 104 176  getegid 108 177  getresuid 118 148
 getresgid 120 150  getgroups 115 158  getrlimit 97 163  setrlimit 160 164
 getrusage 98 165  getpriority 140 141  uname 63 160  sysinfo 99 179  getrandom 318 278
 wait4 61 260  waitid 247 95  arch_prctl 158 -
"""
# What depends on the arguments: see _checked.
_CHECKED = """
 open 2 -  openat 257 56  close_range 436 436  fcntl 72 25  ioctl 16 29  prctl 157 167
 clone 56 220  socket 41 198  socketpair 53 199
 kill 62 129  tgkill 234 131  rt_sigqueueinfo 129 138  rt_tgsigqueueinfo 297 240
 prlimit64 302 261
"""
# Landlock doesn't restrict these. They do nothing, as if it worked: IPython copies files,
# libraries lock some, and ZeroMQ gives its threads the priority that they have.
_PRETENDED = """
 chmod 90 -  fchmod 91 52  fchmodat 268 53  fchmodat2 452 452  chown 92 -  fchown 93 55
 lchown 94 -  fchownat 260 54  utime 132 -  utimes 235 -  futimesat 261 -  utimensat 280 88
 flock 73 32  sched_setscheduler 144 119
"""
# As on a disk that has no such attributes, and that gives no room in advance: in a moment, and
# whatever the limit on a file's size, that would be all that the disk has.
_NOT_SUPPORTED = """
 fallocate 285 47
 setxattr 188 5  lsetxattr 189 6  fsetxattr 190 7  getxattr 191 8  lgetxattr 192 9
 fgetxattr 193 10  listxattr 194 11  llistxattr 195 12  flistxattr 196 13
 removexattr 197 14  lremovexattr 198 15  fremovexattr 199 16
"""
# What people try, so that the error is the one they look for: not permitted. Calls in no table
# don't exist, as on an older Linux; libraries know what to do then.
_NOT_PERMITTED = """
 fork 57 -  vfork 58 -  execve 59 221  execveat 322 281  connect 42 203  setsid 112 157
 sendmsg 46 211  sendmmsg 307 269  recvmsg 47 212  setsockopt 54 208
 ptrace 101 117  process_vm_readv 310 270  process_vm_writev 311 271  pidfd_open 434 434
 tkill 200 130  pidfd_send_signal 424 424  setpgid 109 154
 sched_setparam 142 118  sched_setattr 314 274  sched_setaffinity 203 122
 setpriority 141 140  ioprio_set 251 30
 symlink 88 -  symlinkat 266 36  mknod 133 -  mknodat 259 33  truncate 76 45
 mount 165 40  umount2 166 39  chroot 161 51  unshare 272 97  setns 308 268
"""
_PROCESSORS = {"x86_64": (1, 0xC000003E), "aarch64": (2, 0xC00000B7)}  # column, AUDIT_ARCH

# Constants of Linux's headers, the same on both processors.
_FCNTL = {
    *(0, 1, 2, 3, 1030),  # F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_DUPFD_CLOEXEC
    *(5, 36),  # F_GETLK, F_OFD_GETLK: is there a lock?
    1032,  # F_GETPIPE_SZ
}
# Each lock takes memory that no limit counts. None is needed where one process writes.
_FCNTL_LOCKS = {6, 7, 37, 38}  # F_SETLK, F_SETLKW, F_OFD_SETLK, F_OFD_SETLKW
_SET_FLAGS, _O_ASYNC, _O_ACCMODE, _O_TRUNC = 4, 0o20000, 3, 0o1000
_IOCTL = {
    0x5401,  # TCGETS: is it a terminal?
    0x5413,  # TIOCGWINSZ
    0x541B,  # FIONREAD
    0x5421,  # FIONBIO
    *(0x5450, 0x5451),  # FIONCLEX, FIOCLEX
}
_PRCTL = {
    *(15, 16),  # PR_SET_NAME, PR_GET_NAME
    *(3, 21, 23, 39),  # whether it is dumpable, confined, capable, may gain privileges
    *(51, 64),  # the size of ARM's vectors
    0x53564D41,  # PR_SET_VMA: the name of a piece of memory
}
# What glibc's threads have in common: all. One with files of its own would have them uncounted.
_THREAD = 0x3D0F00
_AF_UNIX, _SOCK_STREAM = 1, 1

_LOAD, _EQUAL, _AT_LEAST, _ANY_BIT, _AND, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x54, 0x06
_NUMBER, _MACHINE, _ARGUMENTS = 0, 4, 16  # offsets in struct seccomp_data
_SECCOMP_ALLOW, _SECCOMP_ERRNO = 0x7FFF0000, 0x00050000
_PR_SET_SECCOMP, _MODE_FILTER = 22, 2

Instruction = tuple[int, int, int, int]  # code, how far to jump if and if not, operand


def restrict(*, connects: bool = False) -> None:
    """Let this process make no system call any more that isn't listed.

    Parameters
    ----------
    connects : bool
        Whether it may connect to sockets that are files, and be handed open files.

    Raises
    ------
    SandboxError
        If Linux refuses.
    """
    program = program_for(platform.machine(), connects=connects)
    code = b"".join(struct.pack("HBBI", *instruction) for instruction in program)
    instructions = ctypes.create_string_buffer(code)
    described = struct.pack("HxxxxxxQ", len(program), ctypes.addressof(instructions))
    linux.prctl(_PR_SET_SECCOMP, _MODE_FILTER, described)


def known(machine: str) -> bool:
    """Return whether the numbers of a processor's system calls are known here."""
    return machine in _PROCESSORS


def numbers(table: str, machine: str) -> dict[str, int]:
    """Return the numbers of a table's system calls on a processor."""
    words, column = table.split(), _PROCESSORS[machine][0]
    pairs = zip(words[::3], words[column::3], strict=True)
    return {name: int(number) for name, number in pairs if number != "-"}


def program_for(machine: str, *, connects: bool = False) -> list[Instruction]:
    """Return the program that Linux runs before each system call of a processor."""
    program = [
        (_LOAD, 0, 0, _MACHINE),
        (_EQUAL, 1, 0, _PROCESSORS[machine][1]),
        _answer(errno.ENOSYS),
        (_LOAD, 0, 0, _NUMBER),
        (_AT_LEAST, 0, 1, 0x40000000),  # x86's other set of calls
        _answer(errno.ENOSYS),
    ]
    refused = numbers(_NOT_PERMITTED, machine)
    allowed = numbers(_ALLOWED, machine)
    if connects:
        allowed |= {name: refused.pop(name) for name in ("connect", "recvmsg")}
    checks = _checked()
    rules = chain(
        ((number, [_answer()]) for number in allowed.values()),
        ((number, checks[name]) for name, number in numbers(_CHECKED, machine).items()),
        ((number, [_answer(0)]) for number in numbers(_PRETENDED, machine).values()),
        (
            (number, [_answer(errno.ENOTSUP)])
            for number in numbers(_NOT_SUPPORTED, machine).values()
        ),
        ((number, [_answer(errno.EPERM)]) for number in refused.values()),
    )
    for number, then in rules:
        program += [(_EQUAL, 0, len(then), number), *then]
    return [*program, _answer(errno.ENOSYS)]


def _checked() -> dict[str, list[Instruction]]:
    """Return what becomes of the system calls that depend on their arguments."""
    this = os.getpid()
    to_itself = _one_of(0, {this})
    streams = [
        *_load(0),
        (_EQUAL, 0, 4, _AF_UNIX),
        # Others than streams could send to the system's log without connecting.
        *_load(1),
        (_AND, 0, 0, 0xFF),
        (_EQUAL, 0, 1, _SOCK_STREAM),
        _answer(),
        _answer(errno.EPERM),
    ]
    # Old Landlocks let a process empty what it may only read.
    emptied = [(_EQUAL, 0, 1, _O_TRUNC | mode) for mode in (os.O_RDONLY, _O_ACCMODE)]
    opened = [
        (_AND, 0, 0, _O_TRUNC | _O_ACCMODE),
        *chain.from_iterable((test, _answer(errno.EPERM)) for test in emptied),
        _answer(),
    ]
    return {
        "open": [*_load(1), *opened],
        "openat": [*_load(2), *opened],
        "close_range": _one_of(2, {0, 4}, errno.EINVAL),  # 4: they close at an exec
        "fcntl": [
            *_load(1),
            (_EQUAL, 0, 4, _SET_FLAGS),
            *_load(2),
            (_ANY_BIT, 0, 1, _O_ASYNC),
            _answer(errno.EPERM),
            _answer(),
            *_one_of(1, _FCNTL, pretended=_FCNTL_LOCKS),
        ],
        "ioctl": _one_of(1, _IOCTL, errno.ENOTTY),
        "prctl": _one_of(0, _PRCTL),
        "clone": _one_of(0, {_THREAD}),
        "socket": streams,
        "socketpair": streams,
        "prlimit64": _one_of(0, {0, this}),
        **dict.fromkeys(("kill", "tgkill", "rt_sigqueueinfo", "rt_tgsigqueueinfo"), to_itself),
    }


def _answer(number: int | None = None) -> Instruction:
    """Answer with an error's number instead of the call, 0 for none; None lets the call through."""
    return (_RETURN, 0, 0, _SECCOMP_ALLOW if number is None else _SECCOMP_ERRNO | number)


def _load(argument: int) -> list[Instruction]:
    """Look at an argument: its lower half, which is all that Linux looks at here."""
    return [(_LOAD, 0, 0, _ARGUMENTS + 8 * argument)]


def _one_of(
    argument: int,
    values: set[int],
    otherwise: int = errno.EPERM,
    pretended: Iterable[int] = (),
) -> list[Instruction]:
    answers = dict.fromkeys(sorted(values), _answer()) | dict.fromkeys(pretended, _answer(0))
    tests = chain.from_iterable(((_EQUAL, 0, 1, value), said) for value, said in answers.items())
    return [*_load(argument), *tests, _answer(otherwise)]
