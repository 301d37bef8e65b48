"""Multiplications, counted in the code that makes them, however it is written."""

import copy
import functools
import itertools
import math
import operator
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.lib.stride_tricks import as_strided, sliding_window_view

from dwsep_helpers.checks.counted_numbers import CountedArray, Counter, CountingError
from dwsep_helpers.checks.multiplications import count_multiplications, counted

# ---- Convolutions in many styles: x is padded already, and 4 axes make 4 loops ----


def output_shape(x, weight, stride):
    (N, _, H, W), (C_out, _, K_h, K_w) = x.shape, weight.shape
    return N, C_out, (H - K_h) // stride[0] + 1, (W - K_w) // stride[1] + 1


def window(x, weight, stride, n, h, w):
    top, left = h * stride[0], w * stride[1]
    return x[n, :, top : top + weight.shape[2], left : left + weight.shape[3]]


def windows(x, weight, stride):
    return sliding_window_view(x, weight.shape[2:], axis=(2, 3))[:, :, :: stride[0], :: stride[1]]


def over_outputs(dot):
    """Make a convolution that calls ``dot(patch, kernel)`` for each output."""

    @functools.wraps(dot)
    def convolve(x, weight, stride):
        y = np.zeros(output_shape(x, weight, stride))
        for n, f, h, w in np.ndindex(y.shape):
            y[n, f, h, w] = dot(window(x, weight, stride, n, h, w), weight[f])
        return y

    return convolve


@over_outputs
def scalars(patch, kernel):
    total = 0.0
    for c in range(kernel.shape[0]):
        for a in range(kernel.shape[1]):
            for b in range(kernel.shape[2]):
                total += patch[c, a, b] * kernel[c, a, b]
    return total


@over_outputs
def scalars_in_plain_python(patch, kernel):
    return sum(p * k for p, k in zip(patch.ravel().tolist(), kernel.flat, strict=True))


@over_outputs
def scalars_by_item(patch, kernel):
    places = itertools.product(*map(range, kernel.shape))
    return sum(patch.item(place) * kernel[place].item() for place in places)


@over_outputs
def ndenumerate(patch, kernel):
    return float(sum(patch[place] * k for place, k in np.ndenumerate(kernel)))


@over_outputs
def mapped_in_c(patch, kernel):
    return math.fsum(map(operator.mul, patch.flat, kernel.flat))


@over_outputs
def fromiter(patch, kernel):
    products = (p * k for p, k in zip(patch.flat, kernel.flat, strict=True))
    return np.fromiter(products, dtype=float).sum()


@over_outputs
def sum_of_patch(patch, kernel):
    return np.sum(patch * kernel)


@over_outputs
def sum_of_patch_as_float(patch, kernel):
    return float((patch * kernel).sum(dtype=float))


@over_outputs
def sum_in_place(patch, kernel):
    patch = patch.copy()
    patch *= kernel
    return patch.sum(axis=0).sum()


@over_outputs
def multiply_into_plain(patch, kernel):
    return np.multiply(patch, kernel, out=np.empty(kernel.shape)).sum()


@over_outputs
def after_asarray(patch, kernel):
    return np.sum(np.asarray(patch) * np.asarray(kernel))


@over_outputs
def dot(patch, kernel):
    return np.dot(patch.ravel(), kernel.ravel())


@over_outputs
def vdot(patch, kernel):
    return np.vdot(patch, kernel)


@over_outputs
def inner(patch, kernel):
    return np.inner(patch.reshape(-1), kernel.reshape(-1)).item()


@over_outputs
def rows_by_correlate(patch, kernel):
    return sum(
        np.correlate(p, k)[0]
        for p, k in zip(patch.reshape(-1, patch.shape[2]), kernel.reshape(-1, kernel.shape[2]))  # noqa: B905
    )


def accumulated_in_place(x, weight, stride):
    y = np.zeros(output_shape(x, weight, stride))
    for n, f, h, w in np.ndindex(y.shape):
        for c, a, b in np.ndindex(weight.shape[1:]):
            y[n, f, h, w] += x[n, c, h * stride[0] + a, w * stride[1] + b] * weight[f, c, a, b]
    return y


def one_plane_at_a_time(x, weight, stride):
    y = np.zeros(output_shape(x, weight, stride))
    for n, f in np.ndindex(y.shape[:2]):
        for c in range(x.shape[1]):
            y[n, f] += np.sum(windows(x, weight, stride)[n, c] * weight[f, c], axis=(2, 3))
    return y


