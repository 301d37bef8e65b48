"""Costs: formula, torch's own counter, and counting in running code agree."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dwsep_helpers.checks import count_multiplications
from dwsep_helpers.cost import Cost, conv2d_cost, depthwise_cost, pointwise_cost, separable_cost

small = st.integers(1, 3)


@st.composite
def layers(draw):
    """Draw a convolution whose kernel fits."""
    kernel = (draw(small), draw(small))
    stride = (draw(small), draw(small))
    padding = (draw(st.integers(0, 2)), draw(st.integers(0, 2)))
    size = tuple(k + draw(st.integers(0, 4)) for k in kernel)
    return dict(
        in_channels=draw(small),
        out_channels=draw(small),
        kernel_size=kernel,
        input_size=size,
        stride=stride,
        padding=padding,
        batch=draw(small),
    )


def by_loops(x, weight, stride, padding):
    """Convolve, scalar by scalar."""
    (s_h, s_w), (p_h, p_w) = stride, padding
    x = np.pad(x, ((0, 0), (0, 0), (p_h, p_h), (p_w, p_w)))
    rows = range(0, x.shape[2] - weight.shape[2] + 1, s_h)
    columns = range(0, x.shape[3] - weight.shape[3] + 1, s_w)
    y = np.zeros((len(x), len(weight), len(rows), len(columns)))
    for n, f, i, j in np.ndindex(y.shape):
        for c, u, v in np.ndindex(weight.shape[1:]):
            y[n, f, i, j] += x[n, c, rows[i] + u, columns[j] + v] * weight[f, c, u, v]
    return y


@given(layers())
def test_formula_equals_the_count_in_running_code(layer):
    x = np.ones((layer["batch"], layer["in_channels"], *layer["input_size"]))
    weight = np.ones((layer["out_channels"], layer["in_channels"], *layer["kernel_size"]))
    counted = count_multiplications(by_loops, x, weight, layer["stride"], layer["padding"])
    assert conv2d_cost(**layer).macs == counted


@given(layers())
def test_formula_equals_torchs_counter(layer):
    torch = pytest.importorskip("torch")
    from torch.utils.flop_counter import FlopCounterMode

    module = torch.nn.Conv2d(
        layer["in_channels"],
        layer["out_channels"],
        layer["kernel_size"],
        stride=layer["stride"],
        padding=layer["padding"],
    )
    x = torch.ones(layer["batch"], layer["in_channels"], *layer["input_size"])
    with FlopCounterMode(display=False) as counter, torch.no_grad():
        y = module(x)
    cost = conv2d_cost(**layer, bias=True)
    assert 2 * cost.macs == counter.get_total_flops()
    assert cost.params == sum(p.numel() for p in module.parameters()) == cost.weight_elements
    assert (cost.input_elements, cost.output_elements) == (x.numel(), y.numel())


def test_the_articles_layer():
    assert conv2d_cost(3, 256, 5, (8, 8), padding=2).macs == 1_228_800
    assert conv2d_cost(3, 256, 5, (12, 12)).macs == 1_228_800


def test_costs_add_up():
    assert Cost(1, 2, 3, 4, 5) + Cost(10, 20, 30, 40, 50) == Cost(11, 22, 33, 44, 55)
    with pytest.raises(TypeError):
        Cost() + 1


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"in_channels": 0}, "in_channels.*0"),
        ({"out_channels": -2}, "out_channels.*-2"),
        ({"batch": -1}, "batch.*-1"),
        ({"kernel_size": 9}, "9"),
        ({"stride": 0}, "stride.*0"),
    ],
)
def test_bad_arguments_are_named(change, named):
    good = dict(in_channels=3, out_channels=4, kernel_size=3, input_size=(8, 8))
    with pytest.raises(ValueError, match=named):
        conv2d_cost(**{**good, **change})


def as_torch_counts(module, x):
    """Return a module's MACs and parameters by torch's own counter, and its output."""
    from torch.utils.flop_counter import FlopCounterMode

    with FlopCounterMode(display=False) as counter:
        y = module(x)
    return counter.get_total_flops() // 2, sum(p.numel() for p in module.parameters()), y


@given(layers(), small, st.booleans())
def test_separable_layers_cost_what_torch_counts(layer, depth_multiplier, bias):
    torch = pytest.importorskip("torch")
    channels, filters = layer["in_channels"], layer["out_channels"]
    options = {name: layer[name] for name in ("kernel_size", "stride", "padding")}
    middle = channels * depth_multiplier
    depthwise = torch.nn.Conv2d(channels, middle, groups=channels, bias=bias, **options)
    pointwise = torch.nn.Conv2d(middle, filters, 1, bias=bias)
    x = torch.zeros(layer["batch"], channels, *layer["input_size"])
    shared = {"bias": bias, "batch": layer["batch"]}

    macs, params, y = as_torch_counts(depthwise, x)
    cost = depthwise_cost(
        channels,
        input_size=layer["input_size"],
        depth_multiplier=depth_multiplier,
        **options,
        **shared,
    )
    assert (cost.macs, cost.params, cost.output_elements) == (macs, params, y.numel())
    assert cost.input_elements == x.numel()

    size = tuple(y.shape[2:])
    macs, params, z = as_torch_counts(pointwise, y)
    after = pointwise_cost(middle, filters, size, **shared)
    assert (after.macs, after.params, after.output_elements) == (macs, params, z.numel())

    together = separable_cost(
        channels,
        filters,
        input_size=layer["input_size"],
        depth_multiplier=depth_multiplier,
        **options,
        **shared,
    )
    assert together == cost + after


def test_the_articles_separable_layer():
    article = separable_cost(3, 256, 5, (8, 8), padding=2)
    depthwise, pointwise = depthwise_cost(3, 5, (8, 8), padding=2), pointwise_cost(3, 256, (8, 8))
    assert (depthwise.macs, pointwise.macs, article.macs) == (4_800, 49_152, 53_952)


@pytest.mark.parametrize(
    ("call", "named"),
    [
        (lambda: depthwise_cost(0, 3, (8, 8)), "in_channels.*0"),
        (lambda: depthwise_cost(3, 3, (8, 8), depth_multiplier=0), "depth_multiplier.*0"),
        (lambda: pointwise_cost(3, 0, (8, 8)), "out_channels.*0"),
        (lambda: separable_cost(3, 4, 9, (8, 8)), "9"),
        (lambda: separable_cost(3, 4, 3, (8, 8), batch=-2), "batch.*-2"),
    ],
)
def test_bad_arguments_of_separable_layers_are_named(call, named):
    with pytest.raises(ValueError, match=named):
        call()
