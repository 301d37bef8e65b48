"""A photograph's red, green and blue: filtered each for itself, mixed, and through matrices."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from dwsep_helpers.figures import palette
from dwsep_helpers.figures.arrays import as_array
from dwsep_helpers.figures.attempts import as_map, attempt, once_written
from dwsep_helpers.figures.grids import number_text
from dwsep_helpers.figures.panels import (
    AWAY,
    CHANNEL_NAMES,
    CLOSE,
    FEW_SHADES,
    GAP,
    PANEL,
    Grid,
    Panel,
    Part,
    arrow,
    by,
    channels,
    lay,
    ranges,
    three_channels,
)
from dwsep_helpers.figures.picture import Picture, picture
from dwsep_helpers.figures.tones import SLACK, few_colours, tone_of
from dwsep_helpers.kernels.shapes import mapping

SHEET = 1.5  # inches across a map in a stack
ALL_COLOURS = 220  # of photographs that share a picture: letters have the rest of 256
FEW_COLOURS = 36  # where seven panels share a picture, and a small file
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
    tones = [replace(tone_of(*each), shades=FEW_SHADES) for each in zip(maps, kernels, strict=True)]
    small = maps[:, ::2, ::2]  # half the pixels, in the stack: the file is smaller, too
    front, middle, back = (
        Panel(sheet, tone, SHEET / small.shape[2]) for sheet, tone in zip(small, tones, strict=True)
    )
    gap, down = -0.9 * SHEET, 0.06 * SHEET - 2 * front.half[1]  # they lie over each other
    stack = Grid([[None, None, back], [None, middle], [front]], gap, down, middle=1)
    whole = Panel(few_colours([image], FEW_COLOURS)[0], name=f"image, {by(image.shape)}")
    together = Grid([[f"maps, {by(maps.shape)}"], [stack]], down=AWAY, middle=1)
    own = [
        Panel(kernel, palette.KERNEL, title=name, name=f"∗ kernels[{number}]")
        for number, (kernel, name) in enumerate(zip(kernels, names or [""] * 3, strict=True))
    ]
    alone = [
        Panel(made, tone, whole.side, name=f"= maps[{number}]", scale=True)
        for number, (made, tone) in enumerate(zip(maps, tones, strict=True))
    ]
    rows = [
        [whole, arrow("split"), *channels(image)],
        ["to each channel,\nits own kernel", None, *own],
        [together, arrow("stack", "⟵"), *alone],
    ]
    return picture(alt, lay, rows, 0.25)


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
    across = SMALL / image.shape[2]
    row: list[Part] = [Panel(few_colours([image])[0], cell=across, name="image")]
    for number, channel in enumerate(channels(image, SMALL)):
        weight = Panel(weights[number].reshape(1, 1), palette.KERNEL, below=f"weights[{number}]")
        row += ["+" if number else "→", Grid([[channel], ["×"], [weight]], down=0.02)]
    total = Panel(mixed, tone_of(mixed, weights), across, title="the sum", scale=True)
    return picture(alt, lay, [[*row, "=", total]], CLOSE)


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
    TypeError
        If ``matrices`` is no mapping.
    ValueError
        If image or a matrix has another shape, there are too many matrices, or the function
        returns no such image.
    """
    mapping("matrices", matrices)
    image = three_channels(image, "image")
    if not 1 <= len(matrices) <= 4:
        raise ValueError(f"matrices has {len(matrices)}, and 1 to 4 are drawn")
    weights = {name: as_array(matrix, f"matrices[{name!r}]") for name, matrix in matrices.items()}
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
    top = [
        Panel(matrix, palette.KERNEL, title=name, heads="RGB") for name, matrix in weights.items()
    ]
    below = [
        Panel(photo, cell=cell, below=words.replace(" of values", "").replace(" to 0…1", ""))
        for photo, words in zip(through, cut.values(), strict=True)
    ]
    whole = Panel(original, cell=cell, name="photograph")
    rows = [["columns: input\nrows: output", *top], [whole, *below]]
    return picture(alt, lay, rows, GAP, 0)


def _cut(values: np.ndarray) -> str:
    """Say how much lies outside of what a screen can show."""
    share = np.mean((values < -SLACK) | (values > 1 + SLACK))
    percent = "less than 1" if 0 < share < 0.01 else f"{100 * share:.0f}"
    return f"{percent} % of values clipped to 0…1" if share else "nothing clipped"


def _means(photo: np.ndarray) -> str:
    return ", ".join(number_text(round(channel.mean(), 2)) for channel in photo)
