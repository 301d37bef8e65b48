"""Wrong formulas of whole numbers: the output's size, and the MACs of a layer."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

from dwsep_helpers.checks.exercise import Mistake
from dwsep_helpers.checks.inputs import Pair, pair


def _span(kernel: int, dilation: int) -> int:
    return dilation * (kernel - 1) + 1


def _wrong_size(
    name: str, says: str, formula: Callable[[int, int, int, int, int], float], hint: int = 2
) -> Mistake:
    """Take a formula of input size, kernel size, stride, padding and dilation."""

    def function(input_size, kernel_size, stride=1, padding=0, dilation=1):
        return formula(input_size, kernel_size, stride, padding, dilation)

    return Mistake(name, says, function, hint)


CONV_OUTPUT_SIZE = (
    _wrong_size(
        "plus-one-forgotten",
        "That counts the steps between positions; the position at the start counts too.",
        lambda n, k, s, p, d: (n + 2 * p - _span(k, d)) // s,
        hint=3,
    ),
    _wrong_size(
        "plus-one-before-dividing",
        "The one is added before the division by the stride; it is a position of its own, "
        "not a cell.",
        lambda n, k, s, p, d: (n + 2 * p - _span(k, d) + 1) // s,
        hint=3,
    ),
    _wrong_size(
        "kernel-one-too-short",
        "The kernel is taken as one cell too short, so one start too many seems to fit.",
        lambda n, k, s, p, d: (n + 2 * p - d * (k - 1)) // s + 1,
    ),
    _wrong_size(
        "rounded-up",
        "Where the stride does not divide, a last position hangs over the edge; only whole ones "
        "count.",
        lambda n, k, s, p, d: -((_span(k, d) - n - 2 * p) // s) + 1,
        hint=3,
    ),
    _wrong_size(
        "float-division",
        "Where the stride does not divide, there is a fraction of a position left; only whole "
        "ones count.",
        lambda n, k, s, p, d: (n + 2 * p - _span(k, d)) / s + 1,
        hint=3,
    ),
    _wrong_size(
        "float-result",
        "The number is right and its type is float; sizes are int.",
        lambda n, k, s, p, d: float((n + 2 * p - _span(k, d)) // s + 1),
        hint=3,
    ),
    _wrong_size(
        "padding-counted-once",
        "The padding lengthens the input at one end; there are two.",
        lambda n, k, s, p, d: (n + p - _span(k, d)) // s + 1,
    ),
    _wrong_size(
        "padding-forgotten",
        "The padding makes no difference; it lengthens the input.",
        lambda n, k, s, p, d: (n - _span(k, d)) // s + 1,
    ),
    _wrong_size(
        "padding-outside-the-stride",
        "The padding is added after the division; the kernel strides over padded cells as well.",
        lambda n, k, s, p, d: (n - _span(k, d)) // s + 1 + 2 * p,
    ),
    _wrong_size(
        "dilation-forgotten",
        "The dilation makes no difference; it spreads the taps, so the kernel spans more cells.",
        lambda n, k, s, p, d: (n + 2 * p - k) // s + 1,
    ),
    _wrong_size(
        "dilation-of-every-tap",
        "The kernel is taken as D times as long. The dilation lies between taps: with K taps, "
        "how many gaps are there?",
        lambda n, k, s, p, d: (n + 2 * p - d * k) // s + 1,
    ),
    _wrong_size(
        "dilation-of-the-stride",
        "The dilation lengthens the stride; it is the kernel that it spreads.",
        lambda n, k, s, p, d: (n + 2 * p - k) // (s * d) + 1,
    ),
    _wrong_size(
        "dilation-as-padding-of-taps",
        "Dilation 1 means no gap between neighbouring taps: they are D cells apart, not D + 1.",
        lambda n, k, s, p, d: (n + 2 * p - _span(k, d + 1)) // s + 1,
    ),
    _wrong_size(
        "stride-forgotten",
        "The stride makes no difference; the kernel skips positions.",
        lambda n, k, s, p, d: n + 2 * p - _span(k, d) + 1,
    ),
    _wrong_size(
        "stride-multiplied",
        "A longer stride gives more positions here; it leaves fewer.",
        lambda n, k, s, p, d: (n + 2 * p - _span(k, d)) * s + 1,
    ),
    _wrong_size(
        "kernel-forgotten",
        "The kernel's length makes no difference; it has to fit in whole.",
        lambda n, k, s, p, d: (n + 2 * p - 1) // s + 1,
    ),
    _wrong_size(
        "same-size-assumed",
        "That is the size if the padding is chosen to keep it; here the padding is given.",
        lambda n, k, s, p, d: math.ceil(n / s),
    ),
)


def _macs(filters: int, channels: int, kernel: Pair, output: Pair, batch: int) -> int:
    return batch * filters * channels * kernel[0] * kernel[1] * output[0] * output[1]


def _wrong_macs(
    name: str, says: str, formula: Callable[[int, int, Pair, Pair, int], int], hint: int = 2
) -> Mistake:
    """Take a formula of (filters, channels, (K_h, K_w), (H_out, W_out), batch)."""

    def function(n_filters, channels, kernel_size, output_size, batch=1):
        kernel, output = pair(kernel_size), pair(output_size)
        return formula(n_filters, channels, kernel, output, batch)

    return Mistake(name, says, function, hint)


CONV2D_MACS = (
    _wrong_macs(
        "flops-for-macs",
        "That is twice as many: FLOPs. One MAC is a multiplication and its addition together.",
        lambda f, c, k, o, n: 2 * _macs(f, c, k, o, n),
        hint=1,
    ),
    _wrong_macs(
        "additions-counted",
        "That counts the additions between products, one fewer for each output value; MACs "
        "count the products.",
        lambda f, c, k, o, n: n * f * o[0] * o[1] * (c * k[0] * k[1] - 1),
        hint=1,
    ),
    _wrong_macs(
        "bias-counted",
        "Each output value has one more than its products: the bias, which is not counted.",
        lambda f, c, k, o, n: n * f * o[0] * o[1] * (c * k[0] * k[1] + 1),
        hint=1,
    ),
    _wrong_macs(
        "batch-forgotten",
        "That is one image; every image of the batch costs as much.",
        lambda f, c, k, o, n: _macs(f, c, k, o, 1),
    ),
    _wrong_macs(
        "filters-forgotten",
        "That is one filter; every filter makes a map of its own.",
        lambda f, c, k, o, n: _macs(1, c, k, o, n),
    ),
    _wrong_macs(
        "channels-forgotten",
        "That is one channel; a filter has a slice for every channel.",
        lambda f, c, k, o, n: _macs(f, 1, k, o, n),
        hint=1,
    ),
    _wrong_macs(
        "kernel-forgotten",
        "That is one tap of the kernel; each output value meets all of them.",
        lambda f, c, k, o, n: _macs(f, c, (1, 1), o, n),
        hint=1,
    ),
    _wrong_macs(
        "kernel-not-squared",
        "One side of the kernel is missing: it has rows and columns.",
        lambda f, c, k, o, n: _macs(f, c, (k[0], 1), o, n),
        hint=1,
    ),
    _wrong_macs(
        "kernel-height-for-width",
        "The kernel is taken as square; a pair gives rows and columns.",
        lambda f, c, k, o, n: _macs(f, c, (k[0], k[0]), o, n),
        hint=1,
    ),
    _wrong_macs(
        "kernel-sides-added",
        "The kernel's sides are added; a rectangle of taps holds their product.",
        lambda f, c, k, o, n: _macs(f, c, (k[0] + k[1], 1), o, n),
        hint=1,
    ),
    _wrong_macs(
        "output-forgotten",
        "That counts the weights; each of them is used again at every output position.",
        lambda f, c, k, o, n: _macs(f, c, k, (1, 1), n),
    ),
    _wrong_macs(
        "output-not-squared",
        "One side of the output is missing: it has rows and columns.",
        lambda f, c, k, o, n: _macs(f, c, k, (o[0], 1), n),
    ),
    _wrong_macs(
        "output-height-for-width",
        "The output is taken as square; a pair gives rows and columns.",
        lambda f, c, k, o, n: _macs(f, c, k, (o[0], o[0]), n),
    ),
    _wrong_macs(
        "input-size-for-output",
        "That counts positions on the input, which is larger; only output positions cost.",
        lambda f, c, k, o, n: _macs(f, c, k, (o[0] + k[0] - 1, o[1] + k[1] - 1), n),
    ),
    _wrong_macs(
        "kernel-shrinks-the-output",
        "The kernel is taken off the size once more; output_size is the output's already.",
        lambda f, c, k, o, n: _macs(f, c, k, (o[0] - k[0] + 1, o[1] - k[1] + 1), n),
    ),
    _wrong_macs(
        "filters-and-channels-added",
        "Filters and channels are added; every filter meets every channel.",
        lambda f, c, k, o, n: (f + c) * _macs(1, 1, k, o, n),
    ),
)


def _depthwise_macs(function: Callable[..., int]) -> Callable[..., int]:
    """Read a standard layer's formula with C_in * m filters that see one channel."""

    def of_sizes(channels, kernel_size, output_size, depth_multiplier=1, batch=1):
        return function(channels * depth_multiplier, 1, kernel_size, output_size, batch)

    return of_sizes


