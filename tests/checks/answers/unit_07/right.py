"""Right solutions of unit 07 in many styles: each of them has to pass."""

import decimal
import fractions
import math
import operator

import numpy as np
import torch


def styles(*functions):
    return {f.__name__: f for f in functions}


# Exercise 7.1, scale_and_zero_point.


def range_by_min_and_max(low, high):
    low, high = min(low, 0.0), max(high, 0.0)
    scale = (high - low) / 255
    return scale, round(-128 - low / scale)


def range_as_a_list(low, high):
    low = min(low, 0)
    high = max(high, 0)
    scale = (high - low) / (127 - -128)
    return [scale, int(np.rint(-128 - low / scale))]


def range_as_an_array(low, high):
    low, high = np.minimum(low, 0), np.maximum(high, 0)
    scale = (high - low) / 255
    return np.array([scale, np.round(-128 - low / scale)])


def range_from_the_high_end(low, high):
    low, high = min(low, 0.0), max(high, 0.0)
    scale = (high - low) / 255
    return scale, round(127 - high / scale)


def range_by_if(low, high):
    if low > 0:
        low = 0.0
    if high < 0:
        high = 0.0
    scale = (high - low) / (2**8 - 1)
    zero_point = -low / scale - 2**7
    return scale, math.floor(zero_point + 0.5)


def range_by_sorting(low, high):
    bottom, *_, top = sorted((low, 0.0, high))
    scale = (top - bottom) / 255
    return scale, round(-bottom / scale) - 128


def range_of_numpy_numbers(low, high):
    scale, zero_point = range_by_min_and_max(low, high)
    return np.float64(scale), np.int8(zero_point)


def range_as_a_tensor(low, high):
    return torch.tensor(range_by_min_and_max(low, high), dtype=torch.float64)


def range_in_single_precision(low, high):
    low, high = np.float32(min(low, 0)), np.float32(max(high, 0))
    scale = (high - low) / np.float32(255)
    return scale, np.rint(-128 - low / scale)


def range_steps_from_the_high_end(low, high):
    low, high = min(low, 0), max(high, 0)
    scale = (high - low) / 255
    return scale, 127 - round(high / scale)


def range_half_away_from_zero(low, high):
    low, high = min(low, 0), max(high, 0)
    scale = (high - low) / 255
    zero_point = -128 - low / scale
    return scale, int(math.copysign(math.floor(abs(zero_point) + 0.5), zero_point))


def range_in_decimals(low, high):
    low, high = (decimal.Decimal(str(end)) for end in (min(low, 0), max(high, 0)))
    scale = (high - low) / 255
    zero_point = (-128 - low / scale).quantize(decimal.Decimal(1), decimal.ROUND_HALF_UP)
    return float(scale), int(zero_point)


def range_in_one_division(low, high):
    low, high = min(low, 0), max(high, 0)
    scale = (high - low) / 255
    return scale, round((-128 * scale - low) / scale)


RANGE = styles(
    range_steps_from_the_high_end,
    range_half_away_from_zero,
    range_in_decimals,
    range_in_one_division,
    range_in_single_precision,
    range_by_min_and_max,
    range_as_a_list,
    range_as_an_array,
    range_from_the_high_end,
    range_by_if,
    range_by_sorting,
    range_of_numpy_numbers,
    range_as_a_tensor,
)

# Exercise 7.2, quantize.


def quantize_by_rint(x, scale, zero_point=0):
    return np.clip(np.rint(x / scale) + zero_point, -128, 127).astype(np.int8)


def quantize_by_round(x, scale, zero_point=0):
    q = np.round(x / scale) + zero_point
    return np.maximum(np.minimum(q, 127), -128).astype("int8")


def quantize_half_up(x, scale, zero_point=0):
    q = np.floor(np.asarray(x) / scale + 0.5).astype(int) + zero_point
    return np.clip(q, -128, 127).astype(np.int8)


def quantize_zero_point_first(x, scale, zero_point=0):
    return np.clip(np.rint(x / scale + zero_point), -128, 127).astype(np.int8)


def quantize_by_where(x, scale, zero_point=0):
    q = np.rint(np.divide(x, scale)).astype(np.int64) + zero_point
    q = np.where(q < -128, -128, np.where(q > 127, 127, q))
    return q.astype(np.int8)


def quantize_by_loops(x, scale, zero_point=0):
    y = np.empty(x.shape, dtype=np.int8)
    scale = np.broadcast_to(scale, x.shape)
    for index in np.ndindex(x.shape):
        y[index] = min(127, max(-128, round(float(x[index] / scale[index])) + zero_point))
    return y


