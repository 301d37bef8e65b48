"""Each submission's fate is its own: whatever is found of one learner, the others' stay theirs."""

import contextlib
import errno
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import threading
import time
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool

import nbformat
import pytest
from sqlalchemy.exc import OperationalError

from demo import examples
from dwsep_helpers.grading import (
    class_run,
    faults,
    fingerprint,
    handed_in,
    locked,
    pages,
    preflight,
)
from dwsep_helpers.grading.class_folder import ClassFolder, WrongCall, database
from dwsep_helpers.grading.class_run import Ledger, Task, grade_all
from dwsep_helpers.grading.confinement.room import copy_files
from dwsep_helpers.grading.metadata import FAILED, GRADED
from dwsep_helpers.grading.nbgrader_session import session
from dwsep_helpers.grading.one_learner import without_bad_time
from dwsep_helpers.grading.preflight import Submission, submissions
from dwsep_helpers.grading.scores import Scores, with_status
from dwsep_helpers.grading.submission import Job, Result

UNIT, OTHER = "02_depthwise", "03_pointwise"


@pytest.fixture
def submitted(tmp_path):
    """A class's folder with one ordinary learner."""
    hand_in(tmp_path / "submitted" / "ada")
    return tmp_path / "submitted"


def hand_in(folder, unit=UNIT, name=None):
    (folder / unit).mkdir(parents=True, exist_ok=True)
    path = folder / unit / (name or f"{unit}.ipynb")
    path.write_text("{}")
    return path


def found(submitted, *units):
    return {
        (one.learner, one.unit): one
        for one in submissions(submitted, {UNIT: None, OTHER: None}, units)
    }


def pipe(folder):
    (folder / UNIT).mkdir(parents=True)
    os.mkfifo(folder / UNIT / f"{UNIT}.ipynb")


def link_to_a_folder(folder):
    folder.symlink_to(folder.parent / "ada")


def link_to_a_unit(folder):
    folder.mkdir()
    (folder / UNIT).symlink_to(folder.parent / "ada" / UNIT)


def link_to_a_notebook(folder):
    (folder / UNIT).mkdir(parents=True)
    (folder / UNIT / f"{UNIT}.ipynb").symlink_to(folder.parent / "ada" / UNIT / f"{UNIT}.ipynb")


def link_in_a_circle(folder):
    (folder / UNIT).mkdir(parents=True)
    (folder / UNIT / "inner").symlink_to(folder)


def device(folder):
    (folder / UNIT).mkdir(parents=True)
    try:
        os.mknod(folder / UNIT / f"{UNIT}.ipynb", 0o20666, os.makedev(1, 5))
    except PermissionError:
        pytest.skip("only root makes devices, and not in every container")


def no_notebook(folder):
    folder.mkdir()
    (folder / "answers.pdf").write_text("")


def empty_unit(folder):
    (folder / UNIT).mkdir(parents=True)


def too_deep(folder):
    path = folder.joinpath(*"abcdefghijklmnop")
    path.mkdir(parents=True)
    (path / "x.ipynb").write_text("{}")


def a_document(folder):
    folder.with_name("odd.docx").write_text("")


def an_archive_in_a_units_folder(folder):
    (folder.parent / UNIT).mkdir()
    (folder.parent / UNIT / "odd.tgz").write_text("")


def called_like_a_tools_file(folder):
    hand_in(folder.with_name("._odd"), "", "answers.pdf")


def a_file(folder):
    folder.with_name("odd.ipynb").write_text("{}")


def an_archive(folder):
    folder.with_name("odd.zip").write_text("")


