"""Wrong counts of bytes, wrong intensities and wrong roofs."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from dwsep_helpers.checks.exercise import Mistake


def _bytes(name: str, says: str, elements: Callable[..., int], hint: int = 2) -> Mistake:
    """Take a wrong count of elements (C_in, C_out, K, rows in, rows out, groups)."""

    def function(
        in_channels, out_channels, kernel_size, input_size, output_size, groups=1, itemsize=4
    ):
        sizes = (in_channels, out_channels, kernel_size, input_size, output_size, groups)
        return itemsize * elements(*sizes)

    return Mistake(name, says, function, hint)


def _parts(m: int, n: int, k: int, before: int, after: int, g: int) -> tuple[int, int, int]:
    return m * before**2, n * (m // g) * k**2, n * after**2


def right_bytes(m: int, n: int, k: int, before: int, after: int, g: int, itemsize: int) -> int:
    """Return the bytes of input, weights and output."""
    return itemsize * sum(_parts(m, n, k, before, after, g))


def right_intensity(
    m: int, n: int, k: int, before: int, after: int, g: int, itemsize: int
) -> float:
    """Return the MACs per byte."""
    return _macs(m, n, k, before, after, g, itemsize) / right_bytes(
        m, n, k, before, after, g, itemsize
    )


def _elements_times(name: str, says: str, size: Callable[[int], int]) -> Mistake:
    """Take a wrong size of one number, made of the right one."""

    def function(
        in_channels, out_channels, kernel_size, input_size, output_size, groups=1, itemsize=4
    ):
        parts = _parts(in_channels, out_channels, kernel_size, input_size, output_size, groups)
        return size(itemsize) * sum(parts)

    return Mistake(name, says, function, 3)


BYTES_MOVED = (
    _bytes(
        "weights-forgotten",
        "The weights are missing: they come from memory too.",
        lambda *s: _parts(*s)[0] + _parts(*s)[2],
        1,
    ),
    _bytes(
        "input-forgotten",
        "The input is missing: it has to be read.",
        lambda *s: sum(_parts(*s)[1:]),
        1,
    ),
    _bytes(
        "output-forgotten",
        "The output is missing: it has to be written.",
        lambda *s: sum(_parts(*s)[:2]),
        1,
    ),
    _bytes("weights-alone", "Those are the weights alone.", lambda *s: _parts(*s)[1], 1),
    _bytes(
        "groups-forgotten",
        "The weights are those of a layer with one group: a filter here sees C_in / groups "
        "channels.",
        lambda m, n, k, b, a, g: sum(_parts(m, n, k, b, a, 1)),
    ),
    _bytes(
        "groups-divide-outputs-too",
        "Groups divide the channels that a filter sees, not the number of filters as well.",
        lambda m, n, k, b, a, g: m * b**2 + (n // g) * (m // g) * k**2 + n * a**2,
    ),
    _bytes(
        "groups-multiply",
        "More groups mean fewer weights, not more.",
        lambda m, n, k, b, a, g: m * b**2 + n * m * g * k**2 + n * a**2,
    ),
    _bytes(
        "input-size-for-output",
        "The output has as many rows as the input here; a stride leaves fewer.",
        lambda m, n, k, b, a, g: sum(_parts(m, n, k, b, b, g)),
    ),
    _bytes(
        "output-size-for-input",
        "The input has as many rows as the output here, and it has its own size.",
        lambda m, n, k, b, a, g: sum(_parts(m, n, k, a, a, g)),
    ),
    _bytes(
        "sizes-swapped",
        "Input and output have changed places: each goes with its own channels.",
        lambda m, n, k, b, a, g: m * a**2 + n * (m // g) * k**2 + n * b**2,
    ),
    _bytes(
        "kernel-not-squared",
        "One side of the kernel is missing: it has rows and columns.",
        lambda m, n, k, b, a, g: m * b**2 + n * (m // g) * k + n * a**2,
    ),
    _bytes(
        "images-not-squared",
        "One side of the images is missing: they have rows and columns.",
        lambda m, n, k, b, a, g: m * b + n * (m // g) * k**2 + n * a,
    ),
    _bytes(
        "input-read-for-each-tap",
        "The input is counted once for each tap: in the best case it is read once, and kept.",
        lambda m, n, k, b, a, g: m * b**2 * k**2 + n * (m // g) * k**2 + n * a**2,
        1,
    ),
    _bytes(
        "macs-for-bytes",
        "Those are the MACs. A number is used many times and moved once.",
        lambda m, n, k, b, a, g: n * (m // g) * k**2 * a**2,
        1,
    ),
    _elements_times(
        "elements-for-bytes",
        "Those are numbers, not bytes: each takes itemsize bytes.",
        lambda i: 1,
    ),
    _elements_times(
        "always-four-bytes",
        "Each number takes four bytes here, whatever itemsize says.",
        lambda i: 4,
    ),
    _elements_times(
        "bits-for-bytes", "Those are bits: itemsize is in bytes already.", lambda i: 8 * i
    ),
)


def _intensity(name: str, says: str, wrong: Callable[..., float], hint: int = 2) -> Mistake:
    """Take a wrong intensity of (C_in, C_out, K, rows in, rows out, groups, itemsize)."""

    def function(
        in_channels, out_channels, kernel_size, input_size, output_size, groups=1, itemsize=4
    ):
        sizes = (in_channels, out_channels, kernel_size, input_size, output_size)
        return np.asarray(wrong(*sizes, groups, itemsize), dtype=float)

    return Mistake(name, says, function, hint)


def _macs(m: int, n: int, k: int, before: int, after: int, g: int, _item: int) -> int:
    return n * (m // g) * k**2 * after**2


INTENSITY = (
    _intensity(
        "upside-down",
        "That is bytes per MAC; asked for are MACs per byte.",
        lambda *s: 1 / right_intensity(*s),
        1,
    ),
    _intensity(
        "flops-for-macs",
        "A MAC is counted as two operations here; asked for are MACs.",
        lambda *s: 2 * right_intensity(*s),
        1,
    ),
    _intensity(
        "per-element",
        "Those are MACs per number; a number takes itemsize bytes.",
        lambda *s: right_intensity(*s) * s[-1],
        3,
    ),
    _intensity(
        "always-four-bytes",
        "Each number takes four bytes here, whatever itemsize says.",
        lambda *s: right_intensity(*s) * s[-1] / 4,
        3,
    ),
    _intensity(
        "whole-division",
        "It is a whole number: // drops what is behind the point.",
        lambda *s: _macs(*s) // right_bytes(*s),
        3,
    ),
    _intensity("macs-alone", "Those are the MACs, not yet divided by the bytes.", _macs, 1),
    _intensity("bytes-alone", "Those are the bytes; the MACs are missing.", right_bytes, 1),
    _intensity(
        "groups-forgotten-in-macs",
        "The MACs are those of a layer with one group.",
        lambda *s: right_intensity(*s) * s[5],
    ),
    _intensity(
        "groups-forgotten",
        "Both MACs and weights are those of a layer with one group.",
        lambda m, n, k, b, a, g, i: right_intensity(m, n, k, b, a, 1, i),
    ),
    _intensity(
        "groups-forgotten-in-weights",
        "The weights that are moved are those of a layer with one group.",
        lambda m, n, k, b, a, g, i: _macs(m, n, k, b, a, g, i) / right_bytes(m, n, k, b, a, 1, i),
    ),
    _intensity(
        "input-size-in-macs",
        "The MACs are counted at every pixel of the input; they happen at those of the output.",
        lambda m, n, k, b, a, g, i: _macs(m, n, k, b, b, g, i) / right_bytes(m, n, k, b, a, g, i),
    ),
    _intensity(
        "kernel-not-squared",
        "The MACs know one side of the kernel; it has rows and columns.",
        lambda *s: right_intensity(*s) / s[2],
    ),
    _intensity(
        "weights-not-moved",
        "The weights are missing from the bytes.",
        lambda m, n, k, b, a, g, i: _macs(m, n, k, b, a, g, i) / (i * (m * b**2 + n * a**2)),
    ),
    _intensity(
        "output-not-moved",
        "The output is missing from the bytes: it has to be written.",
        lambda m, n, k, b, a, g, i: (
            _macs(m, n, k, b, a, g, i) / (i * (m * b**2 + n * (m // g) * k**2))
        ),
    ),
    _intensity(
        "output-pixels-forgotten",
        "Those are the MACs of one pixel only.",
        lambda *s: right_intensity(*s) / s[4] ** 2,
    ),
)


def _roof(name: str, says: str, wrong: Callable[[float, float, float], float], hint=2) -> Mistake:
    def function(intensity, peak, bandwidth):
        return np.asarray(wrong(intensity, peak, bandwidth), dtype=float)

    return Mistake(name, says, function, hint)


ATTAINABLE = (
    _roof("peak-alone", "That is the peak, whatever has to be moved.", lambda i, p, b: p, 1),
    _roof(
        "slope-alone",
        "That is what memory allows; the peak is a limit too.",
        lambda i, p, b: i * b,
        1,
    ),
    _roof(
        "larger-of-the-two",
        "Of two limits the lower one holds, not the higher one.",
        lambda i, p, b: max(p, i * b),
    ),
    _roof(
        "sum-of-the-two",
        "The limits are added; each of them holds by itself.",
        lambda i, p, b: p + i * b,
    ),
    _roof(
        "times-add-up",
        "Computing and moving follow each other here. A roofline lets them overlap.",
        lambda i, p, b: 1 / (1 / p + 1 / (i * b)),
    ),
    _roof(
        "bandwidth-for-slope",
        "That compares peak and bandwidth: MACs with bytes. The intensity joins them.",
        lambda i, p, b: min(p, b),
    ),
    _roof(
        "divided-by-intensity",
        "The bandwidth is divided by the intensity: more work for each byte would be slower.",
        lambda i, p, b: min(p, b / i),
    ),
    _roof(
        "intensity-scales-the-peak",
        "The intensity multiplies the peak; it belongs to the bandwidth.",
        lambda i, p, b: min(p * i, b),
    ),
    _roof(
        "flops-for-macs",
        "That is operations: twice the MACs.",
        lambda i, p, b: 2 * min(p, i * b),
        1,
    ),
    _roof(
        "as-a-share-of-the-peak",
        "That is a share of the peak; asked for is the rate itself.",
        lambda i, p, b: min(p, i * b) / p,
        1,
    ),
    _roof(
        "time-for-rate",
        "That is the time for one MAC; asked for is how many there are in a second.",
        lambda i, p, b: 1 / min(p, i * b),
        1,
    ),
    _roof(
        "ridge",
        "That is the ridge, the intensity at which the two limits meet.",
        lambda i, p, b: p / b,
        1,
    ),
    _roof(
        "peak-from-the-left",
        "Left of the ridge it stays at the bandwidth; there it rises with the intensity.",
        lambda i, p, b: p if i * b >= p else b,
    ),
)
