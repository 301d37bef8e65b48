"""Measurements in small CSV files that say at their top how they were made."""

from __future__ import annotations

import csv
import datetime
import math
import os
import platform
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path


@dataclass(frozen=True)
class Table:
    """A file of measurements, read.

    Attributes
    ----------
    rows : list of dict
        One for each line; a cell that reads as a number is one, and an empty one is None.
    provenance : dict of str to str
        How the file was made: the lines at its top.
    """

    rows: list[dict]
    provenance: dict[str, str]

    def where(self, **values: object) -> list[dict]:
        """Return the rows whose columns have these values.

        Raises
        ------
        KeyError
            If there is no such column.
        """
        for name in values:
            if self.rows and name not in self.rows[0]:
                raise KeyError(f"no column is called {name!r}; there are {', '.join(self.rows[0])}")
        return [row for row in self.rows if all(row[n] == v for n, v in values.items())]

    def one(self, **values: object) -> dict:
        """Return the one row whose columns have these values.

        Raises
        ------
        KeyError
            If there is none, or more than one, or no such column.
        """
        found = self.where(**values)
        if len(found) != 1:
            raise KeyError(f"{len(found)} rows have {values}, and one should")
        return found[0]

    @property
    def source(self) -> str:
        """Where and when it was measured, in a line for a caption."""
        keys = ("processor", "instructions", "date")
        return ", ".join(self.provenance[key] for key in keys if self.provenance.get(key))


def processor() -> str:
    """Return the processor's name, as far as the system tells it.

    Examples
    --------
    >>> bool(processor())
    True
    """
    return _cpuinfo("model name") or platform.processor() or platform.machine() or "unknown"


_INSTRUCTIONS = {
    "avx2": "AVX2",
    "avx512f": "AVX-512",
    "avx512_vnni": "AVX-512 VNNI",
    "avx_vnni": "AVX-VNNI",
    "amx_int8": "AMX int8",
    "asimd": "Neon",
    "asimddp": "Neon dot product",
    "i8mm": "Neon int8 matrix product",
}


def instructions() -> str:
    """Return the vector instructions that matter to convolutions, as far as the system tells.

    Those with VNNI, dot product or int8 in their name multiply and add eight-bit integers in
    one step, which others do in several.

    Examples
    --------
    >>> isinstance(instructions(), str)
    True
    """
    known = (_cpuinfo("flags") or _cpuinfo("Features")).split()
    return ", ".join(name for flag, name in _INSTRUCTIONS.items() if flag in known)


def _cpuinfo(key: str) -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8").splitlines()
    except OSError:  # not Linux
        return ""
    found = (line.partition(":")[2].strip() for line in lines if line.startswith(key))
    return next(found, "")


def environment(*packages: str) -> dict[str, str]:
    """Return what a measurement depends on: the processor, what it can do, and versions.

    The versions are Python's and those of the packages.

    Examples
    --------
    >>> list(environment("numpy"))
    ['processor', 'instructions', 'cores', 'system', 'versions']
    """
    numbers = [f"{name} {version(name).partition('+')[0]}" for name in packages]
    return {
        "processor": processor(),
        "instructions": instructions(),
        "cores": str(os.cpu_count()),
        "system": f"{platform.system()} {platform.machine()}",
        "versions": ", ".join([f"Python {platform.python_version()}", *numbers]),
    }


def provenance(made_by: str, protocol: str, packages: Iterable[str] = ()) -> dict[str, str]:
    """Return the lines that a file of measurements begins with.

    Parameters
    ----------
    made_by : str
        The command that makes it again.
    protocol : str
        How it was measured, in a line.
    packages : iterable of str
        Whose versions matter.
    """
    return {
        "made by": made_by,
        "date": datetime.date.today().isoformat(),
        **environment(*packages),
        "protocol": " ".join(protocol.split()),
    }


def header(provenance: Mapping[str, str], columns: Iterable[str]) -> str:
    """Return the text that a file begins with: how it was made, then the names of columns."""
    lines = [f"# {name}: {value}" for name, value in provenance.items()]
    return "\n".join([*lines, ",".join(columns), ""])


def write(path: Path, rows: Sequence[Mapping], provenance: Mapping[str, str]) -> None:
    """Write a file of measurements, whole or not at all.

    Parameters
    ----------
    rows : sequence of mappings
        All with the same keys. A float keeps four digits, which is more than a clock is good for.
    provenance : mapping
        From :func:`provenance`.

    Raises
    ------
    ValueError
        If there are no rows, or one has other columns than the first.
    FileNotFoundError
        If there is no such folder.
    """
    if not rows:
        raise ValueError(f"there are no rows to write to {path.name}")
    columns = list(rows[0])
    for number, row in enumerate(rows):
        if list(row) != columns:
            raise ValueError(f"rows[{number}] has columns {list(row)}, and rows[0] has {columns}")
    if not path.parent.is_dir():
        raise FileNotFoundError(f"{path.parent} is no folder to write {path.name} to")
    part = path.with_name(f".{path.name}.part")
    with part.open("w", encoding="utf-8", newline="") as file:
        file.write(header(provenance, columns))
        writer = csv.writer(file, lineterminator="\n")
        writer.writerows([_cell(row[column]) for column in columns] for row in rows)
    part.replace(path)


def read(path: str | Path, *, cut: bool = True, words: Collection[str] = ()) -> Table:
    """Return the rows of a file and how they were made.

    Parameters
    ----------
    cut : bool
        Whether a last line without an end was cut while it was written, and is left out.
    words : collection of str
        The columns that hold words, though what stands there may look like a number.

    Raises
    ------
    ValueError
        If it is no such file; the message names it, and the row.
    """
    try:
        text = Path(path).read_text("utf-8-sig")  # Excel puts a mark before UTF-8
    except UnicodeDecodeError:
        raise ValueError(f"{path} is no text in UTF-8") from None
    lines = text[: text.rfind("\n") + 1 if cut else None].splitlines()
    about = (line[2:].partition(": ") for line in lines if line.startswith("# "))
    columns, *cells = [*csv.reader(line for line in lines if not line.startswith("#"))] or [[]]
    rows: list[dict] = []
    for row in filter(None, cells):
        if len(row) != len(columns):
            raise ValueError(
                f"{path}: row {len(rows) + 1} has {len(row)} cells, and there are {len(columns)} "
                "columns"
            )
        pairs = zip(columns, row, strict=True)
        rows.append({name: cell if name in words else _value(cell) for name, cell in pairs})
    return Table(rows, provenance={name: value for name, _, value in about})


def _cell(value: object) -> object:
    if isinstance(value, float):
        return round(value) if 1e4 <= abs(value) < math.inf else f"{value:.4g}"
    return "" if value is None else value


def _value(cell: str) -> object:
    if not cell:
        return None
    for kind in (int, float):
        try:
            return kind(cell)
        except ValueError:
            continue
    return cell
