"""What is alike and what is not: two results, and a kernel before and after its flip."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import ArrayLike

from dwsep_helpers.figures import palette
from dwsep_helpers.figures.charts import text_width
from dwsep_helpers.figures.grids import draw_grid, number_text
from dwsep_helpers.figures.picture import Picture, new_canvas, picture, style

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

TITLES = ("expected", "yours", "difference")
MOST_NUMBERS = 8  # along an axis: larger planes are drawn as images
CELL = 0.36  # inches across a number
PLANE = 2.4  # inches across an image
GAP, MARGIN = 0.4, 0.2
TOLERANCE = 1e-5  # of the largest expected value: float32 sums in another order pass


def compare(expected: ArrayLike, got: ArrayLike, titles: tuple[str, str, str] = TITLES) -> Picture:
    """Draw what was expected, what came out and the difference, the first wrong value marked.

    Parameters
    ----------
    expected, got : array_like, shape (H, W)
        Up to 8×8 as numbers, larger ones as images.
    titles : three str
        Written above the planes.

    Returns
    -------
    Picture
        Without a difference if the shapes differ.

    Raises
    ------
    ValueError
        If there is no plane of numbers to draw.

    Examples
    --------
    >>> compare([[1, 2]], [[1, 5]]).alt
    '1 of 2 values differs, at row 0, column 1: expected 2, yours 5.'
    """
    planes = [_as_plane(expected, "expected"), _as_plane(got, "got")]
    if len(titles) != 3:
        raise ValueError(
            f"titles has {len(titles)}, and expected, got and difference have one each"
        )
    wrong = _wrong(*planes)
    words = _verdict(*planes, wrong, titles)
    with style():
        return picture(_draw_comparison(planes, wrong, titles, words), words)


def flip(kernel: ArrayLike) -> Picture:
    """Draw a kernel, then top and bottom swapped, then left and right as well.

    Parameters
    ----------
    kernel : array_like, shape (K_h, K_w)
        At most 8×8. Its first number is framed, so that the eye can follow it.

    Returns
    -------
    Picture

    Raises
    ------
    ValueError
        If it is no such plane of numbers.

    Examples
    --------
    >>> flip([[1, 2], [3, 4]]).alt[-39:]
    'then left and right as well: 4 3 / 2 1.'
    """
    kernel = _as_plane(kernel, "kernel")
    if max(kernel.shape) > MOST_NUMBERS:
        raise ValueError(f"kernel has shape {kernel.shape}, and at most 8×8 numbers can be read")
    steps = [kernel, kernel[::-1], kernel[::-1, ::-1]]
    alt = (
        f"A kernel: {_in_rows(steps[0])}. Top and bottom swapped: {_in_rows(steps[1])}; "
        f"then left and right as well: {_in_rows(steps[2])}."
    )
    with style():
        return picture(_draw_flip(steps), alt)


def _as_plane(values: ArrayLike, name: str) -> np.ndarray:
    if values is None:
        raise ValueError(f"{name} is None: does the function return its result?")
    plane = np.asarray(values)
    if plane.ndim != 2 or 0 in plane.shape or plane.dtype.kind not in "buif":
        raise ValueError(
            f"{name} has shape {plane.shape} of {plane.dtype}, and a plane of numbers is drawn"
        )
    return plane.astype(float)


def _wrong(expected: np.ndarray, got: np.ndarray) -> np.ndarray | None:
    """Mark the wrong values; None if the shapes differ."""
    if expected.shape != got.shape:
        return None
    finite = np.abs(expected[np.isfinite(expected)])
    slack = TOLERANCE * finite.max(initial=0)
    return ~np.isclose(got, expected, rtol=0, atol=slack, equal_nan=True)


def _verdict(
    expected: np.ndarray, got: np.ndarray, wrong: np.ndarray | None, titles: tuple[str, str, str]
) -> str:
    """Say in a sentence or two how the results differ."""
    if wrong is None:
        return f"Other shapes: {titles[0]} {expected.shape}, {titles[1]} {got.shape}."
    if not wrong.any():
        return f"All {wrong.size} values agree."
    row, column = np.argwhere(wrong)[0]
    many = wrong.sum() > 1
    return (
        f"{wrong.sum()} of {wrong.size} values {'differ, first' if many else 'differs,'} "
        f"at row {row}, column {column}: {titles[0]} {number_text(expected[row, column])}, "
        f"{titles[1]} {number_text(got[row, column])}."
    )


def _draw_comparison(
    planes: list[np.ndarray],
    wrong: np.ndarray | None,
    titles: tuple[str, str, str],
    words: str,
) -> Figure:
    """Draw the planes side by side and the verdict under them."""
    expected, got = planes
    shades = [palette.INPUT, palette.OUTPUT, palette.NEUTRAL]
    if wrong is not None:
        planes = [*planes, got - expected]
    numbers = max(max(plane.shape) for plane in planes) <= MOST_NUMBERS
    cell = CELL if numbers else PLANE / max(max(plane.shape) for plane in planes)
    spaces = [max(plane.shape[1] * cell, 1.0) for plane in planes]
    down = max(plane.shape[0] for plane in planes) * cell
    width = 2 * MARGIN + sum(spaces) + GAP * (len(planes) - 1)
    figure, axes = new_canvas(max(width, 2 * MARGIN + text_width([words])), 0.5 + down + 0.6)
    left = MARGIN
    for number, (plane, title, space) in enumerate(zip(planes, titles, spaces, strict=False)):
        middle = left + space / 2
        corner = (middle - plane.shape[1] * cell / 2, 0.5)
        axes.text(middle, 0.42, title, ha="center", va="bottom", weight="bold")
        if numbers:
            draw_grid(axes, plane, corner, shades[number], cell=cell, fontsize=_fontsize(plane))
            _write_missing(axes, plane, corner, cell)
        else:
            _draw_plane(axes, plane, corner, cell, signed=number == 2, like=expected)
        if wrong is not None and wrong.any() and number:
            _mark(axes, wrong, corner, cell, every=numbers)
        left += space + GAP
    axes.text(MARGIN, 0.5 + down + 0.3, words, va="center", fontsize=10)
    return figure


def _fontsize(plane: np.ndarray) -> float:
    longest = max(len(number_text(number)) for number in plane.flat)
    return min(10, 72 * 0.92 * CELL / (0.68 * longest))


def _write_missing(axes: Axes, plane: np.ndarray, corner: tuple[float, float], cell: float) -> None:
    """Write NaN out: an empty cell would look like one that isn't computed yet."""
    for row, column in np.argwhere(np.isnan(plane)):
        place = (corner[0] + (column + 0.5) * cell, corner[1] + (row + 0.5) * cell)
        axes.text(*place, "nan", ha="center", va="center", fontsize=8)


