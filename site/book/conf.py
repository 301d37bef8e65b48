"""How Sphinx makes the book of what ``builder.book`` wrote."""

from pathlib import Path
from typing import Any

from dwsep_helpers import __version__

project = "Depthwise separable convolution"
author = copyright = "The course's contributors"
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


# What the theme, MyST-NB and Sphinx leave undone for keyboards and screen readers: landmarks of one
# kind need names, headings levels, and what scrolls has to be reached.
_SCROLLS = 'tabindex="0" role="group" aria-label'
_MENDED = {
    '<summary aria-label="Toggle hidden content">': "<summary>",
    '<aside class="sidebar-drawer': '<aside aria-label="Pages" class="sidebar-drawer',
    '<aside class="toc-drawer': '<aside aria-label="On this page" class="toc-drawer',
    '<p class="caption" role="heading">': '<p class="caption" role="heading" aria-level="2">',
    '<div id="search-results">': '<h1>Search</h1>\n<div id="search-results">',
    "<pre>": '<pre tabindex="0">',
    '<div class="table-wrapper': f'<div {_SCROLLS}="Table" class="table-wrapper',
    '<div class="math-wrapper': f'<div {_SCROLLS}="Formula" class="math-wrapper',
}


def mend(app: Any, exception: Exception | None) -> None:
    """Mend the pages, and have the search show a formula once."""
    if exception is not None:
        return
    for page in Path(app.outdir).rglob("*.html"):
        html = page.read_text("utf-8")
        for before, after in _MENDED.items():
            html = html.replace(before, after)
        page.write_text(html, encoding="utf-8")
    search = Path(app.outdir) / "_static" / "searchtools.js"
    script = search.read_text("utf-8").replace('".headerlink",', '".headerlink", ".katex-mathml",')
    search.write_text(script, encoding="utf-8")


def setup(app: Any) -> None:
    """Tell Sphinx."""
    app.connect("build-finished", mend)
