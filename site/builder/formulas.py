"""Formulas drawn by KaTeX when the book is built: in pages they need a style sheet, no script."""

from __future__ import annotations

import json
import subprocess
from functools import partial
from typing import Any

from docutils import nodes

from builder import node

_DRAW = """
const katex = require(process.argv[1]);
const asked = JSON.parse(require("fs").readFileSync(0, "utf8"));
const draw = ([formula, displayMode]) =>
  katex.renderToString(formula, { displayMode, strict: "error" });
process.stdout.write(JSON.stringify(asked.map(draw)));
"""
_drawn: dict[tuple[str, bool], str] = {}


def draw(formulas: list[tuple[str, bool]]) -> list[str]:
    """Return formulas as HTML, with MathML inside for screen readers.

    Parameters
    ----------
    formulas : list of (str, bool)
        LaTeX, and whether it stands on a line of its own.

    Raises
    ------
    ValueError
        If KaTeX can't read one; its message says which and where.
    """
    katex = str(node.packages() / "katex" / "dist" / "katex.min.js")
    command = [node.node(), "-e", _DRAW, katex]
    made = subprocess.run(command, input=json.dumps(formulas), capture_output=True, text=True)
    if made.returncode:
        raise ValueError(f"KaTeX could not draw a formula:\n{made.stderr}")
    return json.loads(made.stdout)


def _draw_all(app: Any, env: Any) -> None:
    """Draw the formulas of all pages in one call."""
    found = {
        (formula.astext(), isinstance(formula, nodes.math_block))
        for name in env.found_docs
        for kind in (nodes.math, nodes.math_block)
        for formula in env.get_doctree(name).findall(kind)
    }
    asked = sorted(found)
    _drawn.update(zip(asked, draw(asked), strict=True))


def _visit(translator: Any, formula: nodes.Element, display: bool) -> None:
    tag = "div" if display else "span"
    html = _drawn[formula.astext(), display]
    translator.body.append(f'<{tag} class="math">{html}</{tag}>')
    raise nodes.SkipNode


def setup(app: Any) -> dict[str, bool]:
    """Tell Sphinx."""
    app.connect("env-updated", _draw_all)
    app.add_html_math_renderer(
        "katex", (partial(_visit, display=False), None), (partial(_visit, display=True), None)
    )
    return {"parallel_read_safe": True, "parallel_write_safe": True}
