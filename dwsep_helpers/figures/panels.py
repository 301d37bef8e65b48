"""Pictures that are rows of panels: numbers, maps and photographs, with signs between them.

A figure says what it shows, row by row, and `lay` finds a place for everything:

    lay([[Panel(image, palette.INPUT, name="image"), "∗",
          Panel(kernel, palette.KERNEL, name="kernel"), "=",
          Panel(made, tone_of(made, kernel), name="map", scale=True)]])
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import zip_longest
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from dwsep_helpers.figures import palette
from dwsep_helpers.figures.arrays import as_array
from dwsep_helpers.figures.charts import text_width
from dwsep_helpers.figures.grids import draw_grid, fitting, number_text
from dwsep_helpers.figures.picture import draw_box, draw_sign, new_canvas
from dwsep_helpers.figures.tones import BAR, Tone, draw_image, draw_scale
from dwsep_helpers.figures.types import Axes, Figure

PANEL = 1.8  # inches across a photograph
CELL = 0.36  # inches across a number
GAP, DOWN = 0.3, 0.15  # inches from a part to the next, across and down
CLOSE = 0.08  # inches to a sign
LINE, AWAY = 0.19, 0.07  # inches of a line of words, and from values to it
MARGIN = 0.15
SMALLEST = 7.0  # points of numbers on shades, if they are to be read
FEW_SHADES = 21  # where seven panels share a picture, and a small file
CHANNEL_NAMES = ("red", "green", "blue")
TITLE: dict[str, Any] = {"fontsize": 11, "weight": "bold", "va": "bottom"}
NAME: dict[str, Any] = {"fontsize": 10, "va": "bottom"}
BELOW: dict[str, Any] = {"fontsize": 9.5, "va": "top"}

Look = palette.Shade | Tone | None
Room = tuple[float, float, float]  # inches across, and up and down from a middle


@dataclass(frozen=True, eq=False)
class Panel:
    """Values and what is written about them, or words alone."""

    # (H, W), or a photograph's colours (H, W, 3)
    values: np.ndarray = field(default_factory=lambda: np.zeros((0, 0)))
    look: Look = None  # a shade: cells with numbers or, if they are true, dots; a tone: a map
    cell: float | None = None  # inches across a value
    title: str = ""  # above, bold
    name: str = ""  # above
    below: str = ""
    scale: bool = False  # whether to draw below which shade is which value
    frame: str | None = None  # a colour
    marked: Sequence[Sequence[int]] = ()  # rows and columns of framed values, the first boldly
    heads: str = ""  # a letter for each row and column
    numbers: bool = False  # whether to write a map's values as well

    @property
    def side(self) -> float:
        """Inches across a value."""
        if self.cell is not None or not self.values.size:
            return self.cell or 0.0
        if isinstance(self.look, palette.Shade):
            return min(CELL, PANEL / max(self.values.shape))
        return PANEL / self.values.shape[1]

    @property
    def half(self) -> tuple[float, float]:
        """Inches of the values from their middle, across and down."""
        return self.values.shape[1] * self.side / 2, self.values.shape[0] * self.side / 2

    @cached_property
    def bar(self) -> float:
        """Inches across the scale; a map of one value has none."""
        if not (self.scale and isinstance(self.look, Tone) and self.look.low < self.look.high):
            return 0.0
        longest = text_width(self.look.labels().values(), fontsize=9)
        return max(2 * self.half[0] or PANEL, 2 * longest + 0.25)

    @cached_property
    def words(self) -> tuple[float, float]:
        """Inches of what is written above and below the values."""
        above = sum(map(_inches, (self.title, self.name, self.heads)))
        below = _inches(self.below) + (BAR + LINE) * bool(self.bar)
        return above + AWAY * bool(above), below + AWAY * bool(below)

    @cached_property
    def room(self) -> Room:
        """Inches that it takes across, and up and down from its middle."""
        across, down = self.half
        widths = text_width([self.title], **TITLE), text_width([self.name, self.below], **NAME)
        above, below = self.words if self.values.size else (sum(self.words) / 2,) * 2
        beside = LINE * bool(self.heads)
        return max(2 * (across + beside), *widths, self.bar), down + above, down + below

    def draw(self, axes: Axes, x: float, y: float) -> None:
        """Draw it with its middle there."""
        if not self.values.size:
            above, below = self.words
            y += (above - below + AWAY * (bool(above) - bool(below))) / 2
        across, down = self.half
        left, top, bottom = x - across, y - down, y + down + AWAY
        edge = top - AWAY - _inches(self.heads)
        _write(axes, x, edge - _inches(self.name), self.title, **TITLE)
        _write(axes, x, edge, self.name, **NAME)
        for middle, letter in zip(self.side * (np.arange(9) + 0.5), self.heads, strict=False):
            _write(axes, left + middle, top - LINE / 2, letter, fontsize=9.5)
            _write(axes, left - LINE / 2, top + middle, letter, fontsize=9.5)
        if self.values.size:
            self._draw_values(axes, left, top)
        for number, (row, column) in enumerate(self.marked):
            side = max(self.side, 0.12)  # a pixel's frame can be seen
            apart = (self.side - side) / 2
            corner = left + column * self.side + apart, top + row * self.side + apart
            look = {"lw": 1.2, "ls": "--", "zorder": 4} if number else {"lw": 3.0, "zorder": 5}
            draw_box(axes, corner, side, side, fill=False, ec=palette.EMPHASIS, **look)
        _write(axes, x, bottom, self.below, **BELOW)
        if self.bar and isinstance(self.look, Tone):
            corner = x - self.bar / 2, bottom + _inches(self.below)
            draw_scale(axes, self.look, corner, self.bar)

    def _draw_values(self, axes: Axes, left: float, top: float) -> None:
        corner, look = (left, top), self.look
        if not isinstance(look, palette.Shade):
            shades = {} if look is None else look.shown()
            draw_image(axes, self.values, corner, self.side, self.frame, **shades)
            written = np.full(self.values.shape, self.numbers and self._points >= SMALLEST)
        elif self.values.dtype == bool:
            return _draw_dots(axes, self.values, corner, self.side, look)
        else:
            draw_grid(axes, self.values, corner, look, cell=self.side)
            written = np.isnan(self.values)  # which would be left empty
        for row, column, *_ in np.argwhere(written):
            number = self.values[row, column]
            light = isinstance(look, Tone) and number < 0  # on dark blue
            x, y = left + (column + 0.5) * self.side, top + (row + 0.5) * self.side
            ink = palette.PAPER if light else palette.INK
            _write(axes, x, y, number_text(number), fontsize=self._points, color=ink)

    @cached_property
    def _points(self) -> float:
        """The size in which the longest number fits into a cell."""
        return fitting(self.values, self.side)


# A string of one letter is a sign, a longer one is words.
Part: TypeAlias = "Panel | Grid | str | None"


@dataclass(frozen=True, eq=False)
class Grid:
    """Rows of parts, their middles in line across and down; an empty row is a line."""

    rows: Sequence[Sequence[Part]]
    gap: float = GAP
    down: float = DOWN
    middle: int = 0  # which row's middle is that of the grid

    @cached_property
    def places(self) -> tuple[np.ndarray, np.ndarray, float, float]:
        """Where the middles of columns and rows are, and how far all of them reach."""
        rooms = [[_room(part) for part in row] for row in self.rows]
        columns = zip_longest(*rooms, fillvalue=(0.0, 0.0, 0.0))
        across = np.array([max(room[0] for room in column) for column in columns])
        _, up, down = np.array([np.max([(0.0, 0.0, 0.0), *row], axis=0) for row in rooms]).T
        rights = np.cumsum(across + self.gap) - self.gap
        bottoms = np.cumsum(up + down + self.down) - self.down
        return rights - across / 2, bottoms - down, rights[-1], bottoms[-1]

    @property
    def room(self) -> Room:
        """Inches that it takes across, and up and down from its middle."""
        _, rows, right, bottom = self.places
        return right, rows[self.middle], bottom - rows[self.middle]

    def draw(self, axes: Axes, x: float, y: float) -> None:
        """Draw it with its middle there."""
        columns, rows, across, _ = self.places
        left, top = x - across / 2, y - rows[self.middle]
        for row, parts in zip(top + rows, self.rows, strict=True):
            if not parts:
                axes.plot([left, left + across], [row] * 2, color=palette.NEUTRAL.line, lw=0.5)
            for column, part in zip(left + columns, parts, strict=False):
                if isinstance(part, str):
                    draw_sign(axes, column, row, part, _size(part))
                elif part is not None:
                    part.draw(axes, column, row)


def lay(rows: Sequence[Sequence[Part]], gap: float = GAP, down: float = DOWN) -> Figure:
    """Draw rows of parts, as a `Grid` does, on a canvas that has room for them."""
    grid = Grid(rows, gap, down)
    across, up, below = grid.room
    size = (round(inches + 2 * MARGIN, 2) for inches in (across, up + below))  # whole pixels
    figure, axes = new_canvas(*size)
    grid.draw(axes, MARGIN + across / 2, MARGIN + up)
    return figure


def arrow(words: str, sign: str = "⟶") -> Grid:
    """Return a long arrow with words above."""
    return Grid([[words], [sign]], down=0, middle=1)


def channels(image: np.ndarray, across: float = PANEL) -> list[Panel]:
    """Return a panel for each channel of a photograph (3, H, W)."""
    grey, cell = Tone("gray", 0, 1, FEW_SHADES), across / image.shape[2]
    return [
        Panel(image[number], grey, cell, name=f"image[{number}], {name}", frame=shade.line)
        for number, (name, shade) in enumerate(zip(CHANNEL_NAMES, palette.CHANNELS, strict=True))
    ]


def three_channels(values: ArrayLike, name: str, axes: int = 3) -> np.ndarray:
    """Refuse what has not three channels."""
    array = as_array(values, name)
    if array.ndim != axes or len(array) != 3 or 0 in array.shape:
        raise ValueError(f"{name} has shape {array.shape}, and three channels are drawn (axis 0)")
    return array


def ranges(maps: Mapping[str, np.ndarray]) -> str:
    """Say in words what range each map has."""
    return " ".join(
        f"{name}: values from {number_text(values.min())} to {number_text(values.max())}."
        for name, values in maps.items()
    )


def by(shape: Sequence[int]) -> str:
    """Write a shape as people say it: 3×120×180."""
    return "×".join(map(str, shape))


def _inches(words: str) -> float:
    """Return how far lines of words reach down."""
    return LINE * (1 + words.count("\n")) if words else 0.0


def _size(words: str) -> float:
    return 15 if len(words) == 1 else 10


def _room(part: Part) -> Room:
    if part is None:
        return 0.0, 0.0, 0.0
    if not isinstance(part, str):
        return part.room
    half = _inches(part) * _size(part) / 20
    return text_width([part], fontsize=_size(part)), half, half


def _write(axes: Axes, x: float, y: float, words: str, **how: Any) -> None:
    if words:
        axes.text(x, y, words, **{"ha": "center", "va": "center", **how})


def _draw_dots(
    axes: Axes, marked: np.ndarray, corner: tuple[float, float], cell: float, shade: palette.Shade
) -> None:
    """Draw cells, those that are marked dark and with a dot."""
    from matplotlib.colors import ListedColormap

    colours = ListedColormap([shade.fill, shade.line])
    draw_image(axes, marked, corner, cell, None, cmap=colours, vmin=0, vmax=1)
    xs, ys = (corner[n] + cell * np.arange(marked.shape[1 - n] + 1) for n in (0, 1))
    axes.plot(xs[[0, -1]], [ys, ys], color=shade.line, lw=0.6)
    axes.plot([xs, xs], ys[[0, -1]], color=shade.line, lw=0.6)
    rows, columns = np.nonzero(marked)
    size = min(72 * cell * 0.3, 6) ** 2
    axes.scatter(xs[columns] + cell / 2, ys[rows] + cell / 2, s=size, color="w", lw=0, zorder=3)
