"""Wrong ways to mix the channels of a pixel."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from dwsep_helpers.checks.exercise import Mistake
from dwsep_helpers.checks.mistakes.conv2d import CONV2D
from dwsep_helpers.checks.mistakes.recipe import recipe, reuse


def _weighted(image: np.ndarray, weights: np.ndarray) -> np.ndarray:
    return image * weights[:, None, None]


def _mixed(image: np.ndarray, weights: np.ndarray) -> np.ndarray:
    return _weighted(image, weights).sum(axis=0)


def _mistake(
    name: str, says: str, function: Callable[[np.ndarray, np.ndarray], Any], hint: int = 2
) -> Mistake:
    return Mistake(name, says, lambda image, weights: function(image, weights), hint)


MIX_CHANNELS = (
    _mistake(
        "weights-left-out",
        "The channels are added up as they are; each is to be weighed first.",
        lambda x, w: x.sum(axis=0),
        hint=1,
    ),
    _mistake(
        "channels-averaged",
        "The weighted channels are averaged; they are added up and divided by nothing.",
        lambda x, w: _mixed(x, w) / len(w),
    ),
    _mistake(
        "weights-normalized",
        "The weights are made to add up to one; they are used as they are given.",
        lambda x, w: _mixed(x, w) / w.sum(),
    ),
    _mistake(
        "first-channel-only",
        "Only channel 0 counts; the sum is over all channels.",
        lambda x, w: x[0] * w[0],
    ),
    _mistake(
        "last-channel-only",
        "Each channel replaces the one before, so only the last one counts: the sum has to grow.",
        lambda x, w: x[-1] * w[-1],
        hint=3,
    ),
    _mistake(
        "one-weight-for-all",
        "Every channel is weighed by weight 0; each has its own.",
        lambda x, w: x.sum(axis=0) * w[0],
    ),
    _mistake(
        "channel-order-reversed",
        "Channels meet the weights in the opposite order.",
        lambda x, w: _mixed(x, w[::-1]),
    ),
    _mistake(
        "channels-kept",
        "The channels are weighed and not added up: one map is asked for.",
        _weighted,
        hint=1,
    ),
    _mistake(
        "channel-axis-kept",
        "The answer has a channel axis of length 1; one map has rows and columns.",
        lambda x, w: _mixed(x, w)[None],
    ),
    _mistake(
        "rows-summed",
        "Rows are added up where channels should be: which axis is the channel?",
        lambda x, w: _weighted(x, w).sum(axis=1),
    ),
    _mistake(
        "columns-summed",
        "Columns are added up where channels should be: which axis is the channel?",
        lambda x, w: _weighted(x, w).sum(axis=2),
    ),
    _mistake(
        "all-summed",
        "Everything is added up to one number; each pixel has a sum of its own.",
        lambda x, w: _weighted(x, w).sum(),
        hint=1,
    ),
    _mistake(
        "height-and-width-swapped",
        "Rows and columns of the answer have changed places.",
        lambda x, w: _mixed(x, w).T,
    ),
    _mistake(
        "added-not-multiplied",
        "Weights are added to the channels; they are to be multiplied.",
        lambda x, w: (x + w[:, None, None]).sum(axis=0),
    ),
    _mistake(
        "products-multiplied",
        "The weighted channels are multiplied with each other; they are to be added up.",
        lambda x, w: _weighted(x, w).prod(axis=0),
    ),
    _mistake(
        "sign-turned",
        "Every sum has the opposite sign.",
        lambda x, w: -_mixed(x, w),
    ),
    _mistake(
        "integer-truncation",
        "The digits after the point are lost: of what dtype is the array you write to?",
        lambda x, w: np.trunc(_mixed(x, w)).astype(np.int64),
        hint=3,
    ),
    _mistake(
        "input-dtype-kept",
        "The answer has the dtype of the image, so whole-number pixels lose the digits after "
        "the point.",
        lambda x, w: _mixed(x, w).astype(x.dtype),
        hint=3,
    ),
    _mistake(
        "negatives-cut-off",
        "What is below zero became zero; that is an activation, another layer.",
        lambda x, w: np.maximum(_mixed(x, w), 0),
    ),
)


def pointwise(
    x: np.ndarray,
    weight: np.ndarray,
    bias: np.ndarray | None = None,
    **steps: Callable[..., Any],
) -> np.ndarray:
    """Mix rightly, save for the steps that are replaced."""
    return recipe(x, weight, bias, **steps)


def _by_matrix(
    product: Callable[[np.ndarray, np.ndarray], np.ndarray],
    x: np.ndarray,
    weight: np.ndarray,
    bias: np.ndarray | None = None,
) -> np.ndarray:
    """Mix with a matrix product of which a learner got the shapes wrong."""
    y = product(x, weight[:, :, 0, 0])
    return y if bias is None else y + bias[:, None, None]


def _read_as_transposed(weight: np.ndarray) -> np.ndarray:
    """Reshape the weight to (C_in, C_out) and transpose it: right only by its shape."""
    return weight.reshape(weight.shape[1], weight.shape[0], 1, 1).swapaxes(0, 1)


def _pixels_by_reshape(x: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    """Reshape to (N, H * W, C_in) in place of moving the channels there, and back likewise."""
    n, c, h, w = x.shape
    return (x.reshape(n, h * w, c) @ matrix.T).reshape(n, -1, h, w)


def _not_moved_back(x: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    """Move the channels last, mix them, and reshape in place of moving them back."""
    n, _, h, w = x.shape
    return (x.transpose(0, 2, 3, 1) @ matrix.T).reshape(n, -1, h, w)


def _batch_among_channels(x: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    """Reshape (N, C_in, H, W) to (C_in, N * H * W) as if the channel came first."""
    n, c, h, w = x.shape
    return (matrix @ x.reshape(c, n * h * w)).reshape(n, -1, h, w)


def _batch_not_moved_back(x: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    """Move the channel first, mix, and reshape in place of moving the batch back."""
    n, c, h, w = x.shape
    return (matrix @ x.swapaxes(0, 1).reshape(c, n * h * w)).reshape(n, -1, h, w)


POINTWISE_CONV2D = (
    Mistake(
        "weight-transposed",
        "The weight's matrix is read column by column: its rows are the outputs, (C_out, C_in).",
        partial(pointwise, filters=_read_as_transposed),
    ),
    *reuse(
        CONV2D,
        (
            *("weight-axes-swapped", "first-channel-only", "last-channel-only"),
            *("channels-averaged", "channel-order-reversed", "one-filter-for-all"),
            *("filters-added-up", "kernel-left-out", "added-not-multiplied", "sign-turned"),
            *("batch-first-only", "batch-first-repeated", "batch-dropped", "channels-last"),
            *("height-and-width-swapped", "bias-forgotten", "bias-per-channel"),
            *("bias-subtracted", "bias-first-only", "bias-along-width"),
            *("integer-truncation", "input-dtype-kept", "negatives-cut-off", "nothing-written"),
        ),
        pointwise,
    ),
    Mistake(
        "pixels-reshaped-not-moved",
        "Pixels and channels are mixed up: a reshape does not change the order of the numbers, "
        "so it can't move an axis.",
        partial(_by_matrix, _pixels_by_reshape),
    ),
    Mistake(
        "outputs-reshaped-not-moved",
        "The sums are right and lie in the wrong places: the channels, last in the product, are "
        "reshaped to axis 1 where they have to be moved.",
        partial(_by_matrix, _not_moved_back),
    ),
    Mistake(
        "batch-among-channels",
        "Images and channels are mixed up: the batch is axis 0, and a reshape takes it along.",
        partial(_by_matrix, _batch_among_channels),
    ),
    Mistake(
        "batch-not-moved-back",
        "The sums are right and lie in the wrong images: the batch has to be moved back to axis 0.",
        partial(_by_matrix, _batch_not_moved_back),
    ),
    Mistake(
        "weights-normalized",
        "Each filter's weights are made to add up to one; they are used as they are given.",
        partial(pointwise, filters=lambda w: w / w.sum(axis=1, keepdims=True)),
    ),
)
