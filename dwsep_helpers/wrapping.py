"""Sentences in lines that no browser has to break in the middle of a word."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence

from dwsep_helpers.translation import Phrase

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


def listed(words: Sequence[str]) -> str:
    """Return words as a sentence lists them, as a phrase where they are several.

    Examples
    --------
    >>> listed(["a"]), listed(["a", "b"]), listed(["a", "b", "c"])
    ('a', 'a and b', 'a, b and c')
    """
    *some, last = words or [""]
    if not some:
        return last
    before = some[0]
    for word in some[1:]:
        before = Phrase("{before}, {word}", before=before, word=word)
    return Phrase("{before} and {last}", before=before, last=last)
