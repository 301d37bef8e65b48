"""The steps that lead to the layers: one product, one channel, one image; stride 1, no padding."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from dwsep_helpers.kernels.arguments import as_weight
from dwsep_helpers.kernels.dense import conv2d
from dwsep_helpers.kernels.depthwise import depthwise_conv2d
from dwsep_helpers.kernels.pointwise import pointwise_conv2d


def multiply_accumulate(total: float, a: float, b: float) -> float:
    """Add ``a * b`` to a running total: one MAC, of which every layer here is made.

    An int where all three are.

    Examples
    --------
    >>> multiply_accumulate(10, 2, 3)
    16
    """
    return total + a * b


def correlate2d(image: ArrayLike, kernel: ArrayLike) -> np.ndarray:
    r"""Slide a kernel over one channel and sum the products.

    .. math:: y_{h,w} = \sum_{i,j} K_{i,j} \, x_{h+i,\,w+j}

    Parameters
    ----------
    image : array_like, shape (H, W)
    kernel : array_like, shape (K_h, K_w)
        Not flipped; at most as large as the image.

    Returns
    -------
    ndarray, shape (H - K_h + 1, W - K_w + 1)
        A new array, of a dtype as for `conv2d`.

    Raises
    ------
    TypeError
        For a dtype other than float32, float64 and the integers.
    ValueError
        For shapes that do not fit.

    Examples
    --------
    >>> correlate2d([[1, 2, 0], [0, 1, 3]], [[1, 2], [0, -1]])
    array([[ 4, -1]])
    """
    image, kernel = _read(image, "kernel", kernel, "H W", "K_h K_w")
    return conv2d(image[None, None], kernel[None, None])[0, 0]


def convolve2d(image: ArrayLike, kernel: ArrayLike) -> np.ndarray:
    r"""Convolve one channel with a kernel in the sense of mathematics: the kernel is flipped.

    .. math:: y_{h,w} = \sum_{i,j} K_{K_h-1-i,\,K_w-1-j} \, x_{h+i,\,w+j}

    As ``scipy.signal.convolve2d(image, kernel, mode="valid")``; shapes, dtypes and errors are as
    for `correlate2d`.

    Examples
    --------
    >>> convolve2d([[1, 2, 0], [0, 1, 3]], [[1, 2], [0, -1]])
    array([[0, 3]])
    """
    image, kernel = _read(image, "kernel", kernel, "H W", "K_h K_w")
    return correlate2d(image, kernel[::-1, ::-1])


def correlate_channels(image: ArrayLike, kernel: ArrayLike) -> np.ndarray:
    r"""Correlate every channel with its own slice of one filter and sum over the channels.

    .. math:: y_{h,w} = \sum_{c,i,j} K_{c,i,j} \, x_{c,\,h+i,\,w+j}

    From an image (C_in, H, W) and a kernel (C_in, K_h, K_w) to (H - K_h + 1, W - K_w + 1); dtypes
    and errors are as for `correlate2d`.

    Examples
    --------
    >>> correlate_channels([[[1, 2]], [[3, 4]]], [[[1]], [[10]]])
    array([[31, 42]])
    """
    image, kernel = _read(image, "kernel", kernel, "C_in H W", "C_in K_h K_w")
    return conv2d(image[None], kernel[None])[0, 0]


def filter_each_channel(image: ArrayLike, kernels: ArrayLike) -> np.ndarray:
    r"""Filter every channel with its own kernel.

    .. math:: y_{c,h,w} = \sum_{i,j} K_{c,i,j} \, x_{c,\,h+i,\,w+j}

    From an image (C, H, W) and kernels (C, K_h, K_w) to (C, H - K_h + 1, W - K_w + 1); dtypes and
    errors are as for `correlate2d`.

    Examples
    --------
    >>> filter_each_channel([[[1, 2]], [[3, 4]]], [[[1]], [[10]]])
    array([[[ 1,  2]],
    <BLANKLINE>
           [[30, 40]]])
    """
    image, kernels = _read(image, "kernels", kernels, "C H W", "C K_h K_w")
    return depthwise_conv2d(image[None], kernels[:, None])[0]


def mix_channels(image: ArrayLike, weights: ArrayLike) -> np.ndarray:
    r"""Add up the channels of an image, each with its weight.

    .. math:: y_{h,w} = \sum_c w_c \, x_{c,h,w}

    From an image (C, H, W) and weights (C,) to (H, W); dtypes and errors are as for `correlate2d`.

    Examples
    --------
    >>> mix_channels([[[1, 2]], [[10, 20]]], [3, 0.5])
    array([[ 8., 16.]])
    """
    image, weights = _read(image, "weights", weights, "C H W", "C")
    return pointwise_conv2d(image[None], weights[None])[0, 0]


def _read(
    image: ArrayLike, name: str, kernel: ArrayLike, image_axes: str, kernel_axes: str
) -> tuple[np.ndarray, np.ndarray]:
    """Check an image, and that what is called ``name`` fits on it."""
    image = as_weight("image", image, tuple(image_axes.split()))
    kernel = as_weight(name, kernel, tuple(kernel_axes.split()))
    axes = zip(image_axes.split(), kernel_axes.split(), image.shape, kernel.shape, strict=False)
    for axis, (has, needs, ours, theirs) in enumerate(axes):
        if theirs > ours or (theirs < ours and has == needs):
            raise ValueError(
                f"{name} has {needs}={theirs} but image has {has}={ours} (axis {axis})"
            )
    return image, kernel
