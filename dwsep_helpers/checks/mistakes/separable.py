"""Wrong ways to filter, then combine; to write that as one dense kernel; and to come close."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from dwsep_helpers.checks.exercise import Mistake
from dwsep_helpers.checks.mistakes.depthwise import DEPTHWISE_CONV2D, depthwise
from dwsep_helpers.checks.mistakes.pointwise import pointwise
from dwsep_helpers.checks.mistakes.recipe import recipe, reuse


def _as_filtered(y: np.ndarray) -> np.ndarray:
    return y


def separable(
    x: np.ndarray,
    depthwise_weight: np.ndarray,
    pointwise_weight: np.ndarray,
    stride: Any = 1,
    padding: Any = 0,
    *,
    between: Callable[[np.ndarray], np.ndarray] = _as_filtered,
    mixing: Callable[[np.ndarray], np.ndarray] = _as_filtered,
    after: Callable[[np.ndarray], np.ndarray] = _as_filtered,
    **steps: Callable[..., Any],
) -> np.ndarray:
    """Filter and combine rightly, save for the steps that are replaced."""
    filtered = depthwise(x, depthwise_weight, None, stride, padding, **steps)
    return after(pointwise(between(filtered), mixing(pointwise_weight)))


def _stride_in_both(x, depthwise_weight, pointwise_weight, stride=1, padding=0):
    filtered = depthwise(x, depthwise_weight, None, stride, padding)
    return recipe(filtered, pointwise_weight, stride=stride)


def _padding_in_both(x, depthwise_weight, pointwise_weight, stride=1, padding=0):
    filtered = depthwise(x, depthwise_weight, None, stride, padding)
    return recipe(filtered, pointwise_weight, padding=padding)


def _padding_in_pointwise(x, depthwise_weight, pointwise_weight, stride=1, padding=0):
    filtered = depthwise(x, depthwise_weight, None, stride)
    return recipe(filtered, pointwise_weight, padding=padding)


def _combine_first(x, depthwise_weight, pointwise_weight, stride=1, padding=0):
    """Mix, then filter what comes out: its shapes fit if C_out is C_in."""
    return depthwise(pointwise(x, pointwise_weight), depthwise_weight, None, stride, padding)


def _filter_alone(x, depthwise_weight, pointwise_weight, stride=1, padding=0):
    return depthwise(x, depthwise_weight, None, stride, padding)


def _combine_alone(x, depthwise_weight, pointwise_weight, stride=1, padding=0):
    repeats = len(depthwise_weight) // x.shape[1]
    return recipe(np.repeat(x, repeats, axis=1), pointwise_weight, None, stride, padding)


def _sum_of_all(y: np.ndarray) -> np.ndarray:
    return np.broadcast_to(y.sum(axis=1, keepdims=True), y.shape)


def _transposed(weight: np.ndarray) -> np.ndarray:
    return weight.reshape(weight.shape[1], weight.shape[0], 1, 1).swapaxes(0, 1)


def _mistake(name: str, says: str, hint: int = 2, **steps: Callable[..., Any]) -> Mistake:
    return Mistake(name, says, partial(separable, **steps), hint)


DEPTHWISE_SEPARABLE_CONV2D = (
    _mistake(
        "nonlinearity-between",
        "What is below zero between the stages became zero. MobileNet does that, in a layer of "
        "its own; here the stages follow each other directly.",
        between=lambda y: np.maximum(y, 0),
    ),
    _mistake(
        "nonlinearity-after",
        "What is below zero became zero; that is an activation, another layer.",
        after=lambda y: np.maximum(y, 0),
    ),
    Mistake(
        "stride-in-both-stages",
        "The stride is applied twice; it belongs to the depthwise stage, which slides.",
        _stride_in_both,
    ),
    Mistake(
        "padding-in-both-stages",
        "The pointwise stage pads too, and the answer grows; a 1×1 kernel needs no padding.",
        _padding_in_both,
    ),
    Mistake(
        "padding-in-the-pointwise-stage",
        "The padding is applied after filtering; it belongs before, where the kernel slides.",
        _padding_in_pointwise,
    ),
    Mistake(
        "combined-first",
        "The channels are combined before they are filtered; it is the other way round.",
        _combine_first,
        hint=1,
    ),
    Mistake(
        "filtered-only",
        "That is the depthwise stage; its channels have yet to be combined.",
        _filter_alone,
        hint=1,
    ),
    Mistake(
        "combined-only",
        "That is the pointwise stage alone; its input has to be filtered first.",
        _combine_alone,
        hint=1,
    ),
    _mistake(
        "channels-summed-between",
        "The filtered channels are added up before they are combined; combining is what adds them.",
        between=_sum_of_all,
    ),
    _mistake(
        "weight-transposed",
        "The pointwise weight is read column by column: its rows are the outputs.",
        mixing=_transposed,
    ),
    _mistake(
        "pointwise-order-reversed",
        "The filtered channels meet the pointwise weights in the opposite order.",
        mixing=lambda w: w[:, ::-1],
    ),
    _mistake(
        "channels-averaged",
        "The filtered channels are averaged; they are added up and divided by nothing.",
        mixing=lambda w: w / w.shape[1],
    ),
    _mistake(
        "rounded-between",
        "The digits after the point are lost between the stages.",
        between=np.trunc,
    ),
    *reuse(
        DEPTHWISE_CONV2D,
        (
            *("one-kernel-for-all", "kernel-order-reversed", "channels-summed-under-each-kernel"),
            *("kernel-major-order", "kernel-major-outputs", "kernel-flipped", "kernel-transposed"),
            *("padding-forgotten", "padding-axes-swapped", "padding-first-of-pair"),
            *("padding-doubled", "stride-forgotten", "stride-axes-swapped"),
            *("stride-first-of-pair", "stride-on-one-axis", "batch-first-only"),
        ),
        separable,
    ),
)


def _dense(depthwise_weight: np.ndarray, pointwise_weight: np.ndarray) -> np.ndarray:
    return pointwise_weight * depthwise_weight[:, 0]


def _wrong_dense(
    name: str, says: str, function: Callable[[np.ndarray, np.ndarray], Any], hint: int = 2
) -> Mistake:
    """Take a function of d (C_in, 1, K_h, K_w) and p (C_out, C_in, 1, 1)."""
    return Mistake(name, says, lambda d, p: function(d, p), hint)


EQUIVALENT_DENSE_KERNEL = (
    _wrong_dense(
        "outer-product-the-wrong-way",
        "The first two axes have changed places: axis 0 is the filter, axis 1 the channel.",
        lambda d, p: _dense(d, p).swapaxes(0, 1),
    ),
    _wrong_dense(
        "pointwise-left-out",
        "Every filter has the depthwise kernels as they are; its pointwise weights are to weigh "
        "them.",
        lambda d, p: np.broadcast_to(d[:, 0], (len(p), *d[:, 0].shape)),
        hint=1,
    ),
    _wrong_dense(
        "depthwise-left-out",
        "Every cell of a kernel has the pointwise weight alone; the depthwise kernel shapes it.",
        lambda d, p: p * np.ones_like(d[:, 0]),
        hint=1,
    ),
    _wrong_dense(
        "added-not-multiplied",
        "Kernel and weight are added; the one is to be multiplied with the other.",
        lambda d, p: p + d[:, 0],
        hint=1,
    ),
    _wrong_dense(
        "channels-summed",
        "The channels are added up; a standard filter has a slice for each of them.",
        lambda d, p: _dense(d, p).sum(axis=1, keepdims=True),
    ),
    _wrong_dense(
        "channel-axis-lost",
        "The channels are added up, and their axis is gone; the answer has four axes.",
        lambda d, p: _dense(d, p).sum(axis=1),
    ),
    _wrong_dense(
        "one-kernel-for-all",
        "Every channel has depthwise kernel 0; each has its own.",
        lambda d, p: _dense(np.broadcast_to(d[:1], d.shape), p),
    ),
    _wrong_dense(
        "channel-order-reversed",
        "The channels meet the depthwise kernels in the opposite order.",
        lambda d, p: _dense(d[::-1], p),
    ),
    _wrong_dense(
        "weight-transposed",
        "The pointwise weight is read column by column: its rows are the filters.",
        lambda d, p: _dense(d, _transposed(p)),
    ),
    _wrong_dense(
        "one-filter-for-all",
        "Every filter has the weights of filter 0; each has its own.",
        lambda d, p: _dense(d, np.broadcast_to(p[:1], p.shape)),
        hint=3,
    ),
    _wrong_dense(
        "kernel-flipped",
        "The kernels are turned by 180°; both layers slide them as they are.",
        lambda d, p: _dense(d, p)[..., ::-1, ::-1],
    ),
    _wrong_dense(
        "kernel-transposed",
        "The kernels' rows have become columns.",
        lambda d, p: _dense(d, p).swapaxes(2, 3),
    ),
    _wrong_dense(
        "kernel-flattened",
        "Rows and columns of the kernels are joined in one axis; the answer has four.",
        lambda d, p: _dense(d, p).reshape(*p.shape[:2], -1),
    ),
    _wrong_dense(
        "divided-by-channels",
        "The weights are divided by the number of channels; nothing is averaged here.",
        lambda d, p: _dense(d, p) / len(d),
    ),
    _wrong_dense(
        "kernels-normalized",
        "Each depthwise kernel is made to add up to one; it is used as it is given.",
        lambda d, p: _dense(d / d.sum(axis=(2, 3), keepdims=True), p),
    ),
    _wrong_dense(
        "integer-truncation",
        "The digits after the point are lost: of what dtype is the array you write to?",
        lambda d, p: np.trunc(_dense(d, p)).astype(np.int64),
        hint=3,
    ),
)


def by_channel(weight: np.ndarray) -> np.ndarray:
    """Write a dense kernel as one matrix (C_out, K_h * K_w) for each input channel."""
    c_out, c_in, k_h, k_w = weight.shape
    return weight.swapaxes(0, 1).reshape(c_in, c_out, k_h * k_w)


def from_channels(matrices: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    """Put the matrices of the input channels back together."""
    c_out, c_in, k_h, k_w = shape
    return matrices.reshape(c_in, c_out, k_h, k_w).swapaxes(0, 1)


def low_rank(
    matrices: np.ndarray,
    terms: int,
    *,
    scale: Callable[[np.ndarray], np.ndarray] = _as_filtered,
    keep: Callable[[int], slice] = lambda terms: slice(terms),
) -> np.ndarray:
    """Truncate singular value decompositions, (…, rows, columns), save for what is replaced."""
    u, s, v = np.linalg.svd(matrices, full_matrices=False)
    kept = keep(terms)
    return (u[..., kept] * scale(s)[..., None, kept]) @ v[..., kept, :]


def best(weight: np.ndarray, terms: int = 1, **steps: Callable[..., Any]) -> np.ndarray:
    """Return the closest sum of separable layers, as a dense kernel (C_out, C_in, K_h, K_w)."""
    return from_channels(low_rank(by_channel(weight), terms, **steps), weight.shape)


def _wrong_approximation(
    name: str, says: str, function: Callable[[np.ndarray, int], Any], hint: int = 2
) -> Mistake:
    return Mistake(name, says, lambda weight, terms=1: function(weight, terms), hint)


def _columns_of_v(weight: np.ndarray, terms: int) -> np.ndarray:
    """Read v as if its columns were the singular vectors."""
    u, s, v = np.linalg.svd(by_channel(weight))
    kept = (u[..., :terms] * s[:, None, :terms]) @ v[..., :terms].swapaxes(1, 2)
    return from_channels(kept, weight.shape)


def _mean_kernel(weight: np.ndarray, terms: int) -> np.ndarray:
    """Let each filter be a multiple of the channel's mean kernel."""
    matrices = by_channel(weight)
    mean = matrices.mean(axis=1, keepdims=True)
    factors = (matrices * mean).sum(axis=2, keepdims=True) / (mean**2).sum(axis=2, keepdims=True)
    return from_channels(factors * mean, weight.shape)


