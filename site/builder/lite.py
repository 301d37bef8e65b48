"""JupyterLab without a server: units 00 to 04 on Python that runs in the browser, as an experiment.

Built from packages that lie here, without a download. What its kernel runs on, Pyodide and the
packages that Pyodide ships, a reader's browser loads from Pyodide's own server when a notebook is
opened: the only request of the site that leaves it.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from jinja2 import Template

from builder import ROOT, SITE, node
from dwsep_helpers import course

UNITS = tuple(unit for unit in course.UNITS if unit.number <= "04")
"""Those that go without torch, threads and other programs."""

_KERNEL = Path(sys.prefix, "share/jupyter/labextensions/@jupyterlite/pyodide-kernel-extension")


def build(target: Path, reduced: bool = False) -> None:
    """Write JupyterLite into the folder ``lite`` of the site.

    Parameters
    ----------
    target : Path
        The site's folder.
    reduced : bool
        Makes no difference: there is no part that could be left out.

    Raises
    ------
    builder.node.Missing
        If Node or its packages are.
    RuntimeError
        If the wheel can't be made or JupyterLite can't be built, with what was said; or if the
        kernel loads another Pyodide than the one whose list of packages was looked at.
    """
    wanted, loads = pyodide()["version"], loaded()
    if loads != wanted:
        raise RuntimeError(f"the kernel loads Pyodide {loads}; site/package.json has {wanted}")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for unit in UNITS:
            shutil.copytree(ROOT / "notebooks" / unit.name, folder / "contents" / unit.name)
        settings = _settings(folder / "contents", _wheel(folder))
        (folder / "jupyter_lite_config.json").write_text(json.dumps(settings))
        shutil.rmtree(target / "lite", ignore_errors=True)
        _run("jupyterlite_core", "build", "--output-dir", target / "lite", folder=folder)


def page() -> str:
    """Return the book's page on it, in markdown."""
    text = (SITE / "book" / "browser.md").read_text("utf-8")
    return Template(text).render(
        units=UNITS,
        address=address,
        pyodide=pyodide()["version"],
        issues=f"{course.REPOSITORY}/issues",
    )


def address(unit: course.Unit) -> str:
    """Return where a unit opens, from the site's top."""
    return f"lite/notebooks/index.html?path={unit.path}"


def pyodide() -> dict[str, Any]:
    """Return Pyodide's version, that of its Python, and the packages that it ships."""
    folder = node.packages() / "pyodide"
    if not folder.exists():
        raise node.Missing("npm left Pyodide out, whose list of packages is looked at.")
    version = json.loads((folder / "package.json").read_text("utf-8"))["version"]
    lock = json.loads((folder / "pyodide-lock.json").read_text("utf-8"))
    packages = {name: package["version"] for name, package in lock["packages"].items()}
    return {"version": version, "python": lock["info"]["python"], "packages": packages}


def loaded() -> str:
    """Return the version of Pyodide that JupyterLite's kernel loads."""
    scripts = (path.read_text("utf-8") for path in (_KERNEL / "static").glob("*.js"))
    (version,) = set(re.findall(r"/pyodide/v([\d.]+)/", "".join(scripts)))
    return str(version)


def _wheel(folder: Path) -> Path:
    """Make our wheel of a copy: a build beside the sources keeps what was deleted since."""
    copy, wheels = folder / "copy", folder / "wheels"
    copy.mkdir()
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, copy)
    shutil.copytree(
        ROOT / "dwsep_helpers", copy / "dwsep_helpers", ignore=shutil.ignore_patterns("*.pyc")
    )
    _run("pip", "wheel", copy, "--no-deps", "--no-build-isolation", "--wheel-dir", wheels)
    (wheel,) = wheels.iterdir()
    return wheel


def _settings(contents: Path, wheel: Path) -> dict[str, dict[str, object]]:
    """Return what is built: single notebooks, our wheel, and no extension found on the way."""
    return {
        "LiteBuildConfig": {
            "apps": ["notebooks", "tree"],
            "contents": [str(contents)],
            "federated_extensions": [str(_KERNEL)],
            "ignore_sys_prefix": True,
            "no_sourcemaps": True,
            "no_unused_shared_packages": True,
        },
        "PipliteAddon": {"piplite_urls": [str(wheel)]},
    }


def _run(module: str, *arguments: object, folder: Path | None = None) -> None:
    command = [sys.executable, "-m", module, *map(str, arguments)]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        said = (done.stdout + done.stderr).strip()[-2000:]
        raise RuntimeError(f"{module} ended with status {done.returncode}: {said}")
