"""Wrong solutions of unit 07 as learners write them, apart from the bank."""

import math

import numpy as np

from answers.unit_07.right import (
    amdahl_by_numpy,
    back_by_shifts,
    design_by_max,
    even_by_roots,
    filtered_by_windows,
    mixed_by_einsum,
    peak_by_spans,
    quantize_by_rint,
    range_by_min_and_max,
    scale_by_axes,
)
from dwsep_helpers import hardware, kernels
from dwsep_helpers.hardware import limits


def with_zero_point_by(rounded):
    """Return an answer that rounds the zero point in a way of its own."""

    def found(low, high):
        scale, _ = range_by_min_and_max(low, high)
        return scale, rounded(-128 - min(low, 0) / scale)

    return found


RANGE = [
    (lambda low, high: (high - low) / 255, "wrong shape", None),
    (lambda low, high: (range_by_min_and_max(low, high)[0], -128), "wrong values", None),
    (lambda low, high: (range_by_min_and_max(low, high)[0] * 2, range_by_min_and_max(low, high)[1]),
     "wrong values", None),
    (lambda low, high: (0, range_by_min_and_max(low, high)[1]), "wrong values", None),
    (lambda low, high: (1.002 * range_by_min_and_max(low, high)[0],
                        range_by_min_and_max(low, high)[1]), "wrong values", None),
    (lambda low, high: (range_by_min_and_max(low, high)[0] + 1e-6,
                        range_by_min_and_max(low, high)[1]), "wrong values", None),
    (lambda low, high: (round(range_by_min_and_max(low, high)[0], 4),
                        range_by_min_and_max(low, high)[1]), "wrong values", "scale-rounded"),
    (with_zero_point_by(math.floor), "wrong values", "zero-point-rounded-down"),
    (with_zero_point_by(math.ceil), "wrong values", "zero-point-rounded-up"),
    (with_zero_point_by(math.trunc), "wrong values", "zero-point-cut"),
    (with_zero_point_by(lambda z: math.floor(z) + 1), "wrong values", "zero-point-always-raised"),
    (with_zero_point_by(lambda z: int(z + 0.5)), "wrong values", "zero-point-half-added-and-cut"),
    (with_zero_point_by(lambda z: int(z - 0.5)), "wrong values", None),
    (with_zero_point_by(lambda z: np.clip(round(z), -127, 127)), "wrong values",
     "zero-point-above-minus-128"),
    (hardware.scale_and_zero_point, "used a forbidden shortcut", None),
    (lambda low, high: {"scale": 1, "zero_point": 0}, "wrong type", None),
    (lambda low, high: ((high - low) / 256, round(-128 - low * 256 / (high - low))),
     "wrong values", "256-steps"),
]  # fmt: skip

QUANTIZE = [
    (lambda x, scale, zero_point=0: np.rint(x / scale) + zero_point, "wrong type", None),
    (lambda x, scale, zero_point=0:
     (quantize_by_rint(x, scale, zero_point).astype(int) + 128).astype(np.uint8), "wrong type",
     None),
    (lambda x, scale, zero_point=0: np.int8(0) * quantize_by_rint(x, scale), "wrong values", None),
    (lambda x, scale, zero_point=0: quantize_by_rint(x, scale, zero_point).ravel()[:2],
     "wrong shape", None),
    (hardware.quantize, "used a forbidden shortcut", None),
    (lambda x, scale: quantize_by_rint(x, scale), "crashed", None),
    (lambda x, scale, zero_point=0:
     np.clip((x / scale + zero_point).astype(int), -128, 127).astype(np.int8), "wrong values",
     "cut-off"),
]  # fmt: skip


def scale_by_max(weight, per_channel=False):
    """Take the largest number for the largest magnitude."""
    if per_channel:
        return weight.max(axis=(1, 2, 3), keepdims=True) / 127
    return weight.max() / 127


