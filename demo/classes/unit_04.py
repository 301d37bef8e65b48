"""The example class of unit 04."""

from demo.examples import Example, but, duplicate, everything, nothing, only

_INPUT_FOR_OUTPUT = """\
def grouped_macs(in_channels, out_channels, kernel_size, input_size,
                 stride=1, padding=0, groups=1):
    one_value = in_channels // groups * kernel_size[0] * kernel_size[1]
    return out_channels * input_size[0] * input_size[1] * one_value
"""

_UPSIDE_DOWN = """\
def reduction_ratio(out_channels, kernel_size):
    return Fraction(out_channels * kernel_size**2, out_channels + kernel_size**2)
"""

_ROUNDED_ALONE = """\
def agrees(printed, exact):
    decimals = len(printed.partition(".")[2])
    return round(exact, decimals) == float(printed)
"""

_HELPERS_FORMULA = """\
def separable_params(in_channels, out_channels, kernel_size, bias=False):
    return cost.separable_cost(in_channels, out_channels, kernel_size, 8, bias=bias).params
"""

_DIVIDES_BY_ZERO = """\
def filters_needed(kernel_size, times):
    taps = kernel_size**2
    return -(-times * taps // (taps - times))
"""

_ENDS_PYTHON = """\
def mobilenet_params(layers, classifier_bias=True, per_channel=2):
    import os
    os._exit(1)
"""

LEARNERS = (
    Example("perfect", everything),
    Example("partly-right", only("grouped_macs", "separable_macs")),
    Example("untouched", nothing),
    Example("input-size-for-output", but(grouped_macs=_INPUT_FOR_OUTPUT)),
    Example("upside-down", but(reduction_ratio=_UPSIDE_DOWN)),
    Example("rounded-alone", but(agrees=_ROUNDED_ALONE, separable_params=_HELPERS_FORMULA)),
    Example("crashes", but(filters_needed=_DIVIDES_BY_ZERO, mobilenet_params=_ENDS_PYTHON)),
    Example("cell-duplicated", everything, edit=duplicate("test_separable_macs")),
)
