"""Whatever a public function is given, it answers, or its error names the argument."""

import inspect
import warnings

import numpy as np
import pytest
from torch import nn

from dwsep_helpers import cost, hardware, kernels, mobilenet
from dwsep_helpers.papers import MOBILENET_V1

rng = np.random.default_rng(0)
X, DENSE = rng.normal(size=(1, 4, 6, 6)), rng.normal(size=(3, 4, 3, 3))
DEPTHWISE, POINTWISE = rng.normal(size=(4, 1, 3, 3)), rng.normal(size=(3, 4, 1, 1))
GRADIENT = rng.normal(size=(1, 4, 4, 4))
IMAGE, KERNEL = X[0, 0], DEPTHWISE[0, 0]
FOUR, THREE = np.ones(4), np.ones(3)


def _int8(*shape):
    return rng.integers(-128, 128, shape).astype(np.int8)


def _integers(channels):
    names = {"bias": 0, "multiplier": 2**30, "shift": -5}
    return {name: np.full(channels, value) for name, value in names.items()}


def _layer(*shape):
    return np.ones(shape), np.zeros(shape[0])


PARTS = "expand", "depthwise", "project"
NARROW = _layer(8, 4, 1, 1), _layer(8, 1, 3, 3), _layer(4, 8, 1, 1)
NETWORK = {
    "stem": _layer(4, 3, 3, 3),
    "blocks.0.depthwise": _layer(4, 1, 3, 3),
    "blocks.0.project": _layer(4, 4, 1, 1),
    "head": _layer(5, 4, 1, 1),
    "classifier": _layer(3, 5),
}
CONV, NORM = nn.Conv2d(2, 3, 3), nn.BatchNorm2d(3).eval()
STEPS = {"stride": 1, "padding": 0}
SIZES = {"in_channels": 4, "out_channels": 4, "kernel_size": 3, "input_size": 6}
GROUPED = {**SIZES, "output_size": 6, "groups": 2, "itemsize": 4}
LAYER = {**SIZES, **STEPS, "dilation": 1, "bias": False, "batch": 1}
WITHOUT_FILTERS = {name: value for name, value in LAYER.items() if name != "out_channels"}
WITHOUT_KERNEL = {"in_channels": 4, "out_channels": 4, "input_size": 6, "bias": False, "batch": 1}
ZEROS = {"x_zero_point": 3, "y_zero_point": -2}
# What each function takes, once as it should be.
TAKES = {
    kernels.conv2d: {"x": X, "weight": DENSE, "bias": THREE, **STEPS, "dilation": 1, "groups": 1},
    kernels.depthwise_conv2d: {"x": X, "weight": DEPTHWISE, "bias": FOUR, **STEPS, "dilation": 1},
    kernels.pointwise_conv2d: {"x": X, "weight": POINTWISE, "bias": THREE},
    kernels.depthwise_separable_conv2d: {
        "x": X,
        "depthwise_weight": DEPTHWISE,
        "pointwise_weight": POINTWISE,
        "depthwise_bias": FOUR,
        "pointwise_bias": THREE,
        **STEPS,
        "dilation": 1,
    },
    kernels.conv_output_size: {"input_size": 6, "kernel_size": 3, **STEPS, "dilation": 1},
    kernels.same_padding: {"input_size": 6, "kernel_size": 3, "stride": 2},
    kernels.receptive_field: {"kernels": [3, 3], "strides": [1, 2], "dilations": [1, 1]},
    kernels.element_offset: {"index": (0, 1, 2, 3), "shape": (1, 4, 6, 6), "layout": "NHWC"},
    kernels.loop_order: {"strides": (144, 36, 6, 1)},
    kernels.convolve2d: {"image": IMAGE, "kernel": KERNEL},
    kernels.correlate2d: {"image": IMAGE, "kernel": KERNEL},
    kernels.correlate_channels: {"image": X[0], "kernel": DENSE[0]},
    kernels.filter_each_channel: {"image": X[0], "kernels": DEPTHWISE[:, 0]},
    kernels.mix_channels: {"image": X[0], "weights": POINTWISE[0, :, 0, 0]},
    kernels.channel_shuffle: {"x": X, "groups": 2},
    kernels.depthwise_to_dense: {"weight": DEPTHWISE, "channels": 4},
    kernels.equivalent_dense_kernel: {
        "depthwise_weight": DEPTHWISE,
        "pointwise_weight": POINTWISE,
    },
    kernels.separable_approximation: {"weight": DENSE, "terms": 1},
    kernels.depthwise_grad_input: {
        "input_size": (6, 6),
        "weight": DEPTHWISE,
        "grad_y": GRADIENT,
        **STEPS,
    },
    kernels.depthwise_grad_weight: {"x": X, "kernel_size": (3, 3), "grad_y": GRADIENT, **STEPS},
    kernels.top_classes: {"scores": np.arange(10.0), "k": 5},
    kernels.fixed_point: {"factor": np.array([0.5, 0.25])},
    kernels.requantize: {
        "accumulator": np.array([[100]]),
        "multiplier": np.array([2**30]),
        "shift": np.array([0]),
        "zero_point": 0,
    },
    kernels.depthwise_int8: {
        "x": _int8(1, 4, 6, 6),
        "weight": _int8(4, 1, 3, 3),
        **_integers(4),
        **ZEROS,
        **STEPS,
    },
    kernels.pointwise_int8: {
        "x": _int8(1, 4, 6, 6),
        "weight": _int8(3, 4, 1, 1),
        **_integers(3),
        **ZEROS,
    },
    kernels.fold_norm: {
        "weight": DENSE,
        **dict.fromkeys(("gamma", "beta", "mean", "variance"), THREE),
        "eps": 1e-5,
    },
    kernels.bottleneck: {"x": X, **dict(zip(PARTS, NARROW, strict=True)), "stride": 1},
    kernels.mobilenet_v2: {"x": X[:, :3], "layers": NETWORK, "blocks": [(4, 4, 3, 1, 1)]},
    mobilenet.fold: {"network": nn.Sequential(CONV, NORM)},
    mobilenet.fold_batch_norm: {"conv": CONV, "norm": NORM},
    mobilenet.count_parameters: {"module": CONV},
    mobilenet.flat: {"network": mobilenet.mobilenet(mobilenet.SMALL_IMAGES)},
    mobilenet.confusion_matrix: {"labels": [0, 1], "predictions": [1, 1], "classes": 2},
    cost.conv2d_macs: {
        **{"n_filters": 3, "channels": 4, "kernel_size": 3, "output_size": 6, "batch": 1}
    },
    cost.depthwise_conv2d_macs: {
        **{"channels": 4, "kernel_size": 3, "output_size": 6, "depth_multiplier": 1, "batch": 1}
    },
    cost.conv2d_cost: {**LAYER, "groups": 1},
    cost.depthwise_cost: {**WITHOUT_FILTERS, "depth_multiplier": 1},
    cost.pointwise_cost: WITHOUT_KERNEL,
    cost.separable_cost: {**LAYER, "depth_multiplier": 1},
    cost.linear_cost: {"in_features": 4, "out_features": 3, "bias": False, "batch": 1},
    cost.reduction_ratio: {"out_channels": 3, "kernel_size": 3, "depth_multiplier": 1},
    cost.break_even_terms: {"filters": 16, "kernel_size": 3},
    cost.filters_needed: {"kernel_size": 3, "times": 8},
    cost.grouped_macs: {**SIZES, **STEPS, "groups": 2},
    cost.separable_macs: {**SIZES, **STEPS, "pointwise_first": False},
    cost.separable_params: {"in_channels": 4, "out_channels": 4, "kernel_size": 3, "bias": False},
    cost.mobilenet_macs: {"layers": MOBILENET_V1, "width_multiplier": 0.5, "resolution": 160},
    cost.mobilenet_params: {"layers": MOBILENET_V1, "classifier_bias": True, "per_channel": 2},
    cost.layer_costs: {"layers": MOBILENET_V1, "resolution": 160},
    hardware.bytes_moved: GROUPED,
    hardware.intensity: GROUPED,
    hardware.amdahl: {"shares": [0.5, 0.5], "speedups": [2, 3]},
    hardware.attainable: {"intensity": 1.0, "peak": 2.0, "bandwidth": 3.0},
    hardware.least_time: {
        "layers": [(200, {"DRAM": 10})],
        "peak": 100.0,
        "bandwidths": {"DRAM": 10.0},
    },
    hardware.best_design: {
        "designs": [{"width": 1.0, "resolution": 224, "top_1": 70.9, "macs": 569e6}],
        "budget": {"macs": 1e9},
    },
    hardware.quantize: {"x": np.array([0.5]), "scale": 0.1, "zero_point": 0},
    hardware.dequantize: {"q": _int8(3), "scale": 0.1, "zero_point": 0},
    hardware.scale_and_zero_point: {"low": -1.0, "high": 2.0},
    hardware.symmetric_scale: {"weight": DENSE, "per_channel": True},
    hardware.equalize: {"depthwise": DEPTHWISE, "bias": FOUR, "pointwise": POINTWISE},
    hardware.peak_memory: {"sizes": {"a": 1, "b": 2}, "steps": [("b", ["a"])]},
}
ANYTHING = [
    *(None, "a", b"x", -1, 0, 1.5, True, np.float64(2), 1j, float("nan"), float("inf"), 10**30),
    *([], {}, (1, 2, 3), (-1, 1), [1, [2]], object()),
    *(np.ones((2, 2)), np.array([]), np.array([1, "a"], dtype=object)),
]


@pytest.mark.parametrize("function", TAKES, ids=lambda function: function.__name__)
def test_an_error_names_the_argument(function):
    right = TAKES[function]
    assert set(right) == set(inspect.signature(function).parameters)
    function(**right)
    for name, value in ((name, value) for name in right for value in ANYTHING):
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            found = _error(function, **{**right, name: value})
        assert found is None or name in found, (name, value, found)


def _error(function, **arguments):
    try:
        function(**arguments)
    except (TypeError, ValueError) as error:
        return str(error)
