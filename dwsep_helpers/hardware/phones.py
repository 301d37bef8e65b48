"""Phones beside what was recorded: one's own in unit 06's figures, a class's in one table."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Final

from dwsep_helpers import measurements
from dwsep_helpers.hardware.phone_lines import Phone, of_fields, row
from dwsep_helpers.kernels.shapes import sequence
from dwsep_helpers.wrapping import wrapped

COLUMNS: Final = ("name", "year", "width", "resolution", "dtype", "dense_ms", "separable_ms", "how")
"""Of a class's table."""

_own: list[Phone] = []


def phone(line: str) -> None:
    """Take the line of one's own phone, say what it says, and put it into unit 06's figures.

    From here on :func:`dwsep_helpers.hardware.findings.phones` and its neighbours have it, in the
    place of an earlier one. A line that can't be right is refused with a sentence, and an empty
    one takes the phone out again.

    Parameters
    ----------
    line : str
        As for :func:`dwsep_helpers.hardware.phone_lines.row`.

    Examples
    --------
    >>> phone("my phone, 0.5, 160, float32, 21, 6")
    my phone, α = 0.5, 160×160, float32: dense 21 ms, separable 6 ms
    3.5 times as fast, with 8.14 times fewer MACs
    >>> phone("my phone, half, 160, float32, 21, 6")
    Not taken: width multiplier is 'half'; it should be a number.
    >>> phone("")
    No phone yet: the figures show what was recorded.
    """
    _own.clear()
    if isinstance(line, str) and not line.strip():
        print("No phone yet: the figures show what was recorded.")
        return
    try:
        taken = row(line)
    except (TypeError, ValueError) as refused:
        print(wrapped(f"Not taken: {refused}."))
        return
    _own.append(taken)
    for text in _said(taken):
        print(wrapped(text))


def own() -> Phone | None:
    """Return the phone that was taken last, if there is one."""
    return _own[-1] if _own else None


def _said(taken: Phone) -> list[str]:
    said = [f"{taken} ({taken.how})" if taken.how else str(taken)]
    faster, fewer = taken.times_faster, taken.times_fewer_macs
    said.append(f"{faster:.3g} times as fast, with {fewer:.3g} times fewer MACs")
    if taken.native:
        tool, dense, separable, _ = taken.native
        said.append(
            f"{taken.native.label} ({tool}): dense {dense:.3g} ms, "
            f"separable {separable:.3g} ms, {taken.native.times_faster:.3g} times as fast"
        )
    for name, (first, last) in taken.heat.items():
        said.append(f"{name}, over a minute: {first:.3g} ms at first, {last:.3g} at the end")
    if taken.layers:
        each = ", ".join(f"{kind} {ms:.3g} ms" for kind, ms in taken.layers.items())
        said.append(f"single layers of 256 channels at 28×28: {each}")
    return said


def collect(lines: Iterable[str], path: str | Path) -> list[str]:
    """Write a class's lines into one CSV file, a row for each phone.

    Parameters
    ----------
    lines : iterable of str
        As for :func:`dwsep_helpers.hardware.phone_lines.row`; empty ones are left out. An open
        file with a line for each phone will do.
    path : str or Path
        Of the file to write; :func:`read` reads it.

    Returns
    -------
    list of str
        What was left out and why, a sentence for each.

    Raises
    ------
    TypeError
        If the lines are one text, or one of them is none.
    ValueError
        If no line can be taken.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     file = Path(folder, "class.csv")
    ...     collect(["mine, 0.5, 160, int8, 9, 3", "hers, 0.5, 160, int8, 9"], file)[0][:33]
    ...     [phone.times_faster for phone in read(file)]
    'line 2: line has 5 fields, and 6 '
    [3.0]
    """
    taken, refused = [], []
    for number, line in enumerate(sequence("lines", lines), 1):
        if isinstance(line, str) and not line.strip():
            continue
        try:
            taken.append(row(line))
        except ValueError as wrong:
            refused.append(f"line {number}: {wrong}")
    if not taken:
        raise ValueError(f"no line can be taken. {' '.join(refused)}".strip())
    about = {"made by": "dwsep_helpers.hardware.phones.collect"}
    rows = [{name: asdict(one)[name] for name in COLUMNS} for one in taken]
    measurements.write(Path(path), rows, about)
    return refused


def read(path: str | Path) -> list[Phone]:
    """Return the phones of a file that :func:`collect` wrote.

    Raises
    ------
    ValueError
        If it is another file, or a field can't be right; the message names it.
    """
    rows = measurements.read(Path(path), cut=False, words=("name",)).rows
    if not rows or set(rows[0]) != set(COLUMNS):
        raise ValueError(f"{path} has other columns than {', '.join(COLUMNS)}")
    found = []
    for number, fields in enumerate(rows, 1):
        try:
            found.append(of_fields(fields))
        except ValueError as wrong:
            raise ValueError(f"{path}: row {number}: {wrong}") from None
    return found
