"""Wrong solutions of unit 06 as learners write them, apart from the bank."""

import operator

import numpy as np

from answers.unit_06.right import (
    attainable_by_min,
    bytes_in_three_parts,
    field_forwards,
    intensity_of_both,
    least_by_sum,
    offset_of_both,
    order_by_sorting,
)
from dwsep_helpers import hardware
from dwsep_helpers.hardware import limits
from dwsep_helpers.kernels import layouts
from dwsep_helpers.kernels import shapes as sizes


def bytes_with_padding(
    in_channels, out_channels, kernel_size, input_size, output_size, groups=1, itemsize=4
):
    """Count the border of zeros, which nobody has to store."""
    padded = input_size + kernel_size - 1
    sizes = (in_channels, out_channels, kernel_size, padded, output_size)
    return bytes_in_three_parts(*sizes, groups, itemsize)


def bytes_with_bias(
    in_channels, out_channels, kernel_size, input_size, output_size, groups=1, itemsize=4
):
    sizes = (in_channels, out_channels, kernel_size, input_size, output_size)
    return bytes_in_three_parts(*sizes, groups, itemsize) + itemsize * out_channels


def bytes_without_defaults(in_channels, out_channels, kernel_size, input_size, output_size):
    return 4 * bytes_in_three_parts(in_channels, out_channels, kernel_size, input_size, output_size)


BYTES = [
    (bytes_with_padding, "wrong values", None),
    (bytes_with_bias, "wrong values", None),
    (bytes_without_defaults, "crashed", None),
    (limits.bytes_moved, "used a forbidden shortcut", None),
    (lambda m, n, k, b, a, groups=1, itemsize=4: None, "not attempted", None),
    (lambda m, n, k, b, a, groups=1, itemsize=4:
     float(bytes_in_three_parts(m, n, k, b, a, groups, itemsize)) / 1e6, "wrong type", None),
    (lambda m, n, k, b, a, groups=1, itemsize=4:
     itemsize * (m * b * b + n * a * a), "wrong values", "weights-forgotten"),
]  # fmt: skip