def _draw_plane(
    axes: Axes,
    plane: np.ndarray,
    corner: tuple[float, float],
    cell: float,
    *,
    signed: bool,
    like: np.ndarray,
) -> None:
    """Draw a plane as an image: grey on the scale of ``like``, or signed about zero."""
    from matplotlib import colormaps
    from matplotlib.patches import Rectangle

    left, top = corner
    down, across = (size * cell for size in plane.shape)
    most = np.abs(plane[np.isfinite(plane)]).max(initial=0) or 1.0
    low, high = (-most, most) if signed else (np.nanmin(like), np.nanmax(like))
    axes.imshow(
        plane,
        extent=(left, left + across, top + down, top),
        aspect="auto",
        interpolation="nearest",
        cmap=colormaps["cividis" if signed else "gray"].resampled(65),
        vmin=low,
        vmax=high,
    )
    frame = Rectangle(corner, across, down, fill=False, ec=palette.NEUTRAL.line, lw=0.6)
    axes.add_patch(frame)


def _mark(
    axes: Axes, wrong: np.ndarray, corner: tuple[float, float], cell: float, *, every: bool
) -> None:
    """Frame the first wrong value, and dash all others if there is room."""
    from matplotlib.patches import Rectangle

    places = np.argwhere(wrong)
    for number, (row, column) in enumerate(places if every else places[:1]):
        place = (corner[0] + column * cell, corner[1] + row * cell)
        side = max(cell, 0.12)  # a pixel's frame can be seen
        inset = (cell - side) / 2
        frame = {"lw": 3.0} if not number else {"lw": 1.2, "ls": "--"}
        axes.add_patch(
            Rectangle(
                (place[0] + inset, place[1] + inset),
                side,
                side,
                fill=False,
                ec=palette.EMPHASIS,
                zorder=5 - bool(number),
                **frame,
            )
        )


def _draw_flip(steps: list[np.ndarray]) -> Figure:
    """Draw the steps with an arrow and its meaning between them."""
    from matplotlib.patches import Rectangle

    titles = ("kernel", "swapped once", "flipped")
    between = 1.55
    rows, columns = steps[0].shape
    across, down = columns * CELL, rows * CELL
    side = max((1.2 - across) / 2, 0)  # room for a title over a narrow kernel
    top = 0.5
    figure, axes = new_canvas(
        2 * MARGIN + 3 * (across + 2 * side) + 2 * between, top + max(down, 0.7) + 0.25
    )
    for number, (plane, title) in enumerate(zip(steps, titles, strict=True)):
        left = MARGIN + side + number * (across + 2 * side + between)
        draw_grid(axes, plane, (left, top), palette.KERNEL, cell=CELL, fontsize=_fontsize(plane))
        axes.text(left + across / 2, top - 0.08, title, ha="center", va="bottom", weight="bold")
        row = rows - 1 if number else 0  # where the first number is by now
        column = columns - 1 if number == 2 else 0
        place = (left + column * CELL, top + row * CELL)
        axes.add_patch(Rectangle(place, CELL, CELL, fill=False, ec=palette.EMPHASIS, lw=2.5))
        if number:
            words = ("top ↔ bottom", "left ↔ right")[number - 1]
            _draw_arrow(axes, left - between - side + 0.1, left - side - 0.1, top + down / 2, words)
    return figure


def _draw_arrow(axes: Axes, start: float, end: float, y: float, words: str) -> None:
    arrow = {"arrowstyle": "-|>", "color": palette.NEUTRAL.line, "lw": 1.2}
    axes.annotate("", (end, y), (start, y), arrowprops=arrow)
    axes.text((start + end) / 2, y - 0.08, words, ha="center", va="bottom", fontsize=9.5)


def _in_rows(values: np.ndarray) -> str:
    return " / ".join(" ".join(map(number_text, row)) for row in values)
