"""A photograph through colour matrices, which are pointwise convolutions of three channels."""

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import ArrayLike

from dwsep_helpers.figures import palette
from dwsep_helpers.figures.attempts import as_map, attempt, once_written
from dwsep_helpers.figures.colours import SMALL
from dwsep_helpers.figures.grids import number_text
from dwsep_helpers.figures.panels import GAP, PANEL, Panel, Part, by, lay, three_channels
from dwsep_helpers.figures.picture import Picture, picture
from dwsep_helpers.figures.tones import SLACK, few_colours

ALL_COLOURS = 220  # of photographs that share a picture: letters have the rest of 256


@once_written
def colour_matrix(
    pointwise_conv2d: Callable[[np.ndarray, np.ndarray], ArrayLike],
    image: ArrayLike,
    matrices: Mapping[str, ArrayLike],
    *,
    exercise: str = "3.2",
) -> Picture:
    """Draw a photograph through pointwise convolutions of three channels to three.

    What lies outside 0 to 1 is drawn as the nearest of them, and said.

    Parameters
    ----------
    pointwise_conv2d : callable
        ``pointwise_conv2d(x, weight)`` with x (1, 3, H, W) and weight (3, 3, 1, 1) returns
        (1, 3, H, W); the learner's.
    image : array_like, shape (3, H, W)
        Red, green and blue, from 0 to 1.
    matrices : mapping of str to array_like, shape (3, 3)
        By name, one to four: row, the output channel; column, the input channel.
    exercise : str, to write first if the function isn't written yet

    Raises
    ------
    ValueError
        If image or a matrix has another shape, there are too many matrices, or the function
        returns no such image.
    """
    image = three_channels(image, "image")
    if not 1 <= len(matrices) <= 4:
        raise ValueError(f"matrices has {len(matrices)}, and 1 to 4 are drawn")
    weights = {name: np.asarray(matrix) for name, matrix in matrices.items()}
    shown = {}
    for name, matrix in weights.items():
        if matrix.shape != (3, 3):
            raise ValueError(f"matrices[{name!r}] has shape {matrix.shape}, and (3, 3) is drawn")
        made = attempt(pointwise_conv2d, image[None], matrix[:, :, None, None])
        y = as_map(made, 4, "pointwise_conv2d")
        if y.shape != (1, *image.shape):
            raise ValueError(
                f"pointwise_conv2d returned shape {y.shape}, and {(1, *image.shape)} is drawn"
            )
        shown[name] = y[0]
    cut = {name: _cut(values) for name, values in shown.items()}
    said = " ".join(
        f"{name}: mean red, green, blue {_means(values)}; {cut[name]}."
        for name, values in shown.items()
    )
    counted = "1 colour matrix" if len(shown) == 1 else f"{len(shown)} colour matrices"
    alt = (
        f"A photograph of {by(image.shape[1:])} pixels, mean red, green, blue {_means(image)}, "
        f"and the same through {counted}. {said}"
    )
    cell = min(PANEL, SMALL * 5 / (len(shown) + 1)) / image.shape[2]
    original, *through = few_colours([image, *shown.values()], ALL_COLOURS)
    top: list[Part] = ["columns: input\nrows: output"]
    below = [Panel(original, cell=cell, name="photograph")]
    for (name, matrix), photo in zip(weights.items(), through, strict=True):
        top.append(Panel(matrix, palette.KERNEL, title=name, heads="RGB"))
        words = cut[name].replace(" of values", "").replace(" to 0…1", "")
        below.append(Panel(photo, cell=cell, below=words))
    return picture(alt, lay, [top, below], GAP, 0)


def _cut(values: np.ndarray) -> str:
    """Say how much lies outside of what a screen can show."""
    share = np.mean((values < -SLACK) | (values > 1 + SLACK))
    percent = "less than 1" if 0 < share < 0.01 else f"{100 * share:.0f}"
    return f"{percent} % of values clipped to 0…1" if share else "nothing clipped"


def _means(photo: np.ndarray) -> str:
    return ", ".join(number_text(round(channel.mean(), 2)) for channel in photo)
