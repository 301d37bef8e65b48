"""Unit 03's expected pictures, from the numbers that its cells write out."""

from collections.abc import Callable
from typing import Final

import numpy as np

from dwsep_helpers.data import LUMA
from dwsep_helpers.figures.approximations import approximation
from dwsep_helpers.figures.colours import channels_mixed
from dwsep_helpers.figures.expected.unit_01 import photo
from dwsep_helpers.figures.influences import influence
from dwsep_helpers.figures.matrices import colour_matrix
from dwsep_helpers.figures.picture import Picture
from dwsep_helpers.kernels import depthwise_conv2d, depthwise_separable_conv2d, pointwise_conv2d

MATRICES: Final = {
    "grey": np.stack([LUMA] * 3),
    "swap": np.array([[0, 0, 1], [0, 1, 0], [1, 0, 0]]),
    "warm": np.array([[1.1, 0.1, 0], [0, 1, 0], [0, 0.1, 0.6]]),
}


def mix_channels(image: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Return the weighted sum (H, W) of the channels of an image (C, H, W)."""
    return np.tensordot(weights, image, axes=1)


def separable_approximation(weight: np.ndarray, terms: int = 1) -> np.ndarray:
    """Return the closest sum of separable layers to a dense kernel (N, C, K_h, K_w)."""
    filters, channels, rows, columns = weight.shape
    slices = weight.swapaxes(0, 1).reshape(channels, filters, rows * columns)
    u, s, v = np.linalg.svd(slices, full_matrices=False)
    closest = (u[:, :, :terms] * s[:, None, :terms]) @ v[:, :terms]
    return closest.reshape(channels, filters, rows, columns).swapaxes(0, 1)


def _influence() -> Picture:
    rng = np.random.default_rng(3)
    x = rng.normal(size=(1, 3, 8, 8))
    kernels, mixing = rng.normal(size=(3, 1, 3, 3)), rng.normal(size=(3, 3, 1, 1))
    layers = {
        "depthwise": lambda x: depthwise_conv2d(x, kernels, padding=1),
        "pointwise": lambda x: pointwise_conv2d(x, mixing),
        "one, then the other": lambda x: depthwise_separable_conv2d(x, kernels, mixing, padding=1),
    }
    return influence(layers, x, pixel=(4, 3), exercise="3.2")


def _approximation() -> Picture:
    rng = np.random.default_rng(37)
    random = rng.normal(size=(64, 3, 5, 5))
    patterns = np.stack([np.outer(a, b) for a in np.eye(5)[:3] for b in np.eye(5)[:2]])
    structured = np.einsum("nct,tij->ncij", rng.normal(size=(64, 3, 6)), patterns)
    kernels = {"random": random, "six patterns": structured + 0.05 * random}
    return approximation(kernels, separable_approximation)


PICTURES: Final[dict[str, Callable[[], Picture]]] = {
    "channels_mixed": lambda: channels_mixed(mix_channels, photo(), np.array(LUMA)),
    "colour_matrix": lambda: colour_matrix(pointwise_conv2d, photo(), MATRICES),
    "influence_separable": _influence,
    "approximation": _approximation,
}
