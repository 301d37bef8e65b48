"""The example class of unit 06."""

from demo.examples import Example, but, duplicate, everything, nothing, only

_WITHOUT_GROUPS = """\
def bytes_moved(in_channels, out_channels, kernel_size, input_size, output_size,
                groups=1, itemsize=4):
    x = in_channels * input_size**2
    weight = out_channels * in_channels * kernel_size**2
    y = out_channels * output_size**2
    return itemsize * (x + weight + y)
"""

_DIVIDES_BY_NOTHING = """\
def attainable(intensity, peak, bandwidth):
    return min(peak, intensity / (bandwidth - bandwidth))
"""

LEARNERS = (
    Example("perfect", everything),
    Example("partly-right", only("bytes_moved", "attainable")),
    Example("untouched", nothing),
    Example("groups-forgotten", but(bytes_moved=_WITHOUT_GROUPS)),
    Example("crashes", but(attainable=_DIVIDES_BY_NOTHING)),
    Example("cell-duplicated", everything, edit=duplicate("test_intensity")),
)