def over_offsets(x, weight, stride):
    y = np.zeros(output_shape(x, weight, stride))
    for c, a, b in np.ndindex(weight.shape[1:]):
        rows = slice(a, a + y.shape[2] * stride[0], stride[0])
        columns = slice(b, b + y.shape[3] * stride[1], stride[1])
        y += x[:, None, c, rows, columns] * weight[None, :, c, a, b, None, None]
    return y


def into_zeros_like_the_input(x, weight, stride):
    y = np.zeros(output_shape(x, weight, stride), dtype=x.dtype)
    y[...] = np.tensordot(windows(x, weight, stride), weight, ((1, 4, 5), (1, 2, 3))).transpose(
        0, 3, 1, 2
    )
    return y


def einsum(x, weight, stride):
    return np.einsum("nchwab,fcab->nfhw", windows(x, weight, stride), weight)


def einsum_optimized(x, weight, stride):
    return np.einsum("nchwab,fcab->nfhw", windows(x, weight, stride), weight, optimize=True)


def strided_by_hand(x, weight, stride):
    shape = (*x.shape[:2], *output_shape(x, weight, stride)[2:], *weight.shape[2:])
    steps = (x.strides[2] * stride[0], x.strides[3] * stride[1])
    patches = as_strided(x, shape, (*x.strides[:2], *steps, *x.strides[2:]))
    return (patches[:, None] * weight[None, :, :, None, None]).sum(axis=(2, 5, 6))


def im2col(x, weight, stride):
    N, C_out, H_out, W_out = output_shape(x, weight, stride)
    columns = windows(x, weight, stride).transpose(0, 2, 3, 1, 4, 5)
    columns = columns.reshape(N * H_out * W_out, -1)
    y = columns @ weight.reshape(C_out, -1).T
    return y.reshape(N, H_out, W_out, C_out).transpose(0, 3, 1, 2)


def im2col_in_plain_columns(x, weight, stride):
    N, C_out, H_out, W_out = output_shape(x, weight, stride)
    columns = np.empty((N, math.prod(weight.shape[1:]), H_out * W_out), dtype=np.float64)
    for n, h, w in np.ndindex(N, H_out, W_out):
        columns[n, :, h * W_out + w] = window(x, weight, stride, n, h, w).ravel()
    return np.matmul(weight.reshape(C_out, -1), columns).reshape(N, C_out, H_out, W_out)


def kernel_copied_to_plain_floats(x, weight, stride):
    plain = np.zeros(weight.shape)
    for place in np.ndindex(weight.shape):
        plain[place] = float(weight[place])
    return einsum(x, plain, stride)


STYLES = [
    scalars,
    scalars_in_plain_python,
    scalars_by_item,
    ndenumerate,
    mapped_in_c,
    fromiter,
    sum_of_patch,
    sum_of_patch_as_float,
    sum_in_place,
    multiply_into_plain,
    after_asarray,
    dot,
    vdot,
    inner,
    rows_by_correlate,
    accumulated_in_place,
    one_plane_at_a_time,
    over_offsets,
    into_zeros_like_the_input,
    einsum,
    einsum_optimized,
    strided_by_hand,
    im2col,
    im2col_in_plain_columns,
    kernel_copied_to_plain_floats,
]


def pad_by_numpy(x, P):
    return np.pad(x, ((0, 0), (0, 0), (P[0], P[0]), (P[1], P[1])))


def pad_by_hand(x, P, dtype=float):
    N, C, H, W = x.shape
    padded = np.zeros((N, C, H + 2 * P[0], W + 2 * P[1]), dtype=dtype)
    padded[:, :, P[0] : P[0] + H, P[1] : P[1] + W] = x
    return padded


def pad_as_the_input(x, P):
    return pad_by_hand(x, P, dtype=x.dtype)


def pad_by_concatenation(x, P):
    rows = np.zeros((*x.shape[:2], P[0], x.shape[3]))
    x = np.concatenate([rows, x, rows], axis=2)
    columns = np.zeros_like(x, shape=(*x.shape[:3], P[1]))
    return np.concatenate([columns, x, columns], axis=3)


PADDINGS = [pad_by_numpy, pad_by_hand, pad_as_the_input, pad_by_concatenation]


@st.composite
def convolutions(draw):
    """Draw x, weight (of small integers: their sums are exact), bias, stride and padding."""
    size = st.integers(1, 3)
    K_h, K_w, P_h, P_w = draw(size), draw(size), draw(st.integers(0, 2)), draw(st.integers(0, 2))
    H = draw(st.integers(max(1, K_h - 2 * P_h), 5))
    W = draw(st.integers(max(1, K_w - 2 * P_w), 5))
    N, C_in, C_out = draw(st.integers(1, 2)), draw(size), draw(size)
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    dtype = draw(st.sampled_from([np.float32, np.float64, np.int64]))
    x = random.integers(-9, 10, (N, C_in, H, W)).astype(dtype)
    weight = random.integers(-9, 10, (C_out, C_in, K_h, K_w)).astype(dtype)
    bias = draw(st.sampled_from([None, random.integers(-9, 10, C_out).astype(dtype)]))
    return x, weight, bias, (draw(size), draw(size)), (P_h, P_w)