INTENSITY = [
    (lambda m, n, k, b, a, groups=1, itemsize=4:
     n * (m // groups) * k * k * a * a / bytes_in_three_parts(m, n, k, b, a), "wrong values",
     "bytes-of-the-defaults"),
    (lambda m, n, k, b, a, groups=1, itemsize=4: k**2 / 8, "wrong values", None),
    (lambda m, n, k, b, a, groups=1, itemsize=4:
     n * m * k * k * a * a / bytes_in_three_parts(m, n, k, b, a, groups, itemsize),
     "wrong values", "groups-forgotten-in-macs"),
    (lambda m, n, k, b, a, groups=1, itemsize=4:
     round(intensity_of_both(m, n, k, b, a, groups, itemsize)), "wrong values", None),
    (limits.intensity, "used a forbidden shortcut", None),
    (lambda m, n, k, b, a, groups=1, itemsize=4: "1.1", "wrong type", None),
    (lambda m, n, k, b, a, groups=1, itemsize=4:
     [intensity_of_both(m, n, k, b, a, groups, itemsize)], "wrong shape", None),
]  # fmt: skip

ATTAINABLE = [
    (lambda intensity, peak, bandwidth: intensity, "wrong values", None),
    (lambda intensity, peak, bandwidth: (peak + intensity * bandwidth) / 2, "wrong values", None),
    (lambda intensity, peak, bandwidth: bandwidth, "wrong values", "bandwidth-alone"),
    (lambda intensity, peak, bandwidth: [peak, intensity * bandwidth], "wrong shape", None),
    (lambda intensity, peak, bandwidth: int(min(peak, intensity * bandwidth)), "wrong values",
     None),
    (lambda intensity, peak, bandwidth: min(peak, intensity * bandwidth) // 1, "wrong values",
     None),
    (lambda intensity, peak, bandwidth: round(min(peak, intensity * bandwidth)), "wrong values",
     None),
    (lambda intensity, peak, bandwidth:
     hardware.Machine("", peak, {"": bandwidth}).attainable(intensity),
     "used a forbidden shortcut", None),
    (lambda intensity, peak: attainable_by_min(intensity, peak, 1), "crashed", None),
]  # fmt: skip


def least_of_known_memories(layers, peak, bandwidths):
    """Look for one memory by its name."""
    return sum(max(macs / peak, moved["DRAM"] / bandwidths["DRAM"]) for macs, moved in layers)


def least_of_all_bytes(layers, peak, bandwidths):
    """Move all bytes through all memories together."""
    width = sum(bandwidths.values())
    return sum(max(macs / peak, sum(moved.values()) / width) for macs, moved in layers)


def least_by_one_choice(layers, peak, bandwidths):
    """Ask once for the whole network on which side of the ridge it lies."""
    name = next(iter(bandwidths))
    macs, size = sum(m for m, _ in layers), sum(moved[name] for _, moved in layers)
    by_computing = macs / size > peak / bandwidths[name]
    return macs / peak if by_computing else size / bandwidths[name]


def least_by_place(layers, peak, bandwidths):
    """Take memories for granted in the order in which their bandwidths are given."""
    return sum(
        max(macs / peak, *map(operator.truediv, moved.values(), bandwidths.values()))
        for macs, moved in layers
    )


LEAST = [
    (least_by_place, "wrong values", None),
    (least_of_known_memories, "crashed", None),
    (least_of_all_bytes, "wrong values", "memories-pooled"),
    (least_by_one_choice, "wrong values", "sums-compared"),
    (lambda layers, peak, bandwidths: [
        max(macs / peak, *(size / bandwidths[name] for name, size in moved.items()))
        for macs, moved in layers
    ], "wrong shape", None),
    (limits.least_time, "used a forbidden shortcut", None),
    (lambda layers, peak, bandwidths:
     (least_by_sum(layers, peak, bandwidths), layers.clear())[0], "changed its input", None),
]  # fmt: skip


def field_by_halving(kernels, strides, dilations):
    """Count from the middle, and lose the odd pixel of even kernels."""
    sees, step = 0, 1
    for kernel, stride, dilation in zip(kernels, strides, dilations, strict=True):
        sees += dilation * (kernel // 2) * step
        step *= stride
    return 2 * sees + 1


def field_of_three_by_three(kernels, strides, dilations):
    """Take every kernel for one of 3×3."""
    return field_forwards([3] * len(kernels), strides, dilations)


FIELD = [
    (field_by_halving, "wrong values", None),
    (field_of_three_by_three, "wrong values", None),
    (lambda kernels, strides, dilations: 2 * len(kernels) + 1, "wrong values", None),
    (lambda kernels, strides, dilations:
     1 + sum(k - 1 for k in kernels), "wrong values", "kernels-alone"),
    (lambda kernels, strides, dilations:
     1.0 * field_forwards(kernels, strides, dilations), "wrong type", "float-result"),
    (sizes.receptive_field, "used a forbidden shortcut", None),
    (lambda kernels, strides: field_forwards(kernels, strides, [1] * len(kernels)), "crashed",
     None),
]  # fmt: skip


def offset_of_one_image(index, shape, layout):
    """Take the first axis for one that nobody uses."""
    return offset_of_both((0, *index[1:]), shape, layout)


def offset_with_columns_outside(index, shape, layout):
    """Take NHWC for NWHC."""
    n, c, h, w = index
    _, channels, rows, columns = shape
    if layout == "NCHW":
        return offset_of_both(index, shape, layout)
    return ((n * columns + w) * rows + h) * channels + c


def offset_with_a_row_as_long_as_a_column(index, shape, layout):
    n, c, h, w = index
    _, channels, rows, columns = shape
    if layout == "NCHW":
        return n * channels * rows * columns + c * rows * columns + h * rows + w
    return n * channels * rows * columns + h * rows * channels + w * channels + c


OFFSET = [
    (offset_with_a_row_as_long_as_a_column, "wrong values", "step-of-a-row-as-high"),
    (offset_of_one_image, "wrong values", "images-forgotten"),
    (offset_with_columns_outside, "wrong values", "rows-and-columns-swapped"),
    (lambda index, shape, layout: offset_of_both(index, shape, "NCHW"), "wrong values",
     "layout-ignored"),
    (lambda index, shape, layout: list(index), "wrong type", None),
    (lambda index, shape, layout: hex(offset_of_both(index, shape, layout)), "wrong type", None),
    (layouts.element_offset, "used a forbidden shortcut", None),
    (lambda index, shape: offset_of_both(index, shape, "NHWC"), "crashed", None),
]  # fmt: skip


def order_with_the_last_two_swapped(strides):
    *outer, second, innermost = order_by_sorting(strides)
    return *outer, innermost, second


ORDER = [
    (lambda strides: sorted(strides), "wrong values", "strides-sorted-upwards"),
    (lambda strides: np.argsort(strides), "wrong values", "innermost-first"),
    (order_with_the_last_two_swapped, "wrong values", None),
    (lambda strides: "NHWC", "wrong type", None),
    (lambda strides: order_by_sorting(strides)[-1], "wrong shape", None),
    (lambda strides: (0, 2, 3, 1), "wrong values", None),
    (lambda strides: np.array(order_by_sorting(strides), float), "wrong type", None),
    (lambda strides: [*map(float, order_by_sorting(strides))], "wrong type", None),
    (layouts.loop_order, "used a forbidden shortcut", None),
]  # fmt: skip

WRONG = {
    "bytes_moved": BYTES,
    "intensity": INTENSITY,
    "attainable": ATTAINABLE,
    "least_time": LEAST,
    "receptive_field": FIELD,
    "element_offset": OFFSET,
    "loop_order": ORDER,
}
