"""What a kernel's files take, and what becomes of one whose files take too much."""

import os
import subprocess
import sys

import pytest

from dwsep_helpers.grading import scratch
from dwsep_helpers.grading.confinement import quota
from dwsep_helpers.grading.confinement.quota import ENTRY, used

pytestmark = pytest.mark.skipif(not hasattr(os, "pidfd_open"), reason="Linux alone")
MB = 2**20
WRITES = "import os, sys, time; os.chdir(sys.argv[1]); file = open('bomb', 'wb')\n"
BOMBS = {
    "one file": "file.write(bytes(20 * 2**20)); file.flush()",
    "many files": "for n in range(6_000): open(str(n), 'w').close()",
    "unlinked": "os.unlink('bomb'); file.write(bytes(20 * 2**20)); file.flush()",
    "deep": "for _ in range(2_000): os.mkdir('in'); os.chdir('in')",
}


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
    quota.watch(process.pid, place, 16 * MB)
    assert process.wait(timeout=30) == -9


def test_one_that_takes_little_goes_on(place):
    process = subprocess.Popen(
        [sys.executable, "-c", WRITES + "file.write(b'x'); time.sleep(1)", place]
    )
    quota.watch(process.pid, place, 16 * MB)
    assert process.wait(timeout=30) == 0
    quota.watch(process.pid, place, 16 * MB)  # it ended already
