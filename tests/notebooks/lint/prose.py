"""Rules for text and pictures: they must read well everywhere, and for everyone."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .book import Book, without_code

_IMAGE = re.compile(r"!\[(?P<alt>[^]]*)\]\((?P<target>[^)\s]*)[^)]*\)")
_IMG = re.compile(r"<img\b[^>]*>", re.IGNORECASE | re.DOTALL)
_ALT = re.compile(r"""\balt\s*=\s*(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)
_SRC = re.compile(r"""\bsrc\s*=\s*["']([^"']*)["']""", re.IGNORECASE)
_HEADING = re.compile(r"^(#{1,6})\s+\S|^\s*<h([1-6])\b", re.MULTILINE | re.IGNORECASE)
_BARE_COMMAND = re.compile(
    r"(?:(?<![\\a-z{])|\\\\)(cdot|times|frac|sum|log|le|ge|alpha|rho)(?![a-z}])"
)
_MYST = re.compile(r"^\s*:{3,}|^\s*(?:```|~~~)\{|\{[a-z:-]+\}`", re.MULTILINE)


def pictures_have_alt_text(book: Book) -> Iterator[str]:
    """Who can't see a picture is told what it shows: in a sentence, not in a word."""
    for cell in book.texts:
        alts = [match["alt"] for match in _IMAGE.finditer(without_code(cell.source))]
        for alt in alts + _alts_of_html(cell.source):
            if len(alt.split()) < 4:
                yield f"{cell.id}: a picture's alt text is {alt!r}"
    for cell in book.codes:
        for output in cell.outputs:
            data = output.get("data", {})
            described = output.get("metadata", {})
            html = "".join(data.get("text/html", ""))
            alts = _alts_of_html(html)
            for kind in data:
                if kind.startswith("image/") and not alts:
                    alts = [described.get(kind, described).get("alt", "")]
            for alt in alts:
                if len(alt.split()) < 4:
                    yield f"{cell.id}: an output's picture has the alt text {alt!r}"


def _alts_of_html(html: str) -> list[str]:
    tags = (_ALT.search(tag) for tag in _IMG.findall(html))
    return [(found[1] or found[2] or "") if found else "" for found in tags]


def pictures_travel_along(book: Book) -> Iterator[str]:
    """A notebook opened alone, as on Colab, or without a network keeps its pictures."""
    for cell in book.texts:
        prose = without_code(cell.source)
        targets = [match["target"] for match in _IMAGE.finditer(prose)]
        targets += [source for tag in _IMG.findall(prose) for source in _SRC.findall(tag)]
        attached = {f"attachment:{name}" for name in cell.get("attachments", {})}
        for target in targets:
            if target not in attached and not target.startswith("data:"):
                yield f"{cell.id}: the picture {target!r} is not attached"
        for unused in attached.difference(targets):
            yield f"{cell.id}: {unused!r} is attached and not shown"


def headings_step_down(book: Book) -> Iterator[str]:
    """A screen reader's outline: one title, at the top, and no level left out."""
    before = 0
    for cell in book.texts:
        for match in _HEADING.finditer(without_code(cell.source)):
            level = len(match[1] or "") or int(match[2])
            if level == 1 and before:
                yield f"{cell.id}: a second title"
            if level > before + 1:
                yield f"{cell.id}: a heading of level {level} follows one of level {before}"
            before = level
    if not before:
        yield "there is no heading"


def maths_is_closed(book: Book) -> Iterator[str]:
    """An open dollar sign turns half a page into italics."""
    for cell in book.texts:
        prose = without_code(cell.source).replace(r"\$", "")
        for paragraph in re.split(r"\n\s*\n", prose):
            inline = re.sub(r"\$\$.*?\$\$", "", paragraph, flags=re.DOTALL)
            pieces = inline.split("$")
            if len(pieces) % 2 == 0 or "$$" in inline:
                yield f"{cell.id}: an odd number of dollar signs in {paragraph[:40]!r}"
                continue
            for formula in pieces[1::2]:
                if formula != formula.strip():
                    yield f"{cell.id}: ${formula}$ has space at its edge: not rendered everywhere"
                if formula.count("{") != formula.count("}"):
                    yield f"{cell.id}: ${formula}$ has an open brace"
                for name in _BARE_COMMAND.findall(formula):
                    yield f"{cell.id}: ${formula}$ has {name} without its one backslash"


def markdown_is_plain(book: Book) -> Iterator[str]:
    """JupyterLab and Colab show MyST's fences and roles as raw text."""
    for cell in book.texts:
        if found := _MYST.search(cell.source):
            yield f"{cell.id}: MyST markup {found[0].strip()!r}"


RULES = (
    pictures_have_alt_text,
    pictures_travel_along,
    headings_step_down,
    maths_is_closed,
    markdown_is_plain,
)
