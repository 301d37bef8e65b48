"""Wrong scales, zero points and eight-bit integers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from dwsep_helpers.checks.exercise import Mistake


def _pair(name: str, says: str, wrong: Callable[[float, float], Any], hint: int = 2) -> Mistake:
    def function(low, high):
        return np.array(wrong(low, high), dtype=float)

    return Mistake(name, says, function, hint)


def _of(low: float, high: float, steps: float = 255, bottom: float = -128) -> tuple[float, float]:
    scale = (high - low) / steps
    return scale, round(bottom - low / scale)


def _with_zero(low: float, high: float) -> tuple[float, float]:
    return min(low, 0.0), max(high, 0.0)


def _right(low: float, high: float) -> tuple[float, float]:
    return _of(*_with_zero(low, high))


SCALE_AND_ZERO_POINT = (
    _pair(
        "zero-left-out",
        "A range without zero has no integer that means zero: take it in first.",
        _of,
        2,
    ),
    _pair(
        "256-steps",
        "From −128 to 127 there are 255 steps: one fewer than integers.",
        lambda lo, hi: _of(*_with_zero(lo, hi), steps=256),
        2,
    ),
    _pair(
        "127-steps",
        "The range is divided by 127: that is one side of the integers alone.",
        lambda lo, hi: _of(*_with_zero(lo, hi), steps=127),
        2,
    ),
    _pair(
        "unsigned",
        "That zero point counts from 0: those integers have no sign. Here they begin at −128.",
        lambda lo, hi: _of(*_with_zero(lo, hi), bottom=0),
    ),
    _pair(
        "from-minus-127",
        "The smallest integer is −128, not −127.",
        lambda lo, hi: _of(*_with_zero(lo, hi), bottom=-127),
    ),
    _pair(
        "symmetric",
        "That is the symmetric one: its zero point is always 0, and half of the integers may "
        "never be used.",
        lambda lo, hi: (max(abs(lo), abs(hi)) / 127, 0),
        1,
    ),
    _pair(
        "zero-point-of-the-middle",
        "That integer means the middle of the range; asked for is the one that means 0.",
        lambda lo, hi: (_right(lo, hi)[0], round((lo + hi) / 2 / _right(lo, hi)[0])),
    ),
    _pair(
        "sign-of-the-zero-point",
        "The sign of low / scale is turned: low itself shall land at −128.",
        lambda lo, hi: (
            _right(lo, hi)[0],
            round(-128 + _with_zero(lo, hi)[0] / _right(lo, hi)[0]),
        ),
        3,
    ),
    _pair(
        "zero-point-negated",
        "The zero point has the wrong sign.",
        lambda lo, hi: (_right(lo, hi)[0], -_right(lo, hi)[1]),
        3,
    ),
    _pair(
        "zero-point-not-rounded",
        "The zero point isn't a whole number: it has to be one of the integers.",
        lambda lo, hi: (
            _right(lo, hi)[0],
            -128 - _with_zero(lo, hi)[0] / _right(lo, hi)[0],
        ),
        3,
    ),
    _pair(
        "zero-point-cut",
        "The zero point is cut off toward zero instead of rounded to the nearest.",
        lambda lo, hi: (
            _right(lo, hi)[0],
            int(-128 - _with_zero(lo, hi)[0] / _right(lo, hi)[0]),
        ),
        3,
    ),
    _pair(
        "zero-point-is-low",
        "The zero point is an integer, and low is a real number: divide by the scale.",
        lambda lo, hi: (_right(lo, hi)[0], round(-128 - _with_zero(lo, hi)[0])),
        3,
    ),
    _pair(
        "scale-upside-down",
        "That is how many steps there are in 1; the scale is how large a step is.",
        lambda lo, hi: (1 / _right(lo, hi)[0], _right(lo, hi)[1]),
        1,
    ),
    _pair(
        "order-swapped",
        "The two have changed places: the scale comes first.",
        lambda lo, hi: _right(lo, hi)[::-1],
        3,
    ),
    _pair(
        "scale-from-the-high-end",
        "The scale sees the high end alone; the low end belongs to the range too.",
        lambda lo, hi: (max(hi, 0) / 255 or 1.0, _right(lo, hi)[1]),
    ),
    _pair(
        "no-zero-point",
        "The zero point is 0, whatever the range; there low would not land at −128.",
        lambda lo, hi: (_right(lo, hi)[0], 0),
        2,
    ),
)


def _steps(name: str, says: str, wrong: Callable[..., np.ndarray], hint: int = 2) -> Mistake:
    """Take wrong whole numbers of (x, scale, zero point), which are clipped rightly."""

    def function(x, scale, zero_point=0):
        return np.clip(wrong(x, scale, zero_point), -128, 127).astype(np.int8)

    return Mistake(name, says, function, hint)


def _last(name: str, says: str, finish: Callable[[np.ndarray], np.ndarray], hint=3) -> Mistake:
    """End wrongly: what is done with the right whole numbers."""

    def function(x, scale, zero_point=0):
        return finish(np.rint(x / scale) + zero_point)

    return Mistake(name, says, function, hint)


def _clipped_first(x, scale, zero_point=0):
    return (np.clip(np.rint(x / scale), -128, 127) + zero_point).astype(np.int64).astype(np.int8)


QUANTIZE = (
    _steps(
        "cut-off",
        "The numbers are cut off toward zero; the nearest integer is asked for.",
        lambda x, s, z: np.trunc(x / s) + z,
    ),
    _steps(
        "rounded-down",
        "The numbers are rounded down; the nearest integer is asked for.",
        lambda x, s, z: np.floor(x / s) + z,
    ),
    _steps(
        "rounded-up",
        "The numbers are rounded up; the nearest integer is asked for.",
        lambda x, s, z: np.ceil(x / s) + z,
    ),
    _steps(
        "zero-point-forgotten",
        "The zero point is missing.",
        lambda x, s, z: np.rint(x / s),
        1,
    ),
    _steps(
        "zero-point-subtracted",
        "The zero point is subtracted; that is the way back.",
        lambda x, s, z: np.rint(x / s) - z,
        1,
    ),
    _steps(
        "zero-point-before-scale",
        "The zero point is added to the real numbers; it is an integer, and comes after them.",
        lambda x, s, z: np.rint((x + z) / s),
    ),
    _steps(
        "multiplied-by-scale",
        "The numbers are multiplied by the scale; a step is as large as the scale.",
        lambda x, s, z: np.rint(x * s) + z,
        1,
    ),
    _steps(
        "rounded-before-dividing",
        "The numbers are rounded before they are divided.",
        lambda x, s, z: np.trunc(np.rint(x) / s) + z,
    ),
    _steps(
        "scale-forgotten",
        "The scale is missing: the numbers are rounded as they are.",
        lambda x, s, z: np.rint(x) + z,
        1,
    ),
    _last(
        "not-clipped",
        "What lies beyond eight bits is not clipped, and wraps round: 128 becomes −128.",
        lambda q: q.astype(np.int64).astype(np.int8),
    ),
    Mistake(
        "clipped-before-the-zero-point",
        "It is clipped before the zero point is added, and may wrap round afterwards.",
        _clipped_first,
        3,
    ),
    _last(
        "clipped-at-127-both-ways",
        "The lowest integer is −128; it is clipped at −127.",
        lambda q: np.clip(q, -127, 127).astype(np.int8),
    ),
    _last(
        "unsigned",
        "It is clipped to 0 … 255 as for integers without a sign.",
        lambda q: np.clip(q, 0, 255).astype(np.int64).astype(np.int8),
    ),
    _last(
        "clipped-at-zero",
        "Nothing negative is left: it is clipped at 0.",
        lambda q: np.clip(q, 0, 127).astype(np.int8),
    ),
    _last(
        "clipped-at-seven-bits",
        "It is clipped to −64 … 63: that is seven bits.",
        lambda q: np.clip(q, -64, 63).astype(np.int8),
    ),
    Mistake(
        "one-scale-for-all",
        "One scale is used for all channels; scale may be an array.",
        lambda x, scale, zero_point=0: np.clip(
            np.rint(x / np.ravel(scale)[0]) + zero_point, -128, 127
        ).astype(np.int8),
    ),
)


def _scales(name: str, says: str, wrong: Callable[..., Any], hint: int = 2) -> Mistake:
    """Take wrong scales of (weight, per_channel)."""

    def function(weight, per_channel=False):
        return np.asarray(wrong(weight, per_channel), dtype=float)

    return Mistake(name, says, function, hint)


def _over(weight: np.ndarray, per_channel: bool, reduce: Callable, first: int = 0) -> np.ndarray:
    axes = tuple(a for a in range(weight.ndim) if a != first) if per_channel else None
    return reduce(weight, axis=axes, keepdims=per_channel)


def right_scale(weight: np.ndarray, per_channel: bool) -> np.ndarray:
    """Return the largest magnitudes over 127."""
    return np.asarray(_over(np.abs(weight), per_channel, np.max) / 127)


SYMMETRIC_SCALE = (
    _scales(
        "magnitude-forgotten",
        "The largest number is taken, and a negative one may be larger in magnitude.",
        lambda w, c: _over(w, c, np.max) / 127,
        1,
    ),
    _scales(
        "smallest-for-largest",
        "That is the lowest number's magnitude; a positive one may be larger.",
        lambda w, c: np.abs(_over(w, c, np.min)) / 127,
        1,
    ),
    _scales(
        "whole-range",
        "The range from lowest to highest is divided by 255: that is the scale with a zero point.",
        lambda w, c: (_over(w, c, np.max) - _over(w, c, np.min)) / 255,
        1,
    ),
    _scales(
        "divided-by-128",
        "Symmetric integers reach from −127 to 127: divide by 127.",
        lambda w, c: right_scale(w, c) * 127 / 128,
    ),
    _scales(
        "divided-by-255",
        "The magnitude is divided by 255; on its side there are 127 integers.",
        lambda w, c: right_scale(w, c) * 127 / 255,
    ),
    _scales(
        "not-divided",
        "That is the largest magnitude; the scale is its 127th part.",
        lambda w, c: right_scale(w, c) * 127,
        1,
    ),
    _scales(
        "upside-down",
        "That is how many steps there are in 1; the scale is how large a step is.",
        lambda w, c: 1 / right_scale(w, c),
        1,
    ),
    _scales(
        "mean-magnitude",
        "That is the mean magnitude; larger weights would not fit.",
        lambda w, c: _over(np.abs(w), c, np.mean) / 127,
    ),
    _scales(
        "three-deviations",
        "That is made of the standard deviation; the largest magnitude is asked for.",
        lambda w, c: 3 * _over(w, c, np.std) / 127,
    ),
    _scales(
        "always-per-tensor",
        "There is one scale for all; with per_channel each output channel has its own.",
        lambda w, c: right_scale(w, False),
    ),
    _scales(
        "always-per-channel",
        "Each channel has its own scale, without being asked for.",
        lambda w, c: right_scale(w, True),
    ),
    _scales(
        "one-for-all-in-the-shape-of-many",
        "The shape is right, and every channel has the same scale.",
        lambda w, c: np.broadcast_to(right_scale(w, False), right_scale(w, c).shape),
    ),
    _scales(
        "per-input-channel",
        "Each input channel has a scale of its own; it is output channels that have one.",
        lambda w, c: _over(np.abs(w), c, np.max, 1) / 127,
    ),
    _scales(
        "shape-of-scales",
        "The scales are right, and in one row: shaped (C_out, 1, 1, 1) they divide the weights.",
        lambda w, c: right_scale(w, c).ravel() if c else right_scale(w, False),
        3,
    ),
    _scales(
        "per-kernel",
        "Each kernel has its own scale: every pair of output and input channel.",
        lambda w, c: (
            np.max(np.abs(w), axis=tuple(range(2, w.ndim)), keepdims=True) / 127
            if c
            else right_scale(w, False)
        ),
    ),
    _scales(
        "channels-reversed",
        "The scales belong to the channels in the opposite order.",
        lambda w, c: right_scale(w, c)[::-1] if c else right_scale(w, False),
        3,
    ),
)
