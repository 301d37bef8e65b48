"""The commands that the pages name are there. Those for teachers run in test_exchange."""

import re
import shlex
import tomllib

import pytest

from dwsep_helpers import course, stamping

PAGES = ("README.md", "TEACHING.md", "CONTRIBUTING.md", "GRADING.md")


@pytest.mark.parametrize("page", PAGES)
def test_every_make_command_is_a_target(root, page):
    made = re.search(r"^\.PHONY: (help .*)$", (root / "Makefile").read_text(), re.MULTILINE)[1]
    text = (root / page).read_text()
    named = re.findall(r"^make (\w+)", text, re.MULTILINE) + re.findall(r"`make (\w+)", text)
    assert named
    assert set(named) <= set(made.split())


def windows(root) -> list[list[str]]:
    """Return the commands for PowerShell, word by word."""
    block = re.search(r"```powershell\n(.*?)```", (root / "README.md").read_text(), re.DOTALL)[1]
    return [shlex.split(line.replace("\\", "/")) for line in block.splitlines()]


def test_windows_takes_the_steps_that_make_takes(root):
    *_, venv, install, lab = windows(root)
    setup, makefile = (root / "tools/setup.sh").read_text(), (root / "Makefile").read_text()
    assert venv[-3:] == ["-m", "venv", ".venv"]
    assert "-m venv --clear .venv" in setup
    # What is installed: the locked versions, in an editable clone.
    assert install[1:4] == ["-m", "pip", "install"]
    assert "--constraint constraints.txt --editable" in setup
    constraints, editable = install[4:6], install[6:]
    assert constraints == ["-c", "constraints.txt"]
    assert (root / constraints[1]).is_file()
    extras = re.fullmatch(r"\.\[([\w,]+)\]", editable[1])[1].split(",")
    project = tomllib.loads((root / "pyproject.toml").read_text())["project"]
    assert set(extras) <= set(project["optional-dependencies"])
    version = venv[1].removeprefix("-")
    assert project["requires-python"] == f">={version}"
    # What is started: what `make lab` starts.
    assert " ".join(lab[1:]) in makefile.replace("$(python)", "python")
    assert lab[1:3] == ["-m", "jupyterlab"]
    assert lab[0] == install[0] == ".venv/Scripts/python"


def test_links_that_lead_nowhere_yet_are_said_to(monkeypatch):
    assert stamping.units_table().startswith("These addresses lead nowhere until the course is")
    monkeypatch.setattr(course, "REPOSITORY", "https://github.com/someone/dwsep-course")
    assert stamping.units_table().startswith("| unit |")