def quantize_by_torch(x, scale, zero_point=0):
    q = torch.round(torch.as_tensor(np.asarray(x / scale))) + zero_point
    return q.clamp(-128, 127).to(torch.int8)


def quantize_in_place(x, scale, zero_point=0):
    q = x / scale
    np.rint(q, out=q)
    q += zero_point
    np.clip(q, -128, 127, out=q)
    return q.astype(np.int8)


def quantize_in_single_precision(x, scale, zero_point=0):
    q = np.rint(np.float32(x) / np.float32(scale)) + zero_point
    return q.clip(-128, 127).astype(np.int8)


QUANTIZE = styles(
    quantize_by_rint,
    quantize_by_round,
    quantize_half_up,
    quantize_zero_point_first,
    quantize_by_where,
    quantize_by_loops,
    quantize_by_torch,
    quantize_in_place,
    quantize_in_single_precision,
)

# Exercise 7.3, symmetric_scale.


def scale_by_axes(weight, per_channel=False):
    if per_channel:
        axes = tuple(range(1, weight.ndim))
        return np.abs(weight).max(axis=axes, keepdims=True) / 127
    return np.abs(weight).max() / 127


def scale_by_rows(weight, per_channel=False):
    if not per_channel:
        return max(weight.max(), -weight.min()) / 127
    rows = np.abs(weight.reshape(len(weight), -1)).max(axis=1)
    return rows.reshape(-1, *[1] * (weight.ndim - 1)) / 127


def scale_by_loops(weight, per_channel=False):
    if not per_channel:
        return max(abs(float(w)) for w in weight.flat) / 127
    scales = [max(abs(float(w)) for w in channel.flat) / 127 for channel in weight]
    return np.array(scales).reshape((len(weight),) + (1,) * (weight.ndim - 1))


def scale_in_one_line(weight, per_channel=False):
    axes = tuple(range(per_channel, weight.ndim))
    return np.max(np.abs(weight), axis=axes, keepdims=per_channel) / 127


def scale_by_norm(weight, per_channel=False):
    if not per_channel:
        return np.linalg.norm(weight.ravel(), np.inf) / 127
    norms = np.linalg.norm(weight.reshape(len(weight), -1), np.inf, axis=1)
    return (norms / 127).reshape(weight.shape[:1] + (1,) * (weight.ndim - 1))


def scale_of_both_ends(weight, per_channel=False):
    axes = tuple(range(1, weight.ndim)) if per_channel else None
    low = weight.min(axis=axes, keepdims=per_channel)
    high = weight.max(axis=axes, keepdims=per_channel)
    return np.maximum(high, -low) / 127


def scale_in_single_precision(weight, per_channel=False):
    return np.float32(scale_by_axes(weight, per_channel))


def scale_by_torch(weight, per_channel=False):
    magnitudes = torch.as_tensor(np.ascontiguousarray(weight)).abs()
    if not per_channel:
        return magnitudes.max() / 127
    return magnitudes.amax(dim=tuple(range(1, weight.ndim)), keepdim=True) / 127


def scale_over_three_axes(weight, per_channel=False):
    axes = (1, 2, 3) if per_channel else (0, 1, 2, 3)
    return np.abs(weight).max(axis=axes, keepdims=True) / 127


def scale_reshaped(weight, per_channel=False):
    largest = [np.abs(w).max() for w in weight] if per_channel else [np.abs(weight).max()]
    return np.reshape(largest, (-1, 1, 1, 1)) / 127


def scale_in_a_row_of_one(weight, per_channel=False):
    if per_channel:
        return np.abs(weight).max((1, 2, 3))[:, None, None, None] / 127
    return [float(np.abs(weight).max()) / 127]


SCALE = styles(
    scale_over_three_axes,
    scale_reshaped,
    scale_in_a_row_of_one,
    scale_by_axes,
    scale_by_rows,
    scale_by_loops,
    scale_in_one_line,
    scale_by_norm,
    scale_of_both_ends,
    scale_in_single_precision,
    scale_by_torch,
)

# Exercise 7.4, requantize.


def back_by_shifts(accumulator, multiplier, shift, zero_point=0):
    high = (accumulator.astype(np.int64) * multiplier + (1 << 30)) >> 31
    half = (1 << shift) >> 1
    steps = np.sign(high) * ((np.abs(high) + half) >> shift)
    return np.clip(steps + zero_point, -128, 127).astype(np.int8)


def back_by_floor(accumulator, multiplier, shift, zero_point=0):
    high = (np.asarray(accumulator, np.int64) * np.asarray(multiplier, np.int64) + 2**30) // 2**31
    parts = high / 2.0 ** np.asarray(shift)
    steps = np.where(parts < 0, np.ceil(parts - 0.5), np.floor(parts + 0.5))
    return np.clip(steps + zero_point, -128, 127).astype("int8")


