"""A class graded on two machines' worth of processes, its gradebook in PostgreSQL."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest
from test_example_class import LOST, WORTH

from demo.classes import CLASSES
from demo.grading import release
from dwsep_helpers.grading.class_folder import database, dwsep
from dwsep_helpers.grading.class_run import STATE
from dwsep_helpers.grading.confinement import sandbox
from dwsep_helpers.grading.scores import scores
from dwsep_helpers.grading.submission import Result

UNIT = "03_pointwise"
BINARIES = sorted(Path("/usr/lib/postgresql").glob("*/bin")) or [
    Path(found).parent for found in [shutil.which("initdb")] if found
]
pytestmark = [
    pytest.mark.skipif(not BINARIES, reason="PostgreSQL isn't installed"),
    pytest.mark.skipif(
        sandbox.unavailable() is not None, reason=f"no sandbox: {sandbox.unavailable()}"
    ),
]


@pytest.fixture(scope="module")
def gradebook():
    """The address of a database, on a server of this test's own."""
    # Not pytest's folder, which is root's alone: PostgreSQL refuses to run as root. The name
    # is short, for a socket lies in it.
    folder = Path(tempfile.mkdtemp(prefix="dwsep-pg-"))
    user = "postgres" if os.getuid() == 0 else None
    if user:
        shutil.chown(folder, user)
    data = folder / "data"

    def run(name, *arguments):
        subprocess.run(
            [BINARIES[-1] / name, *arguments],
            check=True,
            user=user,
            cwd=folder,
            stdout=subprocess.DEVNULL,
        )

    run("initdb", "-D", data, "-U", "teacher", "-A", "trust")
    options = f"-k {folder} -c listen_addresses='' -c fsync=off"
    run("pg_ctl", "-D", data, "-w", "-l", folder / "log", "-o", options, "start")
    try:
        run("createdb", "-h", folder, "-U", "teacher", "dwsep")
        yield f"postgresql+psycopg://teacher@/dwsep?host={folder}"
    finally:
        run("pg_ctl", "-D", data, "-w", "-m", "immediate", "stop")
        shutil.rmtree(folder)


@pytest.fixture(scope="module")
def scheduler(tmp_path_factory):
    """The address of a Dask scheduler with two workers, each a process."""
    folder = tmp_path_factory.mktemp("dask")
    told = folder / "scheduler.json"
    start = [sys.executable, "-m"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": folder}
    host = ["--host", "127.0.0.1", "--no-dashboard"]
    file = ["--scheduler-file", str(told)]
    made = [
        subprocess.Popen(
            [*start, "distributed.cli.dask_scheduler", *host, "--port", "0", *file], **quiet
        )
    ]
    worker = [*start, "distributed.cli.dask_worker", *host, *file, "--nthreads", "1", "--no-nanny"]
    made += [subprocess.Popen(worker, **quiet) for _ in range(2)]
    try:
        from distributed import Client

        for _ in range(120):
            if told.exists() and told.stat().st_size:
                break
            time.sleep(0.5)
        with Client(scheduler_file=str(told)) as client:
            client.wait_for_workers(2, timeout=60)
            address = client.scheduler.address
        yield address
    finally:
        for process in reversed(made):
            process.terminate()
            process.wait()


def test_two_workers_fill_one_gradebook(gradebook, scheduler, tmp_path, monkeypatch):
    monkeypatch.setenv("DWSEP_GRADEBOOK", gradebook)
    release(UNIT, tmp_path)
    assert database(tmp_path) == gradebook
    said = dwsep("autograde", UNIT, "--scheduler", scheduler, directory=tmp_path)
    assert f"{len(CLASSES[UNIT])} graded in" in said
    expected = {
        learner: WORTH[UNIT] | dict.fromkeys(lost, 0) for learner, lost in LOST[UNIT].items()
    }
    assert {row.learner: row.points for row in scores(gradebook, UNIT)} == expected
    assert not (tmp_path / "gradebook.db").exists()
    results = [
        Result.from_json(path.read_text().splitlines()[1])
        for path in (tmp_path / STATE).rglob("*.json")
    ]
    assert len({result.by for result in results}) == 2


def test_no_scheduler_is_said(tmp_path):
    run = subprocess.run(
        [
            *[sys.executable, "-m", "dwsep_helpers.grading.cli", "autograde", UNIT],
            *["--directory", str(tmp_path), "--scheduler", "tcp://127.0.0.1:9"],
        ],
        text=True,
        capture_output=True,
        check=False,
    )
    assert run.returncode == 2
    assert "no Dask scheduler answers at tcp://127.0.0.1:9" in run.stderr