def whole(style, pad):
    """Make a whole conv2d, and keep what it returns."""
    results = []

    def conv2d(x, weight, bias=None, stride=(1, 1), padding=(0, 0)):
        y = style(pad(x, padding) if any(padding) else x, weight, stride)
        if bias is not None:
            y = y + bias[:, None, None]
        results.append(y)
        return y

    return conv2d, results


@pytest.mark.parametrize("pad", PADDINGS)
@pytest.mark.parametrize("style", STYLES)
@settings(max_examples=20, deadline=None)
@given(convolution=convolutions())
def test_every_style_makes_the_multiplications_of_the_formula(style, pad, convolution):
    x, weight, bias, stride, padding = convolution
    conv2d, results = whole(style, pad)
    before = [copy.deepcopy(array) for array in (x, weight, bias)]
    try:
        multiplications = count_multiplications(
            conv2d, x, weight, bias=bias, stride=stride, padding=padding
        )
    except CountingError:
        # Where both factors become plain numbers, it says so.
        assert style is kernel_copied_to_plain_floats
        assert pad in (pad_by_hand, pad_as_the_input)
        assert any(padding)
        return
    y = conv2d(x, weight, bias, stride, padding)

    N, C_in, H, W = x.shape
    C_out, _, K_h, K_w = weight.shape
    H_out = (H + 2 * padding[0] - K_h) // stride[0] + 1
    W_out = (W + 2 * padding[1] - K_w) // stride[1] + 1
    assert multiplications == N * C_out * H_out * W_out * C_in * K_h * K_w
    np.testing.assert_array_equal(np.asarray(results[0], dtype=float), y)
    for array, expected in zip((x, weight, bias), before, strict=True):
        np.testing.assert_array_equal(array, expected)


# ---- What counts, and what doesn't ----

X = np.arange(1.0, 13.0).reshape(3, 4)
KERNEL = np.array([[1.0, 2.0], [3.0, 4.0]])


def multiplied_at(y, places, values):
    np.multiply.at(y, places, values)
    return y