def _wrong_depthwise_macs(
    name: str, says: str, formula: Callable[[int, int], int], hint: int = 2
) -> Mistake:
    """Take a formula of (channels, multiplier) that counts maps in place of C_in * m of them."""

    def function(channels, kernel_size, output_size, depth_multiplier=1, batch=1):
        kernel, output = pair(kernel_size), pair(output_size)
        return _macs(formula(channels, depth_multiplier), 1, kernel, output, batch)

    return Mistake(name, says, function, hint)


DEPTHWISE_CONV2D_MACS = (
    _wrong_depthwise_macs(
        "standard-layer",
        "That is a standard layer with as many filters: each output value would read all "
        "channels. Here it reads one.",
        lambda c, m: c * c * m,
        hint=1,
    ),
    _wrong_depthwise_macs(
        "channels-forgotten",
        "That is one channel; each of them makes maps of its own.",
        lambda c, m: m,
    ),
    _wrong_depthwise_macs(
        "multiplier-forgotten",
        "The depth multiplier makes no difference; each channel has that many kernels.",
        lambda c, m: c,
    ),
    _wrong_depthwise_macs(
        "multiplier-squared",
        "The depth multiplier counts twice; it makes that many maps of each channel, once.",
        lambda c, m: c * m * m,
    ),
    _wrong_depthwise_macs(
        "channels-and-multiplier-added",
        "Channels and depth multiplier are added; each channel has that many kernels.",
        lambda c, m: c + m,
    ),
    *(
        replace(mistake, function=_depthwise_macs(mistake.function))
        for mistake in CONV2D_MACS
        if mistake.name.startswith(("kernel-", "output-", "input-"))
        or mistake.name
        in ("flops-for-macs", "additions-counted", "bias-counted", "batch-forgotten")
    ),
)


