"""Unit 02's expected pictures, from the numbers that its cells write out."""

from collections.abc import Callable
from typing import Final

import numpy as np

from dwsep_helpers.figures.colours import channels_filtered
from dwsep_helpers.figures.expected.unit_01 import KERNELS, photo
from dwsep_helpers.figures.influences import influence
from dwsep_helpers.figures.picture import Picture
from dwsep_helpers.kernels import conv2d, depthwise_conv2d

NAMES: Final = ("blur", "Sobel, horizontal", "sharpen")  # for red, green and blue


def filter_each_channel(image: np.ndarray, kernels: np.ndarray) -> np.ndarray:
    """Return each channel of an image (C, H, W) filtered with its own kernel (C, K_h, K_w)."""
    return depthwise_conv2d(image[None], kernels[:, None])[0]


def _filtered() -> Picture:
    kernels = np.stack([KERNELS[name] for name in NAMES])
    return channels_filtered(filter_each_channel, photo(), kernels, NAMES)


def _influence() -> Picture:
    rng = np.random.default_rng(2)
    x = rng.normal(size=(1, 3, 8, 8))
    own, all_channels = rng.normal(size=(3, 3, 3)), rng.normal(size=(3, 3, 3, 3))
    layers = {
        "depthwise": lambda x: filter_each_channel(x[0], own)[None],
        "standard": lambda x: conv2d(x, all_channels),
    }
    return influence(layers, x, exercise="2.1")


PICTURES: Final[dict[str, Callable[[], Picture]]] = {
    "channels_filtered": _filtered,
    "influence_depthwise": _influence,
}
