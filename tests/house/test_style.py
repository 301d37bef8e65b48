"""The code keeps the style that ``make lint`` checks."""

import subprocess
import sys

import pytest


@pytest.mark.parametrize("command", [["check"], ["format", "--check"]], ids=" ".join)
def test_ruff_is_content(root, command):
    ruff = [sys.executable, "-m", "ruff", *command]
    run = subprocess.run(ruff, cwd=root, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