def broken_and_of_no_name(folder):
    folder.mkdir()
    (folder / "homework.ipynb").write_text("{")


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (pipe, "it is no file"),
        (link_to_a_folder, "it is a link"),
        (link_to_a_unit, "it is a link"),
        (link_to_a_notebook, "it is a link"),
        (link_in_a_circle, "it is a link"),
        (device, "it is no file"),
        (no_notebook, "none of the files is the unit's: 'answers.pdf'"),
        (empty_unit, "there is no notebook in it"),
        (too_deep, "too deep"),
        (a_file, "beside the learners' folders"),
        (an_archive, "beside the learners' folders"),
        (a_document, "beside the learners' folders"),
        (an_archive_in_a_units_folder, "beside the learners' folders"),
        (called_like_a_tools_file, "none of the files is the unit's: 'answers.pdf'"),
        (broken_and_of_no_name, "none of the files is the unit's: 'homework.ipynb'"),
    ],
)
def test_nobody_is_skipped_in_silence(submitted, make, said):
    make(submitted / "odd")
    there = found(submitted)
    assert there["ada", UNIT].path is not None
    assert len(there) == 2
    (odd,) = (one for (learner, _), one in there.items() if learner != "ada")
    assert said in "; ".join([*odd.problems, odd.hindrance or ""])
    assert odd.path is None


def test_another_units_notebook_is_said_where_the_units_is_missing(submitted):
    hand_in(submitted / "odd", UNIT, f"{OTHER}.ipynb")
    there = found(submitted)
    assert there["odd", OTHER].path is not None
    said = f"there is no notebook of the unit in it, only '{OTHER}.ipynb'"
    assert there["odd", UNIT].problems == (said,)


def test_a_unit_that_is_not_released_keeps_nobody_from_being_graded(root, submitted):
    hand_in(submitted / "odd", UNIT, f"{OTHER}.ipynb")
    for unit in (UNIT, OTHER):
        shutil.copytree(root / "notebooks" / unit, submitted.parent / "notebooks" / unit)
    of = ClassFolder.of(submitted.parent)
    with session(of).gradebook() as gradebook:
        gradebook.add_assignment(UNIT)
    _, todo = class_run.tasks(of)
    hindered = {
        (task.job.submission.learner, task.job.submission.unit): task.job.submission.hindrance
        for task in todo
    }
    told = f"doesn't know unit '{OTHER}': nbgrader generate_assignment {OTHER} --force"
    assert told in hindered.pop(("odd", OTHER))
    assert hindered == {("ada", UNIT): None, ("odd", UNIT): None}
    with pytest.raises(WrongCall, match=re.escape(told)):
        class_run.tasks(of, [OTHER])


def test_what_tools_leave_behind_is_nobody(submitted):
    for name in ("._ada", ".DS_Store", "README.pdf", "class.csv", "Thumbs.db"):
        (submitted / name).write_text("")
    for name in (".ipynb_checkpoints", "__MACOSX", ".git"):
        hand_in(submitted / name)
        hand_in(submitted / "ada" / name)
    assert set(found(submitted)) == {("ada", UNIT)}
    assert found(submitted)["ada", UNIT].problems == ()


def test_many_files_are_not_all_looked_at(submitted, monkeypatch):
    monkeypatch.setattr(handed_in, "MOST", 20)
    for number in range(40):
        (submitted / "ada" / UNIT / f"file-{number}").write_text("")
    assert any("more than 20 files" in one for one in found(submitted)["ada", UNIT].problems)


@pytest.mark.parametrize(
    "many", [".cache/pip", f"{UNIT}/.cache", f"{UNIT}/_old", "00_data", UNIT, f"{UNIT}/data", "."]
)
def test_a_notebook_is_found_beside_many_files(submitted, monkeypatch, many):
    monkeypatch.setattr(handed_in, "MOST", 20)
    folder = submitted / "ada" / many
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(40):
        (folder / f"00-{number}").write_text("")
    one = found(submitted)["ada", UNIT]
    assert one.path == submitted / "ada" / UNIT / f"{UNIT}.ipynb"
    assert one.hindrance is None


def test_where_not_all_was_seen_nobody_gets_a_0(submitted, monkeypatch):
    monkeypatch.setattr(handed_in, "MOST", 20)
    (submitted / "bob" / "data").mkdir(parents=True)
    for number in range(40):
        (submitted / "bob" / "data" / f"{number}").write_text("")
    hand_in(submitted / "bob" / "homework")
    too_deep(submitted / "eve")
    there = found(submitted)
    assert "more than 20 files" in there["bob", UNIT].hindrance
    assert "too deep" in there["eve", UNIT].hindrance
    assert there["ada", UNIT].hindrance is None


