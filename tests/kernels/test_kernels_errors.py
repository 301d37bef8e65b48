"""Every bad argument is refused, by a message that names the argument, the axis, both numbers."""

import numpy as np
import pytest
import torch

from dwsep_helpers import (
    conv2d,
    conv_output_size,
    depthwise_conv2d,
    depthwise_separable_conv2d,
    kernels,
    pointwise_conv2d,
)


def ones(*shape, dtype=np.float32):
    return np.ones(shape, dtype)


X = ones(2, 4, 5, 6)  # N=2, C_in=4, H=5, W=6

# One call each that works: the errors below come from the one argument that is replaced.
GOOD = {
    conv2d: {"x": X, "weight": ones(8, 2, 3, 3), "bias": ones(8), "groups": 2},
    depthwise_conv2d: {"x": X, "weight": ones(8, 1, 3, 3), "bias": ones(8)},
    pointwise_conv2d: {"x": X, "weight": ones(8, 4, 1, 1), "bias": ones(8)},
    depthwise_separable_conv2d: {
        "x": X,
        "depthwise_weight": ones(8, 1, 3, 3),
        "pointwise_weight": ones(3, 8),
        "depthwise_bias": ones(8),
        "pointwise_bias": ones(3),
    },
}
FIRST_WEIGHT = {
    conv2d: "weight",
    depthwise_conv2d: "weight",
    depthwise_separable_conv2d: "depthwise_weight",
}
SPATIAL = list(FIRST_WEIGHT)

BAD_DTYPES = ["c8", "c16", "O", "?", "f2", "g", "U3", "M8[s]", "m8[s]"]

BAD_SETTINGS = [
    ({"stride": 0}, ValueError, "stride must be at least 1, got 0"),
    ({"stride": -1}, ValueError, "stride must be at least 1, got -1"),
    ({"stride": (1, 0)}, ValueError, "stride along W must be at least 1, got 0"),
    ({"stride": (1, 2, 3)}, ValueError, "stride must be an int or a pair of ints, got 3 of them"),
    ({"stride": [2]}, ValueError, "stride must be an int or a pair of ints, got 1 of them"),
    ({"stride": 1.0}, TypeError, "stride must be an integer, got 1.0"),
    ({"stride": True}, TypeError, "stride must be an integer, got True"),
    ({"stride": "2"}, TypeError, "stride must be an integer, got '2'"),
    ({"stride": None}, TypeError, "stride must be an integer, got None"),
    ({"stride": (1, 1.5)}, TypeError, "stride along W must be an integer, got 1.5"),
    ({"stride": np.array([1.5, 1])}, TypeError, "stride along H must be an integer"),
    ({"dilation": 0}, ValueError, "dilation must be at least 1, got 0"),
    ({"dilation": (0, 1)}, ValueError, "dilation along H must be at least 1, got 0"),
    ({"padding": -1}, ValueError, "padding must be at least 0, got -1"),
    ({"padding": (0, -2)}, ValueError, "padding along W must be at least 0, got -2"),
    ({"padding": 0.5}, TypeError, "padding must be an integer, got 0.5"),
    ({"padding": (0, (1, -2))}, ValueError, "along W, after the map, must be at least 0, got -2"),
    ({"padding": (((0, 1), 2), 0)}, TypeError, "along H, before the map, must be an integer"),
    ({"padding": ((0, 1, 2), 0)}, ValueError, "padding along H must be an int or a pair of ints"),
    ({"padding": "full"}, ValueError, '"same" or "valid", got \'full\''),
    (
        {"padding": "same", "stride": 2},
        ValueError,
        'padding="same" needs stride=1, got stride=2 along H',
    ),
    (
        {"padding": "same", "stride": (1, 3)},
        ValueError,
        'padding="same" needs stride=1, got stride=3 along W',
    ),
    (
        {"dilation": 3},
        ValueError,
        "has K_h=3 (axis 2) and covers 7 rows with dilation 3, but x has H=5 (axis 2), "
        "5 rows with its padding (0, 0)",
    ),
    (
        {"dilation": (1, 4), "padding": (0, 1)},
        ValueError,
        "has K_w=3 (axis 3) and covers 9 columns with dilation 4, but x has W=6 (axis 3), "
        "8 columns with its padding (1, 1)",
    ),
]


