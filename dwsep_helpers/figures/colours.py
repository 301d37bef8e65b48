"""A photograph's red, green and blue: filtered each for itself, and mixed."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from dwsep_helpers.figures import palette
from dwsep_helpers.figures.attempts import as_map, attempt, once_written
from dwsep_helpers.figures.grids import number_text
from dwsep_helpers.figures.panels import (
    AWAY,
    CHANNEL_NAMES,
    CLOSE,
    FEW_SHADES,
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
from dwsep_helpers.figures.tones import few_colours, tone_of

SHEET = 1.5  # inches across a map in a stack
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
    tones = [
        replace(tone_of(made, kernel), shades=FEW_SHADES)
        for made, kernel in zip(maps, kernels, strict=True)
    ]
    sheets = [  # half the pixels: they are small, and so is the file
        Panel(made[::2, ::2], tone, SHEET / -(-maps.shape[2] // 2))
        for made, tone in zip(maps, tones, strict=True)
    ]
    front, middle, back = sheets
    over = [0.1 * SHEET - SHEET, 0.06 * SHEET - 2 * front.half[1]]  # the next sheet over one
    stack = Grid([[None, None, back], [None, middle], [front]], *over, middle=1)
    whole = Panel(few_colours([image], FEW_COLOURS)[0], name=f"image, {by(image.shape)}")
    split: list[Part] = [whole, arrow("split"), *channels(image)]
    own: list[Part] = ["to each channel,\nits own kernel", None]
    made: list[Part] = [
        Grid([[f"maps, {by(maps.shape)}"], [stack]], down=AWAY, middle=1),
        arrow("stack", "⟵"),
    ]
    for number, (kernel, title) in enumerate(zip(kernels, names or [""] * 3, strict=True)):
        own.append(Panel(kernel, palette.KERNEL, title=title, name=f"∗ kernels[{number}]"))
        made.append(
            Panel(maps[number], tones[number], whole.side, name=f"= maps[{number}]", scale=True)
        )
    return picture(alt, lay, [split, own, made], 0.25)


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
