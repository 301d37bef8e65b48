"""A unit goes out to a learner and comes back through nbgrader's exchange directory."""

import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from demo import examples
from dwsep_helpers import course
from dwsep_helpers.grading.confinement import sandbox

UNIT = "01_conv2d"
NOT_COPIED = shutil.ignore_patterns(
    ".*", "__pycache__", "build", "tests", "gradebook.db", "*.egg-info"
)
WITH_NBGRADER_ALONE = [
    ["nbgrader", "autograde", UNIT],
    ["nbgrader", "generate_feedback", UNIT],
]


def readme_commands(root):
    """Return the commands of README's door for teachers, from the first that isn't the shell's."""
    teach = (root / "README.md").read_text(encoding="utf-8").partition("## Teach")[2]
    block = re.search(r"```sh\n(.*?)```", teach, re.DOTALL)[1]
    commands = [shlex.split(line, comments=True) for line in block.splitlines()]
    return [words for words in commands if words[0] not in (".", "export")]


def runner(folder):
    """Return a function that runs a command somewhere, with the exchange of a folder."""
    places = {
        "DWSEP_EXCHANGE": "exchange",
        "HOME": "home",
        "JUPYTER_DATA_DIR": "data",
        "JUPYTER_CONFIG_DIR": "config",
    }
    environment = os.environ | {name: str(folder / at) for name, at in places.items()}
    environment["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{environment['PATH']}"

    def run(cwd, *command):
        done = subprocess.run(
            command,
            cwd=cwd,
            env=environment
            | {"PYTHONPATH": str(cwd)},  # the course in that folder, if there is one
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        assert done.returncode == 0, done.stdout
        return done.stdout

    return run


@pytest.fixture(scope="module")
def collected(root, tmp_path_factory):
    """A folder with a teacher's clone of the course, a learner's folder and an exchange.

    The unit went out, the learner handed it in, the teacher collected it.
    """
    folder = tmp_path_factory.mktemp("collected")
    run = runner(folder)
    (folder / "exchange").mkdir()
    (folder / "exchange").chmod(0o777)
    teacher = Path(shutil.copytree(root, folder / "teacher", ignore=NOT_COPIED))
    learner = folder / "learner"
    learner.mkdir()
    (learner / "nbgrader_config.py").write_text(
        "import os\nc = get_config()\nc.CourseDirectory.course_id = 'dwsep'\n"
        "c.Exchange.root = os.environ['DWSEP_EXCHANGE']\n"
    )
    generate, release, collect, *_ = readme_commands(root)
    run(teacher, *generate)
    run(teacher, *release)

    run(learner, "nbgrader", "fetch_assignment", UNIT)
    path = learner / UNIT / f"{UNIT}.ipynb"
    assert path.read_bytes() == (teacher / "notebooks" / UNIT / path.name).read_bytes()
    solution = nbformat.read(root / "solutions" / UNIT / path.name, as_version=4)
    answers = examples.right_answers(solution)
    del answers["conv2d_vectorized"]
    released = nbformat.read(path, as_version=4)
    nbformat.write(examples.fill(released, answers), path)
    run(learner, "nbgrader", "submit", UNIT)

    run(teacher, *collect)
    return folder


@pytest.mark.parametrize("how", ["as the README says", "with nbgrader alone"])
def test_unit_goes_out_and_comes_back(root, collected, tmp_path, how):
    if how == "as the README says" and sandbox.unavailable():
        pytest.skip(f"no sandbox: {sandbox.unavailable()}")
    shutil.copytree(collected, tmp_path, dirs_exist_ok=True)
    run, teacher, learner = runner(tmp_path), tmp_path / "teacher", tmp_path / "learner"
    *_, autograde, report = readme_commands(root)
    by_hand = teacher / "submitted" / "aaa-by-hand" / UNIT
    by_hand.mkdir(parents=True)
    shutil.copy(teacher / "notebooks" / UNIT / f"{UNIT}.ipynb", by_hand)
    grading = [autograde, report] if how == "as the README says" else WITH_NBGRADER_ALONE
    said = "".join(run(teacher, *command) for command in grading)
    assert ("2 graded in" in said) == (grading is not WITH_NBGRADER_ALONE)
    said = run(teacher, "nbgrader", "release_feedback", UNIT)
    assert "aaa-by-hand: not collected, so the page stays" in said
    run(teacher, "nbgrader", "export")

    run(learner, "nbgrader", "fetch_feedback", UNIT)
    (page,) = (learner / UNIT / "feedback").glob("*/*.html")
    worth = course.unit(UNIT).points
    assert f">{worth - 3} of {worth} points</h2>" in page.read_text(encoding="utf-8")
    header, _, row = (teacher / "grades.csv").read_text(encoding="utf-8-sig").splitlines()
    grades = dict(zip(header.split(","), row.split(","), strict=True))
    assert grades["assignment"] == UNIT
    assert (float(grades["score"]), float(grades["max_score"])) == (worth - 3, worth)
