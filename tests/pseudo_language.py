"""A language that no one speaks: every letter has an accent, and words are longer by a third.

What stays in English is not translated. Placeholders and code stay as they are.
"""

import re
import string
from pathlib import Path

from dwsep_helpers.translating import template, write

_LETTERS = str.maketrans(
    string.ascii_letters, "áƀćďéƒĝĥíĵķļɱñóƿɋŕšťúṽŵẋýžÁɃĆĎÉƑĜĤÍĴĶĻṀÑÓǷɊŔŠŤÚṼŴẊÝŽ"
)
_KEPT = re.compile(r"(`[^`]*`|\{\w+\})")


def accented(text: str) -> str:
    """Return a text in the pseudo-language.

    Examples
    --------
    >>> accented("Got `x` of {shape}.")
    'Ĝóť~ `x` óƒ {shape}.'
    """
    parts = _KEPT.split(text)
    return "".join(part if _KEPT.fullmatch(part) else _accented(part) for part in parts)


def _accented(text: str) -> str:
    longer = re.sub(r"[A-Za-z]+", lambda word: word[0] + "~" * (len(word[0]) // 3), text)
    return longer.translate(_LETTERS)


def write_catalogue(path: Path) -> Path:
    """Write a translation of everything."""
    catalogue = template()
    for message in catalogue:
        if message.id:
            plural = isinstance(message.id, tuple)
            message.string = tuple(map(accented, message.id)) if plural else accented(message.id)
    write(catalogue, path)
    return path