SCALE = [
    (lambda weight, per_channel=False: np.abs(weight).sum() / 127, "wrong values", None),
    (lambda weight, per_channel=False: np.median(np.abs(weight)) / 127, "wrong values", None),
    (lambda weight, per_channel=False: np.abs(weight) / 127, "wrong shape", None),
    (hardware.symmetric_scale, "used a forbidden shortcut", None),
    (lambda weight, per_channel=False: (scale_by_axes(weight, per_channel), 0), "wrong shape",
     None),
    (scale_by_max, "wrong values", "magnitude-forgotten"),
    (lambda weight, per_channel=False:
     weight.max(axis=(1, 2, 3) if per_channel else None, keepdims=True) / 127, "wrong values",
     "magnitude-forgotten"),
    (lambda weight, per_channel=False: scale_by_axes(weight, per_channel).ravel(), "wrong shape",
     "shape-of-scales"),
    (lambda weight: scale_by_axes(weight), "crashed", None),
]  # fmt: skip

AMDAHL = [
    (lambda shares, speedups: sum(shares), "wrong values", None),
    (lambda shares, speedups: amdahl_by_numpy(speedups, shares), "wrong values", None),
    (lambda shares, speedups: sum(f / s for s, f in zip(shares, speedups, strict=True)),
     "wrong values", None),
    (lambda shares, speedups: 1 / (shares / speedups), "wrong shape", None),
    (limits.amdahl, "used a forbidden shortcut", None),
    (lambda shares, speedups: shares / speedups, "wrong shape", None),
]  # fmt: skip


def design_by_sorting_in_place(designs, budget):
    """Leave the list of designs in another order."""
    designs.sort(key=lambda row: row["top_1"])
    return design_by_max(designs, budget)


def design_by_using_up(designs, budget):
    """Leave the budget empty."""
    for name in list(budget):
        most = budget.pop(name)
        designs = [row for row in designs if row[name] <= most]
    return design_by_max(designs, {})


def design_by_marking(designs, budget):
    """Leave a mark in each design."""
    for row in designs:
        row["fits"] = all(row[name] <= most for name, most in budget.items())
    return design_by_max([row for row in designs if row["fits"]], {})


def design_by_known_costs(*known):
    """Keep the limits on some costs, and overlook any other."""

    def design(designs, budget):
        return design_by_max(designs, {name: budget[name] for name in known if name in budget})

    return design


_KNOWN = ("macs", "params", "npu_ms", "npu_sram_bytes")
DESIGN = [
    (lambda designs, budget: design_by_max(designs, {}), "wrong values", "budget-ignored"),
    (design_by_known_costs("macs"), "wrong values", "macs-alone"),
    (design_by_known_costs("macs", "params"), "wrong values", "first-limit-alone"),
    (design_by_known_costs(*_KNOWN), "wrong values", None),
    (design_by_known_costs(*_KNOWN, "int8_file_bytes", "cpu_ms"), "wrong values", None),
    (design_by_sorting_in_place, "changed its input", None),
    (design_by_using_up, "changed its input", None),
    (design_by_marking, "changed its input", None),
    (lambda designs, budget: max(row["top_1"] for row in designs), "wrong shape", None),
    (lambda designs, budget: (0.5, 160), "wrong values", None),
    (lambda designs, budget: design_by_max(designs[1:], budget), "wrong values", None),
    (lambda designs, budget: design_by_max(designs[:-1], {"macs": budget["macs"]}), "crashed",
     None),
    (limits.best_design, "used a forbidden shortcut", None),
    (lambda designs, budget: max(designs, key=lambda row: row["top_1"]), "wrong type", None),
]  # fmt: skip


def back_in_32_bits(accumulator, multiplier, shift, zero_point=0):
    """Multiply what arrays of int32 hold, in int32."""
    high = (accumulator * multiplier + (1 << 30)) >> 31
    half = (1 << shift) >> 1
    steps = np.sign(high) * ((np.abs(high) + half) >> shift)
    return np.clip(steps + zero_point, -128, 127).astype(np.int8)


