"""How many of the eight-bit integers a layer's channels make use of."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike

from dwsep_helpers.figures import palette
from dwsep_helpers.figures.arrays import as_floats
from dwsep_helpers.figures.charts import furnish
from dwsep_helpers.figures.picture import Picture, new_figure, picture
from dwsep_helpers.figures.types import Figure
from dwsep_helpers.hardware.quantization import HIGHEST, quantize, symmetric_scale
from dwsep_helpers.kernels.shapes import mapping

WIDTH, HEIGHT = 7.6, 3.2
LOOKS = (
    ("o", palette.KERNEL.line),
    ("^", palette.INPUT.line),
    ("s", palette.NEUTRAL.line),
    ("D", palette.OUTPUT.line),
)


def levels_used(weights: Mapping[str, ArrayLike], title: str = "") -> Picture:
    """Draw each output channel's largest integer when a layer's weights share one scale.

    With a scale for each channel all of them would reach 127.

    Parameters
    ----------
    weights : mapping of str to array_like, shape (C_out, C_in / groups, K_h, K_w)
        One to four layers' weights, by name.
    title : str, written above

    Raises
    ------
    TypeError
        If ``weights`` is no mapping.
    ValueError
        If there are no layers, or more than four, or one has no weights.

    Examples
    --------
    >>> levels_used({"a layer": [[1.27, 0.5], [0.1, 0.02]]}).alt
    'Largest integer of each channel. a layer: 10 to 127, half of the channels below 68.5.'
    """
    mapping("weights", weights)
    if not 1 <= len(weights) <= len(LOOKS):
        raise ValueError(f"weights has {len(weights)} layers, and 1 to {len(LOOKS)} are drawn")
    given = {name: as_floats(weight, name) for name, weight in weights.items()}
    for name, weight in given.items():
        if not weight.size or not weight.ndim:
            raise ValueError(f"{name} has shape {weight.shape}, and a channel at least is drawn")
    levels = {name: _levels(weight) for name, weight in given.items()}
    said = [
        f"{name}: {some.min()} to {some.max()}, half of the channels below {np.median(some):g}."
        for name, some in levels.items()
    ]
    alt = f"{title or 'Largest integer of each channel'}. {' '.join(said)}"
    return picture(alt, _draw, levels, title)


def _levels(weight: np.ndarray) -> np.ndarray:
    """Return the largest magnitude of each channel's integers, sorted."""
    integers = quantize(weight, symmetric_scale(weight)).astype(int)
    return np.sort(np.abs(integers).reshape(len(weight), -1).max(axis=1))


def _draw(levels: Mapping[str, np.ndarray], title: str) -> Figure:
    figure = new_figure(WIDTH, HEIGHT)
    axes = figure.add_axes((0.1, 0.17, 0.59, 0.69 if title else 0.78))
    for (name, some), (marker, colour) in zip(levels.items(), LOOKS, strict=False):
        share = (np.arange(len(some)) + 0.5) / len(some)
        axes.plot(100 * share, some, marker, color=colour, ms=4, label=name)
    axes.axhline(HIGHEST, color=palette.NEUTRAL.line, lw=1, ls="--", label="a scale per channel")
    axes.set(xlim=(0, 100), ylim=(0, 1.12 * HIGHEST))
    axes.set_yticks([0, 32, 64, 96, HIGHEST])
    axes.set(xlabel="channels, in per cent, sorted", ylabel="largest integer")
    furnish(axes, title, legend=0.7)
    return figure
