"""Read a learner's file as a notebook, whatever version it has and whatever its outputs are."""

from __future__ import annotations

import codecs
import json
import mmap
import re
from pathlib import Path
from typing import Any

import nbformat
from nbformat import NotebookNode

from dwsep_helpers.grading.form import repaired, said_of_outputs

LARGEST = 200 * 2**20  # bytes of a file that is still read
LARGEST_TEXT = 16 * 2**20  # without outputs: what has to be understood
BRACKETS = 20_000_000  # in outputs, before they are given up
_KEY = re.compile(rb'"(outputs|attachments)"\s*+:\s*+([\[{])')
# What to stop at between the brackets of a value: strings may hold brackets too.
_STOP = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[\[\]{}]', re.DOTALL)
_QUOTE = ord('"')
_KINDS = ("code", "markdown", "raw")
# What else is handed in under a notebook's name, by how it begins, in small letters.
_START = 100
_OTHERS = {
    b"<<<<<<<": "two versions that git couldn't merge",
    b"<": "a web page",
    b"%pdf": "a PDF",
    b"pk\3\4": "a zip archive",
    b"\x1f\x8b": "compressed by gzip",
}


class Unreadable(ValueError):
    """A file is no notebook; the message says what is wrong with it."""


def read(path: Path) -> tuple[NotebookNode, list[str]]:
    """Read a notebook of any version, however large its outputs.

    What nbformat calls invalid and an editor writes is put right: see
    :func:`dwsep_helpers.grading.form.repaired`.

    Returns
    -------
    notebook : NotebookNode
        In nbformat's version 4, without outputs.
    repairs : list of str
        What was done to it, for the instructor and the learner to read.

    Raises
    ------
    Unreadable
        If it can't be read as a notebook.
    """
    if path.is_symlink() or not path.is_file():
        raise Unreadable("it is no file")
    size = path.stat().st_size
    if size > LARGEST:
        raise Unreadable(f"it has {size:,} bytes, and {LARGEST:,} are the most")
    if not size:
        raise Unreadable("the file is empty")
    if what := _known(path):
        raise Unreadable(f"it is {what}, and no notebook, whatever its name says")
    with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as raw:
        text, repairs = _text(raw)
    text = text.strip().strip("\0")  # a disk that was full, or a power cut, leaves zeros
    if not text.strip():
        raise Unreadable("the file is empty")
    try:
        data = json.loads(text, parse_int=_whole, strict=False)  # a line may end inside a text
        del text
        data, more = _version_4(data)
        notebook, even_more = repaired(data)
    except Unreadable:
        raise
    except json.JSONDecodeError as error:
        raise Unreadable(f"it is not valid JSON: {error}") from None
    except RecursionError:
        raise Unreadable("it is nested too deeply") from None
    except Exception as error:  # nbformat raises what it comes across
        first = str(error).strip().partition("\n")[0]
        raise Unreadable(f"it is no valid notebook: {first or type(error).__name__}") from None
    return notebook, repairs + more + even_more


def _known(path: Path) -> str | None:
    """Return what a file is that begins like something else, such as a page instead of its link."""
    with path.open("rb") as file:
        start = file.read(_START).removeprefix(codecs.BOM_UTF8).lstrip().lower()
    return next((what for sign, what in _OTHERS.items() if start.startswith(sign)), None)


def _text(raw: mmap.mmap) -> tuple[str, list[str]]:
    """Return a file's text without outputs."""
    repairs: list[str] = []
    start = bytes(raw[:4])
    data: bytes | mmap.mmap = raw
    if (encoding := json.detect_encoding(start)) not in ("utf-8", "utf-8-sig"):
        if len(raw) > 4 * LARGEST_TEXT:
            raise Unreadable(f"it is text in {encoding}, and too large for that")
        data = raw[:].decode(encoding, "replace").encode("utf-8", "replace")
        repairs.append(f"it was text in {encoding}")
    spans = without(data, b"outputs")
    repairs += said_of_outputs(len(data) - _length(spans))
    if (size := _length(spans)) > LARGEST_TEXT:
        spans = without(data, b"outputs", b"attachments")
        dropped = size - _length(spans)
        repairs.append(f"{dropped // 2**20} MB of pictures in text cells were dropped")
    if _length(spans) > LARGEST_TEXT:
        most = f"{LARGEST_TEXT:,} are the most"
        raise Unreadable(f"it has {_length(spans):,} bytes without its outputs, and {most}")
    less = b"".join(data[start:end] for start, end in spans).removeprefix(codecs.BOM_UTF8)
    try:
        return less.decode("utf-8"), repairs
    except UnicodeDecodeError:
        pass
    # Windows has code pages of its own; text that is UTF-8 but for a broken byte stays UTF-8.
    windows = less.decode("utf-8", "ignore").isascii()
    repairs.append("it is not text in UTF-8: letters beyond A to Z may have changed")
    return less.decode("cp1252" if windows else "utf-8", "replace"), repairs


def without(data: bytes | mmap.mmap, *keys: bytes) -> list[tuple[int, int]]:
    """Cut the values of keys, which are lists or objects, out of a JSON text that isn't parsed yet.

    Returns
    -------
    list of (int, int)
        Where what is left begins and ends; each value is empty then.

    Examples
    --------
    >>> data = b'{"a": 1, "outputs": [{"text": "]"}, []], "b": 2}'
    >>> b"".join(data[start:end] for start, end in without(data, b"outputs"))
    b'{"a": 1, "outputs": [], "b": 2}'
    """
    spans, place, left = [], 0, BRACKETS
    for found in _KEY.finditer(data):
        if found[1] not in keys or found.start() < place:
            continue
        depth, end = 1, None
        for stop in _STOP.finditer(data, found.end()):
            if (first := data[stop.start()]) == _QUOTE:
                continue
            left -= 1
            depth += 1 if first in b"[{" else -1
            if not depth:
                end = stop.start()
                break
            if not left:
                raise Unreadable("its outputs are nested too deeply")
        if end is None:  # the text breaks off, which the parser will say
            break
        spans.append((place, found.end()))
        place = end
    return [*spans, (place, len(data))]


def _length(spans: list[tuple[int, int]]) -> int:
    return sum(end - start for start, end in spans)


def _whole(digits: str) -> int | float:
    return int(digits) if len(digits) < 20 else float(digits)


def _version_4(data: Any) -> tuple[dict[str, Any], list[str]]:
    """Return a notebook of any version as one of version 4."""
    repairs: list[str] = []
    if isinstance(data, dict) and "cells" not in data and isinstance(data.get("content"), dict):
        data, repairs = data["content"], ["it was wrapped as Jupyter's server sends it"]
    version = data.get("nbformat") if isinstance(data, dict) else None
    if isinstance(data, dict) and version is None and _is_like_4(data):
        version = 4
    if version is None:
        raise Unreadable("it is JSON, but no notebook")
    number = re.match(r"\s*(\d+)(\.\d+)?\s*$", str(version))
    if not number or (whole := int(number[1][:9])) not in nbformat.versions:
        raise Unreadable(f"it says that its format is {version!r:.50}")
    if whole == 4:
        return data, repairs
    old = nbformat.from_dict({**data, "nbformat": whole})
    return nbformat.convert(old, 4), [*repairs, f"it was in the old format {whole}"]


def _is_like_4(data: dict[str, Any]) -> bool:
    cells = data.get("cells")
    return isinstance(cells, list) and any(
        isinstance(cell, dict) and cell.get("cell_type") in _KINDS for cell in cells
    )
