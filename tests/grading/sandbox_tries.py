"""What is tried in locked processes: what is to fail, and what learners' code needs."""

# Each is tried in a process of its own; what it prints is repr(), or the error's name.
REFUSED = {
    "read the course's solutions": "open(ROOT + '/solutions/01_conv2d/01_conv2d.ipynb')",
    "read right answers as text": "open(ROOT + '/dwsep_helpers/another_way/unit_02.toml')",
    "list the home folder": "os.listdir(os.path.expanduser('~root'))",
    "read others' passwords": "open('/etc/shadow')",
    "read another process": "open(f'/proc/{os.getppid()}/environ')",
    "read its first environment": "open('/proc/self/environ')",
    "read a thread's environment": "open('/proc/thread-self/environ')",
    "read it by the thread's number": "open(f'/proc/self/task/{gettid()}/environ')",
    "read another thread's": "in_a_thread(lambda: open(f'/proc/{gettid()}/environ'))",
    "read the machine by /proc": "open(os.path.join('/proc/self', 'root', 'etc/shadow'))",
    "list the machine by /proc": "os.listdir(os.path.join('/proc/self', 'root', 'home'))",
    "read its own memory as a file": "open('/proc/self/mem', 'rb')",
    "read how it was called": "open('/proc/self/cmdline')",
    "see others' sockets": "open('/proc/self/net/unix')",
    "see what is mounted": "open('/proc/self/mountinfo')",
    "list processes": "os.listdir('/proc')",
    "be killed later than others": "open('/proc/self/oom_score_adj', 'w')",
    "write elsewhere": "open('/tmp/dwsep-sandbox-test', 'w')",
    "write shared memory": "open('/dev/shm/dwsep-sandbox-test', 'w')",
    "empty a file that it may read": "os.open(HELPERS, os.O_RDONLY | os.O_TRUNC)",
    "empty it in the mode for devices": "os.open(HELPERS, 3 | os.O_TRUNC)",
    "empty it by its name": "os.truncate(HELPERS, 0)",
    "link a file into the folder": "os.link(HELPERS, HERE + '/linked')",
    "move its folder's file out": "os.rename(HERE + '/given', '/tmp/dwsep-sandbox-test')",
    "open TCP": "socket.socket()",
    "open UDP": "socket.socket(socket.AF_INET, socket.SOCK_DGRAM)",
    "open IPv6": "socket.socket(socket.AF_INET6)",
    "talk to Linux": "socket.socket(socket.AF_NETLINK, socket.SOCK_RAW)",
    "connect to a local service": "socket.socket(socket.AF_UNIX).connect(HERE + '/socket')",
    "connect to one without a file": "socket.socket(socket.AF_UNIX).connect('\\0dbus')",
    "write to the system's log": "socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)",
    "write to the log through a pair": "socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)",
    "put a file on its way": "socket.send_fds(socket.socketpair()[0], [b'x'], [0])",
    "filter a socket": "socket.socketpair()[0].setsockopt(socket.SOL_SOCKET, 26, bytes(16))",
    "leave memory behind": "libc('shmget', 0, 4096, 0o1600)",
    "leave a queue behind": "libc('msgget', 0, 0o1600)",
    "leave semaphores behind": "libc('semget', 0, 1, 0o1600)",
    "have memory that isn't counted": "os.memfd_create('bomb')",
    "have a large pipe": "fcntl.fcntl(os.pipe()[1], 1031, 2**20)",
    "put files' memory into a pipe": "os.splice(os.open(HELPERS, 0), os.pipe()[1], 100)",
    "have a link that leads out": "os.symlink('/tmp', HERE + '/link')",
    "replace a socket by a link": "replace_socket()",
    "have a pipe in the folder": "os.mkfifo(HERE + '/fifo')",
    "have a device in the folder": "os.mknod(HERE + '/device', 0o20600, os.makedev(1, 3))",
    "fork": "os.fork()",
    "start a program": "subprocess.run(['true'])",
    "start one in another way": "os.posix_spawn('/bin/true', ['true'], {})",
    "use a shell": "os.popen('true')",
    "use processes": "multiprocessing.Process(target=print).start()",
    "become a program": "os.execv('/bin/true', ['true'])",
    "have a process as a thread": "clone(0x11)",
    "have a thread with files of its own": "clone(0x3D0F00 & ~0x400)",
    "have a thread in another place": "clone(0x3D0F00 | 0x20000)",
    "have files of its own": "libc('syscall', 436, 1000, 1001, 2)",
    "leave its group": "os.setpgid(0, 0)",
    "leave its session": "os.setsid()",
    "signal the grader": "os.kill(os.getppid(), 0)",
    "signal all": "os.kill(-1, 0)",
    "signal its group": "os.kill(0, 0)",
    "signal the grader by a thread": "libc('syscall', CALLS['tkill'], os.getppid(), 9)",
    "signal the grader by a handle": "os.pidfd_open(os.getppid())",
    "have Linux signal the grader": "fcntl.fcntl(PAIR, fcntl.F_SETOWN, os.getppid())",
    "choose which signal": "fcntl.fcntl(PAIR, 10, 9)",
    "have signals sent": "fcntl.fcntl(PAIR, fcntl.F_SETFL, os.O_ASYNC)",
    "have them sent, the old way": "fcntl.ioctl(PAIR, 0x5452, struct.pack('i', 1))",
    "say to whom, the old way": "fcntl.ioctl(PAIR, 0x8901, struct.pack('i', os.getppid()))",
    "say it the oldest way": "fcntl.ioctl(PAIR, 0x8902, struct.pack('i', os.getppid()))",
    "have others wait for its files": "fcntl.fcntl(os.open(HELPERS, 0), 1024, 0)",
    "watch a folder": "fcntl.fcntl(os.open('/usr', 0), fcntl.F_NOTIFY, 1)",
    "watch a class": "libc('inotify_init1', 0)",
    "watch a disk": "libc('fanotify_init', 0, 0)",
    "outlive the grader": "libc('prctl', 1, 0)",
    "look over the grader": "libc('prctl', 36, 1)",
    "hide itself": "libc('prctl', 4, 0)",
    "have more filters": "libc('prctl', 22, 2, 0)",
    # It would slow the grader down; here itself, since root's are another matter.
    "change when it runs": "os.sched_setparam(0, os.sched_param(0))",
    "keep the grader from the cores": "os.sched_setaffinity(os.getppid(), [0])",
    "change when it reads": "libc('syscall', CALLS['ioprio_set'], 1, 0, 0)",
    "be nicer": "os.nice(1)",
    "make the grader nicer": "os.setpriority(os.PRIO_PROCESS, os.getppid(), 19)",
    "raise a limit": "resource.setrlimit(resource.RLIMIT_NOFILE, (4096, 4096))",
    "lift the limit on memory": "resource.prlimit(os.getppid(), resource.RLIMIT_AS)",
    "take too much memory": "numpy.ones(2**29)",
    "have room in advance": "libc('fallocate', MINE, 1, ctypes.c_long(0), ctypes.c_long(2**33))",
    "read what others do to memory": "libc('syscall', CALLS['move_pages'], 0, 0, 0, 0, 0, 0)",
    "write a large file": "open(HERE + '/large', 'wb').write(bytes(2**26))",
    "follow a link out": "open(HERE + '/out')",
    "mount": "libc('mount', b'none', HERE.encode(), b'tmpfs', 0, None)",
    "mount the new way": "libc('syscall', 430, b'tmpfs', 0)",
    "take a part of the files": "libc('syscall', 428, -100, b'/', 1)",
    "unshare": "libc('unshare', 0x10000000)",
    "join another": "libc('setns', 0, 0)",
    "trace": "libc('ptrace', 16, os.getppid(), 0, 0)",
    "read the grader's memory": "libc('process_vm_readv', os.getppid(), 0, 0, 0, 0, 0)",
    "compare with the grader": "libc('syscall', CALLS['kcmp'], os.getpid(), os.getppid(), 0)",
    "chroot": "os.chroot(HERE)",
    "submit calls to a ring": "libc('syscall', 425, 1, bytes(120))",
    "open by a number": "libc('name_to_handle_at', -100, b'/', bytes(256), bytes(8), 0)",
    "run code in Linux": "libc('syscall', CALLS['bpf'], 0, bytes(64), 64)",
    "measure the machine": "libc('syscall', CALLS['perf_event_open'], bytes(128), 0, -1, -1, 0)",
    "wait in page faults": "libc('syscall', CALLS['userfaultfd'], 1)",
    "keep keys": "libc('syscall', CALLS['add_key'], b'user', b'a', b'b', 1, -4)",
    "read the system's messages": "libc('klogctl', 3, bytes(4096), 4096)",
    "be another kind of process": "libc('personality', 0x0040000)",
    "have memory that nobody sees": "libc('syscall', 447, 0)",
    "change the time": "time.clock_settime(time.CLOCK_REALTIME, 0)",
}
ALLOWED = {
    "write at home": "open(HERE + '/mine', 'w').write('abc')",
    "write it again": "open(HERE + '/mine', 'w').write('abc')",
    "read at home": "open(HERE + '/given').read()",
    "use threads": "threading.Thread(target=print).start()",
    "import": "importlib.import_module('scipy.signal') and None",
    "compute": "float(numpy.ones((9, 9)).dot(numpy.ones(9)).sum())",
    "read the helpers": "len(open(HELPERS).read()) > 0",
    "listen for Jupyter": "socket.socket(socket.AF_UNIX).bind(HERE + '/mine.socket')",
    "talk to itself": "(lambda one, other: one.send(b'abc'))(*socket.socketpair())",
    "interrupt itself": "os.kill(os.getpid(), 0)",
    "make a temporary file": "tempfile.NamedTemporaryFile(dir=HERE).write(b'abc')",
    "make one without a name": "tempfile.TemporaryFile(dir=HERE).write(b'abc')",
    "make a temporary folder": "tempfile.TemporaryDirectory(dir=HERE).cleanup()",
    "copy files": "shutil.copy2(HELPERS, HERE) == HERE + '/__init__.py'",
    "copy folders": "shutil.copytree(os.path.dirname(HELPERS) + '/predictions', HERE + '/d') > ''",
    "move files": "os.replace(HERE + '/__init__.py', HERE + '/other.py')",
    "remove folders": "shutil.rmtree(HERE + '/d')",
    "zip": "shutil.make_archive(HERE + '/zip', 'zip', HERE, 'given') > ''",
    "keep arrays": "numpy.save(HERE + '/a', numpy.ones(3))",
    "read them piece by piece": "numpy.load(HERE + '/a.npy', mmap_mode='r').sum() == 3",
    "share memory with itself": "mmap.mmap(-1, 4096).write(b'abc')",
    "draw": "draw()",
    "remember in SQLite": "database()",
    "wait": "asyncio.run(asyncio.sleep(0.001))",
    "wait in threads": "asyncio.run(asyncio.to_thread(print))",
    "share work among threads": "sum(ThreadPoolExecutor(4).map(len, ['ab', 'c'])) == 3",
    "ask the time": "time.strftime('%Y') > '2000'",
    "ask for an alarm": "signal.alarm(0) == 0",
    "ask for the machine": "platform.machine() > '' and os.cpu_count() > 0",
    "ask for the user": "getpass.getuser() > ''",
    "ask how many threads there are": "len(os.listdir('/proc/self/task')) > 0",
    "ask how much memory it has": "psutil.Process().memory_info().rss > 0",
    "ask how much there is": "psutil.virtual_memory().total > 0",
    "draw numbers": "len(secrets.token_hex()) + len(str(uuid.uuid4())) == 100",
    "lock a file": "fcntl.flock(open(HERE + '/given'), fcntl.LOCK_EX)",
    "lock a part of it": "fcntl.lockf(open(HERE + '/given', 'r+'), fcntl.LOCK_EX)",
    "have room by writing": "os.posix_fallocate(MINE, 0, 2**20)",
    "leave no picture of a crash": "resource.getrlimit(resource.RLIMIT_CORE) == (1, 1)",
    "lower a limit": "resource.setrlimit(resource.RLIMIT_NOFILE, (200, 200))",
    "pretend to change when it runs": "pretend_to_be_patient()",
    "ask a terminal's size": "shutil.get_terminal_size().columns > 0",
}
# Not permitted, no such call, no such command for this file, another disk, too large, not
# supported.
SAID = (
    r"(PermissionError|OSError|error): \[Errno (1|13|18|22|25|27|38|95)\]"
    r"|MemoryError|ValueError: not allowed to raise maximum limit"
)
# What people read who try what is refused.
CLEAR = {
    "subprocess.run(['ls'])": "PermissionError: [Errno 1] Operation not permitted",
    "multiprocessing.Process(target=print).start()": "PermissionError: [Errno 1]",
    "multiprocessing.Pool(2)": "PermissionError: [Errno 13]",
    "urllib.request.urlopen('http://example.org')": "URLError: <urlopen error",
    "urllib.request.urlopen('http://127.0.0.1:1')": "URLError: <urlopen error [Errno 1]",
    "open('/etc/shadow')": "PermissionError: [Errno 13] Permission denied: '/etc/shadow'",
}
SCRIPT = """
import asyncio, ctypes, fcntl, getpass, importlib, json, mmap, multiprocessing, os, platform
import psutil, resource, secrets, shutil, signal, socket, sqlite3, struct, subprocess, sys
import tempfile, threading, time, urllib.request, uuid
from concurrent.futures import ThreadPoolExecutor
from threading import get_native_id as gettid
import numpy
import dwsep_helpers
from dwsep_helpers.grading.confinement import landlock
from dwsep_helpers.grading.confinement.sandbox import Limits, Sandbox

HERE, ROOT, tries, version = sys.argv[1], sys.argv[2], json.loads(sys.argv[3]), int(sys.argv[4])
HELPERS = dwsep_helpers.__file__
PAIR = socket.socketpair()[0]
CALLS = dict(tkill=200, ioprio_set=251, kcmp=312, bpf=321, perf_event_open=298, userfaultfd=323,
             add_key=248, clone=56, move_pages=279)
if platform.machine() == 'aarch64':
    CALLS = dict(tkill=130, ioprio_set=30, kcmp=272, bpf=280, perf_event_open=241, userfaultfd=282,
                 add_key=217, clone=220, move_pages=239)
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)


def libc(name, *arguments):
    library = ctypes.CDLL(None, use_errno=True)
    if getattr(library, name)(*arguments) < 0:
        raise OSError(ctypes.get_errno(), name)


def clone(flags):
    # Where it isn't refused, the new one would run on the same stack: it ends at once.
    libc('syscall', CALLS['clone'], ctypes.c_long(flags), None, None, None, None)


def in_a_thread(function):
    return ThreadPoolExecutor(1).submit(function).result()


def replace_socket():
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(HERE + '/kernel')
        os.unlink(HERE + '/kernel')
        os.symlink(HERE + '/socket', HERE + '/kernel')


def pretend_to_be_patient():
    os.sched_setscheduler(0, os.SCHED_BATCH, os.sched_param(0))
    return os.sched_getscheduler(0) == os.SCHED_OTHER


def draw():
    import matplotlib
    matplotlib.use('agg')
    from matplotlib import pyplot
    figure, axes = pyplot.subplots()
    axes.set_title('$C_{in}$, ünïcödé 图', fontfamily='serif')
    figure.savefig(HERE + '/figure.png')
    figure.savefig(HERE + '/figure.svg')


def database():
    with sqlite3.connect(HERE + '/history.sqlite') as connection:
        connection.execute('pragma journal_mode=wal')
        connection.execute('create table cells (source)')
        connection.execute('insert into cells values (?)', ('1 + 1',))


if version:
    landlock.version = lambda: version
sandbox = Sandbox(HERE, (), Limits(memory=2**30))
assert Sandbox.from_json(json.loads(json.dumps(sandbox.to_json()))) == sandbox
sandbox.enter()
os.chdir(HERE)
MINE = os.open('in-advance', os.O_RDWR | os.O_CREAT)
found = {}
for name, code in tries.items():
    try:
        found[name] = repr(eval(code))
    except BaseException as error:
        found[name] = f'{type(error).__name__}: {error}'
print(json.dumps(found))
"""
