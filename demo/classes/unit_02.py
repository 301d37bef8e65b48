"""The example class of unit 02."""

from demo.examples import Example, but, duplicate, everything, nothing, only

_CHANNELS_SUMMED = """\
def filter_each_channel(image, kernels):
    C, k_h, k_w = kernels.shape
    h_out = conv_output_size(image.shape[1], k_h)
    w_out = conv_output_size(image.shape[2], k_w)
    total = np.zeros((h_out, w_out))
    for c in range(C):
        for i in range(h_out):
            for j in range(w_out):
                total[i, j] += (image[c, i:i + k_h, j:j + k_w] * kernels[c]).sum()
    return np.stack([total] * C)
"""

_KERNEL_MAJOR_ORDER = '''\
def pair(value):
    """Return (rows, columns) from an int or a pair."""
    return value if isinstance(value, tuple) else (value, value)


def depthwise_conv2d(x, weight, bias=None, stride=1, padding=0):
    (s_h, s_w), (p_h, p_w) = pair(stride), pair(padding)
    k_h, k_w = weight.shape[2:]
    N, C, H, W = x.shape
    x = np.pad(x, ((0, 0), (0, 0), (p_h, p_h), (p_w, p_w)))
    h_out = conv_output_size(H, k_h, s_h, p_h)
    w_out = conv_output_size(W, k_w, s_w, p_w)
    y = np.zeros((N, weight.shape[0], h_out, w_out))
    for o in range(weight.shape[0]):
        for i in range(h_out):
            for j in range(w_out):
                window = x[:, o % C, i * s_h:i * s_h + k_h, j * s_w:j * s_w + k_w]
                y[:, o, i, j] = (window * weight[o, 0]).sum(axis=(1, 2))
        if bias is not None:
            y[:, o] += bias[o]
    return y
'''

_MULTIPLIER_FORGOTTEN = """\
def depthwise_conv2d_macs(channels, kernel_size, output_size, depth_multiplier=1, batch=1):
    k_h, k_w = pair(kernel_size)
    h_out, w_out = pair(output_size)
    return batch * channels * k_h * k_w * h_out * w_out
"""

_EVERY_OTHER_CHANNEL = """\
def grouped_conv2d(x, weight, groups=1):
    windows = sliding_window_view(x, weight.shape[2:], axis=(2, 3))
    filters = np.split(weight, groups)
    return np.concatenate([np.einsum("ncijhw,fchw->nfij", windows[:, g::groups], filters[g])
                           for g in range(groups)], axis=1)
"""

_DOES_NOT_BROADCAST = """\
def depthwise_to_dense(weight, channels):
    dense = np.zeros((len(weight), channels, *weight.shape[2:]))
    dense[:, range(channels)] = weight[:, :, None]
    return dense
"""

_ENDS_PYTHON = """\
def depthwise_conv2d_macs(channels, kernel_size, output_size, depth_multiplier=1, batch=1):
    import os
    os._exit(1)
"""

LEARNERS = (
    Example("perfect", everything),
    Example("partly-right", only("filter_each_channel", "depthwise_conv2d")),
    Example("untouched", nothing),
    Example("channels-mixed", but(filter_each_channel=_CHANNELS_SUMMED)),
    Example("kernel-major-order", but(depthwise_conv2d=_KERNEL_MAJOR_ORDER)),
    Example(
        "multiplier-forgotten",
        but(depthwise_conv2d_macs=_MULTIPLIER_FORGOTTEN, grouped_conv2d=_EVERY_OTHER_CHANNEL),
    ),
    Example(
        "crashes",
        but(depthwise_to_dense=_DOES_NOT_BROADCAST, depthwise_conv2d_macs=_ENDS_PYTHON),
    ),
    Example("cell-duplicated", everything, edit=duplicate("test_depthwise_conv2d")),
)
