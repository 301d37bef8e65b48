"""The page that the site opens with: what the course is, for whom, how long, and three doors."""

from __future__ import annotations

import html

from jinja2 import Template

from builder import SITE, outputs
from builder.outputs import Files
from dwsep_helpers import cost, course, explorables, stamping


def page(files: Files, paper: str | None = None) -> str:
    """Return the landing page, in markdown, with what is computed for it.

    Parameters
    ----------
    files : Files
        Takes the layer machine's script and still.
    paper : str, optional
        The address of the PDF, if there is one.

    Notes
    -----
    The check's message is what the check says when it runs on a wrong answer, now; times and
    counts are the course's.
    """
    shortest, longest = course.hours()
    standard = cost.conv2d_cost(3, 256, 5, 8, padding=2).macs
    separable = cost.separable_cost(3, 256, 5, 8, padding=2).macs
    machine = outputs.page(explorables.layer_machine()._repr_html_(), files)
    template = Template((SITE / "book" / "index.md").read_text("utf-8"), keep_trailing_newline=True)
    return template.render(
        units=course.UNITS,
        hours=f"{shortest} to {longest} hours",
        first=course.UNITS[0].minutes,
        points=sum(unit.points for unit in course.UNITS),
        standard=f"{standard:,}",
        separable=f"{separable:,}",
        ratio=f"{standard / separable:.1f}",
        machine=machine + files.script(),
        # An empty line would end the HTML that it stands in.
        message=html.escape(stamping.check_message()).replace("\n", "&#10;"),
        pages=[name for name in ("phone", "photo") if (SITE / "pages" / f"{name}.html").exists()],
        pdf=paper,
    )
