"""What learners' code tries against the lock that it runs in: each prints what it got at.

They are cells of :mod:`demo.hostile`'s class. None may run without a lock.
"""

from __future__ import annotations

_TRY = """
def reached(what, function, *arguments):
    try:
        found = function(*arguments)
    except (OSError, ValueError):
        return
    print('REACHED', what, found)
"""
# Files of 32 MB each that are in no folder any more: COUNT of them are more than a kernel may have.
_HIDDEN_FILES = """
import mmap, os, time
def hidden(number):
    with open(f'bomb-{number}', 'w+b') as file:
        os.posix_fallocate(file.fileno(), 0, 2**25)
        os.unlink(file.name)
        return HOLD
try:
    held = [hidden(number) for number in range(40)]
    time.sleep(5)
    print('LEFT', len(held))
except OSError:
    pass
"""

LOCKS: dict[str, str] = {
    "hides-files-in-memory": _HIDDEN_FILES.replace("HOLD", "mmap.mmap(file.fileno(), 4096)"),
    "hides-open-files": _HIDDEN_FILES.replace("HOLD", "os.dup(file.fileno())"),
    "hides-files-on-their-way": _HIDDEN_FILES.replace(
        "HOLD", "socket.send_fds((pair := socket.socketpair())[0], [b'x'], [file.fileno()]), pair"
    ).replace("import mmap", "import socket"),
    "has-linux-kill-the-grader": _TRY
    + """
import fcntl, os, socket, struct
one, other = socket.socketpair()
reached('by fcntl', fcntl.fcntl, one, fcntl.F_SETOWN, os.getppid())
reached('by a signal', fcntl.fcntl, one, 10, 9)
reached('by a flag', fcntl.fcntl, one, fcntl.F_SETFL, fcntl.fcntl(one, fcntl.F_GETFL) | os.O_ASYNC)
for request in (0x8901, 0x8902):
    reached('by ioctl', fcntl.ioctl, one, request, struct.pack('i', os.getppid()))
reached('by a flag of ioctl', fcntl.ioctl, one, 0x5452, struct.pack('i', 1))
other.send(b'x')
""",
    "leads-the-grader-elsewhere": _TRY
    + """
import os, socket
reached('others\\' sockets', lambda: open('/proc/self/net/unix').read()[:200])
for name in os.listdir('.'):
    if 'ipc' in name:
        os.unlink(name)
        reached('a link', os.symlink, '/run/systemd/journal/stdout', name)
        reached('a pipe', os.mkfifo, name)
reached('a socket', socket.socket(socket.AF_UNIX).connect, '/run/systemd/journal/stdout')
""",
    "outlives-the-grader": _TRY
    + """
import ctypes, os
print(*['REACHED'] * (ctypes.CDLL(None).prctl(1, 0) == 0))
reached('its session', os.setsid)
reached('its group', os.setpgid, 0, 0)
""",
    "slows-the-grader-down": _TRY
    + """
import ctypes, os
before = os.sched_getscheduler(os.getppid())
for policy in (os.SCHED_IDLE, os.SCHED_BATCH):
    try:
        os.sched_setscheduler(os.getppid(), policy, os.sched_param(0))
    except OSError:
        pass
if os.sched_getscheduler(os.getppid()) != before:
    print('REACHED the scheduler')
reached('the cores', os.sched_setaffinity, os.getppid(), [0])
reached('the order', os.setpriority, os.PRIO_PROCESS, os.getppid(), 19)
number = 251 if os.uname().machine == 'x86_64' else 30
print(*['REACHED'] * (ctypes.CDLL(None).syscall(number, 1, os.getppid(), 3 << 13) == 0))
""",
    "reads-the-graders-environment": """
import os, threading
seen = {}
def look():
    number = threading.get_native_id()
    for path in ('/proc/self/environ', '/proc/thread-self/environ', f'/proc/{number}/environ',
                 f'/proc/self/task/{number}/environ', f'/proc/{os.getppid()}/environ',
                 '/proc/self/cmdline', '/proc/self/mountinfo',
                 os.path.join('/proc/self', 'root', 'etc/shadow')):
        try:
            seen[path] = open(path, 'rb').read()[:99]
        except OSError:
            pass
look()
thread = threading.Thread(target=look)
thread.start()
thread.join()
print(*['SEEN', seen] * bool(seen))
""",
    "watches-the-class": _TRY
    + """
import ctypes, fcntl, os
print(*['SEEN'] * (ctypes.CDLL(None).inotify_init1(0) >= 0))
reached('a folder', fcntl.fcntl, os.open('/usr', os.O_RDONLY), fcntl.F_NOTIFY, 1)
""",
    "empties-the-library": _TRY
    + """
import os
import dwsep_helpers
for mode in (os.O_RDONLY, os.O_WRONLY, os.O_RDWR, 3):
    reached('the library', os.open, dwsep_helpers.__file__, mode | os.O_TRUNC)
reached('it by its name', os.truncate, dwsep_helpers.__file__, 0)
""",
    "hoards-pipes": _TRY
    + """
import fcntl, os
pipes = []
try:
    while True:
        pipes.append(os.pipe())
        reached('a large pipe', fcntl.fcntl, pipes[-1][1], 1031, 2**20)
except OSError:
    for pair in pipes:
        for end in pair:
            os.close(end)
""",
    "has-files-of-its-own": _TRY
    + """
import ctypes
print(*['REACHED'] * (ctypes.CDLL(None).syscall(436, 1000, 1001, 2) == 0))
""",
    "starts-few-thousand-threads": """
import threading, time
threading.stack_size(2**15)
for _ in range(3_000):
    threading.Thread(target=time.sleep, args=(3600,), daemon=True).start()
time.sleep(5)
print('LEFT', threading.active_count())
""",
}
