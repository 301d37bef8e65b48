"""A unit goes out to a learner and comes back through nbgrader's exchange directory."""

import os
import shutil
import subprocess
import sys

import nbformat
import pytest

from dwsep_helpers import course
from dwsep_helpers.grading import examples

UNIT = "01_conv2d"


@pytest.fixture
def nbgrader(tmp_path):
    """A function that runs nbgrader somewhere, with an exchange of its own."""
    exchange = tmp_path / "exchange"
    exchange.mkdir(mode=0o777)
    exchange.chmod(0o777)
    places = {"HOME": "home", "JUPYTER_DATA_DIR": "data", "JUPYTER_CONFIG_DIR": "config"}
    environment = os.environ | {name: str(tmp_path / at) for name, at in places.items()}
    environment["DWSEP_EXCHANGE"] = str(exchange)

    def run(cwd, *command):
        done = subprocess.run(
            [sys.executable, "-m", "nbgrader", *command],
            cwd=cwd,
            env=environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        assert done.returncode == 0, done.stdout
        return done.stdout

    run.exchange = exchange
    return run


def test_unit_goes_out_and_comes_back(root, tmp_path, nbgrader):
    teacher, learner = tmp_path / "teacher", tmp_path / "learner"
    shutil.copytree(root / "solutions" / UNIT, teacher / "solutions" / UNIT)
    shutil.copy(root / "nbgrader_config.py", teacher)
    learner.mkdir()
    (learner / "nbgrader_config.py").write_text(
        f"c = get_config()\nc.CourseDirectory.course_id = 'dwsep'\n"
        f"c.Exchange.root = {str(nbgrader.exchange)!r}\n"
    )

    nbgrader(teacher, "generate_assignment", UNIT)
    nbgrader(teacher, "release_assignment", UNIT)

    nbgrader(learner, "fetch_assignment", UNIT)
    path = learner / UNIT / f"{UNIT}.ipynb"
    assert path.read_bytes() == (teacher / "notebooks" / UNIT / path.name).read_bytes()
    solution = nbformat.read(root / "solutions" / UNIT / path.name, as_version=4)
    answers = examples.right_answers(solution)
    del answers["conv2d_vectorized"]
    released = nbformat.read(path, as_version=4)
    nbformat.write(examples.fill(released, answers), path)
    nbgrader(learner, "submit", UNIT)

    nbgrader(teacher, "collect", UNIT)
    by_hand = teacher / "submitted" / "aaa-by-hand" / UNIT
    by_hand.mkdir(parents=True)
    shutil.copy(teacher / "notebooks" / UNIT / path.name, by_hand)
    nbgrader(teacher, "autograde", UNIT)
    nbgrader(teacher, "generate_feedback", UNIT)
    said = nbgrader(teacher, "release_feedback", UNIT)
    assert "aaa-by-hand: not collected, so the page stays" in said
    nbgrader(teacher, "export")

    nbgrader(learner, "fetch_feedback", UNIT)
    (page,) = (learner / UNIT / "feedback").glob("*/*.html")
    worth = course.unit(UNIT).points
    assert f"(Score: {worth - 3:.1f} / {worth:.1f})" in page.read_text(encoding="utf-8")
    header, _, row = (teacher / "grades.csv").read_text().splitlines()
    grades = dict(zip(header.split(","), row.split(","), strict=True))
    assert grades["assignment"] == UNIT
    assert (float(grades["score"]), float(grades["max_score"])) == (worth - 3, worth)