def test_a_learner_may_be_called_like_a_unit(submitted):
    hand_in(submitted / UNIT)
    hand_in(submitted / UNIT, OTHER)
    (submitted / UNIT / "notes.txt").write_text("")
    hand_in(submitted / OTHER / "bob", OTHER)  # units outside, learners inside
    hand_in(submitted / OTHER / "ada", UNIT)
    (submitted / OTHER / "eve").mkdir()
    assert set(found(submitted)) == {
        ("ada", UNIT),
        (UNIT, UNIT),
        (UNIT, OTHER),
        ("bob", OTHER),
        ("ada", OTHER),
        ("eve", OTHER),
    }
    assert any("two folders" in one for one in found(submitted)["ada", UNIT].problems)


@pytest.mark.parametrize("outer", ["02_Depthwise", "Unit 2", "unit-02"])
def test_a_units_folder_may_be_written_otherwise(submitted, outer):
    for learner in ("cy", "di"):
        hand_in(submitted / outer / learner, "")
    assert set(found(submitted)) == {(learner, UNIT) for learner in ("ada", "cy", "di")}


def test_several_folders_with_the_same_unit_may_be_several_learners(submitted):
    for learner in ("bob", "cy"):
        hand_in(submitted / "Depthwise" / learner)
    hand_in(submitted / "ada" / "draft")
    hand_in(submitted / "ada" / "final")
    hand_in(submitted / "eve", f"{UNIT} (1)")
    hand_in(submitted / "eve", f"{UNIT} (2)")
    there = found(submitted)
    said = f"'bob/{UNIT}/{UNIT}.ipynb', 'cy/{UNIT}/{UNIT}.ipynb'"
    assert said in there["Depthwise", UNIT].hindrance
    assert there["ada", UNIT].hindrance is None
    assert there["eve", UNIT].hindrance is None


@pytest.mark.parametrize(
    ("name", "said"),
    [
        (f"e/{OTHER}.zip", f"only '{OTHER}.zip'"),
        (f"{OTHER} (1).tar.gz", f"only '{OTHER} (1).tar.gz'"),
        (f"{OTHER}.pdf", f"only '{OTHER}.pdf'"),
        (f"{OTHER}/answers.pdf", "only 'answers.pdf'"),
        ("Untitled.ipynb", "none of the files is the unit's: 'Untitled.ipynb'"),
        ("homework.7z", "none of the files is the unit's: 'homework.7z'"),
        ("helpers.py", None),
        (f"{UNIT}/{OTHER}.py", None),
    ],
)
def test_what_may_be_another_unit_is_said(submitted, name, said):
    hand_in(submitted / "bob")
    hand_in(submitted / "cy", OTHER)
    path = submitted / "bob" / name
    path.parent.mkdir(exist_ok=True)
    path.write_text("{}")
    there = found(submitted)
    assert there["bob", UNIT].problems == ()
    if said:
        assert said in there["bob", OTHER].problems[0]
    else:
        assert ("bob", OTHER) not in there


@pytest.mark.parametrize("name", [UNIT, f"{UNIT}.json", f"{UNIT}.ipynb.txt", f"{UNIT}.txt"])
def test_a_notebook_may_have_lost_its_ending(submitted, name):
    (submitted / "bob").mkdir()
    (submitted / "bob" / name).write_text("{}")
    assert found(submitted)["bob", UNIT].path.name == name


def test_a_learner_who_handed_in_another_unit_is_not_missed(submitted):
    hand_in(submitted / "bob", OTHER)
    assert set(found(submitted, UNIT)) == {("ada", UNIT)}


def test_an_error_while_one_is_looked_at_is_that_learners(submitted, monkeypatch):
    hand_in(submitted / "bob")
    looks = handed_in.contents

    def fails(place):
        if place.name == "bob":
            raise RuntimeError("whatever")
        return looks(place)

    monkeypatch.setattr(handed_in, "contents", fails)
    there = found(submitted)
    assert there["ada", UNIT].hindrance is None
    assert "RuntimeError: whatever" in there["bob", UNIT].hindrance