def back_as_in_c(accumulator, multiplier, shift, zero_point=0):
    high = (np.int64(accumulator) * np.int64(multiplier) + (1 << 30)) >> 31
    mask = (np.int64(1) << np.int64(shift)) - 1
    rest = high & mask
    steps = (high >> np.int64(shift)) + (rest > (mask >> 1) + (high < 0))
    return np.clip(steps + zero_point, -128, 127).astype(np.int8)


def back_by_loops(accumulator, multiplier, shift, zero_point=0):
    y = np.empty(accumulator.shape, np.int8)
    multiplier = np.broadcast_to(multiplier, accumulator.shape)
    shift = np.broadcast_to(shift, accumulator.shape)
    for at in np.ndindex(accumulator.shape):
        high = (int(accumulator[at]) * int(multiplier[at]) + 2**30) >> 31
        places = int(shift[at])
        step = (abs(high) + ((1 << places) >> 1)) >> places
        y[at] = min(127, max(-128, (-step if high < 0 else step) + zero_point))
    return y


def back_by_fractions(accumulator, multiplier, shift, zero_point=0):
    def one(total, factor, places):
        high = math.floor(fractions.Fraction(int(total) * int(factor), 2**31) + HALF)
        step = math.floor(abs(fractions.Fraction(high, 2 ** int(places))) + HALF)
        return min(127, max(-128, (-step if high < 0 else step) + zero_point))

    HALF = fractions.Fraction(1, 2)
    return np.vectorize(one, otypes=[np.int8])(accumulator, multiplier, shift)


def back_in_objects(accumulator, multiplier, shift, zero_point=0):
    """Python's own integers, which know no end, in an array."""
    total = np.asarray(accumulator).astype(object)
    high = (total * np.asarray(multiplier).astype(object) + 2**30) // 2**31
    step = (abs(high) + 2 ** np.asarray(shift).astype(object) // 2) // 2 ** np.asarray(
        shift
    ).astype(object)
    step = np.where(high < 0, -step, step) + zero_point
    return np.minimum(np.maximum(step, -128), 127).astype(np.int8)


def back_by_torch(accumulator, multiplier, shift, zero_point=0):
    total, factor, places = (
        torch.as_tensor(np.asarray(v)).long() for v in (accumulator, multiplier, shift)
    )
    high = (total * factor + 2**30) >> 31
    step = high.sign() * ((high.abs() + ((1 << places) >> 1)) >> places)
    return (step + zero_point).clamp(-128, 127).to(torch.int8)


def back_by_divmod(accumulator, multiplier, shift, zero_point=0):
    high, _ = np.divmod(np.multiply(accumulator, multiplier, dtype=np.int64) + 2**30, 2**31)
    whole, rest = np.divmod(np.abs(high), 2 ** np.asarray(shift, np.int64))
    whole += 2 * rest >= 2 ** np.asarray(shift, np.int64)
    return np.clip(np.where(high < 0, -whole, whole) + zero_point, -128, 127).astype(np.int8)


def back_by_two_halves(accumulator, multiplier, shift, zero_point=0):
    """Keep the sign apart where halves go away from zero."""
    product = accumulator.astype("int64") * multiplier
    high = product // 2**31 + (product % 2**31 >= 2**30)
    positive, negative = np.maximum(high, 0), np.maximum(-high, 0)
    half = 2 ** np.asarray(shift) // 2
    steps = ((positive + half) >> shift) - ((negative + half) >> shift)
    return (steps + zero_point).clip(-128, 127).astype(np.int8)


BACK = styles(
    back_by_shifts,
    back_by_floor,
    back_as_in_c,
    back_by_loops,
    back_by_fractions,
    back_in_objects,
    back_by_torch,
    back_by_divmod,
    back_by_two_halves,
)

# Exercise 7.5, depthwise_int8.


def filtered_by_windows(x, weight, bias, multiplier, shift, x_zero_point, y_zero_point,
                        stride=1, padding=0):  # fmt: skip
    differences = x.astype(np.int32) - x_zero_point
    around = [(0, 0), (0, 0), (padding, padding), (padding, padding)]
    padded = np.pad(differences, around)
    windows = np.lib.stride_tricks.sliding_window_view(padded, weight.shape[2:], (2, 3))
    windows = windows[:, :, ::stride, ::stride]
    sums = np.einsum("nchwij,cij->nchw", windows, weight[:, 0].astype(np.int32))
    column = (-1, 1, 1)
    sums = sums + bias.reshape(column)
    return back_by_shifts(sums, multiplier.reshape(column), shift.reshape(column), y_zero_point)


