"""Turn a graded notebook into a page: what a locked process does with a learner's texts.

The page loads nothing and runs nothing. Whatever of a text might do so is taken out by
:mod:`dwsep_helpers.grading.safe_html`, and the page's own policy forbids it to the browser as well.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping
from functools import partial
from importlib.resources import files
from typing import Any

import nbformat
from jinja2 import Environment, StrictUndefined
from markupsafe import Markup
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath
from nbformat import NotebookNode
from pygments import highlight
from pygments.formatters import HtmlFormatter
from pygments.lexers import PythonLexer

from dwsep_helpers import course
from dwsep_helpers.grading.learner_page import table
from dwsep_helpers.grading.learner_page.formulas import Formulas
from dwsep_helpers.grading.metadata import NOTHING, UNREADABLE, notes
from dwsep_helpers.grading.names import shown
from dwsep_helpers.grading.safe_html import page, plain, with_pictures

_ANSI = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]")
# What a formula is between Markdown and MathML. One that a learner writes is drawn as well.
_TEX = re.compile(r"<x-tex( title=\"block\")?>([^<]*)</x-tex>")
_HEADINGS = {
    NOTHING: "There was no notebook to grade, so below is the unit as it was handed out.",
    UNREADABLE: "Your file could not be read, so below is the unit as it was handed out. "
    "Download the unit again, copy your answers into it, and hand that in.",
}
_MENDED = "Before it was graded, this was mended:"
_HERE = files(__package__)
_FORMATTER, _LEXER = HtmlFormatter(nowrap=True), PythonLexer(stripnl=False)


class _Renderer(IPythonRenderer):
    """Sets formulas apart, for what draws them."""

    def inline_math(self, body: str) -> str:
        return f"<x-tex>{html.escape(body)}</x-tex>"

    def block_math(self, body: str) -> str:
        return f'<x-tex title="block">{html.escape(body)}</x-tex>'

    def latex_environment(self, name: str, body: str) -> str:
        return self.block_math(f"\\begin{{{name}}}{body}\\end{{{name}}}")


def render(argument: dict[str, Any], keeper: object = None) -> str:
    """Return a notebook's page.

    Parameters
    ----------
    argument : dict
        ``notebook``, with points and comments in its cells' metadata; ``unit``, ``learner`` and
        ``late``, the points that being late costs.
    keeper : object, optional
        Has nothing to do.
    """
    notebook = nbformat.from_dict(argument["notebook"])
    for cell in notebook.cells:
        make_whole(cell)
    told = notes(notebook.metadata)
    rows = table.rows(notebook.cells)
    formulas = Formulas()
    text = partial(_text, formulas)
    return _PAGE.render(
        heading=_heading(argument["unit"]),
        unit=argument["unit"],
        learner=shown(argument["learner"]),
        rows=rows,
        totals=table.totals(rows, argument["late"]),
        why=_HEADINGS.get(str(told.get("status")), _MENDED),
        repairs=[shown(str(one)) for one in told.get("repairs") or ()],
        cells=notebook.cells,
        row_of={row.cell: row for row in rows},
        places={row.place for row in rows} | {row.cell for row in rows},
        text=text,
    )


def make_whole(cell: NotebookNode) -> None:
    """Have nbconvert find all pictures that a cell's texts name; to a comment none are attached."""
    if cell.cell_type == "markdown":
        cell.source, cell["attachments"] = with_pictures(cell.source, cell.get("attachments", {}))
    about = cell.metadata.get("nbgrader", {})
    if comment := about.get("comment"):
        shown, lost = with_pictures(comment, {})
        about["comment"] = plain(comment) if lost else shown


def _heading(unit: str) -> str:
    titles = {one.name: one.heading for one in course.UNITS}
    return titles.get(unit, unit)


def _text(
    formulas: Formulas, source: str, attached: Mapping[str, dict[str, str]] | None = None
) -> Markup:
    """Return Markdown as HTML that can do nothing to the page."""
    renderer = _Renderer(escape=False, exclude_anchor_links=True, attachments=dict(attached or {}))
    made = page(MarkdownWithMath(renderer).render(source))

    def drawn(found: re.Match[str]) -> str:
        return formulas.drawn(html.unescape(found[2]), block=bool(found[1]))

    return Markup(_TEX.sub(drawn, made))


def _code(source: str) -> Markup:
    return Markup(highlight(source, _LEXER, _FORMATTER))


def _said(lines: list[str]) -> str:
    """Return an error as it is read, without the colours of a terminal."""
    return _ANSI.sub("", "\n".join(lines))


def _number(points: float) -> str:
    return f"{points:g}"


def _compiled() -> Any:
    made = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True)
    made.filters |= {"code": _code, "said": _said, "number": _number}
    made.filters["without_colours"] = partial(_ANSI.sub, "")
    made.globals["style"] = Markup((_HERE / "page.css").read_text(encoding="utf-8"))
    return made.from_string((_HERE / "page.html.j2").read_text(encoding="utf-8"))


_PAGE = _compiled()