# By whoever may not read all: root may.
_AS_NOBODY = """
import os, sys
from pathlib import Path
from dwsep_helpers.grading import fingerprint
from dwsep_helpers.grading.class_folder import ClassFolder
from dwsep_helpers.grading.class_run import Ledger
from dwsep_helpers.grading.preflight import submissions
from dwsep_helpers.grading.submission import Job
fingerprint.of_code("02_depthwise")
if os.getuid() == 0:
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
submitted = Path(sys.argv[1])
for one in submissions(submitted, {"02_depthwise": None}):
    task = Ledger(submitted / "none").task(Job(ClassFolder("/"), one), submitted / "x")
    print(one.learner, task.job.submission.hindrance)
"""


def test_what_may_not_be_read_is_that_learners(root, tmp_path):
    for folder in (tmp_path, *list(tmp_path.parents)[:3]):  # xdist's are one deeper
        folder.chmod(0o755)
    submitted = tmp_path / "submitted"
    for learner in ("ada", "notebook", "unit", "folder", "beside"):
        hand_in(submitted / learner)
    (submitted / "beside" / UNIT / "data.csv").write_text("1")
    closed = [
        submitted / "notebook" / UNIT / f"{UNIT}.ipynb",
        submitted / "unit" / UNIT,
        submitted / "folder",
        submitted / "beside" / UNIT / "data.csv",
    ]
    for path in closed:
        path.chmod(0)
    done = subprocess.run(
        [sys.executable, "-c", _AS_NOBODY, str(submitted)],
        env=os.environ | {"PYTHONPATH": str(root)},
        text=True,
        capture_output=True,
        check=False,
    )
    for path in closed:
        path.chmod(0o755)
    said = dict(line.split(" ", 1) for line in done.stdout.splitlines())
    assert set(said) == {"ada", "notebook", "unit", "folder", "beside"}, done.stderr
    assert said.pop("ada") == "None"
    for line in said.values():
        assert "Permission denied" in line


def task_of(tmp_path, learner="ada", **how):
    path = tmp_path / "submitted" / learner / UNIT / f"{UNIT}.ipynb"
    one = Submission(learner, UNIT, path, path.parent, **how)
    return Ledger(tmp_path / "ledger").task(Job(ClassFolder("/"), one), tmp_path / "source")


def test_what_did_not_change_is_not_read_again(submitted, tmp_path, monkeypatch):
    ledger = Ledger(tmp_path / "ledger")
    first = task_of(tmp_path)
    ledger.write(first, Result("ada", UNIT, GRADED))
    read = []
    hashes = fingerprint.digest_files
    monkeypatch.setattr(
        fingerprint, "digest_files", lambda *given: read.append(given) or hashes(*given)
    )
    assert ledger.is_done(task_of(tmp_path))
    assert read == []
    path = submitted / "ada" / UNIT / f"{UNIT}.ipynb"
    os.utime(path)  # copied to another disk, for example
    assert ledger.is_done(task_of(tmp_path))
    assert len(read) == 1
    assert ledger.is_done(task_of(tmp_path))
    assert len(read) == 1
    path.write_text("[]")  # the same size
    assert not ledger.is_done(task_of(tmp_path))
    (submitted / "ada" / UNIT / "package").mkdir()
    ledger.write(task_of(tmp_path), Result("ada", UNIT, GRADED))
    (submitted / "ada" / UNIT / "package" / "x.py").write_text("")
    assert not ledger.is_done(task_of(tmp_path))


def test_a_file_of_sixteen_gigabytes_takes_no_time(submitted, tmp_path):
    big = submitted / "ada" / UNIT / "holes.bin"
    with big.open("wb") as file:
        file.truncate(16 * 2**30)
    before = task_of(tmp_path).fingerprint
    assert before
    with big.open("r+b") as file:
        file.truncate(15 * 2**30)
    assert task_of(tmp_path).fingerprint == before  # it isn't copied either
    big.write_text("1")
    assert task_of(tmp_path).fingerprint != before
    with (submitted / "ada" / UNIT / f"{UNIT}.ipynb").open("wb") as file:
        file.truncate(16 * 2**30)
    assert task_of(tmp_path).fingerprint


