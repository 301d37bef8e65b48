"""A profile: one row for each operation, sums, and how they are shown."""

from __future__ import annotations

import html
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields

from dwsep_helpers.cost.value import Cost

Shape = tuple[int, ...]
Table = tuple[list[list[str]], list[bool]]  # lines, a heading first; which columns are numbers


@dataclass(frozen=True)
class Row:
    """One operation of a network, as it ran.

    Attributes
    ----------
    name : str
        Dotted path of the module that ran it; the class's name for the network itself.
    operation : str
        Such as ``"convolution"``, ``"addmm"`` or ``"relu_"``, in torch's words.
    kind : str
        ``"standard"``, ``"depthwise"``, ``"grouped"``, ``"pointwise"`` or ``"transposed"``
        convolution; ``"linear"``, ``"matmul"``, ``"attention"``; ``"norm"``, ``"activation"``,
        ``"pooling"``, ``"elementwise"``, ``"embedding"``, ``"copy"``; ``"other"`` for what may
        hold multiplications that aren't counted.
    input_shape, weight_shape, output_shape : tuple of int
        Of the first input, the first weight (empty if there is none) and the first output.
    macs, params, input_elements, weight_elements, output_elements : int
        As for :class:`Cost`. Parameters count in the first row that uses them.
    """

    name: str
    operation: str
    kind: str
    input_shape: Shape
    weight_shape: Shape
    output_shape: Shape
    macs: int
    params: int
    input_elements: int
    weight_elements: int
    output_elements: int

    @property
    def cost(self) -> Cost:
        """The row's five counts."""
        return Cost(**{count.name: getattr(self, count.name) for count in fields(Cost)})

    @property
    def elements(self) -> int:
        """Numbers moved: inputs and weights read, outputs written."""
        return self.cost.elements


# Heading, what stands in it, whether it is a number.
_COLUMNS: tuple[tuple[str, Callable[[Row], str], bool], ...] = (
    ("name", lambda row: row.name, False),
    ("operation", lambda row: row.operation, False),
    ("kind", lambda row: row.kind, False),
    ("input", lambda row: _by(row.input_shape), False),
    ("weight", lambda row: _by(row.weight_shape), False),
    ("output", lambda row: _by(row.output_shape), False),
    ("MACs", lambda row: f"{row.macs:,}", True),
    ("parameters", lambda row: f"{row.params:,}", True),
    ("elements moved", lambda row: f"{row.elements:,}", True),
)
_SUMS = ("kind", "MACs", "", "parameters", "", "elements moved", "")


@dataclass(frozen=True, repr=False)
class Profile:
    """What a network's operations cost, in the order in which they ran.

    Shows itself as a table in a notebook; ``print`` gives it as text.

    Attributes
    ----------
    title : str
        The network's class and its input.
    rows : list of Row
    unused_params : int
        Parameters of the network that no operation used.
    """

    title: str
    rows: list[Row]
    unused_params: int = 0

    @property
    def total(self) -> Cost:
        """The sum of all rows."""
        return _sum(self.rows)

    @property
    def by_kind(self) -> dict[str, Cost]:
        """The sum of each kind of row, in the order in which the kinds first ran."""
        kinds = dict.fromkeys(row.kind for row in self.rows)
        return {kind: _sum([row for row in self.rows if row.kind == kind]) for kind in kinds}

    def shares(self, quantity: str = "macs") -> dict[str, float]:
        """Return each kind's part of the total.

        Parameters
        ----------
        quantity : str
            An attribute of :class:`Cost`: ``"macs"``, ``"params"``, ``"elements"``, …

        Returns
        -------
        dict of str to float
            Between 0 and 1; all 0 where the total is.

        Raises
        ------
        ValueError
            If a cost has no such quantity.
        """
        known = dict.fromkeys(("macs", "params", "elements", *Cost.__dataclass_fields__))
        if quantity not in known:
            raise ValueError(f"quantity is {quantity!r}, and a cost has {', '.join(known)}")
        total = getattr(self.total, quantity) or 1
        return {kind: getattr(cost, quantity) / total for kind, cost in self.by_kind.items()}

    @property
    def not_counted(self) -> dict[str, int]:
        """Operations that may multiply and aren't counted, and how often they ran."""
        return dict(Counter(row.operation for row in self.rows if row.kind == "other"))

    @property
    def notes(self) -> list[str]:
        """What the numbers leave out, if anything."""
        found = []
        if self.not_counted:
            listed = ", ".join(
                f"{name} ({count} time{'s' if count > 1 else ''})"
                for name, count in self.not_counted.items()
            )
            found.append(f"Not counted, though they may multiply: {listed}.")
        if self.unused_params:
            found.append(f"Parameters that no operation used: {self.unused_params:,}.")
        return found

    def __str__(self) -> str:
        rows, sums = (_aligned(*table) for table in self._tables())
        return "\n".join([self.title, "", *rows, "", *sums, "", str(self.total), *self.notes])

    def __repr__(self) -> str:
        return str(self)

    def _repr_html_(self) -> str:
        rows, sums = (_html(*table) for table in self._tables())
        lines = "".join(f"<p>{html.escape(line)}</p>" for line in (str(self.total), *self.notes))
        return (
            f"<p><b>{html.escape(self.title)}</b></p>{sums}{lines}"
            f"<details><summary>{len(self.rows)} operations</summary>{rows}</details>"
        )

    def _tables(self) -> tuple[Table, Table]:
        """Return the operations and the sums."""
        rows = [[show(row) for _, show, _ in _COLUMNS] for row in self.rows]
        return (
            ([[name for name, _, _ in _COLUMNS], *rows], [number for _, _, number in _COLUMNS]),
            ([list(_SUMS), *self._sums()], [False] + 6 * [True]),
        )

    def _sums(self) -> list[list[str]]:
        """Return a line for each kind, and one for the total: numbers and shares."""
        quantities = ("macs", "params", "elements")
        parts = {quantity: self.shares(quantity) for quantity in quantities}
        lines = []
        for kind, cost in {**self.by_kind, "total": self.total}.items():
            line = [kind]
            for quantity in quantities:
                line.append(f"{getattr(cost, quantity):,}")
                line.append("" if kind == "total" else f"{100 * parts[quantity][kind]:.2f} %")
            lines.append(line)
        return lines


def _sum(rows: Sequence[Row]) -> Cost:
    return sum((row.cost for row in rows), Cost())


def _by(shape: Shape) -> str:
    return "×".join(map(str, shape))


def _html(table: list[list[str]], numbers: list[bool]) -> str:
    """Return a table of HTML, numbers to the right."""
    sides = ["right" if number else "left" for number in numbers]

    def line(cells: Sequence[str], tag: str) -> str:
        return "".join(
            f'<{tag} style="text-align: {side}">{html.escape(cell)}</{tag}>'
            for cell, side in zip(cells, sides, strict=True)
        )

    body = "".join(f"<tr>{line(row, 'td')}</tr>" for row in table[1:])
    return f"<table><thead><tr>{line(table[0], 'th')}</tr></thead><tbody>{body}</tbody></table>"


def _aligned(table: list[list[str]], numbers: list[bool]) -> list[str]:
    """Return lines of text in which columns are aligned, numbers to the right."""
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    return [
        "  ".join(
            cell.rjust(width) if number else cell.ljust(width)
            for cell, width, number in zip(line, widths, numbers, strict=True)
        ).rstrip()
        for line in table
    ]
