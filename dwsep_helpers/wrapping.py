"""Sentences in lines that no browser has to break in the middle of a word."""

from __future__ import annotations

import textwrap

LINE = 88  # characters
NARROW = 76  # of a message that has to be read in a small window, too


def wrapped(text: str, characters: int = LINE) -> str:
    """Break long lines at spaces; code and tables, which are indented, stay as they are.

    Examples
    --------
    >>> print(wrapped("a longer sentence " * 6))
    a longer sentence a longer sentence a longer sentence a longer sentence a longer
    sentence a longer sentence
    """
    filler = textwrap.TextWrapper(characters, break_long_words=False, break_on_hyphens=False)
    lines = text.splitlines()
    return "\n".join(line if line.startswith(" ") else filler.fill(line) for line in lines)
