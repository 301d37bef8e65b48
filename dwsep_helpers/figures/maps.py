"""Photographs, and the maps that kernels make of them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from dwsep_helpers.figures import palette
from dwsep_helpers.figures.attempts import as_map, attempt, once_written
from dwsep_helpers.figures.panels import (
    CHANNEL_NAMES,
    GAP,
    MARGIN,
    PANEL,
    by,
    draw_kernel,
    kernel_height,
    kernel_width,
    ranges,
    three_channels,
    write_above,
)
from dwsep_helpers.figures.picture import Picture, draw_sign, new_canvas, picture
from dwsep_helpers.figures.tones import (
    Tone,
    draw_image,
    draw_photo,
    draw_scale,
    shared_tone,
    tone_of,
)
from dwsep_helpers.figures.types import Figure
from dwsep_helpers.kernels import correlate_channels as library

FEW_SHADES = 25  # where eight panels share a picture


@once_written
def kernel_gallery(
    correlate: Callable[[np.ndarray, np.ndarray], ArrayLike],
    photo: ArrayLike,
    kernels: Mapping[str, ArrayLike],
    *,
    exercise: str = "1.1",
) -> Picture:
    """Draw what a function makes of a photograph with one kernel after another.

    Parameters
    ----------
    correlate : callable
        ``correlate(image, kernel)`` returns a map; the learner's `correlate2d`.
    photo : array_like, shape (H, W)
        Grey, from 0 to 1.
    kernels : mapping of str to array_like, shape (K_h, K_w)
        By name.
    exercise : str, to write first if ``correlate`` isn't written yet

    Raises
    ------
    ValueError
        If the function returns something that is no map.

    Examples
    --------
    >>> kernel_gallery(lambda image, kernel: image * kernel[0, 0], np.eye(4), {"half": [[0.5]]}).alt
    'A photograph of 4×4 pixels, and what 1 kernel makes of it. half: values from 0 to 0.5.'
    """
    photo = np.asarray(photo, float)
    planes = {name: np.asarray(kernel) for name, kernel in kernels.items()}
    maps = {
        name: as_map(attempt(correlate, photo, kernel), 2, "correlate")
        for name, kernel in planes.items()
    }
    makes = "1 kernel makes" if len(maps) == 1 else f"{len(maps)} kernels make"
    alt = f"A photograph of {by(photo.shape)} pixels, and what {makes} of it. {ranges(maps)}"
    return picture(alt, _draw_gallery, photo, planes, maps)


@once_written
def channels_summed(
    image: ArrayLike,
    kernel: ArrayLike,
    *,
    correlate_channels: Callable[[np.ndarray, np.ndarray], ArrayLike] | None = None,
    exercise: str = "1.3",
) -> Picture:
    """Draw how one filter's slices each meet a channel of a photograph, and the sum of the maps.

    Parameters
    ----------
    image : array_like, shape (3, H, W)
        Red, green and blue, from 0 to 1.
    kernel : array_like, shape (3, K_h, K_w)
    correlate_channels : callable, optional
        ``correlate_channels(image, kernel)`` sums over the channels and returns one map; the
        learner's. It is also called with one channel and its slice, three times. Left out, the
        library's.
    exercise : str, to write first if it isn't written yet

    Raises
    ------
    ValueError
        If the image or the kernel has not three channels, or the function returns no map.
    """
    image, kernel = three_channels(image, "image"), three_channels(kernel, "kernel")
    function = correlate_channels or library
    total, *alone = (
        as_map(attempt(function, image[part], kernel[part]), 2, "correlate_channels")
        for part in (slice(None), slice(0, 1), slice(1, 2), slice(2, 3))
    )
    named = dict(zip((*CHANNEL_NAMES, "sum"), (*alone, total), strict=True))
    alt = (
        f"The red, green and blue channel of a photograph, {by(image.shape[1:])} pixels, the "
        f"kernel's slice for each, the map each makes alone, and their sum. {ranges(named)}"
    )
    return picture(alt, _draw_channels, image, kernel, alone, total)


@once_written
def filter_bank(
    conv2d: Callable[[np.ndarray, np.ndarray], ArrayLike],
    photo: ArrayLike,
    weight: ArrayLike,
    names: Sequence[str],
    *,
    exercise: str = "1.5",
) -> Picture:
    """Draw the map that each filter of a layer makes of a photograph.

    Parameters
    ----------
    conv2d : callable
        ``conv2d(x, weight)`` with x (1, 3, H, W) returns (1, C_out, H_out, W_out); the learner's.
    photo : array_like, shape (3, H, W)
        Red, green and blue, from 0 to 1.
    weight : array_like, shape (C_out, 3, K_h, K_w)
    names : sequence of str
        One for each filter.
    exercise : str, to write first if ``conv2d`` isn't written yet

    Raises
    ------
    ValueError
        If there are not as many names as filters, or the function returns no such maps.
    """
    photo, weight = np.asarray(photo), np.asarray(weight)
    if len(names) != len(weight):
        raise ValueError(f"names has {len(names)}, and weight has C_out={len(weight)} (axis 0)")
    y = as_map(attempt(conv2d, photo[None], weight), 4, "conv2d")
    if y.shape[:2] != (1, len(weight)):
        raise ValueError(
            f"conv2d returned shape {y.shape}, and N=1, C_out={len(weight)} maps are drawn"
        )
    makes = "1 filter makes" if len(weight) == 1 else f"{len(weight)} filters make"
    alt = (
        f"A colour photograph of {by(photo.shape[1:])} pixels, and the map that {makes} of it"
        f"{'' if len(weight) == 1 else ', one each'}. "
        + ranges(dict(zip(names, y[0], strict=True)))
    )
    return picture(alt, _draw_bank, photo, weight, names, y[0])


def _draw_gallery(photo: np.ndarray, kernels: dict, maps: dict) -> Figure:
    """Draw the photograph and, for each kernel, a column: name, numbers, map."""
    down = PANEL * photo.shape[0] / photo.shape[1]
    top = 0.45 + max(kernel_height(kernel) for kernel in kernels.values()) + 0.15
    width = 2 * MARGIN + (len(maps) + 1) * PANEL + len(maps) * GAP
    figure, axes = new_canvas(width, top + down + 0.5)
    scale = PANEL / photo.shape[1]
    draw_image(axes, photo, (MARGIN, top), scale, Tone("gray", 0, 1))
    write_above(axes, MARGIN + PANEL / 2, top - 0.1, f"photograph, {by(photo.shape)}")
    for number, (name, made) in enumerate(maps.items(), start=1):
        kernel = kernels[name]
        left = MARGIN + number * (PANEL + GAP)
        write_above(axes, left + PANEL / 2, 0.3, name, fontsize=11, weight="bold")
        draw_kernel(axes, kernel, left + PANEL / 2, top - 0.15, upwards=True)
        tone = tone_of(made, kernel)
        draw_image(axes, made, (left, top), scale, tone)
        draw_scale(axes, tone, (left, top + down + 0.08), PANEL)
    return figure


def _draw_channels(
    image: np.ndarray, kernel: np.ndarray, alone: list[np.ndarray], total: np.ndarray
) -> Figure:
    """Draw a row for each channel, and the photograph and the sum beside them."""
    scale = PANEL / image.shape[2]
    down = scale * image.shape[1]
    beside = max(PANEL / 2, kernel_width(kernel[0]))
    lefts = np.cumsum([MARGIN, PANEL / 2 + GAP, PANEL + GAP, beside + GAP, PANEL + 0.4])
    pitch = max(down, kernel_height(kernel[0])) + 0.4
    tops = 0.4 + pitch * np.arange(3)
    figure, axes = new_canvas(lefts[-1] + PANEL + MARGIN, tops[-1] + down + 0.15)
    tone = replace(shared_tone([*alone, total], kernel), shades=FEW_SHADES)
    grey = Tone("gray", 0, 1, FEW_SHADES)

    middle = tops[1] + down / 2
    draw_photo(axes, image, (lefts[0], middle - down / 4), scale / 2)
    write_above(axes, lefts[0] + PANEL / 4, middle - down / 4 - 0.08, "image")
    for number, (name, shade) in enumerate(zip(CHANNEL_NAMES, palette.CHANNELS, strict=True)):
        top = tops[number]
        draw_image(axes, image[number], (lefts[1], top), scale, grey, shade.line)
        write_above(axes, lefts[1] + PANEL / 2, top - 0.08, f"image[{number}], {name}")
        edge = top + (down - kernel_height(kernel[number])) / 2
        draw_kernel(axes, kernel[number], lefts[2] + beside / 2, edge)
        write_above(axes, lefts[2] + beside / 2, min(top, edge) - 0.08, f"kernel[{number}]")
        draw_image(axes, alone[number], (lefts[3], top), scale, tone)
        draw_sign(axes, lefts[2] - GAP / 2, top + down / 2, "∗")
        draw_sign(axes, lefts[3] - GAP / 2, top + down / 2, "=")
        if number:
            draw_sign(axes, lefts[3] + PANEL / 2, top - (pitch - down) / 2, "+")
    draw_sign(axes, lefts[4] - 0.2, middle, "=")
    draw_image(axes, total, (lefts[4], tops[1]), scale, tone)
    write_above(axes, lefts[4] + PANEL / 2, tops[1] - 0.08, "the sum", weight="bold")
    draw_scale(axes, tone, (lefts[4], tops[1] + down + 0.1), PANEL)
    return figure


def _draw_bank(
    photo: np.ndarray, weight: np.ndarray, names: Sequence[str], maps: np.ndarray
) -> Figure:
    """Draw the photograph and the maps, three to a row."""
    scale = PANEL / photo.shape[2]
    down = scale * photo.shape[1]
    columns = min(len(maps), 3)
    rows = -(-len(maps) // columns)
    pitch = down + 1.0
    width = 2 * MARGIN + (columns + 1) * PANEL + columns * GAP
    top = 0.55
    figure, axes = new_canvas(width, top + (rows - 1) * pitch + down + 0.5)
    draw_photo(axes, photo, (MARGIN, top), scale)
    write_above(axes, MARGIN + PANEL / 2, top - 0.28, "photograph", fontsize=11, weight="bold")
    write_above(axes, MARGIN + PANEL / 2, top - 0.07, "x[0]")
    for number, (name, made) in enumerate(zip(names, maps, strict=True)):
        row, column = divmod(number, columns)
        left, edge = MARGIN + (column + 1) * (PANEL + GAP), top + row * pitch
        tone = tone_of(made, weight[number])
        write_above(axes, left + PANEL / 2, edge - 0.28, name, fontsize=11, weight="bold")
        write_above(axes, left + PANEL / 2, edge - 0.07, f"y[0, {number}]")
        draw_image(axes, made, (left, edge), scale, tone)
        draw_scale(axes, tone, (left, edge + down + 0.08), PANEL)
    return figure
