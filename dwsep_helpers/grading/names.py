"""Names from outside: how they are shown, and what stands for them in the gradebook and in files.

A folder's name is bytes, and whoever hands in chooses some of them: Python's ``surrogateescape``
text carries them around, and nothing here looks up a file by what it shows.
"""

from __future__ import annotations

import difflib
import hashlib
import os
import re
import unicodedata
from collections.abc import Iterable

_LONGEST = 120  # bytes: nbgrader's column has 128 characters, a file's name 255 bytes
_SHOWN = 300  # characters of a text that is shown in one line
_JOINERS = "\u200c\u200d"  # Persian and Indic names have them
_HIDDEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}  # controls, marks of direction, halves, line ends
_HASHED = re.compile(r"~[0-9a-f]{10}$")
# Where a spreadsheet sees a formula begin: wide signs are signs where people write Chinese or
# Japanese, and where numbers have a comma, a semicolon begins a new cell.
_FORMULA = re.compile(r"(?:^|(?<=;))(?=[=+\-@\t\r\n＝＋－＠])")
_NO_FORMULA = re.compile(r"(?:^|(?<=;))'(?=[=+\-@＝＋－＠])")
# What browsers, Colab, JupyterLab and learners add to a file's name.
_ADDED = re.compile(
    r"^(copy of |kopie von |copia de )|( ?\(\d+\)|[-_ ](copy ?\d*|final|solution|new|v?\d))+$",
    re.IGNORECASE,
)


def shown(text: str, most: int = _SHOWN) -> str:
    r"""Return a text for a line on a terminal, in a table or on a page: it can do nothing there.

    Examples
    --------
    >>> shown("a\nb\x1b[31m\udcfc\u202e")
    'a\\x0ab\\x1b[31m\\xfc\\u202e'
    """
    text = text if len(text) <= most else f"{text[:most]}…"
    return text if text.isprintable() else "".join(map(_escaped, text))


def quoted(text: str) -> str:
    """Return a file's name as a sentence shows it."""
    return f"'{shown(text, 120)}'"


def learner_id(name: str) -> str:
    r"""Return what a learner is called in the gradebook, in files and on pages.

    That is the name of the folder, unless nbgrader, a database or a file system would stumble over
    it; then it is what is readable of it, with a hash, so that two never become one.

    Examples
    --------
    >>> learner_id("Ada Lovelace"), learner_id(" lee ")
    ('Ada Lovelace', 'lee~89fd7f5d9c')
    """
    if _is_plain(name):
        return name
    digest = hashlib.sha256(os.fsencode(name)).hexdigest()[:10]
    readable = re.sub(r"[^\w.@-]+", "-", _HASHED.sub("", name)).strip("-.")
    return f"{readable[:24] or 'learner'}~{digest}"


def new_id(name: str) -> str:
    r"""Return what a learner is called whose folder is made here: that folder keeps its name.

    Examples
    --------
    >>> new_id(" lee "), new_id("Ada Lovelace")
    ('lee-89fd7f5d9c', 'Ada Lovelace')
    >>> learner_id(new_id(" lee ")) == new_id(" lee ")
    True
    """
    return learner_id(name).replace("~", "-")


def folded(text: str) -> str:
    r"""Return a text in which letters that look the same are the same, large or small.

    Examples
    --------
    >>> folded("Jose\u0301") == folded("JOS\xc9")
    True
    """
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())


def known_id(text: str) -> str:
    """Return a learner's id as it is written down; one with a hash is such an id already.

    Examples
    --------
    >>> known_id("lee~89fd7f5d9c"), known_id("ada")
    ('lee~89fd7f5d9c', 'ada')
    """
    return text if _HASHED.search(text) else learner_id(text)


def plain_name(name: str) -> str:
    """Return a file's name without what browsers and people add.

    Examples
    --------
    >>> plain_name("Copy of 01_conv2d (1).ipynb"), plain_name("01_conv2d-Copy1.ipynb.txt")
    ('01_conv2d', '01_conv2d')
    """
    name = re.sub(r"\.ipynb.*$", "", name, flags=re.IGNORECASE).strip()
    while (shorter := _ADDED.sub("", name).strip()) != name and shorter:
        name = shorter
    return name


def for_spreadsheet(text: str) -> str:
    """Return a table's text that no spreadsheet takes for a formula.

    Examples
    --------
    >>> for_spreadsheet("=1+1"), for_spreadsheet("ada;=1+1"), for_spreadsheet("ada")
    ("'=1+1", "ada;'=1+1", 'ada')
    """
    return _FORMULA.sub("'", text)


def from_spreadsheet(text: str) -> str:
    """Return the text that :func:`for_spreadsheet` was called on.

    Examples
    --------
    >>> from_spreadsheet("'=1+1"), from_spreadsheet("ada;'=1+1"), from_spreadsheet("'ada")
    ('=1+1', 'ada;=1+1', "'ada")
    """
    return _NO_FORMULA.sub("", text)


def near(name: str, known: Iterable[str]) -> str:
    """Return how an error goes on that names what is close to a name.

    Examples
    --------
    >>> near("Ben", ["ada", "ben"]), near("zoe", ["ada", "ben"])
    ("; did you mean 'ben'?", '')
    """
    folded = {one.casefold(): one for one in known}
    close = difflib.get_close_matches(name.casefold(), folded, 1, 0.6)
    return f"; did you mean {quoted(folded[close[0]])}?" if close else ""


def _is_plain(name: str) -> bool:
    return (
        not any(map(_is_hidden, name))
        and 0 < len(name.encode()) <= _LONGEST
        and name == name.strip()
        and name[0] != "."
        and "/" not in name
        and "\\" not in name
        and not _HASHED.search(name)
    )


def _is_hidden(character: str) -> bool:
    return character not in _JOINERS and unicodedata.category(character) in _HIDDEN


def _escaped(character: str) -> str:
    if not _is_hidden(character):
        return character
    code = ord(character)
    if 0xDC80 <= code <= 0xDCFF:  # a byte that is no text
        return f"\\x{code - 0xDC00:02x}"
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"
