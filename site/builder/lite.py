"""JupyterLab without a server: units 00 to 04 on Python that runs in the browser, as an experiment.

Built from packages that lie here, without a download. What its kernel runs on, Pyodide and the
packages that Pyodide ships, a reader's browser loads from Pyodide's own server when a notebook is
opened: the only request of the site that leaves it.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from dwsep_helpers import course

ROOT = Path(course.__file__).parent.parent
UNITS = tuple(unit for unit in course.UNITS if unit.number <= "04")
_KERNEL = Path(sys.prefix, "share/jupyter/labextensions/@jupyterlite/pyodide-kernel-extension")


def build(target: Path, reduced: bool = False) -> None:
    """Write JupyterLite into a folder ``lite`` of the site.

    Parameters
    ----------
    target : Path
        The site's folder.
    reduced : bool
        The same: it has no part that could be left out.

    Raises
    ------
    RuntimeError
        If the wheel can't be made, or JupyterLite can't be built; with what was said.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        contents, wheels = folder / "contents", folder / "wheels"
        for unit in UNITS:
            shutil.copytree(ROOT / "notebooks" / unit.name, contents / unit.name)
        _run("pip", "wheel", ROOT, "--no-deps", "--no-build-isolation", "--wheel-dir", wheels)
        (folder / "jupyter_lite_config.json").write_text(json.dumps(_config(contents, wheels)))
        _run("jupyterlite_core", "build", "--output-dir", target / "lite", folder=folder)


def _config(contents: Path, wheels: Path) -> dict[str, dict[str, object]]:
    """Return what is built: the lab alone, our wheel in it, and no extension found on the way."""
    return {
        "LiteBuildConfig": {
            "apps": ["lab"],
            "contents": [str(contents)],
            "federated_extensions": [str(_KERNEL)],
            "ignore_sys_prefix": True,
            "no_sourcemaps": True,
            "no_unused_shared_packages": True,
        },
        "PipliteAddon": {"piplite_urls": [str(path) for path in wheels.glob("*.whl")]},
    }


def _run(module: str, *arguments: object, folder: Path | None = None) -> None:
    command = [sys.executable, "-m", module, *map(str, arguments)]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode:
        said = (done.stdout + done.stderr).strip()[-2000:]
        raise RuntimeError(f"{module} ended with status {done.returncode}: {said}")
