"""Formulas as MathML, which browsers draw by themselves: no script, nothing to load.

What makes it, `latex2mathml`, was not made for texts that anybody may have written. So it gets
short texts that define no commands, and of what it makes those elements and attributes stay that
draw something. Where a formula can't be drawn, its TeX stands there.
"""

from __future__ import annotations

import html
import re
import time
from xml.etree.ElementTree import Element

from latex2mathml.converter import convert_to_element

LONGEST, DEEPEST = 600, 30  # characters of a formula, and braces in braces
LARGEST = 40_000  # characters that it becomes; the longest of the course's has 500
SECONDS = 8  # for all formulas of a page; all of the course's take 0.02
_DEFINES = re.compile(r"\\(?:(?:re)?new\w*|provide\w*|def|let|require|href|class|style|hspace)\b")
_ELEMENTS = """
    math mfrac mi mmultiscripts mn mo mover mpadded mphantom mprescripts mroot mrow ms mspace msqrt
    mstyle msub msubsup msup mtable mtd mtext mtr munder munderover none
"""
_ATTRIBUTES = """
    accent accentunder columnalign display displaystyle fence largeop linethickness lspace
    mathvariant maxsize minsize movablelimits rspace scriptlevel separator stretchy symmetric width
"""
_VALUE = re.compile(r"[\w .%+-]{1,40}", re.ASCII)


class Formulas:
    """Draws the formulas of a page, as long as they take together no longer than they may."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self._left = seconds

    def drawn(self, tex: str, *, block: bool = False) -> str:
        r"""Return a formula as MathML, or its TeX where that can't be made of it.

        Examples
        --------
        >>> print(Formulas().drawn("C_{in}"))  # doctest: +ELLIPSIS
        <math><mrow><msub><mi>C</mi>...</mrow></math>
        >>> Formulas().drawn(r"\\frac{1}{")
        '<code>\\\\frac{1}{</code>'
        """
        start = time.perf_counter()
        try:
            if self._left <= 0 or _is_wild(tex):
                raise ValueError("not to be drawn")
            made = convert_to_element(tex, display="block" if block else "inline")
            made.attrib.pop("xmlns", None)
            text = "".join(_written(made))
            if len(text) > LARGEST:
                raise ValueError("too large")
            return text
        except Exception:  # whatever it is that this formula brings it to
            return f"<code>{html.escape(tex, quote=False)}</code>"
        finally:
            self._left -= time.perf_counter() - start


def _is_wild(tex: str) -> bool:
    """Whether a formula is long, defines commands or has braces deep within each other."""
    depth = deepest = 0
    for letter in tex:
        depth += (letter == "{") - (letter == "}")
        deepest = max(deepest, depth)
    deep = deepest > DEEPEST or tex.count(r"\left") + tex.count(r"\begin") > DEEPEST
    return deep or len(tex) > LONGEST or _DEFINES.search(tex) is not None


def _written(element: Element) -> list[str]:
    """Return an element as HTML, its text escaped."""
    if element.tag not in _ELEMENTS.split():
        raise ValueError(f"no element of a formula: {element.tag!r:.40}")
    known = ((name, value) for name, value in element.attrib.items() if name in _ATTRIBUTES.split())
    given = "".join(f' {name}="{value}"' for name, value in known if _VALUE.fullmatch(value))
    given = given.replace(' display="inline"', "")
    parts = [f"<{element.tag}{given}>", html.escape(html.unescape(element.text or ""))]
    for child in element:
        parts += _written(child)
        parts.append(html.escape(html.unescape(child.tail or "")))
    return [*parts, f"</{element.tag}>"]