def refuses(operator, replaced, error, message):
    """Expect ``operator`` to refuse its good arguments with some of them replaced."""
    with pytest.raises((TypeError, ValueError)) as caught:
        operator(**GOOD[operator] | replaced)
    assert caught.type is error
    assert message in str(caught.value)


@pytest.mark.parametrize("operator", GOOD)
def test_the_good_arguments_are_good(operator):
    assert operator(**GOOD[operator]).shape[0] == 2


@pytest.mark.parametrize("code", BAD_DTYPES)
@pytest.mark.parametrize(
    ("operator", "name"),
    [(operator, name) for operator in GOOD for name in GOOD[operator] if name != "groups"],
)
def test_dtypes(operator, name, code):
    bad = np.empty(GOOD[operator][name].shape, code)
    message = f"{name} must hold float32, float64 or integers, got dtype {bad.dtype}"
    refuses(operator, {name: bad}, TypeError, message)


@pytest.mark.parametrize(
    ("operator", "name"),
    [(operator, name) for operator in GOOD for name in GOOD[operator] if name != "groups"],
)
def test_masks_are_refused_by_name(operator, name):
    masked = np.ma.masked_invalid(GOOD[operator][name])  # with nothing masked, too
    for value in (masked, [masked], list(np.ma.masked_less(masked, 2))):
        refuses(operator, {name: value}, TypeError, f"{name} is a masked array")
    operator(**GOOD[operator] | {name: masked.filled(0)})


def test_masks_are_refused_in_planes():
    masked = np.ma.masked_equal([[1, 2], [3, 4]], 4)
    with pytest.raises(TypeError, match="image is a masked array"):
        kernels.correlate2d(masked, [[1]])
    with pytest.raises(TypeError, match="kernels is a masked array"):
        kernels.filter_each_channel([[[1]]], masked[None])


@pytest.mark.parametrize("operator", GOOD)
@pytest.mark.parametrize("value", [[[1, 2], [3]], "x", None])
def test_things_that_are_no_array(operator, value):
    refuses(operator, {"x": value}, TypeError, "x ")


def test_a_tensor_that_wants_gradients():
    parameter = torch.nn.Conv2d(4, 8, 3, groups=2).weight
    refuses(conv2d, {"weight": parameter}, TypeError, "weight cannot be read as a NumPy array")
    y = conv2d(**GOOD[conv2d] | {"weight": parameter.detach()})
    assert y.dtype == np.float32


@pytest.mark.parametrize("operator", GOOD)
def test_rank_of_x(operator):
    refuses(
        operator,
        {"x": X[0]},
        ValueError,
        "x must have 4 axes (N, C_in, H, W), got 3: shape (4, 5, 6)",
    )


@pytest.mark.parametrize(
    ("operator", "name", "shape", "message"),
    [
        (conv2d, "weight", (8, 2, 3), "4 axes (C_out, C_in/groups, K_h, K_w), got 3"),
        (depthwise_conv2d, "weight", (4, 3, 3), "(C_in * depth_multiplier, 1, K_h, K_w), got 3"),
        (pointwise_conv2d, "weight", (8, 4, 1), "4 axes (C_out, C_in, K_h, K_w), got 3"),
        (pointwise_conv2d, "weight", (8,), "4 axes (C_out, C_in, K_h, K_w), got 1: shape (8,)"),
        (depthwise_separable_conv2d, "depthwise_weight", (8, 3, 3), "got 3: shape (8, 3, 3)"),
        (depthwise_separable_conv2d, "pointwise_weight", (3,), "got 1: shape (3,)"),
    ],
)
def test_rank_of_weights(operator, name, shape, message):
    refuses(operator, {name: ones(*shape)}, ValueError, f"{name} must have 4 axes")
    refuses(operator, {name: ones(*shape)}, ValueError, message)