COUNTS = {
    "scalar by scalar": (lambda x, k: x[0, 0] * k[0, 0], 1),
    "scalar by a constant": (lambda x, k: x[0, 0] * 0.5 + 2 * k[0, 0], 2),
    "scalar by NumPy's scalars": (
        lambda x, k: np.float64(2) * x[0, 0] + x[0, 0] * np.float32(2) + np.int64(2) * k[0, 0],
        3,
    ),
    "scalar by a plain array": (lambda x, k: np.ones(5) * x[0, 0] + x[0, 1] * np.ones(5), 10),
    "indices": (lambda x, k: x[1 * 2 + 0, 3 * 1], 0),
    "sums and differences": (lambda x, k: (x + 1 - x.sum() - (2 - x)).mean(), 0),
    "division": (lambda x, k: x / 4 + 1 / x, 0),
    "by one over the count": (lambda x, k: np.sum(x[:2, :2] * k) * (1 / k.size), 5),
    "a mask": (lambda x, k: (x > 3) * x, 12),
    "squares": (lambda x, k: (x**2, np.square(x), x[0, 0] ** 2), 25),
    "outer": (lambda x, k: np.multiply.outer(x, k), 48),
    "np.outer": (lambda x, k: np.outer(x, k), 48),
    "matrix product, plain left": (lambda x, k: np.ones((5, 3)) @ x, 60),
    "matrix product, plain right": (lambda x, k: x @ np.ones((4, 5)), 60),
    "method dot": (lambda x, k: x.dot(x.T), 36),
    "np.convolve": (lambda x, k: np.convolve(x[0], k[0], mode="valid"), 6),
    "out=": (lambda x, k: np.matmul(k, x[:2], out=np.zeros((2, 4))), 16),
    "out= of a function": (lambda x, k: np.einsum("ij,ij->i", k, k, out=np.zeros(2)), 4),
    "where=": (
        lambda x, k: np.multiply(k, 2, out=np.zeros((2, 2)), where=np.eye(2, dtype=bool)),
        2,
    ),
    "np.multiply.at": (lambda x, k: multiplied_at(np.ones(4), [1, 1, 3], x[0, :3]), 3),
    "in place": (lambda x, k: operator.imul(x, 2), 12),
    "into a plain array in place": (lambda x, k: operator.iadd(np.zeros((3, 4)), 2 * x), 12),
    "accumulate": (lambda x, k: np.cumsum(x * 2), 12),
    "product of all": (lambda x, k: np.prod(x), 11),
    "copies": (lambda x, k: copy.deepcopy(x) * copy.copy(x) * np.copy(x) * np.array(x), 36),
    "astype": (lambda x, k: x.astype(np.float32) * k.astype(int)[0, 0], 12),
    "reversed": (lambda x, k: k[::-1, ::-1] * np.flip(k) * np.rot90(k, 2), 8),
    "stacked": (lambda x, k: np.stack([x, x]) * 2 + np.concatenate([x, x]).reshape(2, 3, 4), 24),
    "split, then in place": (
        lambda x, k: [np.ones((3, 2)).__iadd__(half * 2) for half in np.split(x, 2, axis=1)],
        12,
    ),
    "dtype= of a function": (lambda x, k: np.concatenate([x, x], dtype=np.float32) * 2, 24),
    "broadcast": (lambda x, k: np.broadcast_to(x[0], (5, 4)) * 2, 20),
    "where": (lambda x, k: np.where(x > 3, x, 0) * 2, 12),
    "padded zeros": (lambda x, k: np.pad(x, 1) * 2, 30),
    "padding nothing": (lambda x, k: np.pad(x[:0], 1) * k[0, 0], 12),
    "maximum": (lambda x, k: np.maximum(x, 0) * 2, 12),
    "a list of products": (lambda x, k: np.sum([a * b for a, b in zip(*k, strict=True)]), 2),
    "a set of numbers": (lambda x, k: {2 * value for value in [*x.flat, *x.flat]}, 24),
    "a copy of one number": (lambda x, k: copy.copy(x[0, 0]) * copy.deepcopy(k[0, 0]), 1),
    "printing": (lambda x, k: (f"{x[0, 0]:.2f} {k[0, 0]}", f"{k}"[:3]), 0),
    "branches": (lambda x, k: [v * 2 for v in x.flat if v and 2 <= v < 7 and v != 5], 4),
    "sorting": (lambda x, k: 2 * max(x.flat) + 2 * min(*k[0]), 2),
    "signs": (lambda x, k: -x + abs(x) + +x, 0),
    "a float of a result": (lambda x, k: float(x[0, 0] * k[0, 0]), 1),
    "one factor plain": (lambda x, k: float(x[0, 0]) * k[0, 0] + x[0, 0].__int__() * k[0, 1], 2),
}


@pytest.mark.parametrize("what", COUNTS)
def test_what_counts_and_that_results_are_those_of_plain_arrays(what):
    function, expected = COUNTS[what]
    results = []

    def keep_result(x, k):
        results.append(function(x, k))

    assert count_multiplications(keep_result, X, KERNEL) == expected
    np.testing.assert_equal(*map(plain, (results[0], function(X.copy(), KERNEL.copy()))))


def plain(result):
    """Return a result of floats, strings, and lists of them, without counted numbers."""
    if isinstance(result, str):
        return result
    if isinstance(result, (list, tuple, set)):
        return [plain(part) for part in result]
    return np.asarray(result, dtype=float)


@pytest.mark.skipif(sys.version_info < (3, 12), reason="math.sumprod is new in Python 3.12")
def test_sumprod_counts():
    assert count_multiplications(lambda x: math.sumprod(x[0], x[1]), X) == 4


LEAVES = {
    "float": lambda image, kernel: float(image[0, 0]) * float(kernel[0, 0]),
    "int": lambda image, kernel: int(image[0, 0]) * int(kernel[0, 0]),
    "np.float64": lambda image, kernel: np.float64(image[0, 0]) * np.float64(kernel[0, 0]),
    "asarray with a dtype": lambda image, kernel: (
        np.asarray(image, dtype=float)[:2, :2] * np.asarray(kernel, dtype=np.float32)
    ),
    "stored in zeros": lambda image, kernel: stored(image)[:2, :2] * stored(kernel),
    "math": lambda image, kernel: math.fsum(image.flat) * math.sqrt(kernel[0, 0]),
}


def stored(array):
    plain = np.zeros(array.shape)
    plain[...] = array
    return plain


@pytest.mark.parametrize("way", LEAVES)
def test_factors_that_would_go_uncounted_are_an_error_that_names_both(way):
    with pytest.raises(
        CountingError, match=r"^numbers of `image` and of `kernel` left the count.*float\(\)"
    ):
        count_multiplications(LEAVES[way], X, kernel=KERNEL)


