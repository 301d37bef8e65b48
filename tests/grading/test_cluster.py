"""A class graded on two machines' worth of processes, its gradebook in PostgreSQL."""

import subprocess
import sys

import pytest
from test_example_class import LOST, WORTH

from demo.classes import CLASSES
from demo.grading import release
from dwsep_helpers.grading.class_folder import database, dwsep
from dwsep_helpers.grading.class_run import STATE
from dwsep_helpers.grading.confinement import sandbox
from dwsep_helpers.grading.scores import scores
from dwsep_helpers.grading.submission import Result
from tests.grading import services

UNIT = "03_pointwise"
pytestmark = [
    pytest.mark.skipif(not services.BINARIES, reason="PostgreSQL isn't installed"),
    pytest.mark.skipif(
        sandbox.unavailable() is not None, reason=f"no sandbox: {sandbox.unavailable()}"
    ),
]


@pytest.fixture(scope="module")
def gradebook():
    with services.postgresql() as address:
        yield address


@pytest.fixture(scope="module")
def scheduler(tmp_path_factory):
    with services.dask(tmp_path_factory.mktemp("dask")) as (address, _):
        yield address


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
    (tmp_path / "submitted").mkdir()
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
