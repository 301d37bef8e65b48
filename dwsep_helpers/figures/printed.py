"""What papers print beside what comes out when it is computed."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from typing import Any

from dwsep_helpers.figures import palette
from dwsep_helpers.figures.attempts import call, once_written
from dwsep_helpers.figures.charts import MARGIN, text_width
from dwsep_helpers.figures.picture import Picture, draw_box, new_canvas, picture
from dwsep_helpers.figures.types import Axes, Figure
from dwsep_helpers.kernels.shapes import mapping

PER_ROW = 4  # printed numbers
ACROSS, DOWN, PITCH = 1.25, 0.36, 0.62  # inches: a number's box, and from row to row
GAP = 0.12  # between boxes

# A printed number: its line in the table, what is printed, what is computed, whether it holds.
Number = tuple[str, str, str, bool]


@once_written
def printed_numbers(
    tables: Mapping[str, tuple[Mapping[Any, Sequence[str]], Callable[[Any], float]]],
    agrees: Callable[[str, float], bool],
    *,
    column: int = 0,
    unit: str = "",
    exercise: str = "4.7",
) -> Picture:
    """Draw tables' printed numbers, and what is computed below those that don't hold.

    Parameters
    ----------
    tables : mapping of str to (table, function)
        By its name: what a table prints, line by line, and what computes a line from its key.
    agrees : callable
        ``agrees(printed, exact)``, whether the two are the same number; the learner's.
    column : int
        Which of a line's printed numbers.
    unit : str
        Of what the numbers are, such as "million MACs".
    exercise : str, to write first if a function isn't written yet

    Raises
    ------
    TypeError
        If ``tables`` is no mapping.
    ValueError
        If there is no table.

    Examples
    --------
    >>> near = lambda printed, exact: abs(float(printed) - exact) < 0.01
    >>> printed_numbers({"Table 1": ({3: ("0.33",), 4: ("0.26",)}, lambda n: 1 / n)}, near).alt
    'Printed numbers. Table 1: 1 of 2 hold; not 4: printed 0.26, computed 0.250.'
    """
    mapping("tables", tables)
    if not tables:
        raise ValueError("tables is empty, and one at least is drawn")
    held = {
        name: [_held(key, line[column], compute, agrees) for key, line in table.items()]
        for name, (table, compute) in tables.items()
    }
    title = f"Printed numbers{', ' * bool(unit)}{unit}."
    return picture(f"{title} {' '.join(map(_said, held, held.values()))}", _draw, held, unit)


def _held(
    key: Hashable,
    text: str,
    compute: Callable[[Any], float],
    agrees: Callable[[str, float], bool],
) -> Number:
    exact = call(compute, key)
    digits = len(text.partition(".")[2]) + 1  # one more than was printed
    line = ", ".join(map(str, key)) if isinstance(key, tuple) else str(key)
    return line, text, f"{exact:,.{digits}f}", bool(call(agrees, text, exact))


def _said(name: str, numbers: Sequence[Number]) -> str:
    slips = [(line, text, exact) for line, text, exact, holds in numbers if not holds]
    off = [f"{line}: printed {text}, computed {exact}" for line, text, exact in slips]
    more = f"; not {'; '.join(off)}" if off else ""
    return f"{name}: {len(numbers) - len(off)} of {len(numbers)} hold{more}."


def _draw(held: Mapping[str, Sequence[Number]], unit: str = "") -> Figure:
    start = MARGIN + text_width(held) + 0.2
    rows = [
        (name if first == 0 else "", numbers[first : first + PER_ROW])
        for name, numbers in held.items()
        for first in range(0, len(numbers), PER_ROW)
    ]
    figure, axes = new_canvas(
        start + PER_ROW * (ACROSS + GAP) - GAP + MARGIN, PITCH * len(rows) + 0.45
    )
    words = "the table's line, and what it prints; if that doesn't hold, what is computed"
    words += f" ({unit})" if unit else ""
    axes.text(MARGIN, 0.28, words, va="bottom", fontsize=9)
    for row, (name, numbers) in enumerate(rows):
        top = 0.55 + row * PITCH
        axes.text(start - 0.15, top + DOWN / 2, name, ha="right", va="center", fontsize=10)
        for place, number in enumerate(numbers):
            _draw_number(axes, number, (start + place * (ACROSS + GAP), top))
    return figure


def _draw_number(axes: Axes, number: Number, corner: tuple[float, float]) -> None:
    line, text, exact, holds = number
    left, top = corner
    look: dict[str, Any] = {"fc": palette.OUTPUT.fill, "ec": palette.OUTPUT.line, "lw": 0.8}
    if not holds:
        look = {"fc": palette.PAPER, "ec": palette.EMPHASIS, "lw": 2}
    draw_box(axes, corner, ACROSS, DOWN, **look)
    axes.text(left + 0.02, top - 0.02, line, va="bottom", fontsize=9, color="#555555")
    if holds:
        axes.text(left + ACROSS / 2, top + DOWN / 2, text, ha="center", va="center", fontsize=10)
        return
    middle = top + DOWN / 2
    axes.text(left + 0.06, middle, text, va="center", fontsize=10, color=palette.EMPHASIS)
    said: dict[str, Any] = {"ha": "right", "va": "center", "fontsize": 9, "weight": "bold"}
    axes.text(left + ACROSS - 0.05, middle, f"✗ {exact}", **said)
