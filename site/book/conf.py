"""How Sphinx makes the book of what ``builder.book`` wrote."""

from pathlib import Path
from typing import Any

from dwsep_helpers import __version__

project = "Depthwise separable convolution"
author = copyright = "The course's contributors"  # noqa: A001
version = release = __version__
language = "en"

extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "builder.formulas"]
root_doc = "index"
exclude_patterns = ["_static"]
# A word in a parameter's type may be the name of several attributes.
suppress_warnings = ["config.cache", "ref.python"]

html_theme = "furo"
html_title = project
html_static_path = ["_static"]
html_css_files = ["katex/katex.min.css", "book.css"]
html_favicon = "_static/favicon.svg"
html_math_renderer = "katex"
html_show_sourcelink = False
html_copy_source = False
html_show_sphinx = False
# The colours' names are furo's. Links: dark enough on white, light enough on black.
html_theme_options = {
    "light_css_variables": {
        "color-brand-primary": "#0045ad",
        "color-brand-content": "#0045ad",
        "color-brand-visited": "#0045ad",
    },
    "dark_css_variables": {
        "color-brand-primary": "#7db4ff",
        "color-brand-content": "#7db4ff",
        "color-brand-visited": "#7db4ff",
    },
}

nb_execution_mode = "off"
nb_merge_streams = True
myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 3
myst_html_meta = {
    "description": "A hands-on course in Jupyter notebooks: from a 2D convolution coded with loops "
    "to the convolutions that let MobileNet run on a phone."
}

autodoc_member_order = "bysource"
autodoc_typehints = "none"  # the docstrings say it, with shapes
autodoc_preserve_defaults = True
napoleon_google_docstring = False
napoleon_use_ivar = True
napoleon_use_rtype = False


def mend(app: Any, page: str, template: str, context: dict[str, Any], doctree: Any) -> None:
    """What theme and MyST-NB leave undone for keyboards and screen readers."""
    if body := context.get("body"):
        body = body.replace('<summary aria-label="Toggle hidden content">', "<summary>")
        context["body"] = body.replace("<pre>", '<pre tabindex="0">')


def name_asides(app: Any, exception: Exception | None) -> None:
    """Name furo's two landmarks of one kind: they are in its own templates."""
    if exception is None:
        for page in Path(app.outdir).rglob("*.html"):
            html = page.read_text("utf-8")
            for kind, said in (("sidebar-drawer", "Pages"), ("toc-drawer", "On this page")):
                html = html.replace(f'<aside class="{kind}', f'<aside aria-label="{said}" class="{kind}')
            page.write_text(html, encoding="utf-8")


def setup(app: Any) -> None:
    """Tell Sphinx."""
    app.connect("html-page-context", mend, priority=900)
    app.connect("build-finished", name_asides)
