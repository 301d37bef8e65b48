"""Turn a graded notebook into a page: what a locked process does with a learner's texts."""

from __future__ import annotations

from typing import Any

import nbformat
from jinja2 import BytecodeCache, Environment
from jinja2.bccache import Bucket
from nbconvert import HTMLExporter
from nbformat import NotebookNode
from traitlets.config import Config

from dwsep_helpers.grading.safe_html import plain, with_pictures


class _Compiled(BytecodeCache):
    """Keeps compiled templates in memory."""

    def __init__(self) -> None:
        self.templates: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if bucket.key in self.templates:
            bucket.bytecode_from_string(self.templates[bucket.key])

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.templates[bucket.key] = bucket.bytecode_to_string()


_COMPILED = _Compiled()


class _Rendering(HTMLExporter):
    """Writes pages by templates that are compiled once, not again for each page."""

    @property
    def environment(self) -> Environment:
        """What renders the templates."""
        made = super().environment
        made.bytecode_cache = _COMPILED
        return made

    def _init_preprocessors(self) -> None:
        """Take no steps: the grader took them."""
        self._preprocessors: list[Any] = []


def render(argument: dict[str, Any], keeper: object = None) -> str:
    """Return a notebook's page.

    Parameters
    ----------
    argument : dict
        ``notebook``, with points and comments in its cells' metadata; ``resources`` and ``config``,
        what nbconvert's exporter has besides.
    keeper : object, optional
        Has nothing to do.
    """
    notebook = nbformat.from_dict(argument["notebook"])
    for cell in notebook.cells:
        make_whole(cell)
    exporter = _Rendering(config=Config(argument["config"]))
    return exporter.from_notebook_node(notebook, argument["resources"])[0]


def make_whole(cell: NotebookNode) -> None:
    """Have nbconvert find all pictures that a cell's texts name; to a comment none are attached."""
    if cell.cell_type == "markdown":
        cell.source, cell["attachments"] = with_pictures(cell.source, cell.get("attachments", {}))
    about = cell.metadata.get("nbgrader", {})
    if comment := about.get("comment"):
        shown, lost = with_pictures(comment, {})
        about["comment"] = plain(comment) if lost else shown
