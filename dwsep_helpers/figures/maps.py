"""Photographs, and the maps that kernels make of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike

from dwsep_helpers.figures import palette
from dwsep_helpers.figures.arrays import as_array, as_floats
from dwsep_helpers.figures.attempts import as_map, attempt, once_written
from dwsep_helpers.figures.panels import (
    CHANNEL_NAMES,
    CLOSE,
    FEW_SHADES,
    GAP,
    Grid,
    Panel,
    Part,
    by,
    channels,
    lay,
    ranges,
    three_channels,
)
from dwsep_helpers.figures.picture import Picture, picture
from dwsep_helpers.figures.tones import Tone, few_colours, shared_tone, tone_of
from dwsep_helpers.kernels import correlate_channels as library
from dwsep_helpers.kernels.shapes import mapping


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
    TypeError
        If ``kernels`` is no mapping.
    ValueError
        If the photograph isn't grey, there are no kernels, or the function returns something that
        is no map.

    Examples
    --------
    >>> kernel_gallery(lambda image, kernel: image * kernel[0, 0], np.eye(4), {"half": [[0.5]]}).alt
    'A photograph of 4×4 pixels, and what 1 kernel makes of it. half: values from 0 to 0.5.'
    """
    mapping("kernels", kernels)
    photo = as_floats(photo, "photo")
    if photo.ndim != 2 or not kernels:
        raise ValueError(
            f"photo has shape {photo.shape} and kernels {len(kernels)}: (H, W) and one at least"
        )
    planes = {name: as_array(kernel, f"kernels[{name!r}]") for name, kernel in kernels.items()}
    maps = {
        name: as_map(attempt(correlate, photo, kernel), 2, "correlate")
        for name, kernel in planes.items()
    }
    makes = "1 kernel makes" if len(maps) == 1 else f"{len(maps)} kernels make"
    alt = f"A photograph of {by(photo.shape)} pixels, and what {makes} of it. {ranges(maps)}"
    shown = Panel(photo, Tone("gray", 0, 1), name=f"photograph, {by(photo.shape)}")
    above = [Panel(kernel, palette.KERNEL, title=name) for name, kernel in planes.items()]
    below = [
        Panel(maps[name], tone_of(maps[name], kernel), shown.side, scale=True)
        for name, kernel in planes.items()
    ]
    return picture(alt, lay, [[None, *above], [shown, *below]], GAP, 0)


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
    tone = replace(shared_tone([*alone, total], kernel), shades=FEW_SHADES)
    rows: list[list[Part]] = []
    for number, channel in enumerate(channels(image)):
        numbers = Panel(kernel[number], palette.KERNEL, name=f"kernel[{number}]")
        rows.append([channel, "∗", numbers, "=", Panel(alone[number], tone, channel.side)])
        rows.append([None, None, None, None, "+"])
    whole = Panel(few_colours([image])[0], cell=channel.side / 2, name="image")
    added = Panel(total, tone, channel.side, title="the sum", scale=True)
    three = Grid(rows[:-1], CLOSE, 0.03, middle=2)
    return picture(alt, lay, [[whole, three, "=", added]], 0.15)


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
    photo, weight = as_array(photo, "photo"), as_array(weight, "weight")
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
    x = Panel(few_colours([photo])[0], title="photograph", name="x[0]")
    maps = [
        Panel(made, tone_of(made, own), x.side, title=name, name=f"y[0, {number}]", scale=True)
        for number, (made, own, name) in enumerate(zip(y[0], weight, names, strict=True))
    ]
    rows = [[None, *maps[start : start + 3]] for start in range(0, len(maps), 3)]
    return picture(alt, lay, [[x, *rows[0][1:]], *rows[1:]])
