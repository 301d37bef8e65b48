"""The example class of unit 03."""

from demo.examples import Example, but, duplicate, everything, nothing, only

_WEIGHT_TRANSPOSED = """\
def pointwise_conv2d(x, weight, bias=None):
    n, c_in, h, w = x.shape
    c_out = weight.shape[0]
    matrix = weight.reshape(c_in, c_out).T
    y = (matrix @ x.reshape(n, c_in, h * w)).reshape(n, c_out, h, w)
    if bias is not None:
        y = y + bias[:, None, None]
    return y
"""

_NONLINEARITY_BETWEEN = """\
def depthwise_separable_conv2d(x, depthwise_weight, pointwise_weight, stride=1, padding=0):
    y = depthwise_conv2d(x, depthwise_weight, stride=stride, padding=padding)
    y = np.maximum(y, 0)
    return pointwise_conv2d(y, pointwise_weight)
"""

_LESS_OR_EQUAL = """\
def break_even_terms(filters, kernel_size):
    k_h, k_w = kernel_size if isinstance(kernel_size, tuple) else (kernel_size, kernel_size)
    return filters * k_h * k_w // (filters + k_h * k_w)
"""

_TABLE_ON_ITS_SIDE = """\
def channel_shuffle(x, groups):
    n, c, h, w = x.shape
    return x.reshape(n, c // groups, groups, h, w).swapaxes(1, 2).reshape(n, c, h, w)
"""

_DOES_NOT_BROADCAST = """\
def equivalent_dense_kernel(depthwise_weight, pointwise_weight):
    return depthwise_weight.reshape(-1, 25) @ pointwise_weight
"""

_ENDS_PYTHON = """\
def break_even_terms(filters, kernel_size):
    import os
    os._exit(1)
"""

LEARNERS = (
    Example("perfect", everything),
    Example("partly-right", only("mix_channels", "pointwise_conv2d")),
    Example("untouched", nothing),
    Example("weight-transposed", but(pointwise_conv2d=_WEIGHT_TRANSPOSED)),
    Example("nonlinearity-between", but(depthwise_separable_conv2d=_NONLINEARITY_BETWEEN)),
    Example(
        "less-or-equal",
        but(break_even_terms=_LESS_OR_EQUAL, channel_shuffle=_TABLE_ON_ITS_SIDE),
    ),
    Example(
        "crashes", but(equivalent_dense_kernel=_DOES_NOT_BROADCAST, break_even_terms=_ENDS_PYTHON)
    ),
    Example("cell-duplicated", everything, edit=duplicate("test_pointwise_conv2d")),
)