def filtered_by_loops(x, weight, bias, multiplier, shift, x_zero_point, y_zero_point,
                      stride=1, padding=0):  # fmt: skip
    images, channels, rows, columns = x.shape
    k_h, k_w = weight.shape[2:]
    h_out = (rows + 2 * padding - k_h) // stride + 1
    w_out = (columns + 2 * padding - k_w) // stride + 1
    y = np.empty((images, channels, h_out, w_out), np.int8)
    for n, c, i, j in np.ndindex(y.shape):
        total = int(bias[c])
        for a in range(k_h):
            for b in range(k_w):
                row, column = i * stride + a - padding, j * stride + b - padding
                if 0 <= row < rows and 0 <= column < columns:
                    total += (int(x[n, c, row, column]) - x_zero_point) * int(weight[c, 0, a, b])
        y[n, c, i, j] = back_by_loops(np.array([total]), multiplier[c], shift[c], y_zero_point)[0]
    return y


def filtered_by_taps(x, weight, bias, multiplier, shift, x_zero_point, y_zero_point,
                     stride=1, padding=0):  # fmt: skip
    around = ((0, 0), (0, 0), (padding, padding), (padding, padding))
    padded = np.pad(x, around, constant_values=x_zero_point).astype(int) - x_zero_point
    k_h, k_w = weight.shape[2:]
    h_out = (padded.shape[2] - k_h) // stride + 1
    w_out = (padded.shape[3] - k_w) // stride + 1
    sums = np.zeros((*x.shape[:2], h_out, w_out), int) + bias[:, None, None]
    for i in range(k_h):
        for j in range(k_w):
            part = padded[:, :, i : i + stride * h_out : stride, j : j + stride * w_out : stride]
            sums += part[:, :, :h_out, :w_out] * weight[:, 0, i, j].astype(int)[:, None, None]
    return back_as_in_c(sums, multiplier[:, None, None], shift[:, None, None], y_zero_point)


def filtered_with_the_zero_point_apart(x, weight, bias, multiplier, shift, x_zero_point,
                                       y_zero_point, stride=1, padding=0):  # fmt: skip
    """Multiply the integers as they are, and take the zero point's share off each sum."""
    around = ((0, 0), (0, 0), (padding, padding), (padding, padding))
    padded = np.pad(x, around, constant_values=x_zero_point).astype(np.int32)
    windows = np.lib.stride_tricks.sliding_window_view(padded, weight.shape[2:], axis=(2, 3))
    kernels = weight[:, 0].astype(np.int32)
    sums = (windows[:, :, ::stride, ::stride] * kernels[:, None, None]).sum(axis=(4, 5))
    offset = bias - x_zero_point * kernels.sum(axis=(1, 2))
    sums += offset[:, None, None]
    return back_by_divmod(sums, multiplier[:, None, None], shift[:, None, None], y_zero_point)


def filtered_channel_by_channel(x, weight, bias, multiplier, shift, x_zero_point, y_zero_point,
                                stride=1, padding=0):  # fmt: skip
    maps = []
    for c in range(len(weight)):
        one = np.pad(x[:, c], ((0, 0), (padding, padding), (padding, padding)),
                     constant_values=x_zero_point).astype(np.int64) - x_zero_point  # fmt: skip
        windows = np.lib.stride_tricks.sliding_window_view(one, weight.shape[2:], axis=(1, 2))
        sums = np.tensordot(windows[:, ::stride, ::stride], weight[c, 0].astype(np.int64), 2)
        maps.append(back_by_shifts(sums + bias[c], multiplier[c], shift[c], y_zero_point))
    return np.stack(maps, axis=1)


def filtered_in_float64(x, weight, bias, multiplier, shift, x_zero_point, y_zero_point,
                        stride=1, padding=0):  # fmt: skip
    """Sums of that size are exact in float64."""
    padded = np.pad(x - float(x_zero_point), ((0, 0), (0, 0), (padding,) * 2, (padding,) * 2))
    windows = np.lib.stride_tricks.sliding_window_view(padded, weight.shape[2:], axis=(2, 3))
    sums = np.einsum("nchwij,cij->nchw", windows[:, :, ::stride, ::stride], weight[:, 0] * 1.0)
    sums = sums.astype(np.int64) + bias.reshape(1, -1, 1, 1)
    return back_by_floor(sums, multiplier[:, None, None], shift[:, None, None], y_zero_point)


