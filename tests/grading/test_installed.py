"""The package as pip installs it, without a clone: it grades wherever a course is."""

import os
import shutil
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from traitlets.config import Config

from demo.classes import CLASSES
from demo.examples import write
from dwsep_helpers.grading import class_folder, settings
from dwsep_helpers.grading.class_folder import ClassFolder, WrongCall, course_of, database
from dwsep_helpers.grading.confinement import sandbox
from dwsep_helpers.grading.nbgrader_session import NbgraderSession, session
from dwsep_helpers.grading.pages import write_plain
from dwsep_helpers.grading.scores import scores
from tests.installing import install

UNIT = "02_depthwise"


@pytest.fixture(scope="module")
def programs(root, tmp_path_factory):
    """The programs of an environment that has the package's wheel."""
    folder = tmp_path_factory.mktemp("installed")
    return install(root, folder, Path(sys.executable), ["alembic"]) / "bin"


@pytest.fixture
def run(programs, tmp_path):
    """A function that runs a command of that environment somewhere; it returns status and text."""
    environment = {name: os.environ[name] for name in ("HOME", "LANG") if name in os.environ}
    environment |= {"PATH": f"{programs}:/usr/bin:/bin", "OMP_NUM_THREADS": "1"}

    def run(folder, *command):
        module = {"dwsep": "dwsep_helpers.grading.cli"}.get(command[0], command[0])
        done = subprocess.run(
            [programs / "python", "-m", module, *command[1:]],
            cwd=folder,
            env=environment,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            check=False,
        )
        return done.returncode, done.stdout

    return run


def copy_course(root, folder):
    """Make a folder with one unit of the course, and its settings for nbgrader."""
    shutil.copytree(root / "solutions" / UNIT, folder / "solutions" / UNIT)
    shutil.copy(root / "nbgrader_config.py", folder)
    return folder


@pytest.mark.skipif(sandbox.unavailable() is not None, reason=f"{sandbox.unavailable()}")
def test_a_class_is_graded_where_a_course_is(root, run, tmp_path):
    course = copy_course(root, tmp_path / "course")
    status, said = run(course, "nbgrader", "generate_assignment", UNIT)
    assert status == 0, said
    perfect = next(one for one in CLASSES[UNIT] if one.name == "perfect")
    notebook = Path(UNIT, f"{UNIT}.ipynb")
    released, solution = course / "notebooks" / notebook, course / "solutions" / notebook
    write(perfect, released=released, solution=solution, submitted=course / "submitted")

    home = tmp_path / "home"
    home.mkdir()
    for folder, more in ((course, ["--directory", "."]), (course / "submitted", [])):
        status, said = run(folder, "dwsep", "autograde", *more)
        assert status == 0, said
        assert f"1 submission, {1 if more else 0} to grade." in said
    status, said = run(home, "dwsep", "report", "--directory", str(course))
    assert status == 0, said
    assert (course / "feedback" / "perfect" / notebook.with_suffix(".html")).stat().st_size > 9_000
    (row,) = scores(database(course), UNIT)
    assert row.total == 15

    # Of a class that was graded, what a course has besides is asked for only where it is needed.
    shutil.rmtree(course / "solutions")
    (course / "nbgrader_config.py").unlink()
    status, said = run(home, "dwsep", "autograde", "--force", "--directory", str(course))
    assert (status, "1 graded in" in said) == (0, True), said


def test_where_there_is_no_course_it_says_where_it_looked(run, tmp_path):
    (tmp_path / "home").mkdir()
    (tmp_path / "class" / "submitted").mkdir(parents=True)
    for directory in ([], ["--directory", str(tmp_path / "class")]):
        for command in ("autograde", "report"):
            status, said = run(tmp_path / "home", "dwsep", command, *directory)
            assert status == 2, said
            for place in (tmp_path / "home", *directory[1:]):
                assert str(place) in said
            for what in (*class_folder.MARKS, "notebooks/", "clone"):
                assert what in said
            assert "Traceback" not in said


def test_authors_are_told_that_they_need_a_clone(run, tmp_path):
    status, said = run(tmp_path, "dwsep_helpers.authoring")
    assert status == 2
    assert "clone" in said


def test_the_nearest_course_counts_the_class_before_the_working_directory(tmp_path, monkeypatch):
    here, there = tmp_path / "here", tmp_path / "there"
    for course in (here, there):
        (course / "solutions").mkdir(parents=True)
        (course / "a" / "b").mkdir(parents=True)
    monkeypatch.chdir(here / "a" / "b")
    assert course_of() == here
    assert course_of(there / "a") == there
    assert course_of(tmp_path) == here
    (here / "a" / "nbgrader_config.py").touch()
    assert course_of() == here / "a"
    assert ClassFolder.of(here / "a") == ClassFolder.of(None)


def test_a_class_of_its_own_needs_no_course(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(class_folder, "__file__", str(tmp_path / "a" / "b" / "c.py"))
    with pytest.raises(WrongCall, match="no course"):
        course_of(tmp_path)
    (tmp_path / "notebooks").mkdir()
    assert course_of(tmp_path) == tmp_path


@pytest.mark.parametrize("loads", ["", "from dwsep_helpers.grading import settings as s\n"])
def test_own_settings_add_to_the_courses_and_replace_them(tmp_path, loads):
    call = "s.configure(c)\n" if loads else ""
    (tmp_path / "nbgrader_config.py").write_text(
        f"{loads}c = get_config()\n{call}"
        "c.CourseDirectory.db_url = 'sqlite:///elsewhere.db'\nc.ExecutePreprocessor.timeout = 7\n"
    )
    nbgrader = NbgraderSession(ClassFolder.of(tmp_path))
    assert nbgrader.config.ExecutePreprocessor.timeout == 7
    assert nbgrader.directory.db_url == "sqlite:///elsewhere.db"
    assert nbgrader.directory.source_directory == "solutions"
    assert nbgrader.config.IgnorePattern.enabled is True
    other = NbgraderSession(ClassFolder.of(tmp_path / "class"))
    assert other.directory.db_url == database(tmp_path / "class")


@pytest.fixture
def usual_mask():
    """New files are their owner's, as usual; a function that tells what was set instead."""
    before = os.umask(0o022)
    yield lambda: os.umask(0o022)
    os.umask(before)


@pytest.mark.parametrize("shared", ["course", "class"])
def test_where_a_group_shares_a_folder_all_that_is_written_is_the_groups(
    tmp_path, monkeypatch, usual_mask, shared
):
    for name in ("course/solutions", "class"):
        (tmp_path / name).mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "course")
    place = tmp_path / shared
    alone = NbgraderSession(ClassFolder.of(place))
    assert (alone.directory.groupshared, usual_mask()) == (False, 0o022)
    place.chmod(0o2770)
    session.cache_clear()
    together = session(ClassFolder.of(place))
    assert together.config.CourseDirectory.groupshared is True
    assert usual_mask() == 0o007
    assert stat.S_IMODE((place / "gradebook.db").stat().st_mode) == 0o660
    page = write_plain(ClassFolder.of(place), UNIT, "ada", "no room")
    assert stat.S_IMODE(page.stat().st_mode) == 0o664  # what is released keeps its mode


def test_a_shared_folder_that_is_no_course_stays_as_it_is(tmp_path, monkeypatch):
    tmp_path.chmod(0o2770)
    monkeypatch.chdir(tmp_path)
    c = Config()
    settings.configure(c)
    assert "groupshared" not in c.CourseDirectory
    assert [*tmp_path.iterdir()] == []
