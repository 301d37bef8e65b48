"""A kernel's flip, and what it changes: cross-correlation and convolution, in numbers."""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from dwsep_helpers.figures import palette
from dwsep_helpers.figures.attempts import as_map, attempt, once_written
from dwsep_helpers.figures.differences import CELL as SMALL
from dwsep_helpers.figures.differences import MOST_NUMBERS, as_plane, fontsize_of
from dwsep_helpers.figures.grids import draw_grid, number_text
from dwsep_helpers.figures.panels import draw_arrow
from dwsep_helpers.figures.picture import Picture, draw_box, new_canvas, picture
from dwsep_helpers.figures.types import Figure

CELL = 0.42  # inches across a number
GAP, MARGIN = 0.7, 0.15


@once_written
def correlation_vs_convolution(
    correlate: Callable[[np.ndarray, np.ndarray], ArrayLike],
    convolve: Callable[[np.ndarray, np.ndarray], ArrayLike],
    image: ArrayLike,
    kernel: ArrayLike,
    *,
    exercise: str = "1.2",
) -> Picture:
    """Draw in numbers what cross-correlation and convolution make of the same image.

    Parameters
    ----------
    correlate, convolve : callable
        Each takes the image and the kernel and returns a map; the learner's.
    image : array_like, shape (H, W)
        Small. Best an impulse, zeros around a single 1: it brings the kernel itself out.
    kernel : array_like, shape (K_h, K_w)
    exercise : str, to write first if one of the functions isn't written yet

    Raises
    ------
    ValueError
        If a function returns something that is no map.
    """
    image, kernel = np.asarray(image), np.asarray(kernel)
    made = {}
    for name, function in (("cross-correlation", correlate), ("convolution", convolve)):
        said = getattr(function, "__name__", name)
        made[name] = as_map(attempt(function, image, kernel), 2, said)
    rows = " ".join(
        f"{name}: {_in_rows(values)}{_seen(values, kernel)}." for name, values in made.items()
    )
    alt = f"Image: {_in_rows(image)}. Kernel: {_in_rows(kernel)}. {rows}"
    return picture(alt, _draw_two_results, image, kernel, made)


def kernel_flipped(kernel: ArrayLike) -> Picture:
    """Draw a kernel, then top and bottom swapped, then left and right as well.

    Parameters
    ----------
    kernel : array_like, shape (K_h, K_w)
        At most 8×8. Its first number is framed, so that the eye can follow it.

    Raises
    ------
    ValueError
        If it is no such plane of numbers.

    Examples
    --------
    >>> kernel_flipped([[1, 2], [3, 4]]).alt[-39:]
    'then left and right as well: 4 3 / 2 1.'
    """
    kernel = as_plane(kernel, "kernel")
    if max(kernel.shape) > MOST_NUMBERS:
        raise ValueError(f"kernel has shape {kernel.shape}, and at most 8×8 numbers can be read")
    steps = [kernel, kernel[::-1], kernel[::-1, ::-1]]
    alt = (
        f"A kernel: {_in_rows(steps[0])}. Top and bottom swapped: {_in_rows(steps[1])}; "
        f"then left and right as well: {_in_rows(steps[2])}."
    )
    return picture(alt, _draw_steps, steps)


def _draw_two_results(image: np.ndarray, kernel: np.ndarray, made: dict) -> Figure:
    """Draw the image, the kernel and the two results, the kernel's first number framed."""
    grids = [("image", image, palette.INPUT), ("kernel", kernel, palette.KERNEL)]
    grids += [(name, values, palette.OUTPUT) for name, values in made.items()]
    top = 0.45
    across = [max(CELL * values.shape[1], 1.2) for _, values, _ in grids]
    down = max(values.shape[0] for _, values, _ in grids) * CELL
    width = 2 * MARGIN + sum(across) + GAP * (len(grids) - 1)
    figure, axes = new_canvas(width, top + down + 0.35)
    left = MARGIN
    for (name, values, shade), space in zip(grids, across, strict=True):
        middle, height = left + space / 2, values.shape[0] * CELL
        corner = (middle - values.shape[1] * CELL / 2, top + (down - height) / 2)
        axes.text(middle, corner[1] - 0.08, name, ha="center", va="bottom", weight="bold")
        draw_grid(axes, values, corner, shade, cell=CELL, fontsize=11)
        if name in made:
            words = _seen(values, kernel).strip(", ")
            axes.text(middle, corner[1] + height + 0.08, words, ha="center", va="top", fontsize=9)
        for row, column in _first_tap(values, kernel) if name != "image" else ():
            place = (corner[0] + column * CELL, corner[1] + row * CELL)
            draw_box(axes, place, CELL, CELL, fill=False, ec=shade.line, lw=2.5)
        left += space + GAP
    return figure


def _draw_steps(steps: list[np.ndarray]) -> Figure:
    """Draw the steps with an arrow and its meaning between them."""
    titles = ("kernel", "swapped once", "flipped")
    between = 1.55
    rows, columns = steps[0].shape
    across, down = columns * SMALL, rows * SMALL
    side = max((1.2 - across) / 2, 0)  # room for a title over a narrow kernel
    top = 0.5
    figure, axes = new_canvas(
        2 * MARGIN + 3 * (across + 2 * side) + 2 * between, top + max(down, 0.7) + 0.25
    )
    for number, (plane, title) in enumerate(zip(steps, titles, strict=True)):
        left = MARGIN + side + number * (across + 2 * side + between)
        draw_grid(axes, plane, (left, top), palette.KERNEL, cell=SMALL, fontsize=fontsize_of(plane))
        axes.text(left + across / 2, top - 0.08, title, ha="center", va="bottom", weight="bold")
        row = rows - 1 if number else 0  # where the first number is by now
        column = columns - 1 if number == 2 else 0
        place = (left + column * SMALL, top + row * SMALL)
        draw_box(axes, place, SMALL, SMALL, fill=False, ec=palette.EMPHASIS, lw=2.5)
        if number:
            words = ("top ↔ bottom", "left ↔ right")[number - 1]
            start, end = left - between - side + 0.1, left - side - 0.1
            draw_arrow(axes, start, end, top + down / 2, words)
    return figure


def _first_tap(values: np.ndarray, kernel: np.ndarray) -> list[tuple[int, int]]:
    """Return where the kernel's first number is, if it can be told from all others."""
    places = [tuple(place) for place in np.argwhere(values == kernel[0, 0])]
    alone = np.count_nonzero(kernel == kernel[0, 0]) == 1 == len(places)
    return places if alone else []


def _seen(values: np.ndarray, kernel: np.ndarray) -> str:
    """Say how a result and the kernel are alike."""
    if np.array_equal(values, kernel):
        return ", the kernel as it is"
    if np.array_equal(values, kernel[::-1, ::-1]):
        return ", the kernel turned by 180°"
    return ""


def _in_rows(values: np.ndarray) -> str:
    return " / ".join(" ".join(map(number_text, row)) for row in values)
