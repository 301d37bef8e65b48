"""A unit as a reader wants it: the learner's notebook, with solutions folded and what came out.

Text and code are those of ``notebooks/``, where hidden tests aren't; solutions and outputs are
those of ``solutions/``, cell by cell.
"""

from __future__ import annotations

import base64
import re
import tomllib
from pathlib import Path
from typing import Any

import nbformat

from builder import ROOT, lite
from builder.outputs import Files, shown
from dwsep_helpers import course

_MARK = re.compile(r"^[ \t]*### (?:BEGIN|END) SOLUTION[^\n]*\n?", re.MULTILINE)
_REVEALS = re.compile(r'reveal\("([\d.]+(?: and [\d.]+)*)"')
# The picture that a learner's own should look like: on the page it stands above already.
_EXPECTED = re.compile(
    r"(?P<line>[^\n]*):\n\n<details><summary>What it should look like</summary>.*?</details>\n*",
    re.DOTALL,
)
# What only makes sense where code runs, by unit, and what the book says in its place.
INSTEAD: dict[str, list[dict[str, str]]] = tomllib.loads(
    Path(__file__).with_name("instead.toml").read_text("utf-8")
)


def write(unit: course.Unit, folder: Path, files: Files) -> None:
    """Write a unit's page into the folder that Sphinx reads."""
    learners, solved = (
        nbformat.read(ROOT / room / unit.name / f"{unit.name}.ipynb", as_version=4)
        for room in ("notebooks", "solutions")
    )
    nbformat.write(page(unit, learners, solved, files), folder / f"{unit.name}.ipynb")


def page(unit: course.Unit, learners: Any, solved: Any, files: Files) -> Any:
    """Return the notebook of a unit's page.

    Parameters
    ----------
    unit : course.Unit
    learners, solved : NotebookNode
        The unit as learners get it, and as authors write it. A cell has the same id in both.
    files : Files
        Takes the pictures and scripts.

    Raises
    ------
    ValueError
        If a text that :data:`INSTEAD` replaces isn't there any more.
    """
    authors = {cell.id: cell for cell in solved.cells}
    cells = []
    for cell in learners.cells:
        cells += _CELLS[cell.cell_type](cell, authors[cell.id], files)
    _say_instead(unit, cells)
    cells.append(_cell("markdown", "figures", files.script()))
    cells[0].source = cells[0].source.replace(course.unit_links(unit), _buttons(unit))
    return nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": _KERNEL})


_KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}


def _text(cell: Any, author: Any, files: Files) -> list[Any]:
    source = _EXPECTED.sub(_without_expected, cell.source)
    for name, data in author.get("attachments", {}).items():
        if f"(attachment:{name})" not in source:
            continue
        ((kind, content),) = data.items()
        address = files.picture(base64.b64decode(content), kind.partition("/")[2])
        source = source.replace(f"(attachment:{name})", f"({address})")
    # In JupyterLab neighbours are folders; Colab has none.
    source = re.sub(r"\(\.\./(\w+)/\1\.ipynb\) \(\[on Colab\]\([^)]*\)\)", r"(\1.ipynb)", source)
    if author.metadata.get("nbgrader", {}).get("solution"):
        source = f"<details><summary>Show an answer</summary>\n\n{author.source}\n\n</details>"
    return [_cell("markdown", cell.id, source)]


def _without_expected(found: re.Match[str]) -> str:
    return "" if found["line"].startswith("Your picture") else f"{found['line']}.\n\n"


def _code(cell: Any, author: Any, files: Files) -> list[Any]:
    outputs = shown(author.outputs, files)
    made = _cell("code", cell.id, cell.source, outputs)
    if cell.id == "setup":
        return [_folded(made, "hide-cell", "the set-up")]
    if author.metadata.get("nbgrader", {}).get("solution"):
        solution = _cell("code", f"{cell.id}-solution", _MARK.sub("", author.source), outputs)
        made.outputs = []
        return [made, _folded(solution, "hide-input", "a solution")]
    if cell.source.startswith('"""Exercise'):
        return [_folded(made, "hide-output", "what the check says of that solution")]
    if cell.source.startswith("recap("):
        made.metadata = nbformat.from_dict({"tags": ["remove-input"]})
        return [made]
    if (asked := _REVEALS.search(cell.source)) and outputs:
        _folded(made, "hide-output", "what comes out")
        made.metadata.tags += [
            f"reveals-{one.replace('.', '-')}" for one in asked[1].split(" and ")
        ]
    return [made]


_CELLS = {"markdown": _text, "code": _code}


def _cell(kind: str, name: str, source: str, outputs: list[Any] | None = None) -> Any:
    new = {"markdown": nbformat.v4.new_markdown_cell, "code": nbformat.v4.new_code_cell}[kind]
    cell = new(source.rstrip(), id=name)
    if outputs:
        cell.outputs = outputs
    return cell


def _folded(cell: Any, tag: str, what: str) -> Any:
    cell.metadata = nbformat.from_dict(
        {
            "tags": [tag],
            "mystnb": {"code_prompt_show": f"Show {what}", "code_prompt_hide": "Fold it away"},
        }
    )
    return cell


def _say_instead(unit: course.Unit, cells: list[Any]) -> None:
    for change in INSTEAD.get(unit.name, []):
        (cell,) = (cell for cell in cells if cell.id == change["cell"])
        if change["text"] not in cell.source:
            raise ValueError(f"{unit.name}, {cell.id}: {change['text']!r} isn't there any more")
        cell.source = cell.source.replace(change["text"], change["instead"]).rstrip()
    cells[:] = [cell for cell in cells if cell.source]


def _buttons(unit: course.Unit) -> str:
    """Return what a page begins with: that it is the book, and where its code runs."""
    unpublished = (
        ""
        if course.is_published()
        else (" Colab's and Binder's addresses lead nowhere until the course is published.")
    )
    here = '\n<a href="browser.html">In this browser</a>' if unit in lite.UNITS else ""
    return f"""\
<div class="buttons">
<p>This is the book: read it, play with its figures, predict. What it calls <em>yours</em> is the
solutions' here. To write the code yourself and have it checked, open the notebook.{unpublished}</p>
<p><a href="{course.colab_url(unit)}">Open in Colab</a>
<a href="{course.binder_url(unit)}">Open in Binder</a>
<a href="notebooks/{unit.name}.ipynb" download>Download the notebook</a>
<a href="learn.html">On your own machine</a>{here}</p>
</div>"""
