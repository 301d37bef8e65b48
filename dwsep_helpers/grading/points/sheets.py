"""A platform's table, of which cells are filled in and nothing else changes, not even a quote."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from pathlib import Path

from dwsep_helpers.grading.people.tables import content_of

_MARK = "\ufeff"
_DECIMAL_COMMA = re.compile(r"-?\d+,\d+")


@dataclass
class Sheet:
    """A CSV file, cell by cell as it stands there.

    Attributes
    ----------
    path : Path
    encoding : str
    delimiter : str
    rows : list of list of str
        Cells with their quotes.
    ends : list of str
        Of the lines.
    """

    path: Path
    encoding: str
    delimiter: str
    rows: list[list[str]]
    ends: list[str]

    @classmethod
    def read(cls, path: Path) -> Sheet:
        """Read one, in whatever encoding it is.

        Raises
        ------
        WrongCall
            If it can't be read, or is no text.
        """
        encoding, text = _decoded(content_of(path))
        header = text.split("\n", 1)[0]
        delimiter = max(",;\t", key=header.count)
        sheet = cls(path, encoding, delimiter, [], [])
        cell = re.compile(
            rf'({_MARK}?(?:"(?:[^"]|"")*"[^{delimiter}\r\n]*|[^{delimiter}\r\n]*))'
            rf"({delimiter}|\r\n|\r|\n|$)"
        )
        row: list[str] = []
        for found in cell.finditer(text):
            if found.start() == len(text) and not row:  # nothing stands after the last line's end
                break
            row.append(found[1])
            if found[2] != delimiter:
                sheet.rows.append(row)
                sheet.ends.append(found[2])
                row = []
        return sheet

    def text(self, row: int, column: int) -> str:
        """Return what a cell says; nothing where the line is too short."""
        cells = self.rows[row]
        cell = cells[column].removeprefix(_MARK) if 0 <= column < len(cells) else ""
        return cell[1:-1].replace('""', '"') if re.fullmatch(r'"(?s:.*)"', cell) else cell

    @property
    def header(self) -> list[str]:
        """What the first line says."""
        return [
            self.text(0, column).strip() for column in range(len(self.rows[0] if self.rows else ()))
        ]

    def fill(self, row: int, column: int, text: str) -> None:
        """Write into a cell."""
        cells = self.rows[row]
        cells += [""] * (column + 1 - len(cells))
        special = any(one in text for one in (self.delimiter, '"', "\r", "\n"))
        cells[column] = '"{}"'.format(text.replace('"', '""')) if special else text

    def comma(self, *columns: int) -> bool:
        """Tell whether numbers in these columns have a decimal comma."""
        cells = (self.text(row, column) for row in range(1, len(self.rows)) for column in columns)
        return any(_DECIMAL_COMMA.fullmatch(cell.strip()) for cell in cells)

    def write_beside(self) -> Path:
        """Write it into a new file beside the one that was read; return where that is."""
        path = self.path.with_name(f"{self.path.stem}-with-points{self.path.suffix}")
        lines = map(self.delimiter.join, self.rows)
        text = "".join(line + end for line, end in zip(lines, self.ends, strict=True))
        path.write_bytes(text.encode(self.encoding, errors="surrogateescape"))
        return path


def _decoded(content: bytes) -> tuple[str, str]:
    """Return the encoding, and the text with its mark."""
    for mark, encoding in (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"):
        if content.startswith(mark):
            return encoding, content.decode(encoding, errors="replace")
    try:
        return "utf-8", content.decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252", content.decode("cp1252", errors="surrogateescape")


def number(text: str) -> float | None:
    """Return the number that a cell has, with either decimal sign.

    Examples
    --------
    >>> number("100,00"), number(" 7.5 "), number("(read only)")
    (100.0, 7.5, None)
    """
    try:
        return float(text.strip().replace(",", "."))
    except ValueError:
        return None
