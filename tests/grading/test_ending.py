"""How ``dwsep`` ends: stopped while it imports, read by nobody, on a full disk, called wrong."""

import fcntl
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from dwsep_helpers.grading.cli import STOPPED, UNREAD
from tests.grading.points.books import UNIT, grade, release

COMMAND = "-m", "dwsep_helpers.grading.cli"
BUFFERED = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
SHRINK = getattr(fcntl, "F_SETPIPE_SZ", None)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A class with one learner."""
    folder = tmp_path_factory.mktemp("class")
    release(folder)
    grade(folder, "ada")
    (folder / "submitted" / "ada" / UNIT).mkdir(parents=True)
    return folder


@pytest.mark.skipif(SHRINK is None, reason="it takes Linux to shrink a pipe")
@pytest.mark.parametrize("module", ["class_folder", "names"])
def test_ctrl_c_while_it_imports_ends_it_in_a_line(module):
    """Python, which tells of each import, waits where nobody reads that: so it is known where."""
    ours = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        started = subprocess.Popen(
            [sys.executable, "-X", "importtime", *COMMAND, "report"],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            bufsize=0,
            text=False,
        )
    finally:
        signal.signal(signal.SIGINT, ours)
    with started:
        fcntl.fcntl(started.stderr, SHRINK, 4096)
        while not (line := started.stderr.readline()).endswith(
            f" dwsep_helpers.grading.{module}\n".encode()
        ):
            assert line, "it ended before"
        started.send_signal(signal.SIGINT)
        said = started.stderr.read().decode()
        assert started.wait(60) == STOPPED
    left = [line for line in said.splitlines() if line and not line.startswith("import time:")]
    assert left == ["Stopped. What is graded stays graded; run it again to go on."]


@pytest.mark.parametrize("environment", [BUFFERED, BUFFERED | {"PYTHONUNBUFFERED": "1"}])
def test_what_nobody_reads_is_left_unsaid(folder, environment):
    reads, writes = os.pipe()
    os.close(reads)
    done = subprocess.run(
        [sys.executable, *COMMAND, "report", "--no-feedback", "--directory", folder],
        stdout=writes,
        stderr=subprocess.PIPE,
        env=environment,
        check=False,
    )
    os.close(writes)
    assert (done.returncode, done.stderr) == (UNREAD, b"")


@pytest.mark.parametrize("words", [["--help"], ["report", "--help"], ["reprot"]])
def test_nor_is_help_or_a_wrong_call(words):
    reads, writes = os.pipe()
    os.close(reads)
    done = subprocess.run(
        [sys.executable, *COMMAND, *words], stdout=writes, stderr=writes, env=BUFFERED, check=False
    )
    os.close(writes)
    assert done.returncode == UNREAD


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no disk is full here")
@pytest.mark.parametrize("words", [["--help"], ["report", "--no-feedback"]])
def test_a_full_disk_is_told(folder, words):
    where = ["--directory", folder] if words[0] == "report" else []
    with open("/dev/full", "w") as full:
        done = subprocess.run(
            [sys.executable, *COMMAND, *words, *where],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            env=BUFFERED,
            check=False,
        )
    assert done.returncode == 1
    assert done.stderr.startswith("It failed: ")
    assert done.stderr.count("\n") == 1


def call(*words):
    done = subprocess.run(
        [sys.executable, *COMMAND, *map(str, words)], capture_output=True, text=True, check=False
    )
    return done.returncode, done.stdout, done.stderr.splitlines()[-1:]


def test_units_may_stand_on_both_sides_of_an_option(folder):
    where = "--no-feedback", "--directory", folder
    status, said, _ = call("report", UNIT, "--all", UNIT, *where)
    assert status == 0
    assert said.count(f"{UNIT}: ") == 1
    status, _, last = call("report", UNIT, "--all", "02", *where)
    assert (status, last) == (2, ["the gradebook knows no unit '02'"])
    status, _, last = call("deadline", UNIT, "--directory", folder, "2026-12-05", "12:00")
    assert status == 0


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["report", UNIT, "--alll", "02"], "it takes no --alll; did you mean '--all'?"),
        (["report", "--columns=A"], "it takes no --columns; did you mean '--column'?"),
        (["autograde", "--workers", "2"], "it takes no --workers"),
        (["doctor", "one.ipynb", "two.ipynb"], "it takes no two.ipynb"),
    ],
)
def test_an_unknown_option_is_named_with_its_command(words, told):
    assert call(*words) == (2, "", [f"dwsep {words[0]}: error: {told}"])
