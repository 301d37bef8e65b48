"""What was typed wrong, who else works on the class, what can't be written: a sentence each."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

import demo.__main__
from dwsep_helpers.grading import cli, turn
from dwsep_helpers.grading.class_folder import ClassFolder, WrongCall
from dwsep_helpers.grading.confinement import sandbox
from dwsep_helpers.grading.nbgrader_session import session
from tests.grading.example_classes import take
from tests.grading.people.archives import FILE, UNIT, a_class, notebook, write

OTHER = "03_pointwise"
locked = pytest.mark.skipif(
    sandbox.unavailable() is not None, reason=f"no sandbox: {sandbox.unavailable()}"
)


@pytest.fixture(scope="module")
def empty(root, tmp_path_factory):
    """A class that handed in nothing."""
    return a_class(root, tmp_path_factory.mktemp("empty"))


@pytest.fixture
def course(empty, tmp_path):
    """A class of one's own that handed in nothing."""
    return shutil.copytree(empty, tmp_path / "class")


def said(capsys, *arguments, status):
    assert cli.main([*map(str, arguments)]) == status
    out, err = capsys.readouterr()
    return out + err


@pytest.mark.parametrize("command", ["autograde", "report", "collect"])
@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("clas", "it isn't there; did you mean 'class'?"),
        ("class/notebooks/01_conv2d/01_conv2d.ipynb", "it is a file"),
        ("", "it is no class's, which has one of notebooks, submitted"),
    ],
)
def test_a_folder_that_is_no_class(course, command, name, told, capsys):
    more = [UNIT, "none.zip"] if command == "collect" else []
    place = course.parent / name
    text = said(capsys, command, *more, "--directory", place, status=2)
    assert f"--directory {place}: {told}" in text
    assert ("did you mean" in text) == (name in ("clas", ""))
    assert not (course / ".dwsep").exists()


@pytest.mark.parametrize("command", ["autograde", "report"])
@pytest.mark.parametrize("jobs", ["0", "-3", "two"])
def test_jobs_are_a_number(course, command, jobs, capsys):
    with pytest.raises(SystemExit) as ended:
        cli.main([command, "--directory", str(course), f"--jobs={jobs}"])
    assert ended.value.code == 2
    assert f"--jobs: it should be a number from 1 on, not '{jobs}'" in capsys.readouterr().err


@locked
def test_a_class_that_handed_in_nothing(course, capsys):
    text = said(capsys, "autograde", "--directory", course, status=2)
    assert f"nobody handed in anything: {course}/submitted has none" in text


@pytest.mark.parametrize("command", ["autograde", "collect"])
def test_a_unit_with_a_slip(course, command, capsys):
    more = ["x.zip"] if command == "collect" else []
    write(course.parent / "x.zip", {"ada.ipynb": notebook()})
    text = said(capsys, command, "01_conv", *more, "--directory", course, status=2)
    assert "there is no unit '01_conv'; did you mean '01_conv2d'?" in text
    text = said(capsys, command, OTHER, *more, "--directory", course, status=2)
    assert f"isn't released, there is no {course}/notebooks/{OTHER}" in text


@locked
def test_a_learner_with_a_slip(handed_in_classes, tmp_path, capsys):
    folder = take(OTHER, handed_in_classes, tmp_path / "class")
    options = ["--directory", folder, "--student", "Perfekt"]
    text = said(capsys, "autograde", OTHER, *options, status=2)
    assert f"--student 'Perfekt': {folder}/submitted has nothing for {OTHER} of a learner" in text
    assert "with that id; did you mean 'perfect'?" in text
    text = said(capsys, "report", "03_point", "--directory", folder, status=2)
    assert "did you mean '03_pointwise'?" in text


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("c.LateRule.percent_per_dya = 5", "LateRule has no percent_per_dya; did you mean 'percen"),
        ("c.LateRule.percent_per_day = 500", "should not be greater than 100"),
        ("c.LateRule.percent_per_day = 'x'", "expected a float, not the str 'x'"),
        ("c.LateRule.percent_per_day = ", "SyntaxError: invalid syntax (nbgrader_config.py, line "),
        ("import nowhere", "No module named 'nowhere'"),
        ("c.LateRules.percent_per_day = 5", "nothing that c.LateRules could set; did you mean 'La"),
        ("c.ExecuteThroughDeath.follow_on = 1", "did you mean 'ExecuteThroughDeaths'?"),
        ("c.ExecuteThroughDeaths.folow_on = 1", "has no folow_on; did you mean 'follow_on'?"),
        ("c.ExecuteThroughDeaths.follow_on = 'yes'", "expected a boolean, not the str 'yes'"),
        ("c.ExecutePreprocessor.timeout = 'long'", "expected an int, not the str 'long'"),
        ("c.CourseDirectory.ignore = 5", "expected a list, not the int 5"),
    ],
)
@pytest.mark.parametrize("command", ["roster", "report", "autograde"])
def test_a_slip_in_the_settings_is_a_sentence(root, course, command, line, told, capsys):
    settings = shutil.copy(root / "nbgrader_config.py", course)
    with open(settings, "a") as file:
        file.write(line)
    session.cache_clear()
    text = said(capsys, command, "--directory", course, status=2)
    assert text.startswith(f"{settings}: ")
    assert told in text
    assert text.count("\n") == 1
    assert not (course / "roster.csv").exists()


