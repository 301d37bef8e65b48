"""Unit 01's expected pictures, from the numbers that its cells write out."""

from collections.abc import Callable
from typing import Final

import numpy as np

from dwsep_helpers import data
from dwsep_helpers.figures.flips import correlation_vs_convolution, kernel_flipped
from dwsep_helpers.figures.grids import sliding_window
from dwsep_helpers.figures.maps import channels_summed, filter_bank, kernel_gallery
from dwsep_helpers.figures.picture import Picture
from dwsep_helpers.kernels import conv2d

HAND_IMAGE: Final = np.array([[1, 2, 0, 1], [0, 1, 3, 1], [2, 0, 1, 2], [1, 1, 0, 0]])
HAND_KERNEL: Final = np.array([[1, 2], [0, -1]])
ONE_TO_NINE: Final = np.arange(1, 10).reshape(3, 3)
KERNELS: Final = {
    "blur": np.full((3, 3), 1 / 9),
    "sharpen": np.array([[0, -1, 0], [-1, 5, -1], [0, -1, 0]]),
    "Sobel, horizontal": np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]),
}
PHOTO_SIZE: Final = (120, 180)


def correlate2d(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """Return the valid cross-correlation of an image (H, W) with a kernel (K_h, K_w)."""
    return conv2d(image[None, None], kernel[None, None])[0, 0]


def convolve2d(image: np.ndarray, kernel: np.ndarray) -> np.ndarray:
    """Return the valid convolution, flip included, of an image (H, W) with (K_h, K_w)."""
    return correlate2d(image, kernel[::-1, ::-1])


def photo() -> np.ndarray:
    """Return the photograph of the units, (3, 120, 180)."""
    return data.photograph("china", size=PHOTO_SIZE)


def _impulse() -> np.ndarray:
    image = np.zeros((5, 5), dtype=int)
    image[2, 2] = 1
    return image


def _edges() -> np.ndarray:
    """Return a filter (3, 3, 3) that answers to edges where red and blue differ."""
    slices = np.stack([KERNELS["Sobel, horizontal"]] * 3)
    return slices * np.array([1, 0, -1]).reshape(3, 1, 1)


def _layer() -> np.ndarray:
    """Return filters (3, 3, 3, 3) that see the mean of the channels with each kernel."""
    return np.stack([np.stack([kernel] * 3) / 3 for kernel in KERNELS.values()])


PICTURES: Final[dict[str, Callable[[], Picture]]] = {
    "sliding_window": lambda: sliding_window(HAND_IMAGE, HAND_KERNEL),
    "kernel_gallery": lambda: kernel_gallery(correlate2d, data.to_grey(photo()), KERNELS),
    "flip": lambda: kernel_flipped(ONE_TO_NINE),
    "correlation_vs_convolution": lambda: correlation_vs_convolution(
        correlate2d, convolve2d, _impulse(), ONE_TO_NINE
    ),
    "channels_summed": lambda: channels_summed(photo(), _edges()),
    "filter_bank": lambda: filter_bank(conv2d, photo()[:, ::2, ::2], _layer(), list(KERNELS)),
}
