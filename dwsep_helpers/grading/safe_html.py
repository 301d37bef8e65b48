"""Text cells as HTML that can do nothing to the page it stands on, and takes little to make.

Formgrader shows a learner's text on a page of Jupyter's own server, between boxes that an
instructor fills in. So no text has an id or a class that the page's scripts look for, covers
anything, or asks a server for something: a picture from elsewhere says who looks at it, one from
here can log out.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import unquote

import bleach
from bleach.css_sanitizer import CSSSanitizer
from bleach.html5lib_shim import Filter
from nbconvert.filters.markdown_mistune import IPythonRenderer, MarkdownWithMath

LONGEST = 20_000  # characters of a text cell; the course's longest has 1,506
_LONGEST_HTML = 150_000
_DEEPEST = 60  # tags within each other
_MOST_TAGS = 3_000
_MOST_SHOWN = 40 * 2**20  # characters of pictures, each as often as it is shown
_MOST_FORMULAS = 60  # \begin{…}, each of which is looked for to the end of the text
_TAGS = """
    a abbr b blockquote br code dd del details div dl dt em h1 h2 h3 h4 h5 h6 hr i img kbd li ol p
    pre progress s span strong sub summary sup table tbody td th thead tr ul x-tex
"""
_ATTRIBUTES = {
    "*": ["class", "id", "style", "title"],
    "a": ["href"],
    "details": ["open"],
    "img": ["alt", "height", "src", "width"],
    "ol": ["start"],
    "progress": ["max", "value"],
    "td": ["align", "colspan", "rowspan"],
    "th": ["align", "colspan", "rowspan"],
}
# Of styles, what colours and weighs letters: nothing moves, grows or covers.
_STYLES = ["background-color", "color", "font-style", "font-weight", "text-align"]
_OURS = "text-"  # before ids, so that they are none of the page's
_CLASS = re.compile(r"highlight|anchor-link|[a-z][a-z0-9]{0,2}")  # of coloured code: k, mi, s1
_PICTURE = re.compile(r"data:image/(png|jpeg|gif);base64,[A-Za-z0-9+/=\s]*")
_LINK = re.compile(r"(https?://|mailto:)", re.IGNORECASE)
_SIZE = re.compile(r"\d{1,4}(px|%)?")
_TAG = re.compile(r"<(/?)([a-zA-Z][a-zA-Z0-9]{0,20})")
Picture = dict[str, str]  # its versions in base64, by their media types
LOST: Picture = {"image/png": ""}
_VOID = {"area", "br", "hr", "img", "input", "link", "meta", "wbr"}
_CLOSE_THEMSELVES = {"dd", "dt", "li", "p", "td", "th", "tr"}


class _Tame(Filter):
    """Takes out of each tag what reaches beyond its text."""

    def __iter__(self) -> Iterator[dict[str, Any]]:
        for token in super().__iter__():
            if token["type"] in ("StartTag", "EmptyTag") and token.get("data"):
                token["data"] = _tamed(token["name"], token["data"])
            yield token


def _tamed(tag: str, given: dict[Any, str]) -> dict[Any, str]:
    kept = {}
    for key, value in given.items():
        name = key[1]
        if name == "id":
            kept[key] = f"{_OURS}{value}"
        elif name == "class":
            if classes := [one for one in value.split() if _CLASS.fullmatch(one)]:
                kept[key] = " ".join(classes)
        elif name == "href":
            if value.startswith("#"):
                kept[key] = f"#{_OURS}{value[1:]}"
            elif _LINK.match(value):
                kept[key] = value
                kept[None, "rel"] = "noopener noreferrer"
                kept[None, "target"] = "_blank"
        elif name == "src":
            if _PICTURE.fullmatch(value):
                kept[key] = value
        elif name not in ("width", "height") or _SIZE.fullmatch(value):
            kept[key] = value
    if tag == "img":
        kept.setdefault((None, "alt"), "")  # else its file's name is read out, or its data
    return kept


def page(text: str) -> str:
    """Return a text cell's HTML without anything that could run, load, move or send something.

    It is installed in place of nbconvert's filter `strip_files_prefix`, because nbgrader's
    templates pass every text cell through that, once it is HTML. Where making it would take long,
    the text stands there as it is.

    Examples
    --------
    >>> page('<p>Sum <b>first</b>.</p><script>alert(1)</script><img src="x.png" onerror="y()">')
    '<p>Sum <b>first</b>.</p>&lt;script&gt;alert(1)&lt;/script&gt;<img alt="">'
    """
    if _is_wild(text):
        return f"<pre>{html.escape(text[:LONGEST])}</pre>"
    return _CLEANER.clean(text)


_CLEANER = bleach.Cleaner(
    tags=_TAGS.split(),
    attributes=_ATTRIBUTES,
    protocols=("http", "https", "mailto", "data"),
    css_sanitizer=CSSSanitizer(allowed_css_properties=_STYLES),
    filters=[_Tame],
)


def source(text: str) -> str:
    r"""Return a text cell's source, or a plain copy of one that would take long to be shown.

    Examples
    --------
    >>> source("A **short** text"), source("<i>" * 99)[:8]
    ('A **short** text', '````\n<i>')
    """
    short = len(text) <= LONGEST and text.count(r"\begin") <= _MOST_FORMULAS
    if short and not _is_wild(text):
        return text
    return plain(text)


def plain(text: str) -> str:
    """Return the source of a text cell that shows a text as it is, the start of a long one."""
    shown, cut = text[:LONGEST], len(text) - LONGEST
    fence = "`" * (4 + max(map(len, re.findall("`+", shown)), default=0))
    more = f"\n… {cut:,} characters more" if cut > 0 else ""
    return f"{fence}\n{shown}{more}\n{fence}"


def with_pictures(text: str, attached: Mapping[str, Picture]) -> tuple[str, dict[str, Picture]]:
    """Return a text cell's source, and its pictures by the names that nbconvert asks for.

    nbconvert makes no page at all where one is missing, as when a learner copies a cell's text to
    another, and looks for ``Größe.png`` as ``Gr%C3%B6%C3%9Fe.png``. An empty picture stands for
    one that is missing: browsers show its alternative text. A text that nbconvert can't take, or
    that shows pictures over and over, stands there as it is.

    Examples
    --------
    >>> with_pictures("![a plot](<attachment:my plot.png>)", {"my plot.png": {"image/png": "AAAA"}})
    ('![a plot](<attachment:my plot.png>)', {'my%20plot.png': {'image/png': 'AAAA'}})
    """
    asked = _Asked()
    try:
        page(MarkdownWithMath(IPythonRenderer(escape=False, attachments=asked)).render(text))
    except Exception:  # whatever it is, no page could be made of it either
        return plain(text), dict(attached)
    by_name = {_name(name): name for name in attached}
    names = {name: name if name in attached else by_name.get(_name(name)) for name in asked.names}
    shown = {name: LOST if own is None else attached[own] for name, own in names.items()}
    if sum(len(one) for name in asked.names for one in shown[name].values()) > _MOST_SHOWN:
        text = plain(text)
    others = {name: one for name, one in attached.items() if name not in names.values()}
    return text, others | shown


class _Asked(dict[str, Picture]):
    """Has all pictures that nbconvert asks for, and notes their names."""

    def __init__(self) -> None:
        super().__init__()
        self.names: list[str] = []

    def __contains__(self, name: object) -> bool:
        self.names.append(str(name))
        return True

    def __missing__(self, name: str) -> Picture:
        return LOST


def _name(name: str) -> str:
    """Return a name without the marks of an address, its letters whole: macOS splits them."""
    return unicodedata.normalize("NFC", unquote(name))


def _is_wild(text: str) -> bool:
    """Whether it is very long, or tags are many, deep within each other or not closed in turn.

    A parser opens a tag that wasn't closed again in each paragraph that follows.
    """
    text = _PICTURE.sub("", text)
    opened: list[str] = []
    count = crossed = 0
    for found in _TAG.finditer(text):
        name = found[2].lower()
        if name in _VOID:
            continue
        count += 1
        if not found[1]:
            if name in _CLOSE_THEMSELVES and opened[-1:] == [name]:
                opened.pop()
            opened.append(name)
        elif name in opened:
            while opened.pop() != name:
                crossed += 1
        if len(opened) > _DEEPEST or crossed > _DEEPEST or count > _MOST_TAGS:
            return True
    return len(text) > _LONGEST_HTML