@pytest.mark.parametrize(
    ("operator", "name", "weight_name", "right", "wrong"),
    [
        (conv2d, "bias", "weight", 8, 7),
        (depthwise_conv2d, "bias", "weight", 8, 4),
        (pointwise_conv2d, "bias", "weight", 8, 1),
        (depthwise_separable_conv2d, "depthwise_bias", "depthwise_weight", 8, 4),
        (depthwise_separable_conv2d, "pointwise_bias", "pointwise_weight", 3, 8),
    ],
)
def test_bias(operator, name, weight_name, right, wrong):
    message = f"{name} has C_out={wrong} (axis 0) but {weight_name} has C_out={right} (axis 0)"
    refuses(operator, {name: ones(wrong)}, ValueError, message)
    message = f"{name} must have 1 axes (C_out), got 2: shape (1, {right})"
    refuses(operator, {name: ones(1, right)}, ValueError, message)


@pytest.mark.parametrize("operator", GOOD)
@pytest.mark.parametrize(("axis", "name"), [(1, "C_in"), (2, "H"), (3, "W")])
def test_empty_axes_of_x(operator, axis, name):
    shape = list(X.shape)
    shape[axis] = 0
    message = f"x has {name}=0 (axis {axis}), needs at least 1"
    refuses(operator, {"x": ones(*shape)}, ValueError, message)


@pytest.mark.parametrize(
    ("operator", "name", "shape", "message"),
    [
        (conv2d, "weight", (0, 2, 3, 3), "weight has C_out=0 (axis 0)"),
        (conv2d, "weight", (8, 0, 3, 3), "weight has C_in/groups=0 (axis 1)"),
        (conv2d, "weight", (8, 2, 0, 3), "weight has K_h=0 (axis 2)"),
        (depthwise_conv2d, "weight", (0, 1, 3, 3), "weight has C_in * depth_multiplier=0 (axis 0)"),
        (depthwise_conv2d, "weight", (8, 1, 3, 0), "weight has K_w=0 (axis 3)"),
        (pointwise_conv2d, "weight", (0, 4), "weight has C_out=0 (axis 0)"),
        (pointwise_conv2d, "weight", (8, 0), "weight has C_in=0 (axis 1)"),
    ],
)
def test_empty_axes_of_weights(operator, name, shape, message):
    refuses(operator, {name: ones(*shape)}, ValueError, f"{message}, needs at least 1")


@pytest.mark.parametrize(
    ("operator", "replaced", "message"),
    [
        (
            conv2d,
            {"weight": ones(8, 4, 3, 3)},
            "weight has C_in/groups=4 but x has C_in/groups=4/2=2 (axis 1)",
        ),
        (
            conv2d,
            {"weight": ones(8, 3, 3, 3), "groups": 1},
            "weight has C_in=3 but x has C_in=4 (axis 1)",
        ),
        (conv2d, {"groups": 3}, "x has C_in=4 (axis 1), which groups=3 does not divide"),
        (
            conv2d,
            {"groups": 4, "weight": ones(6, 1, 3, 3), "bias": ones(6)},
            "weight has C_out=6 (axis 0), which groups=4 does not divide",
        ),
        (conv2d, {"groups": 0}, "groups must be at least 1, got 0"),
        (
            depthwise_conv2d,
            {"weight": ones(4, 4, 3, 3)},
            "weight has C_in/groups=4 (axis 1) but a depthwise kernel has 1",
        ),
        (
            depthwise_conv2d,
            {"weight": ones(6, 1, 3, 3)},
            "weight has 6 kernels (axis 0), no multiple of x's C_in=4 (axis 1)",
        ),
        (
            pointwise_conv2d,
            {"weight": ones(8, 5)},
            "weight has C_in=5 but x has C_in=4 (axis 1)",
        ),
        (
            pointwise_conv2d,
            {"weight": ones(8, 4, 1, 3)},
            "weight has K_w=3 (axis 3) but a pointwise kernel has 1",
        ),
        (
            depthwise_separable_conv2d,
            {"depthwise_weight": ones(6, 1, 3, 3)},
            "depthwise_weight has 6 kernels (axis 0), no multiple of x's C_in=4 (axis 1)",
        ),
        (
            depthwise_separable_conv2d,
            {"pointwise_weight": ones(3, 4)},
            "pointwise_weight has C_in=4 (axis 1) but depthwise_weight makes 8 channels (axis 0)",
        ),
        (
            depthwise_separable_conv2d,
            {"pointwise_weight": ones(3, 8, 2, 1)},
            "pointwise_weight has K_h=2 (axis 2) but a pointwise kernel has 1",
        ),
    ],
)
def test_channels(operator, replaced, message):
    refuses(operator, replaced, ValueError, message)


