"""A cost adds up, and says itself in units."""

from fractions import Fraction

import numpy as np
import pytest

from dwsep_helpers.cost import (
    Cost,
    conv2d_cost,
    depthwise_cost,
    linear_cost,
    pointwise_cost,
    reduction_ratio,
    separable_cost,
)
from dwsep_helpers.cost.value import short

LAYER = Cost(macs=10**15 + 1, params=2, input_elements=3, weight_elements=4, output_elements=5)


def test_costs_add_up():
    assert Cost(1, 2, 3, 4, 5) + Cost(10, 20, 30, 40, 50) == Cost(11, 22, 33, 44, 55)
    assert sum([LAYER, LAYER], Cost()).macs == 2 * 10**15 + 2, "exact where a float is not"
    with pytest.raises(TypeError):
        Cost() + 1


def test_a_cost_cannot_be_changed():
    with pytest.raises(AttributeError):
        LAYER.macs = 1


@pytest.mark.parametrize(
    ("dtype", "size"),
    [("float32", 4), (np.float16, 2), (np.dtype("int8"), 1), (float, 8), ("uint8", 1)],
)
def test_bytes_follow_the_type(dtype, size):
    assert LAYER.bytes(dtype) == 12 * size
    assert LAYER.intensity(dtype) == pytest.approx(LAYER.macs / (12 * size))


def test_types_of_torch_too():
    torch = pytest.importorskip("torch")
    assert LAYER.bytes(torch.bfloat16) == LAYER.bytes(torch.float16) == 24
    assert LAYER.bytes(torch.int8) == 12


def test_no_such_type():
    with pytest.raises(TypeError, match="dtype is 'float33'"):
        LAYER.bytes("float33")


def test_nothing_moved_has_no_intensity():
    assert np.isnan(Cost().intensity("float32"))


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0"),
        (999, "999"),
        (1000, "1.00 k"),
        (9_994, "9.99 k"),
        (9_996, "10.0 k"),
        (99_960, "100 k"),
        (999_499, "999 k"),
        (999_500, "1.00 M"),
        (1_137_480_704, "1.14 G"),
        (10**18, "1000000 T"),
    ],
)
def test_prefixes(number, text):
    assert short(number) == text


def test_a_cost_prints_with_units():
    text = str(separable_cost(512, 512, 3, (14, 14), padding=1))
    assert text == (
        "52.3 M MACs · 267 k parameters · moves 668 k elements: 201 k in, 267 k weights, 201 k out"
    )


@pytest.mark.parametrize("kernel_size", [1, 3, (5, 2)])
@pytest.mark.parametrize("out_channels", [1, 2, 72, 256])
@pytest.mark.parametrize("multiplier", [1, 3])
def test_the_ratio_is_that_of_the_costs(kernel_size, out_channels, multiplier):
    sizes = {"kernel_size": kernel_size, "input_size": (9, 8), "stride": 2, "padding": 1}
    standard = conv2d_cost(7, out_channels, **sizes)
    separable = separable_cost(7, out_channels, depth_multiplier=multiplier, **sizes)
    ratio = reduction_ratio(out_channels, kernel_size, depth_multiplier=multiplier)
    assert ratio == Fraction(separable.macs, standard.macs)


def test_the_articles_ratio():
    assert 1 / reduction_ratio(256, 5) == Fraction(1_228_800, 53_952)
    assert round(float(1 / reduction_ratio(256, 5)), 2) == 22.78


@pytest.mark.parametrize(
    ("call", "error", "named"),
    [
        (lambda: reduction_ratio(0, 3), ValueError, "out_channels.*0"),
        (lambda: reduction_ratio(8, 3.0), TypeError, "kernel_size.*3.0"),
        (lambda: reduction_ratio(8, 3, depth_multiplier=0), ValueError, "depth_multiplier.*0"),
        (lambda: linear_cost(0, 5), ValueError, "in_features.*0"),
        (lambda: linear_cost(5, 2.5), TypeError, "out_features.*2.5"),
        (lambda: conv2d_cost(6, 8, 3, (8, 8), groups=4), ValueError, "in_channels=6.*groups=4"),
        (lambda: conv2d_cost(8, 6, 3, (8, 8), groups=4), ValueError, "out_channels=6.*groups=4"),
        (lambda: conv2d_cost(8, True, 3, (8, 8)), TypeError, "out_channels.*True"),
    ],
)
def test_bad_arguments_are_named(call, error, named):
    with pytest.raises(error, match=named):
        call()


def test_numbers_of_numpy_give_pythons():
    eight = np.int32(8)
    for cost in (
        conv2d_cost(eight, eight, np.int8(3), (eight, eight), stride=np.int64(2)),
        depthwise_cost(eight, np.int8(3), np.array([8, 8]), depth_multiplier=np.int16(2)),
        pointwise_cost(np.int32(2**20), np.int32(2**20), np.array([2**10, 2**10])),
        linear_cost(eight, eight, batch=eight),
    ):
        assert {type(number) for number in vars(cost).values()} == {int}
    assert pointwise_cost(np.int32(2**20), np.int32(2**20), 2**10).macs == 2**60
