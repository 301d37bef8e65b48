"""A photograph's red, green and blue: filtered each for itself, and mixed."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from dwsep_helpers.figures import palette
from dwsep_helpers.figures.attempts import as_map, attempt, once_written
from dwsep_helpers.figures.grids import number_text
from dwsep_helpers.figures.panels import (
    CHANNEL_NAMES,
    GAP,
    MARGIN,
    PANEL,
    by,
    draw_arrow,
    draw_kernel,
    kernel_height,
    kernel_width,
    ranges,
    three_channels,
    write_above,
)
from dwsep_helpers.figures.picture import Picture, draw_box, draw_sign, new_canvas, picture
from dwsep_helpers.figures.tones import Tone, draw_image, draw_photo, draw_scale, tone_of
from dwsep_helpers.figures.types import Axes, Figure

FEW_SHADES = 21  # where seven panels share a picture, and a small file
FEW_COLOURS = 40
SMALL = 1.45  # inches across, where five are in a row


@once_written
def channels_filtered(
    filter_each_channel: Callable[[np.ndarray, np.ndarray], ArrayLike],
    image: ArrayLike,
    kernels: ArrayLike,
    names: Sequence[str] | None = None,
    *,
    exercise: str = "2.1",
) -> Picture:
    """Draw a photograph split into channels, each filtered with a kernel of its own, and stacked.

    Parameters
    ----------
    filter_each_channel : callable
        ``filter_each_channel(image, kernels)`` returns the maps (3, H_out, W_out); the learner's.
    image : array_like, shape (3, H, W)
        Red, green and blue, from 0 to 1.
    kernels : array_like, shape (3, K_h, K_w)
    names : sequence of str, optional
        One for each kernel.
    exercise : str, to write first if the function isn't written yet

    Raises
    ------
    ValueError
        If image, kernels or names aren't three, or the function returns no three maps.

    Examples
    --------
    >>> double = lambda image, kernels: image * kernels
    >>> channels_filtered(double, np.ones((3, 2, 2)), np.full((3, 1, 1), 2)).alt[-37:]
    'blue by kernel 2: values from 2 to 2.'
    """
    image, kernels = three_channels(image, "image"), three_channels(kernels, "kernels")
    if names is not None and len(names) != 3:
        raise ValueError(f"names has {len(names)}, and three kernels are drawn")
    maps = as_map(attempt(filter_each_channel, image, kernels), 3, "filter_each_channel")
    if len(maps) != 3:
        raise ValueError(
            f"filter_each_channel returned shape {maps.shape}, and a map for each of C=3 channels "
            "(axis 0) is drawn"
        )
    said = names or [f"kernel {number}" for number in range(3)]
    filtered = [f"{colour} by {name}" for colour, name in zip(CHANNEL_NAMES, said, strict=True)]
    alt = (
        f"A photograph of {by(image.shape[1:])} pixels, split into its channels. Each is filtered "
        f"with its own kernel, and the three maps, {by(maps.shape[1:])}, are stacked, not summed. "
        + ranges(dict(zip(filtered, maps, strict=True)))
    )
    return picture(alt, _draw_filtered, image, kernels, names, maps)


@once_written
def channels_mixed(
    mix_channels: Callable[[np.ndarray, np.ndarray], ArrayLike],
    image: ArrayLike,
    weights: ArrayLike,
    *,
    exercise: str = "3.1",
) -> Picture:
    """Draw a photograph's channels, the weight of each, and their weighted sum.

    Parameters
    ----------
    mix_channels : callable
        ``mix_channels(image, weights)`` returns a map (H, W); the learner's.
    image : array_like, shape (3, H, W)
        Red, green and blue, from 0 to 1.
    weights : array_like, shape (3,)
    exercise : str, to write first if the function isn't written yet

    Raises
    ------
    ValueError
        If image or weights aren't three, or the function returns no map.

    Examples
    --------
    >>> mean = lambda image, weights: np.tensordot(weights, image, axes=1)
    >>> channels_mixed(mean, np.ones((3, 2, 2)), [0.5, 0.25, 0.25]).alt[-53:]
    '0.5 red + 0.25 green + 0.25 blue: values from 1 to 1.'
    """
    image, weights = three_channels(image, "image"), three_channels(weights, "weights", axes=1)
    mixed = as_map(attempt(mix_channels, image, weights), 2, "mix_channels")
    terms = [
        f"{number_text(weight)} {colour}"
        for weight, colour in zip(weights, CHANNEL_NAMES, strict=True)
    ]
    alt = (
        f"A photograph of {by(image.shape[1:])} pixels, its three channels with the weight of "
        f"each, and the map that they add up to. {ranges({' + '.join(terms): mixed})}"
    )
    return picture(alt, _draw_mixed, image, weights, mixed)


def _draw_filtered(
    image: np.ndarray, kernels: np.ndarray, names: Sequence[str] | None, maps: np.ndarray
) -> Figure:
    """Draw a column for each channel; the photograph and the stack are on the left."""
    scale = PANEL / image.shape[2]
    down = scale * image.shape[1]
    across = 1.5 * PANEL / 1.8
    lefts = MARGIN + 0.1 + PANEL + 0.55 + (PANEL + GAP) * np.arange(3)
    rows = np.cumsum([0.4, down + (0.62 if names else 0.42), kernel_height(kernels[0]) + 0.62])
    figure, axes = new_canvas(lefts[-1] + PANEL + MARGIN, rows[2] + down + 0.4)
    grey = Tone("gray", 0, 1, FEW_SHADES)

    draw_photo(axes, image, (MARGIN, rows[0]), scale, FEW_COLOURS)
    write_above(axes, MARGIN + PANEL / 2, rows[0] - 0.08, f"image, {by(image.shape)}")
    start, end = MARGIN + PANEL + 0.08, lefts[0] - 0.08
    draw_arrow(axes, start, end, rows[0] + down / 2, "split", shrinkA=0, shrinkB=0)
    middle = rows[1] + kernel_height(kernels[0]) / 2
    words = "to each channel,\nits own kernel"
    axes.text(MARGIN + PANEL / 2, middle, words, ha="center", va="center")
    tones = []
    for number, (name, shade) in enumerate(zip(CHANNEL_NAMES, palette.CHANNELS, strict=True)):
        left, centre = lefts[number], lefts[number] + PANEL / 2
        draw_image(axes, image[number], (left, rows[0]), scale, grey, shade.line)
        write_above(axes, centre, rows[0] - 0.08, f"image[{number}], {name}")
        if names:
            write_above(axes, centre, rows[1] - 0.27, names[number], 11, weight="bold")
        write_above(axes, centre, rows[1] - 0.07, f"kernels[{number}]")
        draw_kernel(axes, kernels[number], centre, rows[1])
        draw_sign(axes, centre - kernel_width(kernels[number]) / 2 - 0.17, middle, "∗")
        tone = replace(tone_of(maps[number], kernels[number]), shades=FEW_SHADES)
        tones.append(tone)
        draw_image(axes, maps[number], (left, rows[2]), scale, tone)
        write_above(axes, centre, rows[2] - 0.08, f"= maps[{number}]")
        draw_scale(axes, tone, (left, rows[2] + down + 0.08), PANEL)
    draw_arrow(axes, end, start, rows[2] + down / 2, "stack", shrinkA=0, shrinkB=0)
    _draw_stack(axes, maps, tones, (MARGIN, rows[2]), across / maps.shape[2])
    write_above(axes, MARGIN + PANEL / 2, rows[2] - 0.08, f"maps, {by(maps.shape)}")
    return figure


def _draw_stack(
    axes: Axes, maps: np.ndarray, tones: Sequence[Tone], corner: tuple[float, float], scale: float
) -> None:
    """Draw maps as sheets that lie over each other, the first in front."""
    step = (PANEL - scale * maps.shape[2]) / (len(maps) - 1)
    for number in reversed(range(len(maps))):
        place = (corner[0] + number * step, corner[1] + (len(maps) - 1 - number) * step * 0.6)
        layer = 2 * (len(maps) - number)
        sheet = maps[number, ::2, ::2]  # half the pixels: it is small, and so is the file
        draw_image(axes, sheet, place, 2 * scale, tones[number], layer=layer)
        down, across = (2 * scale * size for size in sheet.shape)
        outline = {"fill": False, "ec": palette.NEUTRAL.line, "lw": 0.8, "zorder": layer + 1}
        draw_box(axes, place, across, down, **outline)


def _draw_mixed(image: np.ndarray, weights: np.ndarray, mixed: np.ndarray) -> Figure:
    """Draw the channels in a row, each over its weight, and what they add up to."""
    scale = SMALL / image.shape[2]
    down = scale * image.shape[1]
    top, pitch = 0.4, SMALL + 0.36
    lefts = MARGIN + pitch * np.arange(5)
    figure, axes = new_canvas(lefts[-1] + SMALL + MARGIN, top + down + 1.05)
    grey = Tone("gray", 0, 1, FEW_SHADES)
    draw_photo(axes, image, (lefts[0], top), scale)
    write_above(axes, lefts[0] + SMALL / 2, top - 0.08, "image")
    for number, (name, shade) in enumerate(zip(CHANNEL_NAMES, palette.CHANNELS, strict=True)):
        left, centre = lefts[number + 1], lefts[number + 1] + SMALL / 2
        draw_image(axes, image[number], (left, top), scale, grey, shade.line)
        write_above(axes, centre, top - 0.08, f"image[{number}], {name}")
        draw_sign(axes, left - 0.18, top + down / 2, "→+"[number > 0])
        draw_sign(axes, centre, top + down + 0.2, "×")
        draw_kernel(axes, weights[number].reshape(1, 1), centre, top + down + 0.36)
        axes.text(centre, top + down + 0.74, f"weights[{number}]", ha="center", va="top")
    tone = tone_of(mixed, weights)
    draw_sign(axes, lefts[4] - 0.18, top + down / 2, "=")
    draw_image(axes, mixed, (lefts[4], top), scale, tone)
    write_above(axes, lefts[4] + SMALL / 2, top - 0.08, "the sum", weight="bold")
    draw_scale(axes, tone, (lefts[4], top + down + 0.08), SMALL)
    return figure
