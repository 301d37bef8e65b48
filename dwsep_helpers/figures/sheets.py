"""Channels as sheets of cells, in a stack that one sees through or each by itself."""

from dataclasses import dataclass

from dwsep_helpers.figures import palette
from dwsep_helpers.figures.picture import draw_box
from dwsep_helpers.figures.types import Axes

SEEN_THROUGH = 0.72  # opacity of a sheet in front of others


@dataclass(frozen=True)
class Sheets:
    """Square sheets, one behind or below the other. Lengths are in inches."""

    count: int
    size: int  # rows, and columns, padding included
    shade: palette.Shade
    cell: float  # a row or column
    back: tuple[float, float]  # from a sheet to the next, to the right and down
    left: float  # the first sheet's corner
    top: float
    padding: int = 0  # rows and columns on each side that are drawn as zeros about the sheet

    def corner(self, sheet: int, row: float = 0, column: float = 0) -> tuple[float, float]:
        """Return where a cell's upper left corner is."""
        return (
            self.left + sheet * self.back[0] + column * self.cell,
            self.top + sheet * self.back[1] + row * self.cell,
        )

    @property
    def side(self) -> float:
        """Inches of a sheet."""
        return self.size * self.cell

    def draw(self, axes: Axes, window: tuple[int, int, int] | None = None) -> None:
        """Draw the sheets, the last first; frame a window (row, column, size) on each.

        Where the sheets are a stack, the windows are joined to a bar that goes through it.
        """
        stacked = self.back[0] > 0
        for sheet in reversed(range(self.count)):
            self._draw_sheet(axes, sheet, SEEN_THROUGH if stacked and self.count > 1 else 1.0)
            if window:
                self._draw_window(axes, sheet, *window)
        if window and stacked and self.count > 1:
            self.join(axes, window)

    def mark(self, axes: Axes, sheet: int, row: int, column: int) -> None:
        """Fill one cell, and frame it."""
        where = self.corner(sheet, row, column)
        look = {"facecolor": self.shade.line, "edgecolor": palette.INK, "lw": 1.6, "zorder": 5}
        draw_box(axes, where, self.cell, self.cell, **look)

    def fill(self, axes: Axes, sheet: int, row: int, column: int) -> None:
        """Fill one cell."""
        where = self.corner(sheet, row, column)
        look = {"facecolor": self.shade.line, "edgecolor": self.shade.line, "lw": 0.4, "alpha": 0.5}
        draw_box(axes, where, self.cell, self.cell, zorder=2, **look)

    def _draw_sheet(self, axes: Axes, sheet: int, opacity: float) -> None:
        from matplotlib.collections import LineCollection

        padding, size = self.padding, self.size - 2 * self.padding
        if padding and (sheet == 0 or not self.back[0]):  # in a stack, one frame says it
            dashed = {"edgecolor": palette.NEUTRAL.line, "lw": 0.6, "ls": (0, (3, 3))}
            draw_box(axes, self.corner(sheet), self.side, self.side, fill=False, zorder=1, **dashed)
        where = self.corner(sheet, padding, padding)
        side = size * self.cell
        look = {"facecolor": self.shade.fill, "alpha": opacity, "lw": 0, "zorder": 1}
        draw_box(axes, where, side, side, **look)
        inner = range(padding + 1, padding + size)
        ends = (padding, padding + size)
        lines = [[self.corner(sheet, row, end) for end in ends] for row in inner]
        lines += [[self.corner(sheet, end, column) for end in ends] for column in inner]
        axes.add_collection(
            LineCollection(lines, colors=self.shade.line, linewidths=0.4, zorder=1), autolim=False
        )
        edge = {"edgecolor": self.shade.line, "lw": 0.9, "zorder": 1}
        draw_box(axes, where, side, side, fill=False, **edge)

    def _draw_window(self, axes: Axes, sheet: int, row: int, column: int, size: int) -> None:
        where, side = self.corner(sheet, row, column), size * self.cell
        shade = palette.KERNEL
        filled = {"facecolor": shade.line, "alpha": 0.45, "lw": 0, "zorder": 1}
        draw_box(axes, where, side, side, **filled)
        draw_box(axes, where, side, side, fill=False, edgecolor=shade.line, lw=2, zorder=1)

    def join(self, axes: Axes, window: tuple[int, int, int]) -> None:
        """Draw the top and the right of the bar, which one sees, from the first sheet to the last.

        Its front is drawn on the first sheet.
        """
        from matplotlib.patches import Polygon

        row, column, size = window
        ends = (0, self.count - 1)
        left, right, bottom = column, column + size, row + size
        shade = palette.KERNEL
        for opacity, edge in (
            (0.35, ((row, left), (row, right))),
            (0.6, ((row, right), (bottom, right))),
        ):
            near, far = ([self.corner(sheet, *place) for place in edge] for sheet in ends)
            face = [*near, *reversed(far)]
            axes.add_patch(Polygon(face, facecolor=shade.line, alpha=opacity, lw=0, zorder=3))
            axes.add_patch(Polygon(face, fill=False, edgecolor=shade.line, lw=1.4, zorder=3))
