"""What a locked process can't do, tried in one; and that it can do what learners' code does."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from dwsep_helpers.grading.confinement import sandbox

pytestmark = pytest.mark.skipif(
    sandbox.unavailable() is not None, reason=f"no sandbox: {sandbox.unavailable()}"
)

# Each is tried in a process of its own; what it prints is repr(), or the error's name.
REFUSED = {
    "read the course's solutions": "open(ROOT + '/solutions/01_conv2d/01_conv2d.ipynb')",
    "list the home folder": "os.listdir(os.path.expanduser('~root'))",
    "read others' passwords": "open('/etc/shadow')",
    "read another process": "open(f'/proc/{os.getppid()}/environ')",
    "write elsewhere": "open('/tmp/dwsep-sandbox-test', 'w')",
    "open TCP": "socket.socket()",
    "open UDP": "socket.socket(socket.AF_INET, socket.SOCK_DGRAM)",
    "open IPv6": "socket.socket(socket.AF_INET6)",
    "connect to a local service": "socket.socket(socket.AF_UNIX).connect(HERE + '/socket')",
    "write to the system's log": "socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)",
    "write to the log through a pair": "socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)",
    "leave memory behind": "libc('shmget', 0, 4096, 0o1600)",
    "leave a queue behind": "libc('msgget', 0, 0o1600)",
    "leave semaphores behind": "libc('semget', 0, 1, 0o1600)",
    "have memory that isn't counted": "os.memfd_create('bomb')",
    "fork": "os.fork()",
    "start a program": "subprocess.run(['true'])",
    "become a program": "os.execv('/bin/true', ['true'])",
    "signal the grader": "os.kill(os.getppid(), 0)",
    "signal all": "os.kill(-1, 0)",
    "signal its group": "os.kill(0, 0)",
    "raise a limit": "resource.setrlimit(resource.RLIMIT_NOFILE, (4096, 4096))",
    "lift the limit on memory": "resource.prlimit(os.getppid(), resource.RLIMIT_AS)",
    "take too much memory": "numpy.ones(2**29)",
    "write a large file": "open(HERE + '/large', 'wb').write(bytes(2**26))",
    "follow a link out": "open(HERE + '/out')",
    "mount": "libc('mount', b'none', HERE.encode(), b'tmpfs', 0, None)",
    "unshare": "libc('unshare', 0x10000000)",
    "trace": "libc('ptrace', 16, os.getppid(), 0, 0)",
    "chroot": "os.chroot(HERE)",
}
ALLOWED = {
    "write at home": "open(HERE + '/mine', 'w').write('abc')",
    "read at home": "open(HERE + '/given').read()",
    "use threads": "threading.Thread(target=print).start()",
    "import": "importlib.import_module('scipy.signal') and None",
    "compute": "float(numpy.ones((9, 9)).dot(numpy.ones(9)).sum())",
    "read the helpers": "len(open(importlib.import_module('dwsep_helpers').__file__).read()) > 0",
    "listen for Jupyter": "socket.socket(socket.AF_UNIX).bind(HERE + '/mine.socket')",
    "talk to itself": "(lambda one, other: one.send(b'abc'))(*socket.socketpair())",
    "interrupt itself": "os.kill(os.getpid(), 0)",
    "make a temporary file": "tempfile.NamedTemporaryFile(dir=HERE).write(b'abc')",
}
SCRIPT = """
import ctypes, importlib, json, os, resource, signal, socket, subprocess, sys, tempfile, threading
import numpy
from dwsep_helpers.grading.confinement.sandbox import Limits, Sandbox

HERE, ROOT, tries = sys.argv[1], sys.argv[2], json.loads(sys.argv[3])
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)


def libc(name, *arguments):
    library = ctypes.CDLL(None, use_errno=True)
    if getattr(library, name)(*arguments) < 0:
        raise OSError(ctypes.get_errno(), name)


