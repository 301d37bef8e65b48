"""An environment as Colab has it: the base dependencies and the built wheel, nothing more.

The base dependencies are linked from the environment that runs the tests, which holds the
locked versions: nothing is downloaded, and the new environment is there in seconds.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import sysconfig
import tomllib
from importlib.metadata import distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name


def closure(requirements: list[str]) -> set[str]:
    """Return the names of all distributions that these requirements bring along."""
    found: set[str] = set()
    waiting = [Requirement(line) for line in requirements]
    while waiting:
        requirement = waiting.pop()
        name = canonicalize_name(requirement.name)
        if name in found:
            continue
        found.add(name)
        wanted = [Requirement(line) for line in distribution(name).requires or ()]
        waiting += [r for r in wanted if r.marker is None or r.marker.evaluate({"extra": ""})]
    return found


def link(name: str, site_packages: Path) -> None:
    """Link an installed distribution's files into another environment."""
    installed = distribution(name)
    here = Path(installed.locate_file("")).resolve()
    tops = {file.parts[0] for file in installed.files or () if file.parts[0] not in ("..", ".")}
    for top in tops - {"__pycache__"}:
        if (here / top).exists() and not (site_packages / top).exists():
            (site_packages / top).symlink_to(here / top)


def build_wheel(root: Path, directory: Path) -> Path:
    """Build the course's wheel from a copy, so that no build folder is left in the tree."""
    source = directory / "source"
    source.mkdir(parents=True)
    shutil.copytree(
        root / "dwsep_helpers",
        source / "dwsep_helpers",
        ignore=shutil.ignore_patterns("__pycache__"),
    )
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(root / name, source)
    pip("wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", directory, source)
    (wheel,) = directory.glob("*.whl")
    return wheel


def make(root: Path, wheel: Path, directory: Path, *also: str) -> Path:
    """Make the environment and return its Python.

    Parameters
    ----------
    root : Path
        The repository's root.
    wheel : Path
        The course's; see :func:`build_wheel`.
    directory : Path
        Where the environment goes.
    *also : str
        Requirements beyond the base dependencies.
    """
    venv = directory / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", venv], check=True)
    site_packages = Path(sysconfig.get_path("purelib", "venv", {"base": venv}))
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    for name in closure([*project["dependencies"], *also]):
        link(name, site_packages)
    pip("install", "--no-deps", "--no-index", "--target", site_packages, wheel)
    return venv / ("Scripts" if sys.platform == "win32" else "bin") / "python"


def pip(*arguments: str | Path) -> None:
    """Run pip without the network."""
    command = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, re.sub(r"\n+", "\n", done.stdout + done.stderr)
