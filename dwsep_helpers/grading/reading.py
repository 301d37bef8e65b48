"""Read a learner's file as a notebook, whatever version it has and whatever its outputs are."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
from nbformat import NotebookNode

LARGEST = 50 * 2**20  # bytes of a file that is still read


class Unreadable(ValueError):
    """A file is no notebook; the message says what is wrong with it."""


def read(path: Path) -> tuple[NotebookNode, list[str]]:
    """Read a notebook of any version, however large its outputs.

    Returns
    -------
    notebook : NotebookNode
        In nbformat's version 4, without outputs.
    repairs : list of str
        What was done to it, for the instructor and the learner to read.

    Raises
    ------
    Unreadable
        If it can't be read as a notebook.
    """
    if path.is_symlink() or not path.is_file():
        raise Unreadable("it is no file")
    if path.stat().st_size > LARGEST:
        raise Unreadable(f"it has {path.stat().st_size:,} bytes, and {LARGEST:,} are the most")
    raw = path.read_bytes()
    if not raw.strip():
        raise Unreadable("the file is empty")
    try:
        data = json.loads(raw.decode("utf-8-sig"))
        if not isinstance(data, dict) or "nbformat" not in data:
            raise Unreadable("it is JSON, but no notebook")
        version = data["nbformat"]
        if version not in nbformat.versions:
            raise Unreadable(f"it says that its format is {version!r:.50}")
        notebook = nbformat.from_dict(data)
        repairs = []
        if version != 4:
            notebook = nbformat.convert(notebook, 4)
            repairs.append(f"it was in the old format {version}")
        notebook, more = without_outputs(notebook)
        nbformat.validate(notebook)
    except Unreadable:
        raise
    except UnicodeDecodeError:
        raise Unreadable("it is not text in UTF-8") from None
    except json.JSONDecodeError as error:
        raise Unreadable(f"it is not valid JSON: {error}") from None
    except RecursionError:
        raise Unreadable("it is nested too deeply") from None
    except Exception as error:  # nbformat raises what it comes across
        first = str(error).strip().partition("\n")[0]
        raise Unreadable(f"it is no valid notebook: {first or type(error).__name__}") from None
    return notebook, repairs + more


def without_outputs(notebook: NotebookNode) -> tuple[NotebookNode, list[str]]:
    """Return a notebook without outputs, in the form nbformat asks for, and what to say of it."""
    size = 0
    for cell in notebook.cells:
        if cell.cell_type == "code":
            size += len(json.dumps(cell.get("outputs", [])))
            cell.outputs, cell.execution_count = [], None
        cell.setdefault("metadata", NotebookNode())
        if not isinstance(cell.source, str):
            cell.source = "".join(cell.source)
    repairs = [f"{size // 2**20} MB of outputs were dropped"] if size > 10 * 2**20 else []
    _, notebook = nbformat.validator.normalize(notebook, strip_invalid_metadata=True)
    return notebook, repairs