def filtered_by_unfold(x, weight, bias, multiplier, shift, x_zero_point, y_zero_point,
                       stride=1, padding=0):  # fmt: skip
    images, channels, *_ = x.shape
    differences = torch.as_tensor(np.ascontiguousarray(x)).double() - x_zero_point
    k_h, k_w = weight.shape[2:]
    padded = torch.zeros(
        images, channels, x.shape[2] + 2 * padding, x.shape[3] + 2 * padding, dtype=torch.double
    )
    padded[:, :, padding : padding + x.shape[2], padding : padding + x.shape[3]] = differences
    windows = padded.unfold(2, k_h, stride).unfold(3, k_w, stride)
    kernels = torch.as_tensor(np.ascontiguousarray(weight)).double()[:, 0, None, None]
    sums = (windows * kernels).sum((-1, -2)).long().numpy() + bias[:, None, None]
    return back_by_torch(sums, multiplier[:, None, None], shift[:, None, None], y_zero_point)


def filtered_as_diagonal(x, weight, bias, multiplier, shift, x_zero_point, y_zero_point,
                         stride=1, padding=0):  # fmt: skip
    """As a standard layer whose weight is zero off the diagonal."""
    differences = np.int32(x) - np.int32(x_zero_point)
    padded = np.pad(differences, [(0, 0), (0, 0), (padding, padding), (padding, padding)])
    windows = np.lib.stride_tricks.sliding_window_view(padded, weight.shape[2:], axis=(2, 3))
    dense = np.eye(len(weight), dtype=np.int32)[:, :, None, None] * np.int32(weight)
    sums = np.einsum("nchwij,ocij->nohw", windows[:, :, ::stride, ::stride], dense)
    sums = sums + np.expand_dims(bias, (1, 2))
    column = multiplier.reshape(-1, 1, 1), shift.reshape(-1, 1, 1)
    return back_by_two_halves(sums, *column, y_zero_point)


FILTERED = styles(
    filtered_by_windows,
    filtered_by_loops,
    filtered_by_taps,
    filtered_with_the_zero_point_apart,
    filtered_channel_by_channel,
    filtered_in_float64,
    filtered_by_unfold,
    filtered_as_diagonal,
)

# Exercise 7.6, pointwise_int8.


def mixed_by_einsum(x, weight, bias, multiplier, shift, x_zero_point, y_zero_point):
    differences = x.astype(np.int32) - x_zero_point
    sums = np.einsum("nchw,oc->nohw", differences, weight[:, :, 0, 0].astype(np.int32))
    column = (-1, 1, 1)
    sums = sums + bias.reshape(column)
    return back_by_shifts(sums, multiplier.reshape(column), shift.reshape(column), y_zero_point)


def mixed_by_matrix(x, weight, bias, multiplier, shift, x_zero_point, y_zero_point):
    images, channels, rows, columns = x.shape
    pixels = x.reshape(images, channels, -1).astype(int) - x_zero_point
    sums = weight[:, :, 0, 0].astype(int) @ pixels + bias[:, None]
    y = back_as_in_c(sums, multiplier[:, None], shift[:, None], y_zero_point)
    return y.reshape(images, -1, rows, columns)


def mixed_by_loops(x, weight, bias, multiplier, shift, x_zero_point, y_zero_point):
    images, channels, rows, columns = x.shape
    y = np.zeros((images, len(weight), rows, columns), np.int8)
    for n, o, i, j in np.ndindex(y.shape):
        total = int(bias[o])
        for c in range(channels):
            total += (int(x[n, c, i, j]) - x_zero_point) * int(weight[o, c, 0, 0])
        y[n, o, i, j] = back_by_loops(np.array([total]), multiplier[o], shift[o], y_zero_point)[0]
    return y


def mixed_channel_by_channel(x, weight, bias, multiplier, shift, x_zero_point, y_zero_point):
    sums = np.zeros((len(x), len(weight), *x.shape[2:]), np.int64)
    for c in range(x.shape[1]):
        one = x[:, c].astype(np.int64) - x_zero_point
        sums += one[:, None] * weight[:, c].astype(np.int64)
    sums += bias.reshape(1, -1, 1, 1)
    return back_by_divmod(sums, multiplier[:, None, None], shift[:, None, None], y_zero_point)


def mixed_with_the_zero_point_apart(x, weight, bias, multiplier, shift, x_zero_point, y_zero_point):
    matrix = weight[:, :, 0, 0].astype(np.int32)
    offset = bias - x_zero_point * matrix.sum(axis=1)
    sums = np.tensordot(matrix, x.astype(np.int32), (1, 1)).swapaxes(0, 1)
    sums = sums + offset[:, None, None]
    return back_by_floor(sums, multiplier[:, None, None], shift[:, None, None], y_zero_point)


def mixed_by_torch(x, weight, bias, multiplier, shift, x_zero_point, y_zero_point):
    pixels, matrix = (
        torch.as_tensor(np.ascontiguousarray(v)).long() for v in (x, weight[:, :, 0, 0])
    )
    sums = torch.einsum("nchw,oc->nohw", pixels - x_zero_point, matrix)
    sums = sums + torch.as_tensor(bias)[:, None, None]
    return back_by_torch(sums, multiplier[:, None, None], shift[:, None, None], y_zero_point)