@pytest.mark.parametrize(
    ("name", "counts"),
    [
        ("util.py", True),
        ("a/b/c/d/util.py", True),
        ("00helpers/util.py", True),
        ("a/b/c/d/e/util.py", False),
        ("01_Conv2d/util.py", False),
        ("01_conv2d.ipynb", False),
        ("old.IPYNB/util.py", False),
        ("_old/util.py", False),
    ],
)
def test_what_is_copied_alone_has_a_unit_graded_again(submitted, tmp_path, name, counts):
    folder = submitted / "ada" / UNIT
    (folder / "many").mkdir()
    for number in range(2_001 if name[0] == "0" else 1):
        (folder / "many" / f"{number}").touch()
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("1")
    before = task_of(tmp_path)
    path.write_text("22")
    assert (task_of(tmp_path).fingerprint != before.fingerprint) == counts
    assert (task_of(tmp_path).signature != before.signature) == counts
    (tmp_path / "room").mkdir()
    copy_files(folder, [tmp_path / "room"])
    assert (tmp_path / "room" / name).exists() == counts


def test_a_unit_that_is_released_again_is_graded_again(submitted, tmp_path):
    path = submitted / "ada" / UNIT / f"{UNIT}.ipynb"
    source, released = tmp_path / "source", tmp_path / "released"
    job = Job(ClassFolder("/"), Submission("ada", UNIT, path, path.parent))
    seen = set()
    for changed in (source, released, source, released):
        changed.write_text(f"{changed.name} {len(seen)}")
        task = Ledger(tmp_path / "ledger").task(job, source, released)
        seen.add((task.fingerprint, task.signature))
    assert len({one for one, _ in seen}) == len({one for _, one in seen}) == 4


def test_records_of_an_older_version_count(submitted, tmp_path):
    task = task_of(tmp_path)
    task.record.parent.mkdir(parents=True)
    result = Result("ada", UNIT, GRADED)
    task.record.write_text(f"{task.fingerprint}\n{result.to_json()}\n")
    assert Ledger(tmp_path / "ledger").is_done(task_of(tmp_path))


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (OSError(errno.ENOSPC, "x"), "the disk is full"),
        (OSError(errno.EDQUOT, "x"), "the disk quota is used up"),
        (OSError(errno.ENOMEM, "x"), "there is no memory left"),
        (MemoryError(), "there is no memory left"),
        (sqlite3.OperationalError("database is locked"), "another process keeps the gradebook"),
        (sqlite3.OperationalError("database or disk is full"), "the disk is full"),
        (sqlite3.DatabaseError("file is not a database"), "the gradebook is damaged"),
        (
            OperationalError("x", {}, Exception("server closed the connection unexpectedly")),
            "the gradebook's database can't be reached",
        ),
        (OSError(errno.ENOENT, "x"), None),
        (UnicodeEncodeError("utf-8", "\ud800", 0, 1, "x"), None),
        (ValueError("the disk is full"), None),
    ],
)
def test_the_machines_faults_are_told_from_others(error, said):
    assert (faults.machine_fault(error) or "").startswith(said or "")
    assert bool(faults.machine_fault(error)) == bool(said)
    later = RuntimeError("what nbgrader makes of it")
    later.__cause__ = error
    assert faults.machine_fault(later) == faults.machine_fault(error)


def test_a_disk_that_was_full_for_a_moment_is_noticed(tmp_path, monkeypatch):
    room = [faults.ROOM]
    monkeypatch.setattr(faults, "free_bytes", lambda place: room[0])
    with faults.Watched([tmp_path], every=0.01) as disks:
        disks.check()
        room[0] = 0
        deadline = time.monotonic() + 300
        while not disks.full and time.monotonic() < deadline:
            time.sleep(0.01)
        room[0] = faults.ROOM
        with pytest.raises(OSError, match="0 MB left") as raised:
            disks.check()
    assert faults.machine_fault(raised.value) == "the disk is full"


