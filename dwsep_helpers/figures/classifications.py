"""Images and what they were taken for."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from dwsep_helpers.figures import palette
from dwsep_helpers.figures.arrays import as_array, as_floats
from dwsep_helpers.figures.panels import Grid, Panel, Part, lay
from dwsep_helpers.figures.picture import Picture, picture
from dwsep_helpers.figures.tones import Tone

IMAGE, APART = 0.85, 0.12  # inches across an image, and between two
ACROSS = 7  # images in a row
CELL = 0.38  # inches across a count
MOST_CLASSES = 12
TILES = 0.05  # inches between two counts
LINE = "#d4d4d4"
RIGHT, WRONG = (palette.Shade(role.fill, LINE) for role in (palette.OUTPUT, palette.KERNEL))
NONE = palette.Shade(palette.PAPER, LINE)


def classified(
    images: ArrayLike,
    labels: Sequence[int],
    predictions: Sequence[int] | None = None,
    most: int = 16,
) -> Picture:
    """Draw images with their labels and, where they differ, what they were taken for.

    Parameters
    ----------
    images : array, shape (N, 1, H, W)
        Grey, from 0 to 1; drawn as ink on paper, 0 white.
    labels : sequence of int
    predictions : sequence of int, optional
        Left out, the labels are all that is written.
    most : int
        How many are drawn.

    Raises
    ------
    ValueError
        If the shapes don't fit.

    Examples
    --------
    >>> classified(np.zeros((2, 1, 8, 8)), [3, 5], [3, 6]).alt
    '2 images: 3; 5 taken for 6.'
    """
    shown = as_floats(images, "images")
    if shown.ndim != 4 or shown.shape[1] != 1 or 0 in shown.shape[2:]:
        raise ValueError(f"images has shape {shown.shape}, and (N, 1, H, W) is drawn")
    for name, given in (("labels", labels), ("predictions", predictions)):
        if given is not None and len(given) != len(shown):
            raise ValueError(f"{name} has {len(given)}, and images has {len(shown)}")
    taken = labels if predictions is None else predictions
    words = [
        f"{label}" if label == other else f"{label} taken for {other}"
        for label, other in zip(labels, taken, strict=True)
    ][:most]
    more = f", of {len(shown)}" if len(shown) > most else ""
    images_ = "image" if len(words) == 1 else "images"
    if not words:
        return picture("No images.", lay, [["None."]])
    alt = f"{len(words)} {images_}{more}: {'; '.join(words)}."
    cell, paper = IMAGE / shown.shape[3], Tone("gray_r", 0, 1)
    panels = [
        Panel(image, paper, cell, below=word)
        for image, word in zip(shown[:most, 0], words, strict=True)
    ]
    rows = [panels[start : start + ACROSS] for start in range(0, len(panels), ACROSS)]
    return picture(alt, lay, rows, APART)


def confusion(matrix: ArrayLike) -> Picture:
    """Draw how often each class was taken for each.

    Parameters
    ----------
    matrix : array of int, shape (classes, classes)
        Rows are what things are, columns what they were taken for.

    Raises
    ------
    ValueError
        If it isn't square, has more than 12 classes, or a count is negative or no whole number.

    Examples
    --------
    >>> confusion([[5, 1], [0, 4]]).alt
    'Confusion matrix of 2 classes: 9 of 10 right; 0 taken for 1: 1.'
    """
    counts = as_array(matrix, "matrix")
    if counts.ndim != 2 or counts.shape[0] != counts.shape[1]:
        raise ValueError(f"matrix has shape {counts.shape}, and a square one is drawn")
    if not 1 <= len(counts) <= MOST_CLASSES:
        raise ValueError(f"matrix has {len(counts)} classes, and 1 to {MOST_CLASSES} are drawn")
    if not ((counts >= 0) & (counts == np.round(counts)) & (counts < np.inf)).all():
        raise ValueError(f"matrix has {counts.tolist()}, and counts are whole and start from 0")
    wrong = [(int(counts[i, j]), i, j) for i, j in zip(*np.nonzero(counts), strict=True) if i != j]
    wrong.sort(key=lambda row: (-row[0], row[1:]))
    said = "; ".join(f"{i} taken for {j}: {count:,}" for count, i, j in wrong)
    alt = (
        f"Confusion matrix of {len(counts)} class{'es' * (len(counts) > 1)}: "
        f"{int(np.trace(counts)):,} of {int(counts.sum()):,} right{'; ' + said if said else ''}."
    )
    heads = [Panel(title=str(each)) for each in range(len(counts))]
    rows: list[list[Part]] = [[None, *heads]]
    for row, head in enumerate(heads):
        rows.append([head])
        for column, count in enumerate(counts[row]):
            shade = (RIGHT if row == column else WRONG) if count else NONE
            rows[-1].append(Panel(np.array([[count or False]]), shade, CELL))
    table = Grid(rows, TILES, TILES, middle=len(rows) // 2)
    return picture(alt, lay, [[None, "taken for"], ["is", table]], APART, APART)