def test_a_bias_may_leave_beside_an_image_that_is_padded_by_hand():
    def conv2d(x, weight, bias):
        y = np.zeros((1, 2, 2, 2))
        for f in range(2):
            y[:, f] = bias[f]
            y[:, f] += stored(x)[:, 0] * weight[f, 0]
        return y

    x, weight = np.ones((1, 1, 2, 2)), np.ones((2, 1, 1, 1))
    assert count_multiplications(conv2d, x, weight, np.ones(2)) == 8


UNCOUNTABLE = {
    "nditer": lambda x: [2 * value for value in np.nditer(x)],
    "sqrt": lambda x: np.sqrt(x),
}


@pytest.mark.parametrize("way", UNCOUNTABLE)
def test_what_objects_cannot_do_is_no_fault_of_the_function(way):
    with pytest.raises(CountingError, match="it works, but not on numbers that count"):
        count_multiplications(UNCOUNTABLE[way], X)


@pytest.mark.parametrize("cube", [lambda x: x**3, lambda x: x[0, 0] ** 0.5])
def test_a_power_says_not_how_many_multiplications_it_is(cube):
    with pytest.raises(CountingError, match=r"\*\* (3|0.5)` can't be counted"):
        count_multiplications(cube, X)


@pytest.mark.parametrize(
    ("function", "error"),
    [
        (lambda x: x[7, 7], IndexError),
        (lambda x: x[0, 0] + "1", TypeError),
        (lambda x: [1] - x[0, 0] - None, TypeError),
        (lambda x: x[0, 0] * {}, TypeError),
        (lambda x: x[0, 0] < "1", TypeError),
        (lambda x: 1 // 0, ZeroDivisionError),
    ],
)
def test_an_error_of_the_function_is_its_own(function, error):
    with pytest.raises(error):
        count_multiplications(function, X)


@pytest.mark.parametrize("array", [np.ones(2, dtype=complex), np.array(["a"]), np.array([None])])
def test_only_numbers_are_counted(array):
    with pytest.raises(TypeError, match="must hold integers or floats"):
        count_multiplications(len, array)


def test_only_arrays_are_replaced():
    seen = []
    others = (3, 2.5, None, "same", (1, 2), [1, 2], np.float64(2))
    count_multiplications(lambda *args, **kwargs: seen.append((args, kwargs)), *others, stride=2)
    assert seen == [(others, {"stride": 2})]


def test_a_function_without_a_signature_can_be_counted():
    assert count_multiplications(np.multiply, X, X) == 12
    assert count_multiplications(max, np.ones(3), key=lambda value: 2 * value) == 3


def test_an_array_may_be_changed_but_not_the_caller_s():
    image = X.copy()

    def change(x):
        x *= 2
        x[0, 0] = 0

    assert count_multiplications(change, image) == 12
    np.testing.assert_array_equal(image, X)


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.int64, np.uint8, bool])
@pytest.mark.parametrize("shape", [(), (0,), (2, 0), (3,), (2, 3, 1)])
def test_a_counted_array_holds_the_same_numbers(dtype, shape):
    array = np.arange(math.prod(shape)).reshape(shape).astype(dtype)
    twin = counted(array, Counter(), source=None)
    assert isinstance(twin, CountedArray)
    assert twin.shape == shape
    np.testing.assert_array_equal(twin.astype(dtype).view(np.ndarray).astype(dtype), array)


def test_a_counted_array_tells_integers_from_floats():
    counter = Counter()
    assert counted(np.ones(2, dtype=np.int32), counter).dtype == np.dtype(int)
    assert counted(np.ones(2, dtype=np.float32), counter).dtype == np.dtype(float)


def test_one_counter_serves_arrays_that_meet_and_each_run_its_own():
    counter = Counter()
    x, kernel = counted(X, counter), counted(KERNEL, counter)
    assert np.sum(x[:2, :2] * kernel) == np.sum(X[:2, :2] * KERNEL)
    assert counter.multiplications == 4
    assert count_multiplications(np.multiply, X, 2) == 12
    assert counter.multiplications == 4


def test_notebook_shows_the_message_and_no_traceback():
    """IPython shows what `_render_traceback_` gives, of the error and of none that caused it."""
    with pytest.raises(CountingError) as caught:
        count_multiplications(lambda x: x**3, np.ones(2))
    shown = " ".join(caught.value._render_traceback_())
    assert shown.startswith("The multiplications could not be counted: `** 3` can't be counted")
    assert "Traceback" not in shown