class Here:
    """Runs what it is given at once."""

    def __enter__(self):
        return self

    def __exit__(self, *error):
        pass

    def submit(self, function, *given):
        future = Future()
        try:
            future.set_result(function(*given))
        except Exception as error:
            future.set_exception(error)
        return future


@pytest.fixture
def run(tmp_path, monkeypatch):
    """A function that grades learners by a function, without nbgrader."""
    monkeypatch.setattr(class_run, "processes", lambda jobs: Here())
    enrolled = set()

    class Session:
        def enroll(self, learners):
            learners = set(learners)
            if "refused" in learners:
                raise ValueError("no such learner")
            enrolled.update(learners)

    monkeypatch.setattr(class_run, "session", lambda of: Session())

    def run(learners, by, pool=Here, **hindrances):
        monkeypatch.setattr(class_run, "grade", by)
        todo = []
        for learner in learners:
            one = Submission(learner, UNIT, None, tmp_path, (), hindrances.get(learner))
            todo.append(Task(Job(ClassFolder("/"), one), tmp_path / "l" / f"{learner}.json", "f"))
        results = grade_all(todo, Ledger(tmp_path / "l"), pool, lambda result: None)
        assert sorted(result.learner for result in results) == sorted(learners)
        return {result.learner: result for result in results}

    return run


def good(job):
    return Result(job.submission.learner, UNIT, GRADED)


def test_one_that_is_hindered_or_not_enrolled_fails_alone(run):
    got = run(["ada", "bob", "refused"], good, bob="it can't be read")
    assert {name: result.status for name, result in got.items()} == {
        "ada": GRADED,
        "bob": FAILED,
        "refused": FAILED,
    }
    assert got["bob"].problems == ("it can't be read",)
    assert "no such learner" in got["refused"].problems[-1]


def test_an_error_ends_one_learners_row(run):
    def by(job):
        if job.submission.learner == "bob":
            raise RuntimeError("whatever")
        return good(job)

    got = run(["ada", "bob", "eve"], by)
    assert [got[name].status for name in ("ada", "bob", "eve")] == [GRADED, FAILED, GRADED]


def test_a_pool_whose_process_ended_already_loses_nobody(run):
    def ended():
        pool = ProcessPoolExecutor(1, initializer=os._exit, initargs=(1,))
        with pytest.raises(BrokenProcessPool):
            pool.submit(int).result()
        return pool

    got = run(["ada", "bob", "eve"], good, pool=ended)
    assert {result.status for result in got.values()} == {GRADED}


def test_a_result_that_can_not_be_written_down_failed(run, monkeypatch):
    writes = Ledger.write

    def write(self, task, result):
        if result.learner == "bob":
            raise OSError(errno.ENOSPC, "No space left on device")
        writes(self, task, result)

    monkeypatch.setattr(Ledger, "write", write)
    got = run(["ada", "bob"], good)
    assert got["ada"].status == GRADED
    assert got["bob"].status == FAILED
    assert "the disk is full" in got["bob"].problems[-1]


def test_a_run_gives_up_where_the_machine_fails_each_time(run):
    tried = []

    def by(job):
        tried.append(job)
        return Result(job.submission.learner, UNIT, FAILED, ("the disk is full",), fault=True)

    got = run([f"learner-{n:03}" for n in range(60)], by)
    assert {result.status for result in got.values()} == {FAILED}
    untried = [one for one in got.values() if one.problems[-1].startswith("it was not tried: ")]
    assert len(untried) == 60 - class_run.FAULTS
    assert len(tried) < 60 * 2 + 2 * class_run.FAULTS


def test_a_learners_own_failures_stop_no_run(run):
    tried = []

    def by(job):
        tried.append(job.submission.learner)
        return Result(job.submission.learner, UNIT, FAILED, ("no kernel",))

    run([f"learner-{n:03}" for n in range(30)], by)
    assert len(tried) == 30 * (class_run.ATTEMPTS + 1)


