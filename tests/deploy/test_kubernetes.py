"""The lock in a pod: what deploy/kubernetes.md says of seccomp profiles that forbid it."""

import errno
import struct
import subprocess
import sys

import pytest

from dwsep_helpers.grading.confinement import sandbox

# Refuses landlock_create_ruleset, which is 444 on all processors, and allows the rest.
FILTER = b"".join(
    struct.pack("=HBBI", *step)
    for step in (
        (0x20, 0, 0, 0),  # load the call's number
        (0x15, 0, 1, 444),
        (0x06, 0, 0, 0x00050000 | errno.EPERM),
        (0x06, 0, 0, 0x7FFF0000),
    )
)
UNDER_A_PROFILE = f"""
import ctypes, sys
rules = ctypes.create_string_buffer({FILTER!r})
class Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_void_p)]
program = Program({len(FILTER) // 8}, ctypes.addressof(rules))
prctl = ctypes.CDLL(None).prctl
assert prctl(38, ctypes.c_ulong(1), *[ctypes.c_ulong(0)] * 3) == 0  # no new privileges
assert prctl(22, ctypes.c_ulong(2), ctypes.byref(program)) == 0
from dwsep_helpers.grading.cli import main
sys.exit(main(["autograde"]))
"""


@pytest.mark.skipif(sandbox.unavailable() is not None, reason=f"{sandbox.unavailable()}")
def test_where_the_profile_forbids_the_lock_nothing_is_graded(root):
    run = subprocess.run(
        [sys.executable, "-c", UNDER_A_PROFILE],
        cwd=root,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 2, run.stderr
    assert "There is no sandbox: no Landlock in here: a container's seccomp profile" in run.stderr
    assert "--no-sandbox" in run.stderr