@pytest.mark.parametrize("groups", [1.0, True, None, (2,)])
def test_groups_that_are_no_integer(groups):
    refuses(conv2d, {"groups": groups}, TypeError, f"groups must be an integer, got {groups!r}")


@pytest.mark.parametrize("operator", SPATIAL)
@pytest.mark.parametrize(("setting", "error", "message"), BAD_SETTINGS)
def test_settings(operator, setting, error, message):
    refuses(operator, setting, error, message)


@pytest.mark.parametrize("operator", SPATIAL)
def test_a_kernel_larger_than_the_input(operator):
    name = FIRST_WEIGHT[operator]
    kernel = np.ones((*GOOD[operator][name].shape[:2], 7, 9), np.float32)
    message = f"{name} has K_h=7 (axis 2) and covers 7 rows with dilation 1, but x has H=5"
    refuses(operator, {name: kernel}, ValueError, message)
    message = f"{name} has K_w=9 (axis 3) and covers 9 columns with dilation 1, but x has W=6"
    refuses(operator, {name: kernel, "padding": 1}, ValueError, message)


@pytest.mark.parametrize("operator", SPATIAL)
def test_settings_are_named(operator):
    arguments = [value for name, value in GOOD[operator].items() if name != "groups"]
    with pytest.raises(TypeError, match="positional"):
        operator(*arguments[:3], 2, 1)


@pytest.mark.parametrize("number", [2, np.int64(2), np.uint8(2), np.array(2)])
def test_integers_of_any_type_are_settings(number):
    y = conv2d(X, ones(1, 4, 3, 3), stride=number, padding=(number, number), dilation=[1, number])
    assert y.shape == (2, 1, 4, 3)


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ((0, 1), ValueError, "input_size must be at least 1, got 0"),
        ((5, 0), ValueError, "kernel_size must be at least 1, got 0"),
        ((5, 3, 0), ValueError, "stride must be at least 1, got 0"),
        ((5, 3, 1, -1), ValueError, "padding must be at least 0, got -1"),
        ((5, 3, 1, 0, 0), ValueError, "dilation must be at least 1, got 0"),
        ((5.0, 3), TypeError, "input_size must be an integer, got 5.0"),
        ((5, 3, (1, 1)), TypeError, "stride must be an integer, got (1, 1)"),
        (
            (4, 3, 1, 1, 3),
            ValueError,
            "kernel_size=3 with dilation=3 covers 7 elements, "
            "but input_size=4 with padding=1 has 6",
        ),
    ],
)
def test_conv_output_size(arguments, error, message):
    with pytest.raises((TypeError, ValueError)) as caught:
        conv_output_size(*arguments)
    assert caught.type is error
    assert str(caught.value) == message


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_nothing_is_closest_to_what_is_not_finite(bad):
    with pytest.raises(ValueError, match="weight has NaN or infinity"):
        kernels.separable_approximation(np.full((2, 2, 3, 3), bad))
