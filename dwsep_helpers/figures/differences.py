"""What is alike and what is not in two results."""

import numpy as np
from numpy.typing import ArrayLike

from dwsep_helpers.figures import palette
from dwsep_helpers.figures.charts import text_width
from dwsep_helpers.figures.grids import draw_grid, number_text
from dwsep_helpers.figures.picture import Picture, draw_box, new_canvas, picture
from dwsep_helpers.figures.tones import BAR, Tone, draw_image, draw_scale
from dwsep_helpers.figures.types import Axes, Figure

TITLES = ("expected", "yours", "difference")
MOST_NUMBERS = 8  # along an axis: larger planes are drawn as images
CELL = 0.36  # inches across a number
PLANE = 2.4  # inches across an image
GAP, MARGIN = 0.4, 0.2
SCALE = 0.1 + BAR + 0.25  # inches below an image, for its scale
NARROW, NARROW_SCALE = 1.0, 1.7  # inches across the narrowest plane's title, and a scale's words
TOLERANCE = 1e-5  # of the largest expected value: float32 sums in another order pass


def compare(expected: ArrayLike, got: ArrayLike, titles: tuple[str, str, str] = TITLES) -> Picture:
    """Draw what was expected, what came out and the difference, the first wrong value marked.

    The difference is left out where the shapes differ.

    Parameters
    ----------
    expected, got : array_like, shape (H, W)
        Up to 8×8 as numbers, larger ones as images, each with a scale.
    titles : three str
        Written above the planes.

    Raises
    ------
    ValueError
        If there is no plane of numbers to draw.

    Examples
    --------
    >>> compare([[1, 2]], [[1, 5]]).alt
    '1 of 2 values differs, at row 0, column 1: expected 2, yours 5.'
    """
    planes = as_plane(expected, "expected"), as_plane(got, "got")
    if len(titles) != 3:
        raise ValueError(
            f"titles has {len(titles)}, and expected, got and difference have one each"
        )
    wrong = _wrong(*planes)
    words = _verdict(*planes, wrong, titles)
    return picture(words, _draw_comparison, *planes, wrong, titles, words)


def as_plane(values: ArrayLike | None, name: str) -> np.ndarray:
    """Refuse what is no plane of numbers, in words that help to find out why."""
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
    expected: np.ndarray,
    got: np.ndarray,
    wrong: np.ndarray | None,
    titles: tuple[str, str, str],
    words: str,
) -> Figure:
    """Draw the planes side by side and the verdict under them."""
    shades = [palette.INPUT, palette.OUTPUT, palette.NEUTRAL]
    planes = [expected, got] if wrong is None else [expected, got, got - expected]
    numbers = max(max(plane.shape) for plane in planes) <= MOST_NUMBERS
    cell = CELL if numbers else PLANE / max(max(plane.shape) for plane in planes)
    least = NARROW if numbers else NARROW_SCALE
    spaces = [max(plane.shape[1] * cell, least) for plane in planes]
    down = max(plane.shape[0] for plane in planes) * cell + (0 if numbers else SCALE)
    width = 2 * MARGIN + sum(spaces) + GAP * (len(planes) - 1)
    figure, axes = new_canvas(max(width, 2 * MARGIN + text_width([words])), 0.5 + down + 0.6)
    left = MARGIN
    for number, (plane, title, space) in enumerate(zip(planes, titles, spaces, strict=False)):
        middle = left + space / 2
        corner = (middle - plane.shape[1] * cell / 2, 0.5)
        axes.text(middle, 0.42, title, ha="center", va="bottom", weight="bold")
        if numbers:
            draw_grid(axes, plane, corner, shades[number], cell=cell, fontsize=fontsize_of(plane))
            _write_missing(axes, plane, corner, cell)
        else:
            _draw_plane(axes, plane, corner, cell, signed=number == 2, like=expected)
        if wrong is not None and wrong.any() and number:
            _mark(axes, wrong, corner, cell, every=numbers)
        left += space + GAP
    axes.text(MARGIN, 0.5 + down + 0.3, words, va="center", fontsize=10)
    return figure


def fontsize_of(plane: np.ndarray) -> float:
    """Return the size in which a plane's longest number fits into a cell."""
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
    """Draw a plane as an image over its scale: grey as ``like`` is, or signed about zero."""
    most = np.abs(plane[np.isfinite(plane)]).max(initial=0) or 1.0
    low, high = (-most, most) if signed else (np.nanmin(like), np.nanmax(like))
    tone = Tone("cividis" if signed else "gray", low, high)
    draw_image(axes, plane, corner, cell, tone)
    down, across = (size * cell for size in plane.shape)
    draw_box(axes, corner, across, down, fill=False, ec=palette.NEUTRAL.line, lw=0.6)
    if low < high:
        wide = max(across, NARROW_SCALE)
        draw_scale(axes, tone, (corner[0] + (across - wide) / 2, corner[1] + down + 0.1), wide)


def _mark(
    axes: Axes, wrong: np.ndarray, corner: tuple[float, float], cell: float, *, every: bool
) -> None:
    """Frame the first wrong value, and dash all others if there is room."""
    places = np.argwhere(wrong)
    for number, (row, column) in enumerate(places if every else places[:1]):
        place = (corner[0] + column * cell, corner[1] + row * cell)
        side = max(cell, 0.12)  # a pixel's frame can be seen
        where = (place[0] + (cell - side) / 2, place[1] + (cell - side) / 2)
        look = {"lw": 1.2, "ls": "--", "zorder": 4} if number else {"lw": 3.0, "zorder": 5}
        draw_box(axes, where, side, side, fill=False, ec=palette.EMPHASIS, **look)
