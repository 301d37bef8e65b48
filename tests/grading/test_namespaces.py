"""The second wall: a disk that ends, hidden folders, and no change where Linux refuses."""

import json
import os
import subprocess
import sys

import pytest

from dwsep_helpers.grading import scratch
from dwsep_helpers.grading.confinement import namespaces

pytestmark = pytest.mark.skipif(
    namespaces.unavailable() is not None, reason=f"no second wall: {namespaces.unavailable()}"
)
SCRIPT = """
import ctypes, json, os, sys
from pathlib import Path
import socket
from dwsep_helpers.grading.confinement import landlock, namespaces, quota, system_calls
from dwsep_helpers.grading.confinement.sandbox import Limits, Sandbox
place, room, learner = (Path(path) for path in sys.argv[1:4])
submitted = learner.parent
def unlinked(size):
    file = open('gone', 'wb', buffering=0)
    os.unlink('gone')
    file.write(bytes(size))
    return file
if sys.argv[4] == "nobody":
    os.setgroups([])
    os.setresgid(65534, 65534, 65534)
    os.setresuid(65534, 65534, 65534)
    ctypes.CDLL(None).prctl(4, 1)  # as a process that never was another user's
before = os.readlink('/proc/self/ns/mnt')
print(json.dumps(namespaces.second_wall(Path('/nowhere'), 2**20, 16)))
assert os.readlink('/proc/self/ns/mnt') == before
print(json.dumps(namespaces.second_wall(
    room, 2**20, 16, hidden=[submitted], shown=[learner])), flush=True)
os.chdir(room)
found = {}
for name, code in json.loads(sys.argv[5]).items():
    try:
        found[name] = repr(eval(code))
    except Exception as error:
        found[name] = f'{type(error).__name__}: {error}'
print(json.dumps(found))
"""
TRIES = {
    "the room is empty": ("os.listdir(room)", "[]"),
    "others are hidden": ("os.listdir(submitted)", "['ada']"),
    "this one isn't": ("(learner / 'notebook.ipynb').read_text()", "'given'"),
    "nobody is added": ("os.mkdir(submitted / 'eve')", "OSError: [Errno 30]"),
    "bytes end": ("Path('big').write_bytes(bytes(2**21))", "OSError: [Errno 28]"),
    "and can be had again": ("Path('big').unlink()", "None"),
    "an unlinked file takes its bytes": (
        "[unlinked(2**19), Path('big').write_bytes(bytes(2**20 - 2**18))]",
        "OSError: [Errno 28]",
    ),
    "so a look needn't count it": (
        "[unlinked(2**19), Path('big').unlink(), quota.exceeded(os.getpid(), room, Limits("
        "folder=2**18))][-1]",
        "False",
    ),
    "files end": ("[Path(str(n)).touch() for n in range(20)]", "OSError: [Errno 28]"),
    "no network": ("socket.socket().connect(('192.0.2.1', 80))", "OSError: [Errno 101]"),
    "not even at home": ("socket.socket().connect(('127.0.0.1', 80))", "OSError: [Errno 101]"),
    "the first wall goes up": ("[Path('0').unlink(), Sandbox(str(room)).enter()]", "[None, None]"),
    "what is home is home": ("Path('mine').write_text('abc')", "3"),
    "and nothing is torn down": ("ctypes.CDLL(None).umount2(b'.', 2)", "-1"),
}


@pytest.fixture
def place():
    with scratch.folder() as folder:
        folder.chmod(0o755)
        yield folder


@pytest.mark.parametrize("user", ["this user", "nobody"])
def test_behind_the_second_wall(place, user):
    if user == "nobody" and os.geteuid():
        pytest.skip("only root can become another")
    room, submitted = place / "room", place / "submitted"
    for folder in (room, submitted / "ada", submitted / "bob"):
        folder.mkdir(parents=True)
        (folder / "notebook.ipynb").write_text("given")
    tries = json.dumps({name: code for name, (code, _) in TRIES.items()})
    run = subprocess.run(
        [sys.executable, "-c", SCRIPT, place, room, submitted / "ada", user, tries],
        text=True,
        capture_output=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
    nowhere, reason, found = map(json.loads, run.stdout.splitlines())
    assert nowhere == "/nowhere is no folder"
    if user == "nobody" and reason:
        pytest.skip(f"users can't have one here: {reason}")
    assert reason is None
    for name, (_, said) in TRIES.items():
        assert found[name].startswith(said), (name, found[name])
    assert os.listdir(room) == ["notebook.ipynb"]
    assert sorted(os.listdir(submitted)) == ["ada", "bob"]


def test_where_linux_refuses_nothing_changes(monkeypatch, place):
    """Simulated: a container without the right, and one where only the last step fails.

    And that this process has one thread, which pytest's may not have.
    """
    monkeypatch.setattr(namespaces.os, "listdir", lambda path: ["one"])
    for step in ("_unshare", "_mount"):
        namespaces.unavailable.cache_clear()
        with monkeypatch.context() as refused:
            refused.setattr(namespaces, step, refusal)
            before = os.readlink("/proc/self/ns/mnt")
            assert "refused" in namespaces.second_wall(place, 2**20, 16)
            assert os.readlink("/proc/self/ns/mnt") == before
    namespaces.unavailable.cache_clear()


def refusal(*arguments):
    if len(arguments) == 1:
        return "refused"
    raise OSError("refused")
