"""Right solutions of unit 06 in many styles: each of them has to pass."""

import decimal
import fractions
import functools
import itertools
import math
import operator

import numpy as np
import torch


def styles(*functions):
    return {f.__name__: f for f in functions}


# Exercise 6.1, bytes_moved.


def bytes_in_three_parts(
    in_channels, out_channels, kernel_size, input_size, output_size, groups=1, itemsize=4
):
    x = in_channels * input_size**2
    weight = out_channels * (in_channels // groups) * kernel_size**2
    y = out_channels * output_size**2
    return itemsize * (x + weight + y)


def bytes_part_by_part(
    in_channels, out_channels, kernel_size, input_size, output_size, groups=1, itemsize=4
):
    total = 0
    total += in_channels * input_size * input_size * itemsize
    total += in_channels * out_channels * kernel_size * kernel_size * itemsize // groups
    total += out_channels * output_size * output_size * itemsize
    return total


def bytes_of_arrays(
    in_channels, out_channels, kernel_size, input_size, output_size, groups=1, itemsize=4
):
    shapes = [
        (in_channels, input_size, input_size),
        (out_channels, in_channels // groups, kernel_size, kernel_size),
        (out_channels, output_size, output_size),
    ]
    return sum(np.empty(shape, dtype=np.int8).nbytes for shape in shapes) * itemsize


def bytes_by_prod(
    in_channels, out_channels, kernel_size, input_size, output_size, groups=1, itemsize=4
):
    read = math.prod((in_channels, input_size, input_size))
    kept = math.prod((out_channels, in_channels, kernel_size, kernel_size)) // groups
    written = math.prod((out_channels, output_size, output_size))
    return (read + kept + written) * itemsize


def bytes_by_numpy(
    in_channels, out_channels, kernel_size, input_size, output_size, groups=1, itemsize=4
):
    sides = np.array([input_size, kernel_size, output_size])
    planes = np.array([in_channels, out_channels * in_channels // groups, out_channels])
    return itemsize * (planes @ sides**2)


def bytes_of_torch(
    in_channels, out_channels, kernel_size, input_size, output_size, groups=1, itemsize=4
):
    layer = torch.nn.Conv2d(in_channels, out_channels, kernel_size, groups=groups, bias=False)
    maps = in_channels * input_size**2 + out_channels * output_size**2
    return itemsize * (layer.weight.numel() + maps)


def bytes_group_by_group(
    in_channels, out_channels, kernel_size, input_size, output_size, groups=1, itemsize=4
):
    one = (in_channels // groups) * (out_channels // groups) * kernel_size**2
    weights = sum(one for _ in range(groups))
    return itemsize * (in_channels * input_size**2 + weights + out_channels * output_size**2)


def bytes_as_a_numpy_integer(
    in_channels, out_channels, kernel_size, input_size, output_size, groups=1, itemsize=4
):
    sizes = (in_channels, out_channels, kernel_size, input_size, output_size, groups, itemsize)
    return np.int64(bytes_in_three_parts(*sizes))


BYTES = styles(
    bytes_in_three_parts,
    bytes_part_by_part,
    bytes_of_arrays,
    bytes_by_prod,
    bytes_by_numpy,
    bytes_of_torch,
    bytes_group_by_group,
    bytes_as_a_numpy_integer,
)

# Exercise 6.2, intensity.


def intensity_of_both(
    in_channels, out_channels, kernel_size, input_size, output_size, groups=1, itemsize=4
):
    macs = out_channels * output_size**2 * kernel_size**2 * in_channels // groups
    sizes = (in_channels, out_channels, kernel_size, input_size, output_size)
    return macs / bytes_in_three_parts(*sizes, groups, itemsize)


def intensity_from_weights(
    in_channels, out_channels, kernel_size, input_size, output_size, groups=1, itemsize=4
):
    weights = out_channels * (in_channels // groups) * kernel_size**2
    maps = in_channels * input_size**2 + out_channels * output_size**2
    return weights * output_size**2 / (itemsize * (weights + maps))


def intensity_as_a_fraction(
    in_channels, out_channels, kernel_size, input_size, output_size, groups=1, itemsize=4
):
    sizes = (in_channels, out_channels, kernel_size, input_size, output_size)
    macs = out_channels * (in_channels // groups) * (kernel_size * output_size) ** 2
    return float(fractions.Fraction(macs, bytes_part_by_part(*sizes, groups, itemsize)))


def intensity_per_channel_of_output(
    in_channels, out_channels, kernel_size, input_size, output_size, groups=1, itemsize=4
):
    taps = in_channels // groups * kernel_size**2
    moved = in_channels * input_size**2 / out_channels + taps + output_size**2
    return taps * output_size**2 / moved / itemsize


def intensity_upside_down_twice(
    in_channels, out_channels, kernel_size, input_size, output_size, groups=1, itemsize=4
):
    macs = out_channels * (in_channels // groups) * kernel_size**2 * output_size**2
    per_mac = [
        in_channels * input_size**2 / macs,
        1 / output_size**2,
        out_channels * output_size**2 / macs,
    ]
    return 1 / (itemsize * math.fsum(per_mac))


def intensity_in_single_precision(
    in_channels, out_channels, kernel_size, input_size, output_size, groups=1, itemsize=4
):
    sizes = (in_channels, out_channels, kernel_size, input_size, output_size, groups, itemsize)
    return np.float32(intensity_of_both(*sizes))


def intensity_as_a_tensor(
    in_channels, out_channels, kernel_size, input_size, output_size, groups=1, itemsize=4
):
    sizes = (in_channels, out_channels, kernel_size, input_size, output_size, groups, itemsize)
    return torch.tensor(intensity_from_weights(*sizes))


def intensity_by_loops(
    in_channels, out_channels, kernel_size, input_size, output_size, groups=1, itemsize=4
):
    macs = 0
    for _ in range(output_size):
        macs += output_size * out_channels * (in_channels // groups) * kernel_size**2
    sizes = (in_channels, out_channels, kernel_size, input_size, output_size)
    return macs / bytes_by_prod(*sizes, groups, itemsize)


INTENSITY = styles(
    intensity_of_both,
    intensity_from_weights,
    intensity_as_a_fraction,
    intensity_per_channel_of_output,
    intensity_upside_down_twice,
    intensity_in_single_precision,
    intensity_as_a_tensor,
    intensity_by_loops,
)

# Exercise 6.3, attainable.


def attainable_by_min(intensity, peak, bandwidth):
    return min(peak, intensity * bandwidth)


def attainable_by_numpy(intensity, peak, bandwidth):
    return np.minimum(peak, intensity * bandwidth)


def attainable_by_the_ridge(intensity, peak, bandwidth):
    return peak if intensity >= peak / bandwidth else intensity * bandwidth


def attainable_by_time(intensity, peak, bandwidth):
    seconds_per_mac = max(1 / peak, 1 / (intensity * bandwidth))
    return 1 / seconds_per_mac


def attainable_by_sorting(intensity, peak, bandwidth):
    return sorted([peak, bandwidth * intensity])[0]


def attainable_by_clipping(intensity, peak, bandwidth):
    return np.clip(intensity * bandwidth, None, peak)


def attainable_as_a_share(intensity, peak, bandwidth):
    return peak * min(1, intensity * bandwidth / peak)


def attainable_by_reduce(intensity, peak, bandwidth):
    return functools.reduce(min, (peak, operator.mul(intensity, bandwidth)))


def attainable_by_torch(intensity, peak, bandwidth):
    return torch.tensor([peak, intensity * bandwidth], dtype=torch.float64).min()


ATTAINABLE = styles(
    attainable_by_min,
    attainable_by_numpy,
    attainable_by_the_ridge,
    attainable_by_time,
    attainable_by_sorting,
    attainable_by_clipping,
    attainable_as_a_share,
    attainable_by_reduce,
    attainable_by_torch,
)

# Exercise 6.4, least_time.


def least_by_loops(layers, peak, bandwidths):
    total = 0
    for macs, moved in layers:
        slowest = macs / peak
        for memory in moved:
            slowest = max(slowest, moved[memory] / bandwidths[memory])
        total += slowest
    return total


def least_by_sum(layers, peak, bandwidths):
    return sum(
        max(macs / peak, *(size / bandwidths[name] for name, size in moved.items()))
        for macs, moved in layers
    )


def least_by_numpy(layers, peak, bandwidths):
    times = []
    for macs, moved in layers:
        sizes = np.array(list(moved.values()), float)
        rates = np.array([bandwidths[name] for name in moved], float)
        times.append(np.max(np.append(sizes / rates, macs / peak)))
    return np.sum(times)


def least_by_rates(layers, peak, bandwidths):
    seconds = 0.0
    for macs, moved in layers:
        rates = [macs / size * bandwidths[name] for name, size in moved.items()]
        seconds += macs / min(peak, *rates)
    return seconds


def least_by_sorting(layers, peak, bandwidths):
    total = 0
    for macs, moved in layers:
        waits = [moved[name] / bandwidths[name] for name in bandwidths if name in moved]
        total += sorted([*waits, macs / peak])[-1]
    return total


def least_by_fsum(layers, peak, bandwidths):
    return math.fsum(
        max(itertools.chain([macs / peak], map(lambda n: moved[n] / bandwidths[n], moved)))
        for macs, moved in layers
    )


def least_with_the_peak_as_a_memory(layers, peak, bandwidths):
    rates = {**bandwidths, "": peak}
    works = [{**moved, "": macs} for macs, moved in layers]
    return sum(max(work[name] / rates[name] for name in work) for work in works)


def least_layer_by_layer(layers, peak, bandwidths):
    def one(layer):
        macs, moved = layer
        return functools.reduce(
            lambda longest, name: max(longest, moved[name] / bandwidths[name]), moved, macs / peak
        )

    return sum(map(one, layers))


def least_by_torch(layers, peak, bandwidths):
    times = [
        [macs / peak, *(moved.get(name, 0) / rate for name, rate in bandwidths.items())]
        for macs, moved in layers
    ]
    return torch.tensor(times, dtype=torch.float64).amax(1).sum()


def least_by_fractions(layers, peak, bandwidths):
    """Compute without rounding, which no infinite rate would allow."""
    seconds = fractions.Fraction(0)
    for macs, moved in layers:
        times = [fractions.Fraction(macs) / fractions.Fraction(peak)]
        for name, size in moved.items():
            times.append(size / fractions.Fraction(bandwidths[name]))
        seconds += max(times)
    return float(seconds)


def least_by_all_memories(layers, peak, bandwidths):
    """Go through the memories of the machine: each layer says what it moves through each."""
    return sum(
        max(macs / peak, *(moved[name] / rate for name, rate in bandwidths.items()))
        for macs, moved in layers
    )


LEAST = styles(
    least_by_fractions,
    least_by_all_memories,
    least_by_loops,
    least_by_sum,
    least_by_numpy,
    least_by_rates,
    least_by_sorting,
    least_by_fsum,
    least_with_the_peak_as_a_memory,
    least_layer_by_layer,
    least_by_torch,
)

# Exercise 6.5, receptive_field.


def field_forwards(kernels, strides, dilations):
    sees, step = 1, 1
    for kernel, stride, dilation in zip(kernels, strides, dilations, strict=False):
        sees += dilation * (kernel - 1) * step
        step *= stride
    return sees


def field_backwards(kernels, strides, dilations):
    sees = 1
    for kernel, stride, dilation in zip(
        kernels[::-1], strides[::-1], dilations[::-1], strict=False
    ):
        sees = (sees - 1) * stride + dilation * (kernel - 1) + 1
    return sees


def field_by_prod(kernels, strides, dilations):
    return 1 + sum(
        dilations[i] * (kernels[i] - 1) * math.prod(strides[:i]) for i in range(len(kernels))
    )


def field_by_numpy(kernels, strides, dilations):
    steps = np.cumprod([1, *strides[:-1]])
    return 1 + int(np.sum(np.array(dilations) * (np.array(kernels) - 1) * steps))


def field_as_a_numpy_integer(kernels, strides, dilations):
    steps = np.concatenate([[1], np.cumprod(strides)[:-1]])
    return np.dot((np.array(kernels) - 1) * dilations, steps) + 1


def field_recursively(kernels, strides, dilations):
    if not kernels:
        return 1
    behind = field_recursively(kernels[1:], strides[1:], dilations[1:])
    return dilations[0] * (kernels[0] - 1) + 1 + strides[0] * (behind - 1)


def field_by_accumulate(kernels, strides, dilations):
    steps = itertools.accumulate([1, *strides], operator.mul)
    return 1 + sum(d * (k - 1) * s for k, d, s in zip(kernels, dilations, steps, strict=False))


def field_from_first_to_last_pixel(kernels, strides, dilations):
    first, last = 0, 0
    for i in reversed(range(len(kernels))):
        first, last = first * strides[i], last * strides[i] + dilations[i] * (kernels[i] - 1)
    return last - first + 1


def field_by_marking(kernels, strides, dilations):
    """Follow every element back to those that it sees."""
    seen = {0}
    for kernel, stride, dilation in zip(
        kernels[::-1], strides[::-1], dilations[::-1], strict=False
    ):
        seen = {at * stride + dilation * tap for at in seen for tap in range(kernel)}
    return max(seen) - min(seen) + 1


FIELD = styles(
    field_forwards,
    field_backwards,
    field_by_prod,
    field_by_numpy,
    field_as_a_numpy_integer,
    field_recursively,
    field_by_accumulate,
    field_from_first_to_last_pixel,
    field_by_marking,
)

# Exercise 6.6, element_offset.


def offset_of_both(index, shape, layout):
    n, c, h, w = index
    _, channels, rows, columns = shape
    if layout == "NCHW":
        return ((n * channels + c) * rows + h) * columns + w
    return ((n * rows + h) * columns + w) * channels + c


def offset_by_letters(index, shape, layout):
    place, size = dict(zip("NCHW", index, strict=False)), dict(zip("NCHW", shape, strict=False))
    offset = 0
    for letter in layout:
        offset = offset * size[letter] + place[letter]
    return offset


def offset_by_strides(index, shape, layout):
    _, c, h, w = shape
    strides = {"NCHW": (c * h * w, h * w, w, 1), "NHWC": (h * w * c, 1, w * c, c)}[layout]
    return sum(place * stride for place, stride in zip(index, strides, strict=False))


def offset_by_numpy(index, shape, layout):
    order = [0, 1, 2, 3] if layout == "NCHW" else [0, 2, 3, 1]
    return np.ravel_multi_index(np.array(index)[order], np.array(shape)[order])


def offset_in_an_array(index, shape, layout):
    numbers = np.arange(math.prod(shape))
    if layout == "NCHW":
        return numbers.reshape(shape)[tuple(index)]
    n, c, h, w = shape
    return numbers.reshape(n, h, w, c).transpose(0, 3, 1, 2)[tuple(index)]


def offset_of_torch(index, shape, layout):
    how = torch.channels_last if layout == "NHWC" else torch.contiguous_format
    strides = torch.empty(tuple(shape)).contiguous(memory_format=how).stride()
    if 1 in shape:  # torch leaves strides of such axes open
        return offset_by_strides(index, shape, layout)
    return sum(map(operator.mul, index, strides))


def offset_by_prod(index, shape, layout):
    order = ["NCHW".index(letter) for letter in layout]
    sizes = [shape[axis] for axis in order]
    return sum(index[axis] * math.prod(sizes[k + 1 :]) for k, axis in enumerate(order))


def offset_by_reduce(index, shape, layout):
    pairs = [(index["NCHW".find(letter)], shape["NCHW".find(letter)]) for letter in layout]
    return functools.reduce(lambda offset, pair: offset * pair[1] + pair[0], pairs, 0)


def offset_image_by_image(index, shape, layout):
    per_image = shape[1] * shape[2] * shape[3]
    pixel = index[2] * shape[3] + index[3]
    within = index[1] * shape[2] * shape[3] + pixel
    if layout != "NCHW":
        within = pixel * shape[1] + index[1]
    return index[0] * per_image + within


OFFSET = styles(
    offset_of_both,
    offset_by_letters,
    offset_by_strides,
    offset_by_numpy,
    offset_in_an_array,
    offset_of_torch,
    offset_by_prod,
    offset_by_reduce,
    offset_image_by_image,
)

# Exercise 6.7, loop_order.


def order_by_sorting(strides):
    return tuple(sorted(range(len(strides)), key=lambda axis: -strides[axis]))


def order_in_reverse(strides):
    return sorted(range(len(strides)), key=lambda axis: strides[axis], reverse=True)


def order_by_argsort(strides):
    return np.argsort(strides)[::-1]


def order_by_argsort_of_the_negative(strides):
    return tuple(np.argsort(-np.array(strides)).tolist())


def order_by_pairs(strides):
    pairs = sorted(((stride, axis) for axis, stride in enumerate(strides)), reverse=True)
    return [axis for _, axis in pairs]


def order_by_selection(strides):
    left, order = list(range(len(strides))), []
    while left:
        largest = max(left, key=lambda axis: strides[axis])
        order.append(largest)
        left.remove(largest)
    return tuple(order)


def order_by_counting(strides):
    order = [0] * len(strides)
    for axis, stride in enumerate(strides):
        order[sum(other > stride for other in strides)] = axis
    return order


def order_by_lookup(strides):
    return tuple(list(strides).index(one) for one in sorted(strides, reverse=True))


def order_by_torch(strides):
    return torch.tensor(strides).argsort(descending=True)


ORDER = styles(
    order_by_sorting,
    order_in_reverse,
    order_by_argsort,
    order_by_argsort_of_the_negative,
    order_by_pairs,
    order_by_selection,
    order_by_counting,
    order_by_lookup,
    order_by_torch,
)

RIGHT = {
    "bytes_moved": BYTES,
    "intensity": INTENSITY,
    "attainable": ATTAINABLE,
    "least_time": LEAST,
    "receptive_field": FIELD,
    "element_offset": OFFSET,
    "loop_order": ORDER,
}

# Exact numbers, where any real number will do.


def intensity_left_exact(number):
    def intensity(
        in_channels, out_channels, kernel_size, input_size, output_size, groups=1, itemsize=4
    ):
        sizes = (in_channels, out_channels, kernel_size, input_size, output_size)
        macs = out_channels * output_size**2 * kernel_size**2 * in_channels // groups
        return number(macs) / number(bytes_in_three_parts(*sizes, groups, itemsize))

    return intensity


def attainable_left_a_fraction(intensity, peak, bandwidth):
    return min(fractions.Fraction(peak), fractions.Fraction(intensity) * bandwidth)


def least_left_exact(number):
    def least(layers, peak, bandwidths):
        return sum(
            max(
                number(macs) / number(peak),
                *(number(moved / bandwidths[name]) for name, moved in sizes.items()),
            )
            for macs, sizes in layers
        )

    return least


ATTAINABLE |= styles(attainable_left_a_fraction)
for number in (fractions.Fraction, decimal.Decimal):
    INTENSITY[f"left_a_{number.__name__}"] = intensity_left_exact(number)
    LEAST[f"left_a_{number.__name__}"] = least_left_exact(number)