def mixed_in_float64(x, weight, bias, multiplier, shift, x_zero_point, y_zero_point):
    flat = x.transpose(0, 2, 3, 1) - float(x_zero_point)
    sums = (flat @ weight[:, :, 0, 0].T.astype(float) + bias).astype(np.int64)
    return back_by_two_halves(sums, multiplier, shift, y_zero_point).transpose(0, 3, 1, 2)


def mixed_filter_by_filter(x, weight, bias, multiplier, shift, x_zero_point, y_zero_point):
    differences = np.subtract(x, x_zero_point, dtype=np.int32)
    maps = [
        back_by_shifts(
            (differences * np.int32(weight[o])).sum(axis=1) + bias[o],
            multiplier[o],
            shift[o],
            y_zero_point,
        )
        for o in range(len(weight))
    ]
    return np.stack(maps, axis=1)


MIXED = styles(
    mixed_by_einsum,
    mixed_by_matrix,
    mixed_by_loops,
    mixed_channel_by_channel,
    mixed_with_the_zero_point_apart,
    mixed_by_torch,
    mixed_in_float64,
    mixed_filter_by_filter,
)

# Exercise 7.7, equalize.


def even_by_roots(depthwise, bias, pointwise):
    before = np.abs(depthwise).max(axis=(1, 2, 3))
    behind = np.abs(pointwise).max(axis=(0, 2, 3))
    used = (before > 0) & (behind > 0)
    s = np.sqrt(np.where(used, before, 1) / np.where(used, behind, 1))
    column = s.reshape(-1, 1, 1, 1)
    return depthwise / column, bias / s, pointwise * s.reshape(1, -1, 1, 1)


def even_by_loops(depthwise, bias, pointwise):
    new = depthwise.copy(), bias.copy(), pointwise.copy()
    for c in range(len(depthwise)):
        before, behind = abs(depthwise[c]).max(), abs(pointwise[:, c]).max()
        if before and behind:
            s = math.sqrt(before / behind)
            new[0][c] /= s
            new[1][c] /= s
            new[2][:, c] *= s
    return new


def even_as_a_list(depthwise, bias, pointwise):
    channels = len(depthwise)
    rows = np.abs(depthwise.reshape(channels, -1)).max(axis=1)
    columns = np.abs(pointwise.reshape(-1, channels)).max(axis=0)
    dead = rows * columns == 0
    s = np.sqrt(np.where(dead, 1, rows)) / np.sqrt(np.where(dead, 1, columns))
    return [depthwise / s[:, None, None, None], bias / s, pointwise * s[:, None, None]]


def even_to_the_root(depthwise, bias, pointwise):
    """Divide by what is, and multiply by what should be."""
    before = np.max(np.abs(depthwise), axis=(1, 2, 3))
    behind = np.max(np.abs(pointwise), axis=(0, 2, 3))
    goal = np.sqrt(before * behind)
    first = np.divide(goal, before, out=np.ones_like(goal), where=goal > 0)
    second = np.divide(goal, behind, out=np.ones_like(goal), where=goal > 0)
    return depthwise * first[:, None, None, None], bias * first, pointwise * second[:, None, None]


def even_by_logarithms(depthwise, bias, pointwise):
    with np.errstate(divide="ignore"):
        half = np.log(np.abs(depthwise).max((1, 2, 3))) - np.log(np.abs(pointwise).max((0, 2, 3)))
    s = np.exp(np.where(np.isfinite(half), half, 0) / 2)
    return depthwise / s[:, None, None, None], bias / s, pointwise * s[None, :, None, None]


def even_by_torch(depthwise, bias, pointwise):
    first, shift, second = (
        torch.as_tensor(np.ascontiguousarray(v)) for v in (depthwise, bias, pointwise)
    )
    before, behind = first.abs().amax((1, 2, 3)), second.abs().amax((0, 2, 3))
    s = torch.where((before > 0) & (behind > 0), (before / behind).sqrt(), 1.0)
    return first / s[:, None, None, None], shift / s, second * s[:, None, None]


def even_in_single_precision(depthwise, bias, pointwise):
    return tuple(np.float32(part) for part in even_by_roots(depthwise, bias, pointwise))


def even_by_swapped_axes(depthwise, bias, pointwise):
    by_input = np.moveaxis(pointwise, 1, 0)
    before, behind = (np.array([np.abs(c).max() for c in v]) for v in (depthwise, by_input))
    s = np.array([(a / b) ** 0.5 if a * b else 1.0 for a, b in zip(before, behind, strict=True)])
    spread = np.expand_dims(s, (1, 2, 3))
    return depthwise / spread, bias / s, np.moveaxis(by_input * spread, 0, 1)