def test_a_locked_gradebook_is_waited_for(handed_in_classes, tmp_path):
    from tests.grading.example_classes import take

    folder = take(UNIT, handed_in_classes, tmp_path / "class [2] (a+b)")
    book = sqlite3.connect(folder / "gradebook.db", check_same_thread=False)
    book.execute("begin exclusive")
    threading.Timer(7, book.rollback).start()  # longer than sqlite3 waits by itself
    session(ClassFolder.of(folder)).enroll(["ada"])
    assert "?timeout=" in database(folder)
    book.close()


@pytest.mark.parametrize(
    ("written", "kept"),
    [
        (b"2026-03-01 10:00:00.000000 UTC", True),
        (b"2026-03-01 10:00:00 +0100", True),
        (b"", False),
        (b"\xff\xfe", False),
        (b"soon", False),
        (b"9" * 40, False),
        (b"2026-03-01 10:00:00 " + b"x" * 10_000, False),
        (b"99999-99-99", False),
        (b"05.12.2026 14:00", False),
        (b"5/12/26", False),
        (b"2026-11-18 14:00 MEZ", False),  # not UTC's: nobody knows which that is
        (b"2026-11-18 14:00 PST", False),
        (b"2026-11-18 14:00 Europe/Berlni", False),
        (b"2026-11-18", False),
        (b"14:00", False),  # of today?
    ],
)
def test_a_time_that_can_not_be_read_costs_the_time_alone(tmp_path, written, kept):
    (tmp_path / "timestamp.txt").write_bytes(written)
    said = without_bad_time(tmp_path)
    assert (tmp_path / "timestamp.txt").exists() == kept
    assert bool(said) != kept


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2026-11-18 14:00:00 +0100", "13:00:00.000000"),
        ("2026-11-18 14:00:00+01:00", "13:00:00.000000"),
        ("2026-11-18 14:00 +1", "13:00:00.000000"),
        ("2026-11-18 14:00 UTC+1", "13:00:00.000000"),
        ("2026-11-18 14:00 Europe/Berlin", "13:00:00.000000"),
        ("2026-11-18 2:00 PM Europe/Berlin", "13:00:00.000000"),
        ("2026-11-18T14:00:00Z", "14:00:00.000000"),
        ("2026-11-18 14:00:00.250000 UTC", "14:00:00.250000"),
    ],
)
def test_a_time_is_read_with_its_zone(tmp_path, written, read):
    path = tmp_path / "timestamp.txt"
    path.write_text(written)
    assert without_bad_time(tmp_path) == []
    assert path.read_text() == f"2026-11-18 {read} UTC"
    assert without_bad_time(tmp_path) == []
    assert path.read_text() == f"2026-11-18 {read} UTC"


def test_a_table_says_who_failed():
    rows = [
        Scores("ada", {"2.1": 3}),
        Scores("bob", {"2.1": 0}),
        Scores("late", {"2.1": 3}, penalty=3),
    ]
    shown = with_status(rows, {"bob": FAILED, "eve": FAILED, "ada": GRADED}, {"2.1": 3})
    assert [(row.learner, row.points["2.1"], row.status) for row in shown] == [
        ("ada", 3, GRADED),
        ("bob", None, FAILED),
        ("eve", None, FAILED),
        ("late", 3, GRADED),
    ]
    assert (rows[2].total, rows[2].final) == (3, 0)


