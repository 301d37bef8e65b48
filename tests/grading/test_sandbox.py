"""What a locked process can't do, tried in one; and that it can do what learners' code does."""

import json
import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from dwsep_helpers.grading.confinement import sandbox
from tests.grading.sandbox_tries import ALLOWED, CLEAR, REFUSED, SAID, SCRIPT

pytestmark = pytest.mark.skipif(
    sandbox.unavailable() is not None, reason=f"no sandbox: {sandbox.unavailable()}"
)


def at_home(here):
    return {**os.environ, **dict.fromkeys(("HOME", "TMPDIR", "MPLCONFIGDIR"), str(here))}


def tried(tries, here, root, version=0):
    run = subprocess.run(
        [sys.executable, "-c", SCRIPT, str(here), str(root), json.dumps(tries), str(version)],
        text=True,
        capture_output=True,
        check=False,
        env=at_home(here),
    )
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout.splitlines()[-1])


# 0 is the newest that this Linux has. Others are forced: they leave more to the list of calls.
@pytest.fixture(scope="module", params=[0, 1, 4], ids="Landlock {}".format)
def found(request, tmp_path_factory, root):
    here = tmp_path_factory.mktemp("cell")
    (here / "given").write_text("given")
    (here / "out").symlink_to(root / "README.md")
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(os.path.relpath(here / "socket"))
        listener.listen()
        return tried(REFUSED | ALLOWED, here, root, request.param)


@pytest.mark.parametrize("name", REFUSED)
def test_refused(found, name):
    assert re.match(SAID, found[name]), found[name]


@pytest.mark.parametrize("name", ALLOWED)
def test_allowed(found, name):
    assert found[name] in ("None", "3", "'given'", "81.0", "True", "np.True_")


def test_what_is_refused_is_said_clearly(tmp_path, root):
    found = tried({code: code for code in CLEAR}, tmp_path, root)
    for code, words in CLEAR.items():
        assert found[code].startswith(words)


def test_torch_learns_in_threads(tmp_path):
    code = """
import sys, torch
from dwsep_helpers.grading.confinement.sandbox import Sandbox
Sandbox(sys.argv[1]).enter()
torch.set_num_threads(2)
network = torch.nn.Sequential(torch.nn.Conv2d(3, 8, 3), torch.nn.Flatten(), torch.nn.LazyLinear(2))
optimiser = torch.optim.SGD(network.parameters(), 0.1)
data = torch.utils.data.DataLoader(torch.randn(64, 3, 32, 32), batch_size=32)
for batch in data:
    network(batch).square().mean().backward()
    optimiser.step()
torch.save(network.state_dict(), sys.argv[1] + '/state.pt')
network.load_state_dict(torch.load(sys.argv[1] + '/state.pt', mmap=True))
print(torch.get_num_threads())
"""
    run = subprocess.run(
        [sys.executable, "-c", code, str(tmp_path)],
        text=True,
        capture_output=True,
        check=False,
        env=at_home(tmp_path),
    )
    assert (run.returncode, run.stdout) == (0, "2\n"), run.stderr


def test_an_examiner_connects_to_what_it_is_shown_and_no_more(tmp_path, root):
    mine, theirs = tmp_path / "mine", tmp_path / "theirs"
    for folder in (mine, theirs):
        folder.mkdir()
    (theirs / "notebook.ipynb").write_text("given")
    code = """
import json, os, socket, subprocess, sys
from dwsep_helpers.grading.confinement.sandbox import Sandbox
mine, theirs, root = sys.argv[1:]
Sandbox.of_examiner(mine, (theirs,)).enter()
found = [open(theirs + '/notebook.ipynb').read()]
with socket.socket(socket.AF_UNIX) as client:
    os.chdir(theirs)
    client.connect('socket')
    found.append(client.recv(9).decode())
for attempt in (
    lambda: open(theirs + '/notebook.ipynb', 'w'),
    lambda: open(root + '/README.md'),
    lambda: subprocess.run(['true']),
    lambda: socket.socket(),
    lambda: bytearray(2**30),
):
    try:
        found.append(str(attempt()))
    except (PermissionError, MemoryError) as error:
        found.append(None)
print(json.dumps(found))
"""
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(os.path.relpath(theirs / "socket"))
        listener.listen()
        run = subprocess.Popen(
            [sys.executable, "-c", code, str(mine), str(theirs), str(root)],
            stdout=subprocess.PIPE,
            text=True,
        )
        listener.settimeout(30)
        with listener.accept()[0] as connection:
            connection.send(b"answer")
        said, _ = run.communicate(timeout=300)
    assert json.loads(said) == ["given", "answer", *[None] * 5]


def test_rules_for_proc_last_when_linux_forgets(tmp_path):
    """Linux drops what it knows of /proc when memory is short: root can have it do so."""
    switch = Path("/proc/sys/vm/drop_caches")
    if not os.access(switch, os.W_OK):
        pytest.skip("only root can have Linux drop what it keeps")
    code = """
import sys
from dwsep_helpers.grading.confinement.sandbox import Sandbox
Sandbox(sys.argv[1]).enter()
print('ready', flush=True)
sys.stdin.readline()
for name in ('self/maps', 'self/statm', 'cpuinfo', 'sys/vm/overcommit_memory'):
    open('/proc/' + name).read()
"""
    run = subprocess.Popen(
        [sys.executable, "-c", code, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert run.stdout.readline() == "ready\n"
    switch.write_text("2")
    run.communicate("go\n", timeout=300)
    assert run.returncode == 0


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


def test_what_lies_among_the_systems_files_can_be_read(root, tmp_path, monkeypatch):
    assert sandbox.exposed(Path("/usr/local/course")) == "/usr"
    assert sandbox.exposed(Path(sys.prefix) / "share" / "course") == sys.prefix
    assert sandbox.exposed(root) is None
    assert sandbox.exposed(tmp_path / "course") is None
    monkeypatch.syspath_prepend(tmp_path)
    assert sandbox.exposed(tmp_path / "course") is None
    (tmp_path / "package-1.0.dist-info").mkdir()  # pip put packages there
    assert sandbox.exposed(tmp_path / "course") == str(tmp_path)


def test_what_lies_beside_right_answers_is_read_wherever_the_package_lies(tmp_path, monkeypatch):
    package = tmp_path / "lib" / "python" / "package"
    for name in ("answers", "checks"):
        (package / name).mkdir(parents=True)
    (tmp_path / "lib" / "numpy").mkdir()
    (tmp_path / "lib64").symlink_to("lib")  # as virtual environments have it
    (tmp_path / "share").symlink_to(package / "answers")
    (tmp_path / "bin").symlink_to("/usr/bin")
    monkeypatch.setattr(sandbox, "_ANSWERS", (package / "answers").resolve())
    found = {Path(one).relative_to(tmp_path) for one in sandbox._beside_answers(tmp_path)}
    assert found == {Path("lib/python/package/checks"), Path("lib/numpy"), Path("bin")}


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
    monkeypatch.setattr(sandbox.landlock, "version", lambda: landlock)
    said = sandbox.unavailable()
    assert said is None if words is None else words in said
