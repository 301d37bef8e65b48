"""Wrong ways to slide a kernel over one image: one channel, true convolution, many channels."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from dwsep_helpers.checks.exercise import Mistake
from dwsep_helpers.checks.mistakes import recipe as r
from dwsep_helpers.checks.mistakes.recipe import all_windows, multiply_and_add, recipe


def _one_channel(image: np.ndarray, kernel: np.ndarray, **steps: Callable[..., Any]) -> np.ndarray:
    return recipe(image[None, None], kernel[None, None], **steps)[0, 0]


def _one_filter(image: np.ndarray, kernel: np.ndarray, **steps: Callable[..., Any]) -> np.ndarray:
    return recipe(image[None], kernel[None], **steps)[0, 0]


def _keep_the_channels(windows: np.ndarray, weight: np.ndarray) -> np.ndarray:
    return np.einsum("ncijhw,fchw->nfcij", windows, weight)


def _sum_the_channels_first(windows: np.ndarray, weight: np.ndarray) -> np.ndarray:
    return np.einsum("ncijhw,fdhw->nfij", windows, weight)


def _bank(
    function: Callable[..., np.ndarray], *rows: tuple[str, str, dict[str, Callable[..., Any]]]
) -> tuple[Mistake, ...]:
    return tuple(Mistake(name, says, partial(function, **steps)) for name, says, steps in rows)


# What can go wrong on the plane, whatever is slid over it.
_PLANE = (
    (
        "kernel-transposed",
        "Rows of the kernel meet columns of the window: which of its axes is which?",
        {"filters": lambda w: w.swapaxes(2, 3)},
    ),
    (
        "kernel-last-row-skipped",
        "The last row and column of the kernel never meet a number.",
        {"contract": lambda p, w: multiply_and_add(p[..., :-1, :-1], w[..., :-1, :-1])},
    ),
    (
        "kernel-averaged",
        "The products are averaged; they are added up and divided by nothing.",
        {"contract": lambda p, w: multiply_and_add(p, w) / w[0].size},
    ),
    (
        "kernel-left-out",
        "The numbers of each window are added up as they are; the kernel is to weigh them.",
        {"contract": r.sum_the_window},
    ),
    (
        "added-not-multiplied",
        "Window and kernel are added, number by number; they are to be multiplied.",
        {"contract": r.add_and_add},
    ),
    (
        "sign-turned",
        "Every sum has the opposite sign.",
        {"contract": lambda p, w: -multiply_and_add(p, w)},
    ),
    (
        "overwritten-not-added",
        "Each product replaces the one before, so only the last one is left: the sum has to grow.",
        {"contract": r.last_tap},
    ),
    (
        "output-size-off-by-one",
        "The last row and column are missing: a position at the very end still fits.",
        {"windows": lambda x, k, s: all_windows(x, k, s)[:, :, :-1, :-1]},
    ),
    (
        "last-row-missing",
        "The last row is missing: a position at the very end still fits.",
        {"windows": lambda x, k, s: all_windows(x, k, s)[:, :, :-1]},
    ),
    (
        "last-column-missing",
        "The last column is missing: a position at the very end still fits.",
        {"windows": lambda x, k, s: all_windows(x, k, s)[:, :, :, :-1]},
    ),
    (
        "columns-counted-like-rows",
        "Columns stay zero from the number of rows on: the loop over columns ends too soon.",
        {"finish": r.columns_like_rows},
    ),
    (
        "output-as-large-as-input",
        "The answer is as large as the image, as if it were padded; here only whole windows count.",
        {"windows": r.windows_same_size},
    ),
    (
        "height-and-width-swapped",
        "Rows and columns of the answer have changed places.",
        {"finish": lambda y, x: y.swapaxes(-2, -1)},
    ),
    (
        "height-for-width",
        "The answer is as wide as it is high: work out H_out and W_out separately.",
        {"windows": r.windows_square},
    ),
    (
        "stride-of-the-kernel",
        "Windows lie side by side without overlap; the kernel moves by one.",
        {"options": lambda s, p, k: (k, p)},
    ),
    (
        "integer-truncation",
        "The digits after the point are lost: of what dtype is the array you write to?",
        {"finish": lambda y, x: np.trunc(y).astype(np.int64)},
    ),
    (
        "input-dtype-kept",
        "The answer has the dtype of the image, so whole-number pixels lose the digits after "
        "the point.",
        {"finish": lambda y, x: y.astype(x.dtype)},
    ),
    (
        "nothing-written",
        "Every value is zero: is the sum stored in the array that you return?",
        {"finish": lambda y, x: np.zeros_like(y)},
    ),
)

_FLIPPED_UP_DOWN = (
    "kernel-flipped-up-down",
    "The kernel is flipped along its rows alone.",
    {"filters": lambda w: w[..., ::-1, :]},
)
_FLIPPED_LEFT_RIGHT = (
    "kernel-flipped-left-right",
    "The kernel is flipped along its columns alone.",
    {"filters": lambda w: w[..., ::-1]},
)

CORRELATE2D = _bank(
    _one_channel,
    (
        "kernel-flipped",
        "The kernel is turned by 180° before it slides; correlation slides it as it is.",
        {"filters": lambda w: w[..., ::-1, ::-1]},
    ),
    _FLIPPED_UP_DOWN,
    _FLIPPED_LEFT_RIGHT,
    *_PLANE,
)


def _turned(image: np.ndarray, kernel: np.ndarray, **steps: Callable[..., Any]) -> np.ndarray:
    return _one_channel(image, kernel[::-1, ::-1], **steps)


CONVOLVE2D = (
    *_bank(
        _one_channel,
        (
            "kernel-not-flipped",
            "That is correlation: the kernel slides as it is. True convolution turns it first.",
            {},
        ),
        _FLIPPED_UP_DOWN,
        _FLIPPED_LEFT_RIGHT,
        (
            "kernel-transposed-not-flipped",
            "Rows and columns of the kernel changed places; a flip keeps rows rows and turns "
            "their order around.",
            {"filters": lambda w: w.swapaxes(2, 3)},
        ),
        (
            "kernel-turned-by-90",
            "The kernel is turned by a quarter; two flips make half a turn.",
            {"filters": lambda w: np.rot90(w, axes=(2, 3))},
        ),
        (
            "kernel-turned-by-270",
            "The kernel is turned by three quarters; two flips make half a turn.",
            {"filters": lambda w: np.rot90(w, 3, axes=(2, 3))},
        ),
        (
            "image-flipped",
            "The image is flipped in place of the kernel, so the answer comes out turned.",
            {"pad": lambda x, p: x[..., ::-1, ::-1]},
        ),
        (
            "answer-flipped",
            "The answer is flipped; it is the kernel that is, before it slides.",
            {"finish": lambda y, x: y[..., ::-1, ::-1]},
        ),
    ),
    *_bank(_turned, *_PLANE),
)

CORRELATE_CHANNELS = _bank(
    _one_filter,
    (
        "first-channel-only",
        "Only channel 0 is read; the answer sums over all channels.",
        {"contract": lambda p, w: multiply_and_add(p[:, :1], w[:, :1])},
    ),
    (
        "last-channel-only",
        "Each channel's map replaces the one before, so only the last one is left.",
        {"contract": lambda p, w: multiply_and_add(p[:, -1:], w[:, -1:])},
    ),
    (
        "channels-averaged",
        "The maps are averaged; they are added up and divided by nothing.",
        {"contract": lambda p, w: multiply_and_add(p, w) / w.shape[1]},
    ),
    (
        "channels-kept-apart",
        "There is one map for each channel; the last step, adding them up, is missing.",
        {"contract": _keep_the_channels},
    ),
    (
        "one-slice-for-all-channels",
        "Every channel meets slice 0 of the kernel; each has a slice of its own.",
        {"contract": lambda p, w: multiply_and_add(p, np.broadcast_to(w[:, :1], w.shape))},
    ),
    (
        "one-channel-for-all-slices",
        "Every slice of the kernel meets channel 0; each has a channel of its own.",
        {"contract": lambda p, w: multiply_and_add(np.broadcast_to(p[:, :1], p.shape), w)},
    ),
    (
        "channel-order-reversed",
        "Channels meet the kernel's slices in the opposite order.",
        {"filters": lambda w: w[:, ::-1]},
    ),
    (
        "every-channel-with-every-slice",
        "Each channel meets all slices; channel c meets slice c alone.",
        {"contract": _sum_the_channels_first},
    ),
    (
        "kernel-flipped",
        "The kernel's rows and columns are flipped; correlation slides it as it is.",
        {"filters": lambda w: w[..., ::-1, ::-1]},
    ),
    (
        "kernel-flipped-with-channels",
        "The kernel is flipped along all its axes, the channels too; correlation flips none.",
        {"filters": lambda w: w[:, ::-1, ::-1, ::-1]},
    ),
    _FLIPPED_UP_DOWN,
    _FLIPPED_LEFT_RIGHT,
    *_PLANE,
)