@pytest.mark.parametrize(
    "line",
    [
        "c.ServerApp.port = 'x'",  # another program's
        "c.Exchange.abolished = 5",
        "c.CourseDirectory.ignore.append('draft')",
        "c.ExecutePreprocessor.timeout = None",
        "c.AssignLatePenalties.plugin_class = 'nbgrader.plugins.LateSubmissionPlugin'",
    ],
)
def test_settings_that_are_right_or_of_others_stay(root, course, line):
    with open(shutil.copy(root / "nbgrader_config.py", course), "a") as file:
        file.write(line)
    session.cache_clear()
    session(ClassFolder.of(course))


@pytest.mark.parametrize(
    ("address", "told"),
    [
        ("nonsense", "DWSEP_GRADEBOOK is no address of a database, such as postgresql+psycopg://"),
        ("postgres://me:secret@db/dwsep", "DWSEP_GRADEBOOK is no address of a database, such as "),
        ("mysql+oursql://me:secret@db/x", "DWSEP_GRADEBOOK is no address of a database, such as "),
        ("mssql+pymssql://me:secret@db/x", "needs the Python package 'pymssql', which isn't there"),
    ],
)
def test_a_database_that_is_none_is_a_sentence(course, address, told, capsys, monkeypatch):
    monkeypatch.setenv("DWSEP_GRADEBOOK", address)
    session.cache_clear()
    text = said(capsys, "roster", "--directory", course, status=2)
    assert told in text
    assert "secret" not in text
    assert text.count("\n") == 1


@locked
def test_a_cluster_that_is_none_is_a_sentence(course, capsys, monkeypatch):
    arguments = ["autograde", "--directory", course, "--scheduler", "nowhere"]
    text = said(capsys, *arguments, status=2)
    assert text == "--scheduler 'nowhere': it is no address, such as tcp://10.0.0.1:8786\n"
    monkeypatch.setitem(sys.modules, "distributed", None)
    text = said(capsys, *arguments, status=2)
    assert text == "--scheduler needs the Python package 'distributed', which isn't there\n"


def test_two_at_once_say_who_runs(course, capsys):
    with turn.taken(course, "autograde"):
        other = subprocess.run(
            [sys.executable, "-c", _TAKES, str(course)], capture_output=True, text=True, check=False
        )
    assert "'dwsep autograde' on" in other.stderr
    assert f"process {os.getpid()}, since 20" in other.stderr
    with turn.taken(course, "report"):
        pass


_TAKES = """
import sys
from pathlib import Path
from dwsep_helpers.grading import turn
with turn.taken(Path(sys.argv[1]), "report", waits=float(sys.argv[2]) if sys.argv[2:] else 0):
    if sys.argv[3:]:
        import os, time
        if os.fork() == 0:
            time.sleep(60)
            os._exit(0)
    print("mine", flush=True)
    if sys.argv[3:]:
        time.sleep(60)
"""


def test_the_second_waits_for_the_first(course):
    with ExitStack() as first:
        first.enter_context(turn.taken(course, "autograde"))
        command = [sys.executable, "-c", _TAKES, str(course), "60"]
        second = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        time.sleep(1)
        assert second.poll() is None
        first.close()
        assert second.communicate(timeout=300)[0] == "mine\n"


def test_a_command_that_was_killed_keeps_nobody_waiting(course):
    command = [sys.executable, "-c", _TAKES, str(course), "0", "and stay"]
    killed = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, start_new_session=True)
    assert killed.stdout.readline() == "mine\n"
    killed.kill()  # what it started stays for a while
    killed.wait()
    with turn.taken(course, "autograde", waits=5):
        pass
    os.killpg(killed.pid, signal.SIGKILL)
    killed.stdout.close()


