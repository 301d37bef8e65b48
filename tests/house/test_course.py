"""The course's units and addresses have one home, and every copy agrees with it."""

import ast
import io
import re
import subprocess
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pytest
import yaml
from IPython.core.inputtransformer2 import TransformerManager

import dwsep_helpers
from dwsep_helpers import course, figures, stamping

PLACEHOLDER = "your_organisation"


@pytest.fixture
def elsewhere(monkeypatch):
    """Move the course, as a fork does."""
    monkeypatch.setattr(course, "REPOSITORY", "https://github.com/somebody-else/their-course")


@pytest.mark.parametrize("name", stamping.STAMPED)
def test_files_agree_with_the_course(root, name):
    text = (root / name).read_text()
    assert stamping.STAMPED[name](text) == text, "run make notebooks"


@pytest.mark.parametrize("name", stamping.STAMPED)
def test_a_fork_moves_every_address(root, name, elsewhere):
    moved = stamping.STAMPED[name]((root / name).read_text())
    assert PLACEHOLDER not in moved
    assert "somebody-else/their-course" in moved


def test_stamp_files_writes_what_changed(root, tmp_path, elsewhere):
    for name in stamping.STAMPED:
        (tmp_path / name).write_text((root / name).read_text())
    stamping.stamp_files(tmp_path)
    assert all("somebody-else" in (tmp_path / name).read_text() for name in stamping.STAMPED)


def test_the_address_is_nowhere_else(root):
    listed = subprocess.run(
        ["git", "grep", "--name-only", "--fixed-strings", PLACEHOLDER],
        cwd=root,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    unstamped = [
        path
        for path in listed
        if path not in {*stamping.STAMPED, "dwsep_helpers/course.py", "tests/house/test_course.py"}
        and Path(path).suffix != ".ipynb"
    ]
    assert not unstamped


@pytest.mark.parametrize("text", ["no marks", "<!-- a --><!-- /a --> <!-- a --><!-- /a -->"])
def test_stamp_wants_its_marks_once(text):
    with pytest.raises(ValueError, match="times, not once"):
        stamping.stamp(text, "a", "new")


def test_stamp_changes_nothing_outside_its_marks_and_repeats_itself():
    text = "before\n<!-- a -->\nold\n<!-- /a -->\nafter <!-- b --><!-- /b -->"
    once = stamping.stamp(text, "a", r"new \1")
    assert once == text.replace("old", r"new \1")
    assert stamping.stamp(once, "a", r"new \1") == once


def test_unit_is_found_by_name_or_the_names_are_listed():
    assert [course.unit(u.name) for u in course.UNITS] == list(course.UNITS)
    with pytest.raises(ValueError, match=r"'nine'.*00_start_here, 01_conv2d"):
        course.unit("nine")


def test_units_are_in_order():
    numbers = [unit.number for unit in course.UNITS]
    assert numbers == [f"{i:02}" for i in range(len(numbers))]


@pytest.mark.parametrize("unit", course.UNITS, ids=lambda unit: unit.name)
def test_links_lead_to_files_of_the_release(root, unit):
    assert (root / "notebooks" / unit.path).is_file()
    for url in (course.colab_url(unit), course.binder_url(unit)):
        assert f"/{course.RELEASE}" in url
        assert url.endswith(f"notebooks/{unit.path}")


def test_each_unit_leads_to_the_next():
    assert [course.after(unit) for unit in course.UNITS] == [*course.UNITS[1:], None]
    line = stamping.next_line(course.UNITS[1])
    assert "[Unit 02 · Depthwise convolution](../02_depthwise/02_depthwise.ipynb)" in line
    assert f"[on Colab]({course.colab_url(course.UNITS[2])})" in line
    assert stamping.next_line(course.UNITS[-1]) is None


def test_the_hours_are_those_of_the_units(root, monkeypatch):
    shortest, longest = course.hours()
    assert f"{shortest} to {longest} hours" in (root / "README.md").read_text()
    ten = [
        course.Unit(f"0{i}_x", "X", "", minutes=m, points=1) for i, m in ((0, "60"), (1, "30–90"))
    ]
    monkeypatch.setattr(course, "UNITS", tuple(ten))
    assert course.hours() == (2, 3)


def test_the_line_of_time_counts():
    unit = course.Unit("07_x", "X", "", minutes="10–15", points=2, optional=1)
    assert stamping.time_line(unit, 1, 1) == (
        "**Time**: about 10 to 15 minutes, two failed tries at each exercise included; one "
        "exercise, 2 points; one more to go further, 1 optional point."
    )


def test_readme_lists_every_unit_with_its_points(root):
    readme = (root / "README.md").read_text()
    for unit in course.UNITS:
        (row,) = [line for line in readme.splitlines() if f"| {unit.number} {unit.title} |" in line]
        optional = f" + {unit.optional} optional" if unit.optional else ""
        assert f"| {unit.minutes} min | {unit.points or '–'}{optional} |" in row
        assert course.unit_links(unit) in row


def test_readmes_pictures_and_pages_exist(root):
    targets = re.findall(r"\]\((?!https?:)([^)#]+)\)", (root / "README.md").read_text())
    assert ".github/course.png" in targets
    assert [t for t in targets if not (root / t).exists()] == []


def test_readmes_picture_is_the_figure(root):
    picture = figures.course_picture()
    readme = (root / "README.md").read_text()
    assert f"[![{picture.alt}](.github/course.png)][site]" in readme
    assert f"\n[site]: {course.site_url()}\n" in readme
    # The pixels, not the bytes: another matplotlib may compress them otherwise.
    shown = plt.imread(root / ".github/course.png")
    drawn = plt.imread(io.BytesIO(picture.data))
    assert shown.shape == drawn.shape
    assert np.mean(np.abs(shown - drawn) > 0.1) < 0.01


def test_setup_cell_is_python_and_pins_the_release():
    source = stamping.setup_cell()
    ast.parse(TransformerManager().transform_cell(source))
    assert f"/{course.RELEASE}.zip" in source
    assert "--no-deps" in source  # NumPy and torch stay as Colab has them


def test_citation_names_release_and_licence(root):
    citation = yaml.safe_load((root / "CITATION.cff").read_text())
    assert citation["repository-code"] == course.REPOSITORY
    assert citation["version"] == dwsep_helpers.__version__
    assert citation["license"] == "BSD-3-Clause"
    assert {"cff-version", "message", "title", "authors"} <= citation.keys()
