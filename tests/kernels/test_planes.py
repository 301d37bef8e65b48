"""The steps that lead to the layers, and the kernels that say the same in another form."""

import numpy as np
import pytest
import torch
from scipy import signal

from dwsep_helpers import kernels

RNG = np.random.default_rng(0)
IMAGE, KERNEL = RNG.normal(size=(3, 7, 9)), RNG.normal(size=(3, 4, 2))


def test_one_mac_keeps_the_type_of_its_numbers():
    assert kernels.multiply_accumulate(10, 2, 3) == 16
    assert isinstance(kernels.multiply_accumulate(10, 2, 3), int)
    assert kernels.multiply_accumulate(0.5, -1.5, 3) == -4.0


def test_one_channel_is_scipys():
    image, kernel = IMAGE[0], KERNEL[0]
    for ours, theirs in (
        (kernels.correlate2d, signal.correlate2d),
        (kernels.convolve2d, signal.convolve2d),
    ):
        np.testing.assert_allclose(ours(image, kernel), theirs(image, kernel, mode="valid"))


def test_channels_are_added_kept_apart_or_weighed():
    maps = [kernels.correlate2d(*pair) for pair in zip(IMAGE, KERNEL, strict=True)]
    np.testing.assert_allclose(kernels.filter_each_channel(IMAGE, KERNEL), maps)
    np.testing.assert_allclose(kernels.correlate_channels(IMAGE, KERNEL), sum(maps))
    weights = np.array([2.0, -1.0, 0.5])
    mixed = 2 * IMAGE[0] - IMAGE[1] + 0.5 * IMAGE[2]
    np.testing.assert_allclose(kernels.mix_channels(IMAGE, weights), mixed)


def test_small_integers_do_not_wrap_round():
    image = np.full((2, 3, 3), 127, np.int8)
    assert kernels.mix_channels(image, np.array([127, 1], np.int8)).max() == 127 * 128
    assert kernels.correlate2d(image[0], image[0]).item() == 9 * 127**2
    weight = np.full((2, 1, 1, 1), 100, np.int8)
    assert kernels.equivalent_dense_kernel(weight, weight[:, 0].reshape(1, 2)).min() == 10_000


@pytest.mark.parametrize(("channels", "multiplier"), [(3, 1), (3, 2), (1, 4)])
def test_a_dense_kernel_does_what_the_depthwise_one_does(channels, multiplier):
    x = RNG.normal(size=(2, channels, 6, 7))
    weight = RNG.normal(size=(channels * multiplier, 1, 2, 3))
    dense = kernels.depthwise_to_dense(weight, channels)
    assert np.count_nonzero(dense) == weight.size
    np.testing.assert_allclose(kernels.conv2d(x, dense), kernels.depthwise_conv2d(x, weight))


def test_a_dense_kernel_does_what_the_separable_layer_does():
    x = RNG.normal(size=(2, 3, 6, 7))
    depthwise, pointwise = RNG.normal(size=(3, 1, 2, 3)), RNG.normal(size=(5, 3, 1, 1))
    dense = kernels.equivalent_dense_kernel(depthwise, pointwise)
    expected = kernels.depthwise_separable_conv2d(x, depthwise, pointwise, stride=2)
    np.testing.assert_allclose(kernels.conv2d(x, dense, stride=2), expected)
    np.testing.assert_allclose(kernels.separable_approximation(dense), dense, err_msg="its rank: 1")


def test_an_approximation_leaves_the_singular_values_that_it_cuts():
    weight = RNG.normal(size=(5, 2, 2, 3))
    values = np.linalg.svd(weight.swapaxes(0, 1).reshape(2, 5, 6), compute_uv=False)
    for terms in range(1, 6):
        off = weight - kernels.separable_approximation(weight, terms)
        assert (off**2).sum() == pytest.approx((values[:, terms:] ** 2).sum())
    whole = np.array([[1, 2], [3, 4]], np.float32).reshape(2, 1, 1, 2)
    np.testing.assert_allclose(kernels.separable_approximation(whole, terms=7), whole)


ONES = np.ones
BAD = [
    (kernels.correlate2d, (ONES((2, 3)), ONES((3, 3))),
     r"kernel has K_h=3 but image has H=2 \(axis 0\)"),
    (kernels.convolve2d, (ONES((4, 3)), ONES((2, 5))),
     r"kernel has K_w=5 but image has W=3 \(axis 1\)"),
    (kernels.convolve2d, (ONES((1, 4, 3)), ONES((2, 2))), "image must have 2 axes"),
    (kernels.correlate_channels, (ONES((3, 4, 4)), ONES((2, 2, 2))),
     r"kernel has C_in=2 but image has C_in=3 \(axis 0\)"),
    (kernels.filter_each_channel, (ONES((2, 4, 4)), ONES((3, 2, 2))),
     r"kernels has C=3 but image has C=2 \(axis 0\)"),
    (kernels.mix_channels, (ONES((3, 4, 4)), ONES(2)),
     r"weights has C=2 but image has C=3 \(axis 0\)"),
    (kernels.depthwise_to_dense, (ONES((5, 1, 2, 2)), 2),
     r"weight has 5 kernels \(axis 0\), no multiple of channels=2"),
    (kernels.depthwise_to_dense, (ONES((4, 2, 2, 2)), 2), "a depthwise kernel has 1"),
    (kernels.equivalent_dense_kernel, (ONES((3, 1, 2, 2)), ONES((4, 2, 1, 1))),
     r"pointwise_weight has C_in=2 \(axis 1\) but depthwise_weight makes 3 channels"),
    (kernels.separable_approximation, (ONES((2, 2, 2)),), "weight must have 4 axes"),
    (kernels.separable_approximation, (ONES((2, 2, 2, 2)), 0), "terms must be at least 1, got 0"),
]  # fmt: skip


@pytest.mark.parametrize(("function", "arguments", "message"), BAD)
def test_what_does_not_fit_is_named(function, arguments, message):
    with pytest.raises(ValueError, match=message):
        function(*arguments)


@pytest.mark.parametrize("groups", [1, 2, 3, 4, 6, 12])
@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int64])
def test_channel_shuffle_is_torchs(groups, dtype):
    x = (100 * RNG.normal(size=(2, 12, 3, 4))).astype(dtype)
    expected = torch.nn.ChannelShuffle(groups)(torch.from_numpy(x)).numpy()
    shuffled = kernels.channel_shuffle(x, groups)
    np.testing.assert_array_equal(shuffled, expected)
    assert shuffled.dtype == dtype
    assert not np.shares_memory(shuffled, x)
    np.testing.assert_array_equal(kernels.channel_shuffle(shuffled, 12 // groups), x)


@pytest.mark.parametrize(
    ("groups", "error", "says"),
    [
        (5, ValueError, r"x has C=12 .axis 1., which groups=5 does not divide"),
        (0, ValueError, "groups must be at least 1, got 0"),
        (2.0, TypeError, "groups"),
    ],
)
def test_channel_shuffle_names_what_does_not_fit(groups, error, says):
    with pytest.raises(error, match=says):
        kernels.channel_shuffle(np.zeros((1, 12, 1, 1)), groups)