def _wrong_terms(
    name: str, says: str, formula: Callable[[int, int, int], float], hint: int = 2
) -> Mistake:
    """Take a formula of (filters, K_h, K_w)."""

    def function(filters, kernel_size):
        return formula(filters, *pair(kernel_size))

    return Mistake(name, says, function, hint)


def break_even(filters: int, cells: int) -> int:
    """Return the largest T with T (cells + filters) < filters * cells."""
    return (filters * cells - 1) // (filters + cells)


BREAK_EVEN_TERMS = (
    _wrong_terms(
        "less-or-equal",
        "Where the division comes out even, that many layers cost as much as the dense one, and "
        "not less.",
        lambda n, h, w: n * h * w // (n + h * w),
    ),
    _wrong_terms(
        "fraction-left",
        "That is the break-even point itself; layers come in whole numbers.",
        lambda n, h, w: n * h * w / (n + h * w),
    ),
    _wrong_terms(
        "float-result",
        "The number is right and its type is float; layers are counted by an int.",
        lambda n, h, w: float(break_even(n, h * w)),
        hint=3,
    ),
    _wrong_terms(
        "rounded",
        "The break-even point is rounded; a layer above it costs more than the dense one.",
        lambda n, h, w: round(n * h * w / (n + h * w)),
    ),
    _wrong_terms(
        "rounded-up",
        "The break-even point is rounded up; a layer above it costs more than the dense one.",
        lambda n, h, w: -(-n * h * w // (n + h * w)),
    ),
    _wrong_terms(
        "one-too-few",
        "One more would still cost less.",
        lambda n, h, w: break_even(n, h * w) - 1,
    ),
    _wrong_terms(
        "at-least-one",
        "Where not even one layer pays, the number is 0.",
        lambda n, h, w: max(1, break_even(n, h * w)),
    ),
    _wrong_terms(
        "kernel-not-squared",
        "One side of the kernel is missing: it has rows and columns.",
        lambda n, h, w: break_even(n, h),
        hint=1,
    ),
    _wrong_terms(
        "kernel-height-for-width",
        "The kernel is taken as square; a pair gives rows and columns.",
        lambda n, h, w: break_even(n, h * h),
        hint=1,
    ),
    _wrong_terms(
        "kernel-sides-added",
        "The kernel's sides are added; a rectangle of cells holds their product.",
        lambda n, h, w: break_even(n, h + w),
        hint=1,
    ),
    _wrong_terms(
        "depthwise-stage-forgotten",
        "Only the pointwise stages are paid for; each term filters as well.",
        lambda n, h, w: (n * h * w - 1) // n,
        hint=1,
    ),
    _wrong_terms(
        "pointwise-stage-forgotten",
        "Only the depthwise stages are paid for; each term combines as well.",
        lambda n, h, w: (n * h * w - 1) // (h * w),
        hint=1,
    ),
    _wrong_terms(
        "full-rank",
        "That many terms give any kernel exactly; how many are cheaper is another question.",
        lambda n, h, w: min(n, h * w),
        hint=1,
    ),
    _wrong_terms(
        "stages-multiplied",
        "The costs of the two stages are multiplied; one comes after the other, so they add up.",
        lambda n, h, w: (n + h * w - 1) // (n * h * w),
        hint=1,
    ),
)
