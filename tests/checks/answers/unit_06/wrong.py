"""Wrong solutions of unit 06 as learners write them, apart from the bank."""

from answers.unit_06.right import (
    attainable_by_min,
    bytes_in_three_parts,
    intensity_of_both,
)
from dwsep_helpers import hardware
from dwsep_helpers.hardware import limits


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
    (lambda intensity, peak, bandwidth: bandwidth, "wrong values", None),
    (lambda intensity, peak, bandwidth: [peak, intensity * bandwidth], "wrong shape", None),
    (lambda intensity, peak, bandwidth:
     hardware.Machine("", peak, {"": bandwidth}).attainable(intensity),
     "used a forbidden shortcut", None),
    (lambda intensity, peak: attainable_by_min(intensity, peak, 1), "crashed", None),
]  # fmt: skip

WRONG = {
    "bytes_moved": BYTES,
    "intensity": INTENSITY,
    "attainable": ATTAINABLE,
}