Sandbox(HERE, (), Limits(memory=2**30)).enter()
found = {}
for name, code in tries.items():
    try:
        found[name] = repr(eval(code))
    except BaseException as error:
        found[name] = type(error).__name__
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def found(tmp_path_factory, root):
    here = tmp_path_factory.mktemp("cell")
    (here / "given").write_text("given")
    (here / "out").symlink_to(root / "README.md")
    run = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(here), str(root), json.dumps(REFUSED | ALLOWED)],
        text=True,
        capture_output=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout.splitlines()[-1])


@pytest.mark.parametrize("name", REFUSED)
def test_refused(found, name):
    assert found[name] in ("PermissionError", "OSError", "ValueError", "MemoryError")


@pytest.mark.parametrize("name", ALLOWED)
def test_allowed(found, name):
    assert found[name] in ("None", "3", "'given'", "81.0", "True")


def test_modes_stay_as_they_are(tmp_path):
    path = tmp_path / "file"
    path.write_text("x")
    path.chmod(0o640)
    outside = tmp_path / "cell"
    outside.mkdir()
    code = (
        "import os, sys; from dwsep_helpers.grading.confinement.sandbox import Sandbox\n"
        "Sandbox(sys.argv[1]).enter(); os.chmod(sys.argv[2], 0o777); os.utime(sys.argv[2], (1, 1))"
    )
    before = path.stat()
    subprocess.run([sys.executable, "-c", code, str(outside), str(path)], check=True)
    assert (path.stat().st_mode, path.stat().st_mtime) == (before.st_mode, before.st_mtime)


def test_what_lies_among_the_systems_files_can_be_read(root, tmp_path):
    assert sandbox.exposed(Path("/usr/local/course")) == "/usr"
    assert sandbox.exposed(Path(sys.prefix) / "share" / "course") == sys.prefix
    assert sandbox.exposed(root) is None
    assert sandbox.exposed(tmp_path) is None


def test_windows_is_told_that_there_is_none():
    """Simulated: Python's modules for Windows alone aren't here."""
    code = (
        "import asyncio, concurrent.futures, multiprocessing.forkserver, platform, socket\n"
        "import subprocess, sys, tempfile\n"
        "sys.modules['resource'], sys.platform = None, 'win32'\n"
        "platform.system = lambda: 'Windows'\n"
        "from dwsep_helpers.grading import class_run, cli, scratch, worker_pool\n"
        "from dwsep_helpers.grading.confinement import forking_parent, sandbox\n"
        "print(sandbox.unavailable(), forking_parent.unavailable(), sep=' / ')"
    )
    run = subprocess.run([sys.executable, "-c", code], text=True, capture_output=True, check=False)
    assert "there is none for Windows" in run.stdout, run.stderr
    assert "forking is safe on Linux alone" in run.stdout


def test_where_there_is_none_the_process_does_not_go_on(monkeypatch, tmp_path):
    monkeypatch.setattr(sandbox, "unavailable", lambda: "for a test")
    with pytest.raises(sandbox.SandboxError, match="for a test"):
        sandbox.Sandbox(str(tmp_path)).enter()


@pytest.mark.parametrize(
    ("platform", "machine", "landlock", "words"),
    [
        ("darwin", "arm64", 7, "only for Linux"),
        ("linux", "riscv64", 7, "none for riscv64"),
        ("linux", "aarch64", -1, "no Landlock"),
        ("linux", "aarch64", 3, None),
    ],
)
def test_where_there_is_one(monkeypatch, platform, machine, landlock, words):
    monkeypatch.setattr(sys, "platform", platform)
    monkeypatch.setattr(sandbox.platform, "machine", lambda: machine)
    monkeypatch.setattr(sandbox.platform, "system", lambda: platform)
    monkeypatch.setattr(sandbox, "_landlock_version", lambda: landlock)
    said = sandbox.unavailable()
    assert said is None if words is None else words in said
