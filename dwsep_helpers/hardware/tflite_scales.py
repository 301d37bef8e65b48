"""Scales that a .tflite file can hold, and with which its sums fit into 32 bits."""

from __future__ import annotations

import numpy as np

from dwsep_helpers.hardware.quantization import symmetric_scale

Bounds = tuple[float, float]

SMALLEST, LARGEST = (float(end) for end in (np.finfo(np.float32).tiny, np.finfo(np.float32).max))
"""The file's scales are float32: the ends of what that holds with all its digits."""

NARROWEST = 2.0**-100
"""The smallest scale of activations, 7.9e-31: its products with a weight's are float32 as well."""


def fitting_scales(
    weight: np.ndarray, bias: np.ndarray, of_input: float, of_output: float, per_channel: bool
) -> np.ndarray:
    """Return weights' scales, wider than :func:`symmetric_scale` where more has to fit.

    Parameters
    ----------
    weight : ndarray, shape (C_out, ...)
    bias : ndarray, shape (C_out,)
    of_input, of_output : float
        The scales of the activations before and after.
    per_channel : bool
        One scale for each output channel, instead of one for all.

    Returns
    -------
    ndarray, shape (C_out, 1, …, 1) or ()

    Notes
    -----
    A bias is an int32 that counts steps of (input's scale · weight's scale). Here it stays below
    2³⁰ of them, so that the sum of products has room as well: where weights are tiny and the bias
    isn't, the scale is widened, and the weights may become 0. TensorFlow Lite's optimizer
    (tools/optimize/quantization_utils.cc) has the same rule, and ONNX Runtime's quantizer (its pull
    request 22020) one like it. A step is also
    at least 2⁻³¹ of an output's, as fewer are 0 to the runtimes, and a float32 that has all its
    digits. Nothing is lost by either: weights that small don't move an output by a step.

    Examples
    --------
    >>> weight, bias = np.array([[0.5], [1e-12]]), np.array([0.1, 3.0])
    >>> scales = fitting_scales(weight, bias, 0.02, 0.02, per_channel=True).ravel()
    >>> np.rint(bias / (0.02 * scales)).astype(int).tolist()
    [1270, 1073741824]
    """
    axes = tuple(range(1, weight.ndim)) if per_channel else None
    used = np.any(weight != 0, axis=axes, keepdims=per_channel)
    biases = np.abs(bias.astype(np.float64))
    largest = biases.reshape(used.shape) if per_channel else biases.max()
    least = np.maximum(2.0**-30 * largest, max(2.0**-31 * of_output, SMALLEST * max(1, of_input)))
    return np.asarray(np.maximum(used * symmetric_scale(weight, per_channel), least / of_input))
