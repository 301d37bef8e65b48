"""The code keeps the style and the types that ``make lint`` checks."""

import subprocess
import sys

import pytest


@pytest.mark.parametrize("command", ["ruff check", "ruff format --check", "mypy"])
def test_make_lint_is_content(root, command):
    tool = [sys.executable, "-m", *command.split()]
    run = subprocess.run(tool, cwd=root, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
