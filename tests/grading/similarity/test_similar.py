"""`dwsep similar` on a graded class: the pairs, the page, the table, and what it says it isn't."""

import csv
import html
import json
import re

import pytest

from dwsep_helpers.grading import cli
from dwsep_helpers.grading.similarity.answers import OTHER_WAY, SOLUTION
from dwsep_helpers.grading.similarity.page import DOES_NOT_PROVE
from tests.grading import example_classes

UNIT = "01_conv2d"
HOSTILE = '</pre><script>alert("no")</script>'


@pytest.fixture(scope="module")
def course(graded_classes, tmp_path_factory):
    """A graded class: some have the published solution, one with a comment, one can't be read."""
    folder = example_classes.take(UNIT, graded_classes, tmp_path_factory.mktemp("similar"))
    graded = folder / "autograded"
    path = graded / "cell-duplicated" / UNIT / f"{UNIT}.ipynb"
    notebook = json.loads(path.read_text())
    for cell in notebook["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == "correlate2d":
            cell["source"] += f"\n# {HOSTILE}"
    path.write_text(json.dumps(notebook))
    (graded / "crashes" / UNIT / f"{UNIT}.ipynb").write_text("{")
    assert cli.main(["similar", UNIT, "--directory", str(folder), "--pairs", "500"]) == 0
    return folder


@pytest.fixture(scope="module")
def pairs(course):
    with (course / f"similar-{UNIT}.csv").open(encoding="utf-8-sig") as file:
        return {(row["first"], row["second"]): row for row in csv.DictReader(file)}


def test_who_handed_in_what_is_published_is_named(pairs):
    same = pairs[SOLUTION, "perfect"]
    assert {"correlate2d", "conv2d"} <= {*same["to_the_letter"].split()}
    assert float(same["same_runs"]) == 1


def test_a_comment_more_is_told_apart(pairs):
    same = pairs["cell-duplicated", "perfect"]
    assert "correlate2d" not in same["to_the_letter"].split()
    assert same["but_for_comments"].split() == ["correlate2d"]


def test_who_wrote_nothing_or_cant_be_read_is_in_no_pair(pairs):
    assert not {who for pair in pairs for who in pair} & {"untouched", "crashes"}
    assert not any(one in (SOLUTION, OTHER_WAY) == other for one, other in pairs)


def test_the_page_shows_code_and_runs_none(course):
    page = (course / f"similar-{UNIT}.html").read_text()
    assert "<script" not in page
    assert "&lt;script&gt;alert" in page
    assert not re.search(r"""(src|href)=["'](?!#)""", page)
    assert html.escape(DOES_NOT_PROVE) in page
    assert page.count('<div id="pair-') == page.count('href="#pair-') > 3


def test_it_says_what_it_doesnt_prove_and_whom_it_left_out(course, capsys):
    assert cli.main(["similar", UNIT, "--directory", str(course), "--pairs", "1"]) == 0
    out, err = capsys.readouterr()
    assert DOES_NOT_PROVE in out
    assert "crashes: left out: " in err
    assert "Traceback" not in out + err


def test_a_class_without_a_unit_is_said(tmp_path, capsys):
    (tmp_path / "notebooks").mkdir()
    for command in ("similar", "report"):
        assert cli.main([command, "--directory", str(tmp_path)]) == 2
        said = capsys.readouterr().err.partition(": ")
        assert said[0] == f"no unit is released yet in {tmp_path}"
        assert said[2] == "nbgrader generate_assignment UNIT --force\n"


def test_an_unknown_unit_is_said(course, capsys):
    assert cli.main(["similar", "01_conv", "--directory", str(course)]) == 2
    assert "no unit '01_conv'; did you mean '01_conv2d'?" in capsys.readouterr().err
