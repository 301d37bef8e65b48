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

_ENDS_PYTHON = """\
def scale_and_zero_point(low, high):
    import os
    os._exit(1)
"""

LEARNERS = (
    Example("perfect", everything),
    Example("partly-right", only("quantize", "best_design")),
    Example("untouched", nothing),
    Example("wraps-round", but(quantize=_WRAPS, amdahl=_WEIGHTED_MEAN)),
    Example("first-that-fits", but(best_design=_FIRST, symmetric_scale=_HELPERS_SCALE)),
    Example("crashes", but(scale_and_zero_point=_ENDS_PYTHON)),
    Example("cell-duplicated", everything, edit=duplicate("test_quantize")),
)
