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

_SUMS_COMPARED = """\
def least_time(layers, peak, bandwidths):
    computing = sum(macs for macs, _ in layers) / peak
    moving = [
        sum(moved.get(memory, 0) for _, moved in layers) / bandwidth
        for memory, bandwidth in bandwidths.items()
    ]
    return max(computing, *moving)
"""

_STRIDES_IGNORED = """\
def receptive_field(kernels, strides, dilations):
    return 1 + sum(d * (k - 1) for k, d in zip(kernels, dilations))
"""

_LAYOUT_IGNORED = """\
def element_offset(index, shape, layout):
    n, c, h, w = index
    _, channels, rows, columns = shape
    return ((n * channels + c) * rows + h) * columns + w
"""

LEARNERS = (
    Example("perfect", everything),
    Example("partly-right", only("bytes_moved", "attainable")),
    Example("untouched", nothing),
    Example("groups-forgotten", but(bytes_moved=_WITHOUT_GROUPS)),
    Example("crashes", but(attainable=_DIVIDES_BY_NOTHING)),
    Example("sums-compared", but(least_time=_SUMS_COMPARED)),
    Example("ignores", but(receptive_field=_STRIDES_IGNORED, element_offset=_LAYOUT_IGNORED)),
    Example("cell-duplicated", everything, edit=duplicate("test_intensity")),
)
