"""Names from outside: of folders, files and learners, in files, tables and on terminals."""

import csv
import io
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dwsep_helpers.grading.class_folder import ClassFolder
from dwsep_helpers.grading.class_run import Ledger
from dwsep_helpers.grading.names import for_spreadsheet, from_spreadsheet, learner_id, shown
from dwsep_helpers.grading.preflight import Submission, submissions
from dwsep_helpers.grading.report import write_csv
from dwsep_helpers.grading.scores import Scores, table
from dwsep_helpers.grading.submission import Job, Result

UNIT = "02_depthwise"
# What a file system takes: bytes without slash or zero.
BYTES = st.binary(min_size=1, max_size=255).map(
    lambda b: b.replace(b"/", b"+").replace(b"\0", b"0")
)
TEXTS = st.text(st.characters(exclude_characters="/\0", exclude_categories=["Cs"]), min_size=1)
NAMES = (
    (BYTES | TEXTS.map(lambda text: text.encode()[:255]))
    .filter(lambda name: name not in (b".", b"..") and b"\0" not in name)
    .map(os.fsdecode)
)


@given(NAMES)
def test_a_learner_is_called_something_that_all_take(name):
    called = learner_id(name)
    assert called == called.strip()
    assert 0 < len(called.encode()) <= 120
    assert not set(called) & set("/\\\0\n\r\t\x1b\u202e")
    assert called[0] != "."
    assert shown(called) == called


@given(st.lists(NAMES, unique=True, min_size=2))
def test_two_learners_never_become_one(names):
    assert len({learner_id(name) for name in [*names, *map(learner_id, names)]}) >= len(names)


def test_a_name_that_looks_made_is_made_anew():
    odd = " ada "
    assert learner_id(learner_id(odd)) != learner_id(odd)


@pytest.mark.parametrize(
    "name", ["ada", "lee [2]", "山田　太郎", "O'Neil, Zoë", "_ada", "a@b.org", "نام\u200cها", "😀"]
)
def test_names_that_people_have_stay(name):
    assert learner_id(name) == name


@given(NAMES)
def test_what_is_shown_does_nothing_to_a_terminal(name):
    line = shown(name)
    assert not any(ord(c) < 32 or 127 <= ord(c) < 160 or 0xD800 <= ord(c) < 0xE000 for c in line)
    assert not set(line) & set("\u2028\u2029\u202a\u202b\u202d\u202e\u2066\u2067\u2068")
    line.encode()
    for encoding in ("ascii", "cp1252"):
        stream = io.TextIOWrapper(io.BytesIO(), encoding=encoding, errors="backslashreplace")
        print(line, file=stream, flush=True)


@given(NAMES)
def test_a_table_has_a_row_for_each_name(tmp_path_factory, name):
    path = tmp_path_factory.getbasetemp() / "scores.csv"
    write_csv(path, UNIT, {"2.1": 3.0}, [Scores(learner_id(name), {"2.1": 1.5}), Scores(name, {})])
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    with path.open(newline="", encoding="utf-8-sig") as file:
        header, *rows = csv.reader(file)
    assert len(rows) == 2
    for row in rows:
        assert len(row) == len(header)
        assert row[0][:1] not in ("=", "+", "-", "@", "\t", "\r")
    table({"2.1": 3.0}, [Scores(learner_id(name), {"2.1": 1.5})])


@pytest.mark.parametrize("name", ["=cmd|' /C calc'!A0", "+1", "-1", "@SUM(A1)", "\uff1d1"])
def test_no_name_is_a_formula(name):
    for before in ("", "ada;"):  # a semicolon begins a cell where numbers have a comma
        written = for_spreadsheet(before + name)
        assert written == f"{before}'{name}"
        assert from_spreadsheet(written) == before + name
    assert for_spreadsheet("\t=1") == "'\t=1"


@given(NAMES)
def test_the_ledger_keeps_any_name(tmp_path_factory, name):
    ledger = Ledger(tmp_path_factory.getbasetemp() / "ledger")
    learner = learner_id(name)
    one = Submission(learner, UNIT, None, tmp_path_factory.getbasetemp(), hindrance="x")
    task = ledger.task(Job(ClassFolder("/"), one), ledger.folder)
    result = Result(learner, UNIT, "failed", (shown(name),))
    ledger.write(task, result)
    assert ledger.results(UNIT)[learner] == result
    ledger.forget_failed(UNIT, ())
    assert learner not in ledger.results(UNIT)


@given(NAMES)
def test_any_name_is_found(tmp_path_factory, name):
    submitted = tmp_path_factory.mktemp("submitted")
    folder = os.path.join(os.fsencode(submitted), os.fsencode(name), UNIT.encode())
    os.makedirs(folder)
    open(os.path.join(folder, f"{UNIT}.ipynb".encode()), "w").close()
    (one,) = submissions(submitted, {UNIT: None})
    assert (one.learner, one.unit, one.hindrance) == (learner_id(name), UNIT, None)
    assert one.path is not None
    assert one.path.is_file()
    assert bool(one.problems) == (learner_id(name) != name)


@given(NAMES)
def test_any_file_is_found(tmp_path_factory, name):
    submitted = tmp_path_factory.mktemp("submitted")
    folder = os.path.join(os.fsencode(submitted), b"ada", UNIT.encode())
    os.makedirs(folder)
    file = os.fsencode(name)[:240] + b".ipynb"
    open(os.path.join(folder, file), "w").close()
    (one,) = submissions(submitted, {UNIT: None})
    assert one.learner == "ada"
    assert all(shown(problem) == problem for problem in one.problems)
