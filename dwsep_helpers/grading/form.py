"""Give a notebook the form that nbformat and nbgrader ask for, whatever an editor made of it.

Editors write fields that a notebook's version doesn't have, leave some out, give an id twice or
leave half a letter behind. nbformat logs that or refuses it, by its mood and version, and JSON
takes all of it. Nothing of it says anything about convolution.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

from nbformat import NotebookNode
from nbformat.v4 import new_notebook

NAME = 200  # characters of a cell's name in the gradebook, at most
_MANY_BYTES = 10 * 2**20
_ID = re.compile(r"[a-zA-Z0-9_-]{1,64}")
_SURROGATES = re.compile("[\ud800-\udfff]")
KINDS = ("code", "markdown", "raw")
# Other tools' words for them, and those of older formats.
_KINDS = {"heading": "markdown", "html": "markdown", "md": "markdown", "text": "markdown"}
_MARKED = ("grade", "solution", "locked", "task")


def repaired(data: Mapping[str, Any]) -> tuple[NotebookNode, list[str]]:
    """Return a valid notebook with the cells of one that may be none, without outputs.

    Parameters
    ----------
    data : mapping
        What JSON or nbformat made of a notebook of version 4.

    Returns
    -------
    notebook : NotebookNode
        Cells have their text, their id, nbgrader's metadata, tags and attached pictures; what else
        they had, no grade depends on.
    repairs : list of str
        What a learner or an instructor should know.

    Raises
    ------
    ValueError
        If it has no cells.
    """
    cells = data.get("cells")
    if not isinstance(cells, list):
        raise ValueError("it has no cells")
    ids: set[str] = set()
    made = [_cell(cell, ids) for cell in cells if isinstance(cell, Mapping)]
    notebook = new_notebook(cells=made)
    notebook.nbformat_minor = 5
    outputs = (cell["outputs"] for cell in cells if isinstance(cell, Mapping) and "outputs" in cell)
    repairs = said_of_outputs(sum(len(json.dumps(shown)) for shown in outputs if shown))
    if lost := len(cells) - len(made):
        repairs.append(f"{lost} of its cells {'were' if lost > 1 else 'was'} nothing, and went")
    return notebook, repairs


def said_of_outputs(size: int) -> list[str]:
    """Return what to say of outputs of so many bytes, which are dropped; of few, nothing."""
    return [f"{size // 2**20} MB of outputs were dropped"] if size > _MANY_BYTES else []


def text(value: Any) -> str:
    r"""Return a notebook's text as one, with plain line ends and whole letters.

    Examples
    --------
    >>> text(["a = 1\r\n", "b = '\ud83d'"])
    "a = 1\nb = '�'"
    >>> text(["a = 1", "b = 2"]), text(None)
    ('a = 1\nb = 2', '')
    """
    if isinstance(value, list):
        lines = [line for line in value if isinstance(line, str)]
        ends = any(line.endswith(("\n", "\r")) for line in lines[:-1])
        value = ("" if ends else "\n").join(lines)
    value = value if isinstance(value, str) else ""
    return letters(value.replace("\r\n", "\n").replace("\r", "\n"))


def letters(value: str) -> str:
    r"""Return a text that can be written: halves of letters are joined, or replaced.

    Examples
    --------
    >>> letters("\ud83d\ude00 \ud83d")
    '😀 �'
    """
    if not _SURROGATES.search(value):
        return value
    return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def new_cell(kind: str, source: str, name: str) -> NotebookNode:
    """Return a cell as nbformat makes it, which looks each up in a schema: a millisecond for each.

    Examples
    --------
    >>> from nbformat.v4 import new_markdown_cell
    >>> new_cell("markdown", "A text.", "name") == new_markdown_cell("A text.", id="name")
    True
    """
    if kind not in KINDS:
        raise ValueError(f"no cell is {kind!r:.50}")
    cell = NotebookNode(id=name, cell_type=kind, source=source, metadata=NotebookNode())
    if kind == "code":
        cell |= NotebookNode(execution_count=None, outputs=[])
    return cell


def _cell(cell: Mapping[str, Any], ids: set[str]) -> NotebookNode:
    given = cell.get("metadata")
    metadata = given if isinstance(given, Mapping) else {}
    name = _identity(cell.get("id", metadata.get("id")), ids)
    made = new_cell(_kind(cell), text(cell.get("source", cell.get("input"))), name)
    if (details := _details(metadata.get("nbgrader"))) is not None:
        made.metadata["nbgrader"] = details
    tags = metadata.get("tags")
    if isinstance(tags, list):
        made.metadata["tags"] = [letters(tag)[:NAME] for tag in tags if isinstance(tag, str)]
    if made.cell_type != "code" and (pictures := _pictures(cell.get("attachments"))):
        made.attachments = pictures
    return made


def _kind(cell: Mapping[str, Any]) -> str:
    kind = cell.get("cell_type")
    kind = kind.lower().strip() if isinstance(kind, str) else ""
    if kind in KINDS:
        return kind
    if "outputs" in cell or "execution_count" in cell:
        return "code"
    return _KINDS.get(kind, "markdown")


def _identity(name: Any, ids: set[str]) -> str:
    if not isinstance(name, str) or name in ids or not _ID.fullmatch(name):
        name = next(new for i in range(len(ids) + 1) if (new := f"cell-{len(ids) + i}") not in ids)
    ids.add(name)
    return name


def _details(given: Any) -> NotebookNode | None:
    """Return what nbgrader noted of a cell, as far as it can be a name."""
    name = given.get("grade_id") if isinstance(given, Mapping) else None
    if not isinstance(name, str) or not 0 < len(name) <= NAME:
        return None
    marked: dict[str, Any] = {mark: given.get(mark) is True for mark in _MARKED}
    points = given.get("points")
    if (marked["grade"] or marked["task"]) and isinstance(points, int | float):
        marked["points"] = points
    return NotebookNode(grade_id=letters(name), schema_version=3, **marked)


def _pictures(given: Any) -> NotebookNode:
    found = NotebookNode()
    for name, versions in given.items() if isinstance(given, Mapping) else ():
        if isinstance(versions, Mapping):
            kept = {kind: one for kind, one in versions.items() if isinstance(one, str | list)}
            found[letters(name)] = NotebookNode(
                {letters(kind): letters("".join(map(str, one))) for kind, one in kept.items()}
            )
    return found
