"""The example class of unit 01."""

from demo.examples import Example, but, duplicate, everything, nothing, only

_PADDING_COUNTED_ONCE = """\
def conv_output_size(input_size, kernel_size, stride=1, padding=0):
    return (input_size + padding - kernel_size) // stride + 1
"""

_KERNEL_FLIPPED = '''\
def pair(value):
    """Return (rows, columns) from an int or a pair."""
    return value if isinstance(value, tuple) else (value, value)


def conv2d(x, weight, bias=None, stride=1, padding=0):
    (s_h, s_w), (p_h, p_w) = pair(stride), pair(padding)
    N, C_in, H, W = x.shape
    C_out, _, k_h, k_w = weight.shape
    h_out = conv_output_size(H, k_h, s_h, p_h)
    w_out = conv_output_size(W, k_w, s_w, p_w)
    padded = np.zeros((N, C_in, H + 2 * p_h, W + 2 * p_w))
    padded[:, :, p_h:p_h + H, p_w:p_w + W] = x
    y = np.zeros((N, C_out, h_out, w_out))
    for n in range(N):
        for f in range(C_out):
            for i in range(h_out):
                for j in range(w_out):
                    window = padded[n, :, i * s_h:i * s_h + k_h, j * s_w:j * s_w + k_w]
                    y[n, f, i, j] = (window * weight[f, :, ::-1, ::-1]).sum()
            if bias is not None:
                y[n, f] += bias[f]
    return y
'''

_BATCH_FORGOTTEN = """\
def conv2d_macs(n_filters, channels, kernel_size, output_size, batch=1):
    k_h, k_w = pair(kernel_size)
    h_out, w_out = pair(output_size)
    return n_filters * channels * k_h * k_w * h_out * w_out
"""

_INDEX_OUT_OF_BOUNDS = """\
def convolve2d(image, kernel):
    k_h, k_w = kernel.shape
    flipped = np.zeros_like(kernel)
    for i in range(k_h):
        for j in range(k_w):
            flipped[k_h - i, k_w - j] = kernel[i, j]
    return correlate2d(image, flipped)
"""

_ENDS_PYTHON = """\
def conv2d_macs(n_filters, channels, kernel_size, output_size, batch=1):
    import os
    os._exit(1)
"""

LEARNERS = (
    Example("perfect", everything),
    Example("partly-right", only("conv_output_size", "correlate2d", "convolve2d")),
    Example("untouched", nothing),
    Example("kernel-flipped", but(conv2d=_KERNEL_FLIPPED)),
    Example("padding-counted-once", but(conv_output_size=_PADDING_COUNTED_ONCE)),
    Example("batch-forgotten", but(conv2d_macs=_BATCH_FORGOTTEN)),
    Example("crashes", but(convolve2d=_INDEX_OUT_OF_BOUNDS, conv2d_macs=_ENDS_PYTHON)),
    Example("cell-duplicated", everything, edit=duplicate("test_conv2d")),
)
