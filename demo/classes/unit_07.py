"""The example class of unit 07."""

from demo.examples import Example, but, duplicate, everything, nothing, only

_WRAPS = """\
def quantize(x, scale, zero_point=0):
    return (np.rint(x / scale) + zero_point).astype(np.int64).astype(np.int8)
"""

_WEIGHTED_MEAN = """\
def amdahl(shares, speedups):
    return sum(share * times for share, times in zip(shares, speedups))
"""

_HELPERS_SCALE = """\
def symmetric_scale(weight, per_channel=False):
    return hardware.symmetric_scale(weight, per_channel)
"""

_FIRST = """\
def best_design(designs, budget):
    fits = [row for row in designs if all(row[name] <= most for name, most in budget.items())]
    return fits[0]["width"], fits[0]["resolution"]
"""

_IN_32_BITS = """\
def requantize(accumulator, multiplier, shift, zero_point=0):
    high = (accumulator * multiplier + (1 << 30)) >> 31
    steps = np.sign(high) * ((np.abs(high) + ((1 << shift) >> 1)) >> shift)
    return np.clip(steps + zero_point, -128, 127).astype(np.int8)
"""

_PADS_WITH_ZEROS = """\
def depthwise_int8(x, weight, bias, multiplier, shift, x_zero_point, y_zero_point,
                   stride=1, padding=0):
    padded = np.pad(x, [(0, 0), (0, 0), (padding, padding), (padding, padding)])
    windows = np.lib.stride_tricks.sliding_window_view(padded, weight.shape[2:], axis=(2, 3))
    windows = windows[:, :, ::stride, ::stride].astype(np.int32) - x_zero_point
    sums = np.einsum("nchwij,cij->nchw", windows, weight[:, 0].astype(np.int32))
    bias, multiplier, shift = (a.reshape(-1, 1, 1) for a in (bias, multiplier, shift))
    return requantize(sums + bias, multiplier, shift, y_zero_point)
"""

_KEEPS_ALL = """\
def peak_memory(sizes, steps):
    return sum(sizes.values())
"""

_ENDS_PYTHON = """\
def scale_and_zero_point(low, high):
    import os
    os._exit(1)
"""

LEARNERS = (
    Example("perfect", everything),
    Example("partly-right", only("quantize", "requantize", "pointwise_int8", "best_design")),
    Example("untouched", nothing),
    Example("wraps-round", but(quantize=_WRAPS, requantize=_IN_32_BITS)),
    Example("pads-with-zeros", but(depthwise_int8=_PADS_WITH_ZEROS, peak_memory=_KEEPS_ALL)),
    Example("mean-of-speedups", but(amdahl=_WEIGHTED_MEAN)),
    Example("first-that-fits", but(best_design=_FIRST, symmetric_scale=_HELPERS_SCALE)),
    Example("crashes", but(scale_and_zero_point=_ENDS_PYTHON)),
    Example("cell-duplicated", everything, edit=duplicate("test_quantize")),
)
