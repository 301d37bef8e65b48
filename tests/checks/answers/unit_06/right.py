"""Right solutions of unit 06 in many styles: each of them has to pass."""

import fractions
import functools
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

RIGHT = {
    "bytes_moved": BYTES,
    "intensity": INTENSITY,
    "attainable": ATTAINABLE,
}
