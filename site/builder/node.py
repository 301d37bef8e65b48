"""Node, which draws formulas, and the packages from npm that the site takes files from."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

from filelock import FileLock

from builder import ROOT, SITE

LEAST = 20
MODULES = SITE / "node_modules"


class Missing(Exception):
    """Something that the site is built with isn't on this machine; the message says what."""


def node() -> str:
    """Return the path of Node.

    Raises
    ------
    Missing
        If it isn't there, or too old.
    """
    path = shutil.which("node")
    said = (
        subprocess.run([path, "--version"], capture_output=True, text=True).stdout if path else ""
    )
    version = re.match(r"v(\d+)", said)
    if path is None or version is None or int(version[1]) < LEAST:
        found = f"this one is {said.strip()}" if said else "there is none on PATH"
        raise Missing(f"The site needs Node {LEAST} or later (https://nodejs.org), and {found}.")
    return path


def packages() -> Path:
    """Return the folder of npm's packages, brought in step with the lock.

    One process at a time installs them, for npm begins by removing the folder.

    Raises
    ------
    Missing
        If Node is, or if npm can't install.
    """
    node()
    installed, lock = MODULES / ".package-lock.json", SITE / "package-lock.json"
    turn = ROOT / "build" / "npm.lock"
    turn.parent.mkdir(exist_ok=True)
    with FileLock(turn):
        if not installed.exists() or installed.stat().st_mtime < lock.stat().st_mtime:
            _install()
            installed.touch()
    return MODULES


def _install() -> None:
    npm = shutil.which("npm")
    if npm is None:
        raise Missing("The site needs npm, which comes with Node, and there is none on PATH.")
    command = [npm, "ci", "--ignore-scripts", "--omit=dev", "--no-audit", "--no-fund"]
    made = subprocess.run(command, cwd=SITE, capture_output=True, text=True)
    if made.returncode:
        raise Missing(f"npm could not install what site/package-lock.json locks:\n{made.stderr}")
