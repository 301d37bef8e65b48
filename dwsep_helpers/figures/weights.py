"""What a separable block has learned: its depthwise kernels, and its pointwise matrix."""

import numpy as np
from numpy.typing import ArrayLike

from dwsep_helpers.figures import palette
from dwsep_helpers.figures.picture import Picture, new_canvas, picture
from dwsep_helpers.figures.tones import Tone, draw_image, draw_scale, tone_of
from dwsep_helpers.figures.types import Figure

MARGIN = 0.15
KERNEL = 0.42  # inches across a kernel
ACROSS = 8  # kernels in a row
MATRIX = 3.2  # inches of the matrix's longer side


def learned(depthwise: ArrayLike, pointwise: ArrayLike) -> Picture:
    """Draw the kernels of a depthwise stage, and the matrix of the pointwise stage after it.

    Blue is negative, grey zero, yellow positive, each stage to a scale of its own.

    Parameters
    ----------
    depthwise : array, shape (C, 1, K_h, K_w)
    pointwise : array, shape (C_out, C, 1, 1)

    Raises
    ------
    ValueError
        If the shapes are others, or the two don't fit.
    """
    kernels, weight = np.asarray(depthwise, float), np.asarray(pointwise, float)
    if kernels.ndim != 4 or kernels.shape[1] != 1:
        raise ValueError(f"depthwise has shape {kernels.shape}, and (C, 1, K_h, K_w) is drawn")
    if weight.ndim != 4 or weight.shape[2:] != (1, 1):
        raise ValueError(f"pointwise has shape {weight.shape}, and (C_out, C, 1, 1) is drawn")
    if weight.shape[1] != len(kernels):
        raise ValueError(
            f"pointwise reads {weight.shape[1]} channels, and depthwise gives {len(kernels)}"
        )
    planes, matrix = kernels[:, 0], weight[:, :, 0, 0]
    sums = planes.sum((1, 2)) / np.abs(planes).sum((1, 2))
    blurs = int((np.abs(sums) > 0.8).sum())
    alt = (
        f"{len(planes)} depthwise kernels of {planes.shape[1]}×{planes.shape[2]}, {blurs} of them "
        f"nearly of one sign, as blurs are, the others with both, as edge filters are; and the "
        f"pointwise matrix of {matrix.shape[0]} rows and {matrix.shape[1]} columns, from "
        f"{matrix.min():.2g} to {matrix.max():.2g}."
    )
    return picture(alt, _draw, planes, matrix)


def _draw(planes: np.ndarray, matrix: np.ndarray) -> Figure:
    rows = -(-len(planes) // ACROSS)
    pitch = KERNEL + 0.09
    across = min(ACROSS, len(planes)) * pitch - 0.09
    top = 0.62
    scale = MATRIX / max(matrix.shape)
    right = 2 * MARGIN + across + 0.55
    wide, high = (scale * size for size in matrix.shape[::-1])
    bottom = top + max(rows * pitch * planes.shape[1] / planes.shape[2] + 0.1, high + 0.1)
    figure, axes = new_canvas(right + max(wide, 2.1) + MARGIN, bottom + 0.5)
    axes.text(MARGIN, 0.3, f"{len(planes)} depthwise kernels", va="center", weight="bold")
    heading = f"pointwise, {matrix.shape[0]} out × {matrix.shape[1]} in"
    axes.text(right, 0.3, heading, va="center", weight="bold")
    zero = np.zeros(1)  # a tone with a sign
    tone: Tone = tone_of(planes.ravel(), zero)
    for number, plane in enumerate(planes):
        row, column = divmod(number, ACROSS)
        corner = (MARGIN + column * pitch, top + row * pitch)
        draw_image(axes, plane, corner, KERNEL / planes.shape[2], tone, palette.NEUTRAL.fill)
    draw_scale(axes, tone, (MARGIN, bottom), min(across, 2.0))
    tone = tone_of(matrix.ravel(), zero)
    draw_image(axes, matrix, (right, top), scale, tone)
    draw_scale(axes, tone, (right, bottom), 2.0)
    return figure