def back_by_real_factor(accumulator, multiplier, shift, zero_point=0):
    factor = multiplier / 2**31 / 2.0**shift
    return np.clip(np.rint(accumulator * factor) + zero_point, -128, 127).astype(np.int8)


def back_in_one_shift(accumulator, multiplier, shift, zero_point=0):
    product = accumulator.astype(np.int64) * multiplier
    steps = (product + (1 << (30 + shift))) >> (31 + shift)
    return np.clip(steps + zero_point, -128, 127).astype(np.int8)


def back_cut_off(accumulator, multiplier, shift, zero_point=0):
    """Turn what the shift leaves into whole numbers, which cuts off."""
    high = (accumulator.astype(np.int64) * multiplier + (1 << 30)) >> 31
    steps = np.trunc(high / 2.0**shift)
    return np.clip(steps + zero_point, -128, 127).astype(np.int8)


def back_rounding(first, second=None):
    """Return an answer whose two divisions go to whole numbers in ways of their own."""

    def away(numbers):
        return np.sign(numbers) * np.floor(np.abs(numbers) + 0.5)

    def back(accumulator, multiplier, shift, zero_point=0):
        high = first(accumulator.astype(np.int64) * multiplier / 2**31)
        steps = (second or away)(high / 2.0**shift)
        return np.clip(steps + zero_point, -128, 127).astype(np.int8)

    return back


def back_by_rint_first(accumulator, multiplier, shift, zero_point=0):
    """Round the upper half as NumPy does."""
    high = np.rint(accumulator.astype(np.int64) * multiplier / 2**31).astype(np.int64)
    steps = np.sign(high) * ((np.abs(high) + ((1 << shift) >> 1)) >> shift)
    return np.clip(steps + zero_point, -128, 127).astype(np.int8)


def back_by_rint_twice(accumulator, multiplier, shift, zero_point=0):
    high = np.rint(accumulator.astype(np.int64) * multiplier / 2**31)
    return np.clip(np.rint(high / 2.0**shift) + zero_point, -128, 127).astype(np.int8)


def back_with_zero_point_first(accumulator, multiplier, shift, zero_point=0):
    high = (accumulator.astype(np.int64) * multiplier + (1 << 30) >> 31) + zero_point
    return back_by_shifts(high, 2**31, shift)


BACK = [
    (back_cut_off, "wrong values", "second-cut-off"),
    (back_by_rint_first, "wrong values", "first-halves-to-even"),
    (back_by_rint_twice, "wrong values", "both-halves-to-even"),
    (back_rounding(np.trunc), "wrong values", "first-cut-toward-zero"),
    (back_rounding(np.floor), "wrong values", "first-not-rounded"),
    (back_rounding(lambda high: np.floor(high + 0.5),
                   lambda steps: np.sign(steps) * np.ceil(np.abs(steps) - 0.5)),
     "wrong values", "second-halves-toward-zero"),
    (back_with_zero_point_first, "wrong values", "zero-point-before-the-shift"),
    (back_in_32_bits, "wrong values", "product-in-32-bits"),
    (back_by_real_factor, "wrong values", "in-floating-point"),
    (back_in_one_shift, "wrong values", "one-rounding"),
    (lambda accumulator, multiplier, shift, zero_point=0:
     back_by_shifts(accumulator, multiplier, shift, zero_point).astype(int), "wrong type", None),
    (lambda accumulator, multiplier, shift, zero_point=0:
     back_by_shifts(accumulator, multiplier, shift, zero_point).tolist(), "wrong type", None),
    (lambda accumulator, multiplier, shift: back_by_shifts(accumulator, multiplier, shift),
     "crashed", None),
    (lambda accumulator, multiplier, shift, zero_point=0:
     back_by_shifts(accumulator, multiplier, shift, zero_point).clip(0), "wrong values",
     "clipped-at-zero"),
    (kernels.requantize, "used a forbidden shortcut", None),
]  # fmt: skip


