"""What a kernel's files take, and what becomes of one whose files take too much."""

import mmap
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from dwsep_helpers.grading import scratch
from dwsep_helpers.grading.confinement import quota
from dwsep_helpers.grading.confinement.quota import ENTRY, used
from dwsep_helpers.grading.confinement.sandbox import Limits

pytestmark = pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="Linux alone")
MB = 2**20
LIMITS = Limits(folder=16 * MB, written=64 * MB)
WRITES = "import os, sys, time; os.chdir(sys.argv[1]); file = open('bomb', 'wb')\n"
UNLINKED = """
import mmap, threading
def hold(n, length=0, end=''):
    with open(f'{n}{end}', 'w+b') as file:
        file.write(bytes(4 * MB))
        file.flush()
        os.unlink(file.name)
        held = mmap.mmap(file.fileno(), length)
        os.close(file.fileno() + 1)  # mmap's own: no file stays open
        return held
MB = 2**20
"""
BOMBS = {
    "one file": "file.write(bytes(20 * 2**20)); file.flush()",
    "many files": "for n in range(6_000): open(str(n), 'w').close()",
    "unlinked": "os.unlink('bomb'); file.write(bytes(20 * 2**20)); file.flush()",
    "deep": "for _ in range(2_000): os.mkdir('in'); os.chdir('in')",
    "in memory": UNLINKED + "held = [hold(n) for n in range(6)]",
    "a page of each in memory": UNLINKED + "held = [hold(n, 4096) for n in range(6)]",
    "under odd names in memory": UNLINKED + r"held = [hold(n, 0, ' (x)\r\n\f') for n in range(6)]",
    "in memory of a process whose first thread has ended": UNLINKED
    + """
def more():
    time.sleep(0.5)
    threading.held = [hold(n, 4096) for n in range(6)]
    time.sleep(60)
threading.Thread(target=more).start()
import ctypes
ctypes.CDLL(None).syscall(60 if os.uname().machine == "x86_64" else 93, 0)
""",
    "the same file again and again": """
for _ in range(30):
    os.pwrite(file.fileno(), bytes(8 * 2**20), 0)
    os.fsync(file.fileno())
""",
    "threads": """
import threading
threading.stack_size(2**16)
for _ in range(600): threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
""",
}


def watch(process, place):
    """End a process as a keeper does."""
    while process.poll() is None:
        if quota.exceeded(process.pid, place, LIMITS):
            process.kill()
        time.sleep(0.1)


@pytest.fixture
def place():
    """A folder that goes however deep it is: pytest would stumble over its own, runs later."""
    with scratch.folder() as folder:
        yield folder


def test_files_and_folders_count(place):
    assert used(place) == 0
    (place / "inner").mkdir()
    (place / "inner" / "file").write_bytes(bytes(MB))
    (place / "out").symlink_to("/usr")
    assert MB + 3 * ENTRY <= used(place) < MB + 16 * ENTRY


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_process_ends_that_takes_too_much(place, bomb):
    process = subprocess.Popen(
        [sys.executable, "-c", WRITES + BOMBS[bomb] + "\ntime.sleep(60)", place]
    )
    watch(process, place)
    assert process.wait(timeout=300) == -9


def test_where_a_size_cannot_be_found_out_it_is_the_largest(place):
    """Simulated: Linux tells only root how large a file in memory is."""
    with (place / "mapped").open("w+b") as file:
        file.write(b"x")
        file.flush()
        held = mmap.mmap(file.fileno(), 0)
        number = os.fstat(file.fileno()).st_ino
    (place / "mapped").unlink()
    maps = Path("/proc/self/maps").read_bytes()
    assert quota._mapped("/nowhere", maps, 32 * MB)[number] == 32 * MB
    assert quota._mapped("/proc/self", maps, 32 * MB)[number] <= 32 * MB
    held.close()


def test_one_that_takes_little_goes_on(place):
    process = subprocess.Popen(
        [sys.executable, "-c", WRITES + "file.write(b'x'); time.sleep(1)", place]
    )
    watch(process, place)
    assert process.wait(timeout=300) == 0
    assert not quota.exceeded(process.pid, place, LIMITS)  # it ended already
