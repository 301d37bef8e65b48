"""What is alike and what is not in two results."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from dwsep_helpers.figures import palette
from dwsep_helpers.figures.arrays import as_array
from dwsep_helpers.figures.grids import number_text
from dwsep_helpers.figures.panels import CELL, Grid, Look, Panel, lay
from dwsep_helpers.figures.picture import Picture, picture
from dwsep_helpers.figures.tones import Tone, signed_tone

TITLES = ("expected", "yours", "difference")
MOST_NUMBERS = 8  # along an axis: larger planes are drawn as images
PLANE = 2.4  # inches across an image
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
    with np.errstate(invalid="ignore"):  # of infinite numbers
        drawn = [*planes] if wrong is None else [*planes, planes[1] - planes[0]]
    largest = max(max(plane.shape) for plane in drawn)
    looks: list[Look] = [palette.INPUT, palette.OUTPUT, palette.NEUTRAL]
    cell, marked = CELL, [] if wrong is None else np.argwhere(wrong).tolist()
    if largest > MOST_NUMBERS:
        seen = drawn[0][np.isfinite(drawn[0])]
        grey = Tone("gray", seen.min(initial=np.inf), seen.max(initial=-np.inf))
        grey = grey if seen.size else Tone("gray", 0, 1)
        looks = [grey, grey, signed_tone(drawn[-1])]
        cell, marked = PLANE / largest, marked[:1]
    panels = [
        Panel(plane, look, cell, title, scale=True, marked=marked if number else [])
        for number, (plane, look, title) in enumerate(zip(drawn, looks, titles, strict=False))
    ]
    return picture(words, lay, [[Grid([panels])], [words]])


def as_plane(values: ArrayLike | None, name: str) -> np.ndarray:
    """Refuse what is no plane of numbers, in words that help to find out why."""
    if values is None:
        raise ValueError(f"{name} is None: does the function return its result?")
    plane = as_array(values, name)
    if plane.ndim != 2 or 0 in plane.shape:
        raise ValueError(f"{name} has shape {plane.shape}, and a plane of numbers is drawn")
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
    right, yours = _told_apart(expected[row, column], got[row, column])
    return (
        f"{wrong.sum()} of {wrong.size} values {'differ, first' if many else 'differs,'} "
        f"at row {row}, column {column}: {titles[0]} {right}, {titles[1]} {yours}."
    )


def _told_apart(*numbers: float) -> list[str]:
    """Write two numbers as short as they can be told apart."""
    said = [number_text(number) for number in numbers]
    digits = 4
    while said[0] == said[1] and digits <= 17:  # which tell any two apart
        said = [f"{number:.{digits}g}".replace("-", "−") for number in numbers]
        digits += 1
    return said