def filtered_in_int8(x, weight, bias, multiplier, shift, x_zero_point, y_zero_point,
                     stride=1, padding=0):  # fmt: skip
    """Products and sums of what the arrays hold."""
    around = ((0, 0), (0, 0), (padding, padding), (padding, padding))
    x = np.pad(x.astype(np.int32) - x_zero_point, around).astype(np.int8)
    windows = np.lib.stride_tricks.sliding_window_view(x, weight.shape[2:], axis=(2, 3))
    sums = np.einsum("nchwij,cij->nchw", windows[:, :, ::stride, ::stride], weight[:, 0])
    sums = sums.astype(np.int64) + bias[:, None, None]
    return back_by_shifts(sums, multiplier[:, None, None], shift[:, None, None], y_zero_point)


def filtered_padded_with_zeros(x, weight, bias, multiplier, shift, x_zero_point, y_zero_point,
                               stride=1, padding=0):  # fmt: skip
    around = ((0, 0), (0, 0), (padding, padding), (padding, padding))
    layer = weight, bias, multiplier, shift, x_zero_point, y_zero_point
    return filtered_by_windows(np.pad(x, around), *layer, stride)


FILTERED = [
    (lambda x, weight, bias, multiplier, shift, x_zero_point, y_zero_point, stride=1, padding=0:
     filtered_by_windows(x, weight, bias, multiplier, 0 * shift, x_zero_point, y_zero_point, stride,
                         padding), "wrong values", "shift-forgotten"),
    (filtered_in_int8, "wrong values", "sums-in-eight-bits"),
    (filtered_padded_with_zeros, "wrong values", "padded-with-zeros"),
    (lambda *layer, stride=1, padding=0:
     filtered_by_windows(*layer, stride=stride, padding=padding).astype(np.int32), "wrong type",
     None),
    (lambda x, weight, bias, multiplier, shift, x_zero_point, y_zero_point, stride=1, padding=0:
     filtered_by_windows(x, weight, bias, multiplier[:1].repeat(len(weight)),
                         shift[:1].repeat(len(weight)), x_zero_point, y_zero_point, stride,
                         padding), "wrong values", "one-scale-for-all"),
    (kernels.depthwise_int8, "used a forbidden shortcut", None),
    (lambda x, weight, bias, multiplier, shift, x_zero_point, y_zero_point, stride=1, padding=0:
     kernels.depthwise_conv2d(x, weight, bias, stride=stride, padding=padding),
     "used a forbidden shortcut", None),
]  # fmt: skip


def mixed_with_a_squeezed_weight(x, weight, bias, multiplier, shift, x_zero_point, y_zero_point):
    pixels = x.transpose(0, 2, 3, 1).astype(np.int32) - x_zero_point
    sums = pixels @ np.squeeze(weight).T.astype(np.int32) + bias
    return back_by_shifts(sums, multiplier, shift, y_zero_point).transpose(0, 3, 1, 2)


MIXED = [
    (mixed_with_a_squeezed_weight, "crashed", None),
    (lambda x, weight, bias, multiplier, shift, x_zero_point, y_zero_point:
     mixed_by_einsum(x, weight, bias, multiplier, 0 * shift, x_zero_point, y_zero_point),
     "wrong values", "shift-forgotten"),
    (lambda x, weight, bias, multiplier, shift, x_zero_point, y_zero_point:
     mixed_by_einsum(x, weight, bias + y_zero_point, multiplier, shift, x_zero_point, 0),
     "wrong values", "zero-point-in-the-sums"),
    (lambda x, weight, bias, multiplier, shift, x_zero_point, y_zero_point:
     mixed_by_einsum(x, weight, 0 * bias, multiplier, shift, x_zero_point, y_zero_point),
     "wrong values", "bias-forgotten"),
    (lambda x, weight, bias, multiplier, shift, x_zero_point, y_zero_point:
     mixed_by_einsum(x, weight, bias, multiplier, shift, 0, y_zero_point),
     "wrong values", "zero-point-of-the-input-forgotten"),
    (lambda x, weight, bias, multiplier, shift, x_zero_point, y_zero_point:
     mixed_by_einsum(x, weight, bias, multiplier, shift, x_zero_point, 0),
     "wrong values", "zero-point-of-the-output-forgotten"),
    (lambda *layer: mixed_by_einsum(*layer).astype(float), "wrong type", None),
    (lambda *layer: mixed_by_einsum(*layer)[0], "wrong shape", None),
    (kernels.pointwise_int8, "used a forbidden shortcut", None),
]  # fmt: skip


