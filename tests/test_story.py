"""The story's numbers are counted or recorded, and each unit begins and ends with them."""

import re

import nbformat
import pytest

from dwsep_helpers import course, hardware, story
from dwsep_helpers.figures.course import costs

BAR = re.compile(r'<progress max="([\d.]+)" value="([\d.]+)" title="(.*?)"></progress> ')
units = pytest.mark.parametrize("unit", course.UNITS, ids=lambda unit: unit.name)


def test_numbers_are_those_of_the_course():
    found = story.numbers()
    assert (found.layer, found.layer_left) == (costs()[0], sum(costs()[1:]))
    recorded = hardware.recorded("runtimes")
    for network, macs, ms in (
        ("dense", found.network, found.ms),
        ("separable", found.network_left, found.ms_left),
    ):
        row = recorded.one(network=network, **story.RUNTIME)
        assert (row["macs"], row["best_ms"]) == (macs, ms)
    assert found.processor == recorded.provenance["processor"]
    assert "one thread" in recorded.provenance["protocol"]


def test_what_the_sentences_take_for_granted():
    """A new recording may change what is true."""
    found = story.numbers()
    assert found.misses_by > 1, "the network of standard convolutions is too slow"
    assert found.ms_left < story.FRAME_MS, "the separable one keeps up"
    assert found.phone_ms > story.FRAME_MS > found.smallest_ms, "on the Pixel only V3 Small does"
    assert found.layer_left < found.layer


def test_the_budget_falls_and_goes_on_where_it_was():
    begin, end = (
        {u: line[n](story.numbers())[0] for u, line in story.LINES.items()} for n in (0, 1)
    )
    assert list(begin) == [unit.number for unit in course.UNITS]
    for unit in begin:
        same = (begin[unit].most, begin[unit].unit) == (end[unit].most, end[unit].unit)
        assert same or unit == "00"
        assert end[unit].left <= end[unit].most
    assert [begin["01"].left, end["03"].left] == [1_228_800, 53_952]
    for one, two in (("01", "02"), ("02", "03"), ("04", "05")):
        assert end[one] == begin[two]
    assert begin["00"] == begin["06"]


@units
def test_a_unit_begins_and_ends_with_the_budget(root, unit):
    for folder in ("solutions", "notebooks"):
        notebook = nbformat.read(root / folder / unit.path, as_version=4)
        found = [
            line
            for cell in notebook.cells
            for line in cell.source.splitlines()
            if line.startswith("**Cost**")
        ]
        assert found == [story.begins(unit.number), story.ends(unit.number)], "run `make notebooks`"
        first = notebook.cells[0].source.splitlines()
        assert first[2] == found[0]


@units
def test_a_bar_is_said_in_words(unit):
    for line in (story.begins(unit.number), story.ends(unit.number)):
        bar = BAR.search(line)
        most, left, title = bar.groups()
        assert 0 < float(left) <= float(most)
        assert line[bar.end() :].startswith(f"{title}. ")
        assert len(re.findall(r"[.?] |[.?]$", line[bar.end() :])) <= 5
