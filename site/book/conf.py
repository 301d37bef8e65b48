"""How Sphinx makes the book of what ``builder.book`` wrote."""

import re
from hashlib import sha256
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
    '<script src="': '<script defer src="',
    "<pre>": '<pre tabindex="0">',
    '<div class="table-wrapper': f'<div {_SCROLLS}="Table" class="table-wrapper',
    '<div class="math-wrapper': f'<div {_SCROLLS}="Formula" class="math-wrapper',
}


_STYLE = re.compile(
    r'<link rel="stylesheet" type="text/css"'
    r' href="(?P<up>[./]*)_static/(?P<name>[^"?]+)[^"]*" />\s*'
)


def mend(app: Any, exception: Exception | None) -> None:
    """Mend the pages, and have the search show a formula once."""
    if exception is not None:
        return
    static = Path(app.outdir) / "_static"
    for page in Path(app.outdir).rglob("*.html"):
        html = page.read_text("utf-8")
        for before, after in _MENDED.items():
            html = html.replace(before, after)
        page.write_text(_in_one_style(html, static), encoding="utf-8")
    search = static / "searchtools.js"
    script = search.read_text("utf-8").replace('".headerlink",', '".headerlink", ".katex-mathml",')
    search.write_text(script, encoding="utf-8")


def _in_one_style(html: str, static: Path) -> str:
    """Have a page load one style sheet in place of six: on a slow line it shows sooner."""
    found = list(_STYLE.finditer(html))
    styles = [(static / one["name"]).read_text("utf-8") for one in found]
    style = "\n".join(styles).replace("url(fonts/", "url(katex/fonts/")
    name = f"style-{sha256(style.encode()).hexdigest()[:12]}.css"
    (static / name).write_text(style, encoding="utf-8")
    link = f'<link rel="stylesheet" href="{found[0]["up"]}_static/{name}">\n'
    return html[: found[0].start()] + link + _STYLE.sub("", html[found[0].start() :])


def setup(app: Any) -> None:
    """Tell Sphinx."""
    app.connect("build-finished", mend, priority=900)  # furo writes its dark colours of code first