def even_without_care(depthwise, bias, pointwise):
    """Divide by 0 where a channel is all zeros."""
    before, behind = np.abs(depthwise).max((1, 2, 3)), np.abs(pointwise).max((0, 2, 3))
    with np.errstate(all="ignore"):
        s = np.sqrt(before / behind)
        return depthwise / s[:, None, None, None], bias / s, pointwise * s[:, None, None]


def even_in_place(depthwise, bias, pointwise):
    new = even_by_roots(depthwise, bias, pointwise)
    depthwise[...], bias[...], pointwise[...] = new
    return depthwise, bias, pointwise


def even_by_filters(depthwise, bias, pointwise):
    s = np.sqrt(np.abs(depthwise).max((1, 2, 3)) / np.abs(pointwise).max((0, 2, 3)))
    return depthwise / s[:, None, None, None], bias / s, pointwise * s[:, None, None, None]


EVEN = [
    (even_by_filters, "wrong type", "along-the-filters"),
    (even_without_care, "wrong values", "zeros-scaled"),
    (even_in_place, "changed its input", None),
    (lambda d, b, p: (even_by_roots(d, b, p)[0], b, even_by_roots(d, b, p)[2]), "wrong values",
     "bias-left"),
    (lambda d, b, p: even_by_roots(d, b, p)[::2], "wrong type", None),
    (lambda d, b, p: (d, b, p), "wrong values", None),
    (hardware.equalize, "used a forbidden shortcut", None),
]  # fmt: skip


def peak_of_what_was_read_or_made(sizes, steps):
    """Let an input of the plan come into memory when it is first read."""
    last = {name: n for n, (_, inputs) in enumerate(steps) for name in inputs}
    alive, peak = set(), 0
    for n, (output, inputs) in enumerate(steps):
        alive |= {output, *inputs}
        peak = max(peak, sum(sizes[name] for name in alive))
        alive = {name for name in alive if last.get(name, len(steps)) > n}
    return peak


PEAK = [
    (peak_of_what_was_read_or_made, "wrong values", "input-from-its-first-reader"),
    (lambda sizes, steps: float(peak_by_spans(sizes, steps)), "wrong type", None),
    (lambda sizes, steps: sum(sizes.values()), "wrong values", "nothing-freed"),
    (lambda sizes, steps: max(sizes.values()), "wrong values", "largest-tensor"),
    (lambda sizes, steps: max(sizes[y] + max(sizes[x] for x in xs) for y, xs in steps),
     "wrong values", "of-the-step-alone"),
    (lambda sizes, steps: {"peak": peak_by_spans(sizes, steps)}, "wrong type", None),
    (hardware.peak_memory, "used a forbidden shortcut", None),
]  # fmt: skip

WRONG = {
    "scale_and_zero_point": RANGE,
    "quantize": QUANTIZE,
    "symmetric_scale": SCALE,
    "requantize": BACK,
    "depthwise_int8": FILTERED,
    "pointwise_int8": MIXED,
    "equalize": EVEN,
    "peak_memory": PEAK,
    "amdahl": AMDAHL,
    "best_design": DESIGN,
}
