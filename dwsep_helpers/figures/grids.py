"""Grids of numbers: which of them meet when a kernel slides."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise
from operator import index

import numpy as np
from numpy.typing import ArrayLike

from dwsep_helpers.figures import palette
from dwsep_helpers.figures.arrays import as_floats
from dwsep_helpers.figures.charts import text_width
from dwsep_helpers.figures.picture import (
    Picture,
    draw_box,
    draw_sign,
    new_figure,
    picture,
)
from dwsep_helpers.figures.types import Axes, Figure

CELL = 0.44  # inches
GAP = 1.6  # cells between two grids
LONGEST = 1e7  # of numbers that are written in full
LARGEST = 12  # cells along an axis: more can't be read


def sliding_window(
    image: ArrayLike,
    kernel: ArrayLike,
    stride: int = 1,
    padding: int = 0,
    position: tuple[int, int] = (0, 0),
) -> Picture:
    """Draw which numbers meet at one position of a sliding kernel, and what they add up to.

    Parameters
    ----------
    image : array_like, shape (H, W)
    kernel : array_like, shape (K_h, K_w)
    stride, padding : int
        Along both axes.
    position : pair of int
        Row and column of the output value; the values before it, in reading order, are shown.

    Raises
    ------
    ValueError
        If the arrays aren't small planes, the kernel does not fit, or the output has no such
        position.

    Examples
    --------
    >>> sliding_window([[1, 2], [3, 4]], [[5]], position=(1, 0)).alt[-9:]
    '3·5 = 15.'
    """
    slide = _Slide(image, kernel, stride, padding)
    slide.check(position)
    return picture(slide.alt(position), slide.draw, position)


def draw_grid(
    axes: Axes,
    numbers: np.ndarray,
    corner: tuple[float, float],
    shade: palette.Shade,
    title: str = "",
    cell: float = 1.0,
    inches: float = 1.0,
) -> None:
    """Draw a plane of numbers (H, W) as cells with text, and a title above; NaN is left empty.

    The axes' y points down, the corner is the upper left one, and ``cell`` is in the axes' units,
    of which each is so many ``inches``.
    """
    fontsize = fitting(numbers, cell * inches)
    left, top = corner
    for (row, column), number in np.ndenumerate(numbers):
        x, y = left + column * cell, top + row * cell
        empty = np.isnan(number)
        fill = palette.PAPER if empty else shade.fill
        draw_box(axes, (x, y), cell, cell, fc=fill, ec=shade.line, lw=0.8)
        if not empty:
            words = number_text(number)
            x, y = x + cell / 2, y + cell / 2
            axes.text(x, y, words, ha="center", va="center", fontsize=fontsize)
    if title:
        middle = left + numbers.shape[1] * cell / 2
        axes.text(middle, top - 0.3, title, ha="center", va="bottom", fontsize=11)


def draw_padded(
    axes: Axes,
    plane: np.ndarray,
    padding: int,
    corner: tuple[float, float],
    title: str,
    inches: float,
) -> None:
    """Draw a plane of an input in its zeros."""
    zeros = np.pad(np.full(plane.shape, np.nan), padding)
    draw_grid(axes, zeros, corner, palette.NEUTRAL, title, inches=inches)
    inside = (corner[0] + padding, corner[1] + padding)
    draw_grid(axes, plane, inside, palette.INPUT, inches=inches)


def number_text(number: float) -> str:
    """Return a number with three digits, and with all of a whole part, with a real minus sign."""
    number = float(number)
    whole = 999.5 <= abs(number) < LONGEST
    return (f"{number:,.0f}" if whole else f"{number:.3g}").replace("-", "−")


def sum_written(numbers: Iterable[float], weights: Iterable[float], value: float) -> str:
    """Write a sum of products and its value; "≈" where what is written is rounded."""
    pairs = [*zip(numbers, weights, strict=True)]
    terms = " + ".join(f"{_in_brackets(a)}·{_in_brackets(b)}" for a, b in pairs)
    exact = all(map(_is_exact, (value, *(number for pair in pairs for number in pair))))
    return f"{terms} {'=' if exact else '≈'} {number_text(value)}"


def fitting(numbers: np.ndarray, side: float) -> float:
    """Return the points, at most 11, in which the longest number fits into cells of some inches."""
    return min(11, 8.4 * side / text_width({number_text(number) for number in numbers.flat}))


class _Slide:
    """A kernel that slides over a padded image."""

    def __init__(self, image: ArrayLike, kernel: ArrayLike, stride: int, padding: int):
        self.image, self.kernel = as_floats(image, "image"), as_floats(kernel, "kernel")
        for name, plane in (("image", self.image), ("kernel", self.kernel)):
            if plane.ndim != 2 or 0 in plane.shape:
                raise ValueError(f"{name} has shape {plane.shape}, and a plane of numbers is drawn")
        self.stride, self.padding = stride, padding
        self.padded = np.pad(self.image, padding)
        if max(self.padded.shape) > LARGEST:
            raise ValueError(
                f"image with padding has shape {self.padded.shape}, "
                f"and at most {LARGEST} cells along an axis can be read"
            )
        from dwsep_helpers.kernels import conv2d

        self.output = conv2d(
            self.image[None, None], self.kernel[None, None], stride=stride, padding=padding
        )[0, 0]

    def check(self, position: tuple[int, int]) -> None:
        """Refuse a position that the output doesn't have."""
        try:
            inside = all(
                0 <= index(p) < n for p, n in zip(position, self.output.shape, strict=True)
            )
        except (TypeError, ValueError):
            inside = False
        if not inside:
            raise ValueError(
                f"position is {position}, and the output has shape {self.output.shape}"
            )

    def window(self, position: tuple[int, int]) -> np.ndarray:
        """Return the numbers under the kernel."""
        top, left = (self.stride * p for p in position)
        return self.padded[top : top + self.kernel.shape[0], left : left + self.kernel.shape[1]]

    def products(self, position: tuple[int, int]) -> str:
        """Write the sum of products out."""
        return sum_written(self.window(position).flat, self.kernel.flat, self.output[position])

    def alt(self, position: tuple[int, int]) -> str:
        """Say what the picture shows."""
        rows, columns = self.kernel.shape
        return (
            f"A {rows}×{columns} kernel on an image of {self.image.shape[0]}×{self.image.shape[1]} "
            f"numbers. Output row {position[0]}, column {position[1]}: {self.products(position)}."
        )

    def draw(self, position: tuple[int, int]) -> Figure:
        """Draw the padded image with its window, the kernel, and the output so far."""
        grids = (self.padded, self.kernel, self.output)
        width = sum(grid.shape[1] for grid in grids) + 2 * GAP + 1
        height = max(grid.shape[0] for grid in grids)
        figure = new_figure(max(width, 12) * CELL, (height + 3.2) * CELL)
        axes = figure.add_axes((0, 0, 1, 1))
        axes.set(xlim=(-0.5, max(width, 12) - 0.5), ylim=(height + 1.9, -1.3))
        axes.axis("off")
        lefts = [0.0]
        for grid in grids[:-1]:
            lefts.append(lefts[-1] + grid.shape[1] + GAP)

        name = "image" if not self.padding else f"image, padding {self.padding}"
        draw_padded(axes, self.image, self.padding, (0, 0), name, CELL)
        draw_grid(axes, self.kernel, (lefts[1], 0), palette.KERNEL, "kernel", inches=CELL)
        order = np.arange(self.output.size).reshape(self.output.shape)  # in which one reads
        done = np.where(order <= order[position], self.output, np.nan)
        draw_grid(axes, done, (lefts[2], 0), palette.OUTPUT, "output", inches=CELL)
        draw_sign(axes, lefts[1] - GAP / 2, 1, "∗")
        draw_sign(axes, lefts[2] - GAP / 2, 1, "=")

        top, left = (self.stride * p for p in position)
        rows, columns = self.kernel.shape
        frames = (
            ((left, top), columns, rows, palette.KERNEL.line),
            ((lefts[2] + position[1], position[0]), 1, 1, palette.OUTPUT.line),
        )
        for corner, across, down, colour in frames:
            draw_box(axes, corner, across, down, fill=False, edgecolor=colour, lw=3, zorder=4)
        words, fontsize = _fitted(self.products(position), figure.get_figwidth() - CELL)
        axes.text(0, height + 0.9, words, va="center", fontsize=fontsize)
        return figure


def _fitted(terms: str, width: float) -> tuple[str, float]:
    """Break a sum into lines, and choose the largest font in which they are no wider."""
    *parts, last = terms.split(" + ")
    parts = [f"{part} + " for part in parts] + [last]
    best = ("", 0.0)
    for count in range(1, min(3, len(parts)) + 1):
        ends = [round(len(parts) * line / count) for line in range(count + 1)]
        lines = ["".join(parts[a:b]) for a, b in pairwise(ends)]
        fontsize = min(12 if count == 1 else 10, 10 * width / text_width(lines))
        if fontsize > best[1]:
            best = ("\n".join(lines), fontsize)
        if fontsize >= 9:
            break
    return best


def _is_exact(number: float) -> bool:
    """Whether a number is what is written of it."""
    return np.isnan(number) or float(
        number_text(number).replace("−", "-").replace(",", "")
    ) == float(number)


def _in_brackets(number: float) -> str:
    return f"({number_text(number)})" if number < 0 else number_text(number)