EVEN = styles(
    even_by_roots,
    even_by_loops,
    even_as_a_list,
    even_to_the_root,
    even_by_logarithms,
    even_by_torch,
    even_in_single_precision,
    even_by_swapped_axes,
)

# Exercise 7.8, peak_memory.


def peak_by_last_readers(sizes, steps):
    last = {name: n for n, (_, inputs) in enumerate(steps) for name in inputs}
    made = {output for output, _ in steps}
    alive = {name for name in last if name not in made}
    most = 0
    for n, (output, _) in enumerate(steps):
        alive.add(output)
        most = max(most, sum(sizes[name] for name in alive))
        alive = {name for name in alive if last.get(name, len(steps)) > n}
    return most


def peak_by_spans(sizes, steps):
    end = len(steps) - 1
    peak = 0
    for now in range(len(steps)):
        total = 0
        for name, size in sizes.items():
            first = next((n for n, (output, _) in enumerate(steps) if output == name), 0)
            readers = [n for n, (_, inputs) in enumerate(steps) if name in inputs]
            if first <= now <= (readers[-1] if readers else end):
                total += size
        peak = max(peak, total)
    return peak


def peak_by_counting_readers(sizes, steps):
    waiting = {}
    for _, inputs in steps:
        for name in set(inputs):
            waiting[name] = waiting.get(name, 0) + 1
    made = [output for output, _ in steps]
    held = {name: sizes[name] for name in waiting if name not in made}
    peak = 0
    for output, inputs in steps:
        held[output] = sizes[output]
        peak = max(peak, sum(held.values()))
        for name in set(inputs):
            waiting[name] -= 1
            if not waiting[name]:
                del held[name]
    return peak


def peak_by_a_running_sum(sizes, steps):
    last = {}
    for n, (_, inputs) in enumerate(steps):
        last.update(dict.fromkeys(inputs, n))
    now = sum(sizes[name] for name in last if name not in {output for output, _ in steps})
    peak = now
    for n, (output, inputs) in enumerate(steps):
        now += sizes[output]
        peak = max(peak, now)
        now -= sum(sizes[name] for name in set(inputs) if last[name] == n)
    return peak


def peak_by_a_table(sizes, steps):
    names = list(sizes)
    alive = np.zeros((len(steps), len(names)), bool)
    outputs = [output for output, _ in steps]
    for column, name in enumerate(names):
        first = outputs.index(name) if name in outputs else 0
        readers = [n for n, (_, inputs) in enumerate(steps) if name in inputs]
        alive[first : (max(readers) if readers else len(steps) - 1) + 1, column] = True
    return int((alive @ np.array([sizes[name] for name in names])).max())


def peak_from_the_end(sizes, steps):
    needed, peak = {output for output, _ in steps} - {x for _, xs in steps for x in xs}, 0
    for output, inputs in reversed(steps):
        needed |= {output, *inputs}
        peak = max(peak, sum(sizes[name] for name in needed))
        needed.discard(output)
    return peak


def peak_by_events(sizes, steps):
    change = [0] * (len(steps) + 1)
    for name, size in sizes.items():
        first = min((n for n, (output, _) in enumerate(steps) if output == name), default=0)
        last = max((n for n, (_, xs) in enumerate(steps) if name in xs), default=len(steps) - 1)
        change[first] += size
        change[last + 1] -= size
    return max(np.cumsum(change).tolist())


def peak_of_numpy(sizes, steps):
    return np.int64(peak_by_spans(sizes, steps))


PEAK = styles(
    peak_by_last_readers,
    peak_by_spans,
    peak_by_counting_readers,
    peak_by_a_running_sum,
    peak_by_a_table,
    peak_from_the_end,
    peak_by_events,
    peak_of_numpy,
)

# Exercise 7.9, amdahl.


def amdahl_by_sum(shares, speedups):
    return 1 / sum(share / times for share, times in zip(shares, speedups, strict=True))


def amdahl_by_numpy(shares, speedups):
    return 1 / (np.asarray(shares) / np.asarray(speedups)).sum()


def amdahl_by_times(shares, speedups):
    before = sum(shares)
    after = 0.0
    for i in range(len(shares)):
        after += shares[i] / speedups[i]
    return before / after


def amdahl_by_product(shares, speedups):
    return 1 / (shares @ (1 / speedups))


def amdahl_by_saving(shares, speedups):
    saved = sum(s * (1 - 1 / f) for s, f in zip(shares, speedups, strict=True))
    return 1 / (1 - saved)


