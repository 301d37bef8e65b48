"""A kernel's flip, and what it changes: cross-correlation and convolution, in numbers."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from dwsep_helpers.figures import palette
from dwsep_helpers.figures.attempts import as_map, attempt, once_written
from dwsep_helpers.figures.differences import MOST_NUMBERS, as_plane
from dwsep_helpers.figures.grids import number_text
from dwsep_helpers.figures.panels import Panel, arrow, lay
from dwsep_helpers.figures.picture import Picture, picture

CELL = 0.42  # inches across a number


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
    image, kernel = as_plane(image, "image"), as_plane(kernel, "kernel")
    made = {}
    for name, function in (("cross-correlation", correlate), ("convolution", convolve)):
        said = getattr(function, "__name__", name)
        made[name] = as_map(attempt(function, image, kernel), 2, said)
    rows = " ".join(
        f"{name}: {_in_rows(values)}{_seen(values, kernel)}." for name, values in made.items()
    )
    alt = f"Image: {_in_rows(image)}. Kernel: {_in_rows(kernel)}. {rows}"
    panels = [Panel(image, palette.INPUT, CELL, "image")]
    for name, values in {"kernel": kernel, **made}.items():
        shade = palette.OUTPUT if name in made else palette.KERNEL
        words = _seen(values, kernel).strip(", ") if name in made else ""
        first = _first_tap(values, kernel)
        panels.append(Panel(values, shade, CELL, name, below=words, marked=first))
    return picture(alt, lay, [panels])


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
    last, end = (size - 1 for size in kernel.shape)
    one = Panel(kernel, palette.KERNEL, title="kernel", marked=[(0, 0)])
    two = Panel(steps[1], palette.KERNEL, title="swapped once", marked=[(last, 0)])
    three = Panel(steps[2], palette.KERNEL, title="flipped", marked=[(last, end)])
    return picture(alt, lay, [[one, arrow("top ↔ bottom"), two, arrow("left ↔ right"), three]])


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
