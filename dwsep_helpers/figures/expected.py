"""The pictures that a right solution gives, by the name under which a notebook attaches them.

Each is drawn by the function that the learner's notebook calls, from the numbers that its cells
write out, with the reference kernels in the place of the learner's code.
"""

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Final

import numpy as np

from dwsep_helpers import data, figures, kernels
from dwsep_helpers.figures.picture import Picture

HAND_IMAGE: Final = np.array([[1, 2, 0, 1], [0, 1, 3, 1], [2, 0, 1, 2], [1, 1, 0, 0]])
HAND_KERNEL: Final = np.array([[1, 2], [0, -1]])
ONE_TO_NINE: Final = np.arange(1, 10).reshape(3, 3)
KERNELS: Final = {
    "blur": np.full((3, 3), 1 / 9),
    "sharpen": np.array([[0, -1, 0], [-1, 5, -1], [0, -1, 0]]),
    "Sobel, left to right": np.array([[-1, 0, 1], [-2, 0, 2], [-1, 0, 1]]),
}
# A filter that answers to edges where red and blue differ.
EDGES: Final = np.multiply.outer([1, 0, -1], KERNELS["Sobel, left to right"])
# A layer of filters that see the mean of the channels with each kernel.
BANK: Final = np.stack([np.stack([kernel] * 3) / 3 for kernel in KERNELS.values()])
OWN_NAMES: Final = ("blur", "Sobel, left to right", "sharpen")  # for red, green and blue
OWN: Final = np.stack([KERNELS[name] for name in OWN_NAMES])
MATRICES: Final = {
    "grey": np.stack([data.LUMA] * 3),
    "swap": np.array([[0, 0, 1], [0, 1, 0], [1, 0, 0]]),
    "warm": np.array([[1.1, 0.1, 0], [0, 1, 0], [0, 0.1, 0.6]]),
}


def photo() -> np.ndarray:
    """Return the photograph of the units, (3, 120, 180)."""
    return data.photograph("china", size=(120, 180))


def _influence_depthwise() -> Picture:
    rng = np.random.default_rng(2)
    x = rng.normal(size=(1, 3, 8, 8))
    own, all_channels = rng.normal(size=(3, 3, 3)), rng.normal(size=(3, 3, 3, 3))
    layers = {
        "depthwise": lambda x: kernels.filter_each_channel(x[0], own)[None],
        "standard": lambda x: kernels.conv2d(x, all_channels),
    }
    return figures.influence(layers, x, exercise="2.1")


def _influence_separable() -> Picture:
    rng = np.random.default_rng(3)
    x = rng.normal(size=(1, 3, 8, 8))
    own, mixing = rng.normal(size=(3, 1, 3, 3)), rng.normal(size=(3, 3, 1, 1))
    layers = {
        "depthwise": lambda x: kernels.depthwise_conv2d(x, own, padding=1),
        "pointwise": lambda x: kernels.pointwise_conv2d(x, mixing),
        "one, then the other": lambda x: kernels.depthwise_separable_conv2d(
            x, own, mixing, padding=1
        ),
    }
    return figures.influence(layers, x, pixel=(4, 3), exercise="3.2")


def _approximation() -> Picture:
    rng = np.random.default_rng(37)
    random = rng.normal(size=(256, 3, 5, 5))
    patterns = np.stack([np.outer(a, b) for a in np.eye(5)[:3] for b in np.eye(5)[:2]])
    structured = np.einsum("nct,tij->ncij", rng.normal(size=(256, 3, 6)), patterns)
    weights = {"random": random, "six patterns": structured + 0.05 * random}
    return figures.approximation(weights, kernels.separable_approximation)


_DRAWN: Final[dict[str, Callable[[], Picture]]] = {
    "sliding_window": lambda: figures.sliding_window(HAND_IMAGE, HAND_KERNEL),
    "kernel_gallery": lambda: figures.kernel_gallery(
        kernels.correlate2d, data.to_grey(photo()), KERNELS
    ),
    "flip": lambda: figures.kernel_flipped(ONE_TO_NINE),
    "correlation_vs_convolution": lambda: figures.correlation_vs_convolution(
        kernels.correlate2d, kernels.convolve2d, np.pad([[1]], 2), ONE_TO_NINE
    ),
    "channels_summed": lambda: figures.channels_summed(photo(), EDGES),
    "filter_bank": lambda: figures.filter_bank(
        kernels.conv2d, photo()[:, ::2, ::2], BANK, list(KERNELS)
    ),
    "channels_filtered": lambda: figures.channels_filtered(
        kernels.filter_each_channel, photo(), OWN, OWN_NAMES
    ),
    "influence_depthwise": _influence_depthwise,
    "channels_mixed": lambda: figures.channels_mixed(
        kernels.mix_channels, photo(), np.array(data.LUMA)
    ),
    "colour_matrix": lambda: figures.colour_matrix(kernels.pointwise_conv2d, photo(), MATRICES),
    "influence_separable": _influence_separable,
    "approximation": _approximation,
}
# What there is to see. A figure describes what a learner's code makes by its numbers.
_SEEN: Final = {
    "kernel_gallery": "A pagoda above trees, by a lake, in grey. Blurred, it is soft and has lost "
    "its detail. Sharpened, its beams and the leaves turn hard black and white. Under the "
    "horizontal Sobel kernel sky and lake are one flat grey; the pagoda's posts and outline stand "
    "out, yellow where it gets brighter to the right, blue where it gets darker.",
    "channels_summed": "A pagoda by a lake, split into red, green and blue. Red meets a Sobel "
    "kernel, green zeros, blue the same Sobel kernel with its signs turned. The red map shows the "
    "pagoda's upright edges, the green one is flat, the blue one shows the edges in swapped "
    "colours. In their sum the outlines of trees fade, and the painted parts of the pagoda stay.",
    "filter_bank": "A colour photograph of a pagoda by a lake, and three maps of it, each with one "
    "number for each pixel: the first a soft grey picture, the second grey with hard black and "
    "white edges, the third flat but for upright edges, drawn in yellow and blue.",
    "channels_filtered": "A colour photograph of a pagoda, split into three grey pictures, its "
    "red, green and blue channel. Red comes out blurred. Of green only upright edges stay, yellow "
    "and blue on flat grey. Blue comes out sharpened, nearly black and white. The three maps lie "
    "on a stack, one behind the other; nothing is added up.",
    "channels_mixed": "A colour photograph of a pagoda, its red, green and blue channel as grey "
    "pictures, times 0.299, 0.587 and 0.114, and their sum: one grey photograph, in which the red "
    "pagoda is dark and the sky is bright.",
    "colour_matrix": "A photograph of a red pagoda under a blue sky, three times through a matrix "
    "of 3×3 numbers. Through the first it is grey. Through the second, red and blue have changed "
    "places: the pagoda is blue, the sky pale orange. Through the third it is warm, as in evening "
    "light, and the sky is yellow.",
}


def _described(name: str) -> Picture:
    drawn = _DRAWN[name]()
    return replace(drawn, alt=_SEEN.get(name, drawn.alt))


EXPECTED: Final[dict[str, Callable[[], Picture]]] = {
    name: partial(_described, name) for name in _DRAWN
}
