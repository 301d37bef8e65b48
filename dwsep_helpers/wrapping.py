"""Sentences in lines that no browser has to break in the middle of a word."""

from __future__ import annotations

import textwrap

LINE = 88  # characters


def wrapped(text: str) -> str:
    """Break long lines at spaces; code and tables, which are indented, stay as they are.

    Examples
    --------
    >>> print(wrapped("a longer sentence " * 6))
    a longer sentence a longer sentence a longer sentence a longer sentence a longer
    sentence a longer sentence
    """
    return "\n".join(line if line.startswith(" ") else _filled(line) for line in text.splitlines())


def _filled(line: str) -> str:
    return textwrap.fill(line, LINE, break_long_words=False, break_on_hyphens=False)