def amdahl_by_fractions(shares, speedups):
    left = sum(
        fractions.Fraction(float(s)) / fractions.Fraction(float(f))
        for s, f in zip(shares, speedups, strict=True)
    )
    return float(1 / left)


def amdahl_by_map(shares, speedups):
    return math.fsum(map(operator.truediv, shares, speedups)) ** -1


def amdahl_by_average(shares, speedups):
    return 1 / np.average(1 / speedups, weights=shares)


def amdahl_by_torch(shares, speedups):
    return 1 / (torch.as_tensor(shares) / torch.as_tensor(speedups)).sum()


AMDAHL = styles(
    amdahl_by_sum,
    amdahl_by_numpy,
    amdahl_by_times,
    amdahl_by_product,
    amdahl_by_saving,
    amdahl_by_fractions,
    amdahl_by_map,
    amdahl_by_average,
    amdahl_by_torch,
)

# Exercise 7.10, best_design.


def design_by_max(designs, budget):
    fits = [row for row in designs if all(row[name] <= most for name, most in budget.items())]
    best = max(fits, key=lambda row: row["top_1"])
    return best["width"], best["resolution"]


def design_by_loops(designs, budget):
    best = None
    for row in designs:
        ok = True
        for name in budget:
            if row[name] > budget[name]:
                ok = False
        if ok and (best is None or row["top_1"] > best["top_1"]):
            best = row
    return (best["width"], best["resolution"])


def design_by_sorting(designs, budget):
    for row in sorted(designs, key=lambda row: -row["top_1"]):
        if not any(row[name] > most for name, most in budget.items()):
            return [row["width"], row["resolution"]]
    return None


def design_by_filter(designs, budget):
    fits = filter(lambda row: all(row[n] <= budget[n] for n in budget), designs)
    return operator.itemgetter("width", "resolution")(max(fits, key=operator.itemgetter("top_1")))


def design_by_removing(designs, budget):
    left = list(designs)
    for name, most in budget.items():
        left = [row for row in left if row[name] <= most]
    left.sort(key=lambda row: row["top_1"])
    return left[-1]["width"], left[-1]["resolution"]


def design_by_numpy(designs, budget):
    fits = np.ones(len(designs), dtype=bool)
    for name, most in budget.items():
        fits &= np.array([row[name] for row in designs]) <= most
    top = np.where(fits, [row["top_1"] for row in designs], -np.inf)
    best = designs[top.argmax()]
    return np.array([best["width"], best["resolution"]])


def design_by_columns(designs, budget):
    table = {name: [row[name] for row in designs] for name in designs[0]}
    left = set(range(len(designs)))
    for name, most in budget.items():
        left &= {i for i, value in enumerate(table[name]) if value <= most}
    best = max(left, key=table["top_1"].__getitem__)
    return [table["width"][best], table["resolution"][best]]


def design_by_tuples(designs, budget):
    return max(
        (row["top_1"], row["width"], row["resolution"])
        for row in designs
        if all(row[name] <= most for name, most in budget.items())
    )[1:]


def design_by_penalty(designs, budget):
    def score(row):
        over = sum(row[name] > most for name, most in budget.items())
        return -over, row["top_1"]

    best = max(designs, key=score)
    return best["width"], best["resolution"]


DESIGN = styles(
    design_by_max,
    design_by_loops,
    design_by_sorting,
    design_by_filter,
    design_by_removing,
    design_by_numpy,
    design_by_columns,
    design_by_tuples,
    design_by_penalty,
)

RIGHT = {
    "scale_and_zero_point": RANGE,
    "quantize": QUANTIZE,
    "symmetric_scale": SCALE,
    "requantize": BACK,
    "depthwise_int8": FILTERED,
    "pointwise_int8": MIXED,
    "equalize": EVEN,
    "peak_memory": PEAK,
    "amdahl": AMDAHL,
    "best_design": DESIGN,
}

# Exact numbers, where any real number will do.


def range_left_a_fraction(low, high):
    low, high = fractions.Fraction(min(low, 0)), fractions.Fraction(max(high, 0))
    scale = (high - low) / 255
    return scale, round(-128 - low / scale)


def scale_left_a_fraction(weight, per_channel=False):
    if per_channel:
        return scale_by_axes(weight, per_channel)
    return fractions.Fraction(float(abs(weight).max())) / 127


def amdahl_left_a_fraction(shares, speedups):
    pairs = zip(shares, speedups, strict=True)
    return 1 / sum(fractions.Fraction(float(s)) / fractions.Fraction(float(f)) for s, f in pairs)


RANGE |= styles(range_left_a_fraction)
SCALE |= styles(scale_left_a_fraction)
AMDAHL |= styles(amdahl_left_a_fraction)