def test_a_page_that_can_not_be_made_is_a_plain_one(tmp_path, monkeypatch):
    graded = tmp_path / "autograded" / "ada" / UNIT / f"{UNIT}.ipynb"
    graded.parent.mkdir(parents=True)
    graded.write_text(
        '{"cells": [{"metadata": {}, "source": ["<script>x</script>"]},'
        ' {"metadata": {"nbgrader": {"locked": true}}, "source": "a hidden test", "outputs":'
        ' [{"output_type": "error", "ename": "CheckFailed", "evalue": "You pad."},'
        ' {"output_type": "error", "ename": "ValueError", "evalue": "a hidden value"}]}]}'
    )

    class Broken(Here):
        def submit(self, function, of, unit, learner):
            future = Future()
            if learner in refuses:
                refuses.remove(learner)
                raise BrokenProcessPool("its process ended before")
            if learner == "eve":
                future.set_exception(RuntimeError("its process ended"))
            else:
                future.set_result("no template" if learner != "bob" else None)
            return future

        def shutdown(self, **how):
            pass

    monkeypatch.setattr(pages.worker_pool, "processes", lambda jobs, parent=None: Broken())
    told, refuses = {}, ["zoe"]
    of = ClassFolder.of(tmp_path)
    asked = [(UNIT, name) for name in ("ada", "bob", "eve", "zoe")]
    pages.write_pages(of, asked, 1, lambda page, problem: told.update({page[1]: problem}))
    assert told["bob"] is None
    assert told["ada"] == told["zoe"] == "no template"
    assert refuses == []
    assert "process" in told["eve"]
    page = (tmp_path / "feedback" / "ada" / UNIT / f"{UNIT}.html").read_text()
    assert "&lt;script&gt;" in page
    assert "You pad." in page
    assert "hidden" not in page
    assert (tmp_path / "feedback" / "eve" / UNIT / f"{UNIT}.html").exists()
    with contextlib.suppress(FileNotFoundError):
        assert not (tmp_path / "feedback" / "bob" / UNIT / f"{UNIT}.html").exists()


def test_of_two_files_the_one_with_answers_counts(root, tmp_path):
    """Whether it is the copy or the other one, and whichever was changed last."""
    release = root / "notebooks" / UNIT / f"{UNIT}.ipynb"
    released, solution = (
        nbformat.read(root / folder / UNIT / f"{UNIT}.ipynb", as_version=4)
        for folder in ("notebooks", "solutions")
    )
    filled = examples.fill(released, examples.right_answers(solution))
    names = (f"{UNIT}.ipynb", f"{UNIT}-Copy1.ipynb")
    for learner, order in (("ada", names), ("mary", names[::-1])):
        folder = tmp_path / learner / UNIT
        folder.mkdir(parents=True)
        nbformat.write(filled, folder / order[0])
        shutil.copy(release, folder / order[1])
    first, second = submissions(tmp_path, {UNIT: release})
    assert (first.path.name, second.path.name) == names
    assert f"'{UNIT}/{names[1]}' was taken, and not '{UNIT}/{names[0]}'" in second.problems
    locked.end_all()


@pytest.mark.parametrize("finished", [f"{UNIT}.ipynb", f"{UNIT}-Copy7.ipynb"])
def test_of_many_drafts_the_one_with_answers_counts(submitted, monkeypatch, finished):
    """Whatever comes before it by name or by time."""
    looked = []

    def tell(path, **how):
        looked.append(path)
        return UNIT, path.name == finished

    monkeypatch.setattr(preflight, "_look", tell)
    for number in range(50):
        path = hand_in(submitted / "ada", name=f"{UNIT}-Copy{number}.ipynb")
        os.utime(path, (number + 10**9,) * 2)
    (one,) = submissions(submitted, {UNIT: None})
    assert one.path.name == finished
    assert len(looked) == (1 if finished == f"{UNIT}.ipynb" else 44)


def test_where_not_all_notebooks_can_be_told_nobody_gets_a_0(submitted, monkeypatch):
    for number in range(preflight._MOST_READ + 1):
        hand_in(submitted / "bob", "work", f"x{number}.ipynb")
        hand_in(submitted / "eve", name=f"{UNIT}-Copy{number}.ipynb")
    monkeypatch.setattr(preflight, "_look", lambda path, **how: (None, 0))
    assert "more than 100 notebooks" in found(submitted)["eve", UNIT].hindrance
    assert "more than 100 notebooks" in found(submitted)["bob", UNIT].hindrance


def test_where_linux_ends_processes_for_memory_nobody_gets_a_0(monkeypatch, tmp_path):
    """Simulated: a machine without memory would take the tests along."""
    assert faults.ended_for_memory() >= 0
    counts = iter([3, 3, 4])
    monkeypatch.setattr(faults, "ended_for_memory", lambda: next(counts))
    with faults.Watched([tmp_path]) as watched:
        watched.check()
        with pytest.raises(OSError, match="no memory left") as caught:
            watched.check()
    assert faults.machine_fault(caught.value) == "there is no memory left"