def test_what_ran_on_another_machine_is_told(course, capsys):
    state = course / ".dwsep"
    state.mkdir()
    about = {"command": "autograde", "host": "far.example.org", "pid": 7, "since": "2024"}
    (state / "running").write_text(json.dumps(about))
    with turn.taken(course, "report"):
        assert "on far.example.org, process 7, since 2024" in capsys.readouterr().err
    (state / "running").write_text("{[")  # whatever is in it
    with turn.taken(course, "report"):
        assert capsys.readouterr().err == ""


def test_a_disk_without_locks_is_told(course, capsys, monkeypatch):
    fcntl = pytest.importorskip("fcntl")

    def without(*_):
        raise OSError(38, "Function not implemented")

    monkeypatch.setattr(fcntl, "lockf", without)
    with turn.taken(course, "report"):
        assert "this disk has no locks" in capsys.readouterr().err


def test_a_command_that_finds_another_running_does_nothing(course, capsys, monkeypatch):
    def busy(*_):
        raise WrongCall("another works on it")

    monkeypatch.setattr(turn, "_lock", busy)
    archive = write(course.parent / "class.zip", {"ada.ipynb": notebook()})
    for command in (["autograde"], ["report"], ["collect", UNIT, archive]):
        assert said(capsys, *command, "--directory", course, status=2) == "another works on it\n"
    assert not (course / "submitted").exists()


@pytest.mark.parametrize("command", ["autograde", "report", "collect"])
def test_a_folder_that_can_not_be_written_is_a_sentence(course, command, capsys, monkeypatch):
    def denied(path, *_, **__):
        raise PermissionError(13, "Permission denied", str(path))

    more = [UNIT, "x.zip"] if command == "collect" else []
    monkeypatch.setattr(Path, "mkdir", denied)
    text = said(capsys, command, *more, "--directory", course, status=1)
    assert text == f"It failed: Permission denied: '{course}/.dwsep'.\n"


def test_a_full_disk_fails_and_leaves_what_was_there(course, capsys, monkeypatch):
    from dwsep_helpers.grading import faults

    archive = write(course.parent / "class.zip", {"ada.ipynb": notebook("old")})
    assert "1 new" in said(capsys, "collect", UNIT, archive, "--directory", course, status=0)
    write(archive, {"ada.ipynb": notebook("new")})
    monkeypatch.setattr(faults, "full", lambda *_: "the disk has 1 MB left")
    text = said(capsys, "collect", UNIT, archive, "--directory", course, status=1)
    assert "the disk is full" in text
    there = course / "submitted" / "ada" / UNIT / FILE
    assert there.read_bytes() == notebook("old")
    assert not (course / ".dwsep" / "incoming").exists()


def test_the_demo_leaves_your_gradebook_alone(tmp_path, monkeypatch, capsys):
    """Its examples would be among your learners."""
    monkeypatch.setenv("DWSEP_GRADEBOOK", f"sqlite:///{tmp_path}/mine.db")
    used = []
    for name in ("release", "grade", "exercises", "scores", "table"):
        monkeypatch.setattr(demo.__main__, name, lambda *_: used.append(os.environ.copy()))
    demo.__main__.main([UNIT, "--directory", str(tmp_path / "demo")])
    assert used
    assert not any("DWSEP_GRADEBOOK" in environment for environment in used)
    assert "DWSEP_GRADEBOOK is set, and isn't used here." in capsys.readouterr().out


def test_nothing_is_released_into_a_folder_of_the_systems(root, monkeypatch):
    """Root would make it, and no learner knew of it."""
    from nbgrader.coursedir import CourseDirectory
    from nbgrader.exchange import ExchangeError
    from traitlets.config import PyFileConfigLoader

    monkeypatch.delenv("DWSEP_EXCHANGE", raising=False)
    monkeypatch.setattr(os.path, "exists", lambda _: False)
    made = []
    monkeypatch.setattr(os, "makedirs", lambda path, *_: made.append(path))
    config = PyFileConfigLoader("nbgrader_config.py", path=str(root)).load_config()
    release = config.ExchangeFactory.release_assignment(CourseDirectory(config=config))
    with pytest.raises(ExchangeError, match="export DWSEP_EXCHANGE=FOLDER"):
        release.ensure_root()
    assert not made