def _first_filters(weight: np.ndarray, terms: int) -> np.ndarray:
    kept = weight.copy()
    kept[terms:] = 0
    return kept


SEPARABLE_APPROXIMATION = (
    _wrong_approximation(
        "each-kernel-by-itself",
        "Each kernel is taken as a matrix of rows and columns. That is spatial separability; "
        "here one channel's kernels of all filters make the matrix.",
        low_rank,
    ),
    _wrong_approximation(
        "channels-together",
        "All channels are in one matrix, so they share what is kept; each has a decomposition of "
        "its own.",
        lambda w, t: low_rank(w.reshape(len(w), -1), t).reshape(w.shape),
        hint=1,
    ),
    _wrong_approximation(
        "each-filter-by-itself",
        "The matrices hold one filter's channels in rows; they are to hold one channel's filters.",
        lambda w, t: low_rank(w.reshape(*w.shape[:2], -1), t).reshape(w.shape),
    ),
    _wrong_approximation(
        "channels-reshaped-not-moved",
        "Filters and channels are mixed up: a reshape does not change the order of the numbers, "
        "so it can't move an axis.",
        lambda w, t: low_rank(w.reshape(w.shape[1], len(w), -1), t).reshape(w.shape),
    ),
    _wrong_approximation(
        "not-moved-back",
        "The channel came first in your matrices, and still does: it belongs to axis 1.",
        lambda w, t: best(w, t).swapaxes(0, 1),
        hint=3,
    ),
    _wrong_approximation(
        "singular-values-forgotten",
        "The singular values are missing, so all terms weigh the same.",
        lambda w, t: best(w, t, scale=np.ones_like),
        hint=3,
    ),
    _wrong_approximation(
        "singular-values-squared",
        "The singular values count twice.",
        lambda w, t: best(w, t, scale=np.square),
        hint=3,
    ),
    _wrong_approximation(
        "lightest-terms-kept",
        "The terms with the smallest singular values are kept; the heaviest come first.",
        lambda w, t: best(w, t, keep=lambda terms: slice(-terms, None)),
        hint=1,
    ),
    _wrong_approximation(
        "terms-ignored",
        "One term is kept, however many are asked for.",
        lambda w, t: best(w, 1),
        hint=3,
    ),
    _wrong_approximation(
        "one-term-too-many",
        "One term more is kept than asked for: where does the slice end?",
        lambda w, t: best(w, t + 1),
        hint=3,
    ),
    _wrong_approximation(
        "one-term-too-few",
        "One term fewer is kept than asked for: where does the slice end?",
        lambda w, t: best(w, t - 1),
        hint=3,
    ),
    _wrong_approximation(
        "last-term-alone",
        "Only the last of the terms is left: their sum is asked for.",
        lambda w, t: best(w, t, keep=lambda terms: slice(terms - 1, terms)),
        hint=3,
    ),
    _wrong_approximation(
        "columns-of-v",
        "The right singular vectors are taken from columns; NumPy gives them in rows.",
        _columns_of_v,
        hint=3,
    ),
    _wrong_approximation(
        "rest-returned",
        "That is what the terms leave over, not the terms.",
        lambda w, t: w - best(w, t),
    ),
    _wrong_approximation(
        "weight-unchanged",
        "That is the weight itself, with all its terms.",
        lambda w, t: w,
        hint=1,
    ),
    _wrong_approximation(
        "mean-kernel",
        "Every filter has a multiple of the channel's mean kernel. There is a kernel that comes "
        "closer.",
        _mean_kernel,
        hint=1,
    ),
    _wrong_approximation(
        "first-filters-kept",
        "The first filters are kept and the others are zero; all filters have a part in each term.",
        _first_filters,
        hint=1,
    ),
)
