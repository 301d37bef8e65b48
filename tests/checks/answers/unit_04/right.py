"""Right solutions of unit 04 in many styles: each of them has to pass."""

import decimal
import functools
import itertools
import math
from fractions import Fraction

import numpy as np
import torch

from dwsep_helpers import conv_output_size


def styles(*functions):
    return {f.__name__: f for f in functions}


def side(input_size, kernel_size, stride, padding):
    return (input_size + 2 * padding - kernel_size) // stride + 1


# Exercise 4.1, grouped_macs.


def both(input_size, kernel_size, stride, padding):
    sizes = zip(input_size, kernel_size, strict=True)
    return tuple(side(d, k, stride, padding) for d, k in sizes)


def grouped_by_formula(
    in_channels, out_channels, kernel_size, input_size, stride=1, padding=0, groups=1
):
    (k_h, k_w), (height, width) = kernel_size, input_size
    positions = side(height, k_h, stride, padding) * side(width, k_w, stride, padding)
    return out_channels * positions * k_h * k_w * in_channels // groups


def grouped_step_by_step(
    in_channels, out_channels, kernel_size, input_size, stride=1, padding=0, groups=1
):
    h_out, w_out = both(input_size, kernel_size, stride, padding)
    one_value = kernel_size[0] * kernel_size[1] * (in_channels // groups)
    return one_value * out_channels * h_out * w_out


def grouped_with_the_helper(
    in_channels, out_channels, kernel_size, input_size, stride=1, padding=0, groups=1
):
    h_out = conv_output_size(input_size[0], kernel_size[0], stride=stride, padding=padding)
    w_out = conv_output_size(input_size[1], kernel_size[1], stride, padding)
    weights = out_channels * (in_channels // groups) * kernel_size[0] * kernel_size[1]
    return weights * h_out * w_out


def grouped_group_by_group(
    in_channels, out_channels, kernel_size, input_size, stride=1, padding=0, groups=1
):
    macs = 0
    for _ in range(groups):
        macs += grouped_by_formula(
            in_channels // groups, out_channels // groups, kernel_size, input_size, stride, padding
        )
    return macs


def grouped_by_prod(
    in_channels, out_channels, kernel_size, input_size, stride=1, padding=0, groups=1
):
    outputs = both(input_size, kernel_size, stride, padding)
    return math.prod([in_channels // groups, out_channels, *kernel_size, *outputs])


def grouped_by_numpy(
    in_channels, out_channels, kernel_size, input_size, stride=1, padding=0, groups=1
):
    kernel, image = np.array(kernel_size), np.array(input_size)
    outputs = (image + 2 * padding - kernel) // stride + 1
    return np.prod([in_channels // groups, out_channels, *kernel, *outputs])


def grouped_by_positions(
    in_channels, out_channels, kernel_size, input_size, stride=1, padding=0, groups=1
):
    macs = 0
    rows = range(0, input_size[0] + 2 * padding - kernel_size[0] + 1, stride)
    columns = range(0, input_size[1] + 2 * padding - kernel_size[1] + 1, stride)
    for _ in rows:
        for _ in columns:
            macs += kernel_size[0] * kernel_size[1] * in_channels // groups
    return macs * out_channels


def grouped_by_torch(
    in_channels, out_channels, kernel_size, input_size, stride=1, padding=0, groups=1
):
    with torch.device("meta"):
        x = torch.zeros(1, 1, input_size[0] + 2 * padding, input_size[1] + 2 * padding)
        windows = x.unfold(2, kernel_size[0], stride).unfold(3, kernel_size[1], stride)
    return windows.numel() * (in_channels // groups) * out_channels


def grouped_by_arrays(
    in_channels, out_channels, kernel_size, input_size, stride=1, padding=0, groups=1
):
    weight = np.empty((out_channels, in_channels // groups, *kernel_size))
    return weight.size * math.prod(both(input_size, kernel_size, stride, padding))


GROUPED = styles(
    grouped_by_formula,
    grouped_step_by_step,
    grouped_with_the_helper,
    grouped_group_by_group,
    grouped_by_prod,
    grouped_by_numpy,
    grouped_by_positions,
    grouped_by_torch,
    grouped_by_arrays,
)

# Exercise 4.2, separable_macs. Whoever counts groups may reuse that.


def separable_by_groups(
    in_channels, out_channels, kernel_size, input_size, stride=1, padding=0, pointwise_first=False
):
    filtered = out_channels if pointwise_first else in_channels
    filtering = grouped_by_formula(
        filtered, filtered, kernel_size, input_size, stride, padding, groups=filtered
    )
    pixels = input_size if pointwise_first else both(input_size, kernel_size, stride, padding)
    return filtering + grouped_by_formula(in_channels, out_channels, (1, 1), pixels)


def separable_by_cases(
    in_channels, out_channels, kernel_size, input_size, stride=1, padding=0, pointwise_first=False
):
    taps = kernel_size[0] * kernel_size[1]
    h_out, w_out = both(input_size, kernel_size, stride, padding)
    if pointwise_first:
        pixels = input_size[0] * input_size[1]
        return in_channels * out_channels * pixels + out_channels * taps * h_out * w_out
    return in_channels * h_out * w_out * (taps + out_channels)


def separable_with_the_helper(
    in_channels, out_channels, kernel_size, input_size, stride=1, padding=0, pointwise_first=False
):
    (k_h, k_w), (height, width) = kernel_size, input_size
    h_out = conv_output_size(height, k_h, stride, padding)
    w_out = conv_output_size(width, k_w, stride, padding)
    if pointwise_first:
        combining = in_channels * out_channels * height * width
        filtering = out_channels * k_h * k_w * h_out * w_out
    else:
        filtering = in_channels * k_h * k_w * h_out * w_out
        combining = in_channels * out_channels * h_out * w_out
    return filtering + combining


def separable_by_prod(
    in_channels, out_channels, kernel_size, input_size, stride=1, padding=0, pointwise_first=False
):
    outputs = both(input_size, kernel_size, stride, padding)
    stages = [
        (in_channels, out_channels, *(input_size if pointwise_first else outputs)),
        (out_channels if pointwise_first else in_channels, *kernel_size, *outputs),
    ]
    return sum(map(math.prod, stages))


def separable_channel_by_channel(
    in_channels, out_channels, kernel_size, input_size, stride=1, padding=0, pointwise_first=False
):
    macs = 0
    outputs = math.prod(both(input_size, kernel_size, stride, padding))
    for _ in range(out_channels if pointwise_first else in_channels):
        macs += math.prod(kernel_size) * outputs
    for _ in range(out_channels):
        macs += in_channels * (math.prod(input_size) if pointwise_first else outputs)
    return macs


def separable_by_numpy(
    in_channels, out_channels, kernel_size, input_size, stride=1, padding=0, pointwise_first=False
):
    outputs = np.prod(both(input_size, kernel_size, stride, padding))
    pixels = np.prod(input_size) if pointwise_first else outputs
    filtered = np.where(pointwise_first, out_channels, in_channels)
    macs = np.dot([pixels * in_channels, np.prod(kernel_size) * outputs], [out_channels, filtered])
    return int(macs)


def separable_by_ratio(
    in_channels, out_channels, kernel_size, input_size, stride=1, padding=0, pointwise_first=False
):
    if pointwise_first:
        return separable_by_cases(
            in_channels, out_channels, kernel_size, input_size, stride, padding, True
        )
    standard = grouped_by_formula(
        in_channels, out_channels, kernel_size, input_size, stride, padding
    )
    return int(standard * (Fraction(1, out_channels) + Fraction(1, math.prod(kernel_size))))


def separable_stage_by_stage(
    in_channels, out_channels, kernel_size, input_size, stride=1, padding=0, pointwise_first=False
):
    macs, channels, size = 0, in_channels, input_size
    stages = ["depthwise", "pointwise"]
    for stage in reversed(stages) if pointwise_first else stages:
        if stage == "pointwise":
            macs += channels * out_channels * size[0] * size[1]
            channels = out_channels
        else:
            size = both(size, kernel_size, stride, padding)
            macs += channels * kernel_size[0] * kernel_size[1] * size[0] * size[1]
    return macs


SEPARABLE = styles(
    separable_by_groups,
    separable_by_cases,
    separable_with_the_helper,
    separable_by_prod,
    separable_channel_by_channel,
    separable_by_numpy,
    separable_by_ratio,
    separable_stage_by_stage,
)

# Exercise 4.3, reduction_ratio.


def ratio_by_terms(out_channels, kernel_size):
    return Fraction(1, out_channels) + Fraction(1, kernel_size**2)


def ratio_over_one_line(out_channels, kernel_size):
    return Fraction(out_channels + kernel_size**2, out_channels * kernel_size**2)


def ratio_of_costs(out_channels, kernel_size):
    sizes = (5, out_channels, (kernel_size, kernel_size), (12, 12))
    return Fraction(separable_by_cases(*sizes), grouped_by_formula(*sizes))


def positions_of_the_course(input_size, kernel_size):
    return math.prod(map(conv_output_size, input_size, kernel_size))


def ratio_of_costs_with_the_courses_sizes(out_channels, kernel_size):
    """Divide what answers to 4.1 and 4.2 return that call conv_output_size, as they may."""
    kernel, image = (kernel_size, kernel_size), (kernel_size + 3, kernel_size + 4)
    positions = positions_of_the_course(image, kernel)
    filtering = 2 * positions * kernel_size**2
    combining = 2 * out_channels * positions_of_the_course((4, 5), (1, 1))
    return Fraction(filtering + combining, 2 * out_channels * positions * kernel_size**2)


def ratio_by_division(out_channels, kernel_size):
    return 1 / Fraction(out_channels) + 1 / Fraction(kernel_size) ** 2


def ratio_by_powers(out_channels, kernel_size):
    return Fraction(out_channels) ** -1 + Fraction(kernel_size) ** -2


def ratio_inverted(out_channels, kernel_size):
    times = Fraction(out_channels * kernel_size**2, out_channels + kernel_size**2)
    return 1 / times


def ratio_by_text(out_channels, kernel_size):
    return Fraction(f"1/{out_channels}") + Fraction(f"1/{kernel_size * kernel_size}")


def ratio_whole_where_it_is(out_channels, kernel_size):
    ratio = ratio_by_terms(out_channels, kernel_size)
    return ratio.numerator if ratio.denominator == 1 else ratio


RATIO = styles(
    ratio_by_terms,
    ratio_over_one_line,
    ratio_of_costs,
    ratio_of_costs_with_the_courses_sizes,
    ratio_by_division,
    ratio_by_powers,
    ratio_inverted,
    ratio_by_text,
    ratio_whole_where_it_is,
)

# Exercise 4.4, filters_needed.


def needed_by_ceiling(kernel_size, times):
    taps = kernel_size**2
    return -(-times * taps // (taps - times)) if taps > times else 0


def needed_by_fraction(kernel_size, times):
    spare = Fraction(1, times) - Fraction(1, kernel_size**2)
    return math.ceil(1 / spare) if spare > 0 else 0


def needed_by_counting(kernel_size, times):
    if times >= kernel_size**2:
        return 0
    n = 1
    while ratio_by_terms(n, kernel_size) > Fraction(1, times):
        n += 1
    return n


def needed_by_halving(kernel_size, times):
    """Look for the number with an answer to 4.3 that calls conv_output_size."""
    if times >= kernel_size**2:
        return 0
    too_few, enough = 0, times * kernel_size**2
    while enough - too_few > 1:
        n = (too_few + enough) // 2
        if ratio_of_costs_with_the_courses_sizes(n, kernel_size) <= Fraction(1, times):
            enough = n
        else:
            too_few = n
    return enough


def needed_by_next(kernel_size, times):
    if kernel_size**2 <= times:
        return 0
    enough = (n for n in itertools.count(1) if 1 / ratio_by_terms(n, kernel_size) >= times)
    return next(enough)


def needed_in_whole_numbers(kernel_size, times):
    taps = kernel_size * kernel_size
    if taps <= times:
        return 0
    n = 1
    while times * (n + taps) > n * taps:
        n += 1
    return n


def needed_by_divmod(kernel_size, times):
    taps = kernel_size**2
    if taps <= times:
        return 0
    n, rest = divmod(times * taps, taps - times)
    return n + (rest > 0)


def needed_rounding_up(kernel_size, times):
    taps = kernel_size**2
    spare = taps - times
    return 0 if spare < 1 else (times * taps + spare - 1) // spare


def needed_by_numpy(kernel_size, times):
    taps = kernel_size**2
    return np.int64(np.ceil(times * taps / (taps - times))) if taps > times else 0


NEEDED = styles(
    needed_by_ceiling,
    needed_by_fraction,
    needed_by_counting,
    needed_by_halving,
    needed_by_next,
    needed_in_whole_numbers,
    needed_by_divmod,
    needed_rounding_up,
    needed_by_numpy,
)

# Exercise 4.5, separable_params.


def params_by_stages(in_channels, out_channels, kernel_size, bias=False):
    depthwise = in_channels * kernel_size**2
    pointwise = in_channels * out_channels
    if bias:
        depthwise += in_channels
        pointwise += out_channels
    return depthwise + pointwise


def params_on_one_line(in_channels, out_channels, kernel_size, bias=False):
    return in_channels * (kernel_size**2 + out_channels) + bias * (in_channels + out_channels)


def params_with_bias_as_a_tap(in_channels, out_channels, kernel_size, bias=False):
    extra = 1 if bias else 0
    return in_channels * (kernel_size**2 + extra) + out_channels * (in_channels + extra)


def params_of_arrays(in_channels, out_channels, kernel_size, bias=False):
    arrays = [
        np.zeros((in_channels, 1, kernel_size, kernel_size)),
        np.zeros((out_channels, in_channels, 1, 1)),
    ]
    if bias:
        arrays += [np.zeros(in_channels), np.zeros(out_channels)]
    return sum(array.size for array in arrays)


def params_of_torch(in_channels, out_channels, kernel_size, bias=False):
    with torch.device("meta"):
        layers = torch.nn.Sequential(
            torch.nn.Conv2d(in_channels, in_channels, kernel_size, groups=in_channels, bias=bias),
            torch.nn.Conv2d(in_channels, out_channels, 1, bias=bias),
        )
    return sum(p.numel() for p in layers.parameters())


def params_by_prod(in_channels, out_channels, kernel_size, bias=False):
    weights = math.prod((in_channels, kernel_size, kernel_size)) + in_channels * out_channels
    return weights + in_channels + out_channels if bias else weights


def params_by_numpy(in_channels, out_channels, kernel_size, bias=False):
    return np.dot([in_channels] * 2, [kernel_size**2, out_channels]) + np.int64(
        (in_channels + out_channels) * bias
    )


def params_summed(in_channels, out_channels, kernel_size, bias=False):
    total = 0
    for outputs, each in ((in_channels, kernel_size**2), (out_channels, in_channels)):
        total += outputs * (each + int(bias))
    return total


PARAMS = styles(
    params_by_stages,
    params_on_one_line,
    params_with_bias_as_a_tap,
    params_of_arrays,
    params_of_torch,
    params_by_prod,
    params_by_numpy,
    params_summed,
)

# Exercise 4.6, mobilenet_macs.


def network_macs(layers, width_multiplier=1, resolution=224):
    macs, size, last = 0, resolution, len(layers) - 1
    for number, (kind, in_channels, out_channels, stride) in enumerate(layers):
        if number > 0:
            in_channels = int(width_multiplier * in_channels)
        if number < last:
            out_channels = int(width_multiplier * out_channels)
        if kind == "linear":
            macs += in_channels * out_channels
            continue
        layer = grouped_by_formula if kind == "standard" else separable_by_cases
        macs += layer(in_channels, out_channels, (3, 3), (size, size), stride, 1)
        size = side(size, 3, stride, 1)
    return macs


def network_macs_by_the_helper(layers, width_multiplier=1, resolution=224):
    macs, size = 0, resolution
    for layer in layers.thinner(width_multiplier):
        if layer.kind == "linear":
            macs += layer.in_channels * layer.out_channels
        else:
            size = conv_output_size(size, 3, layer.stride, 1)
            each = 9 + layer.out_channels if layer.kind == "separable" else 9 * layer.out_channels
            macs += size**2 * layer.in_channels * each
    return macs


def network_macs_in_two_passes(layers, width_multiplier=1, resolution=224):
    sizes = [resolution]
    for layer in layers[:-1]:
        sizes.append((sizes[-1] - 1) // layer.stride + 1)
    widths = [layers[0].in_channels]
    widths += [math.floor(width_multiplier * layer.out_channels) for layer in layers[:-1]]
    widths += [layers[-1].out_channels]
    total = 0
    for i, layer in enumerate(layers):
        m, n, d = widths[i], widths[i + 1], sizes[min(i + 1, len(sizes) - 1)]
        if layer.kind == "standard":
            total += 9 * m * n * d * d
        if layer.kind == "separable":
            total += 9 * m * d * d + m * n * d * d
        if layer.kind == "linear":
            total += m * n
    return total


def network_macs_by_match(layers, width_multiplier=1, resolution=224):
    total, d, m = 0, resolution, layers[0][1]
    for i, (kind, _, n, s) in enumerate(layers):
        n = n if i == len(layers) - 1 else int(n * width_multiplier)
        d = math.ceil(d / s)
        match kind:
            case "standard":
                total += 9 * m * n * d * d
            case "separable":
                total += m * d * d * (9 + n)
            case "linear":
                total += m * n
        m = n
    return total


def network_macs_by_recursion(layers, width_multiplier=1, resolution=224):
    def rest(layers, m, size):
        if not layers:
            return 0
        kind, _, n, stride = layers[0]
        n = int(width_multiplier * n) if len(layers) > 1 else n
        if kind == "linear":
            return m * n + rest(layers[1:], n, size)
        size = (size - 1) // stride + 1
        macs = size**2 * m * (9 * n if kind == "standard" else 9 + n)
        return macs + rest(layers[1:], n, size)

    return rest(list(layers), layers[0].in_channels, resolution)


def network_macs_with_fractions(layers, width_multiplier=1, resolution=224):
    return int(network_macs(layers, Fraction(width_multiplier), resolution))


def network_macs_by_numpy(layers, width_multiplier=1, resolution=224):
    counts, size = [], resolution
    for kind, m, n, s in layers.thinner(width_multiplier):
        if kind == "linear":
            counts.append(m * n)
            continue
        size = -(-size // s)
        counts.append(size**2 * (9 * m * n if kind == "standard" else 9 * m + m * n))
    return np.sum(counts, dtype=np.int64)


def network_macs_by_a_dictionary(layers, width_multiplier=1, resolution=224):
    formulas = {
        "standard": lambda m, n, d: 9 * m * n * d**2,
        "separable": lambda m, n, d: (9 * m + m * n) * d**2,
        "linear": lambda m, n, d: m * n,
    }
    total, size = 0, resolution
    for kind, m, n, stride in layers.thinner(width_multiplier):
        size = (size + stride - 1) // stride
        total += formulas[kind](m, n, size)
    return total


NETWORK_MACS = styles(
    network_macs,
    network_macs_by_the_helper,
    network_macs_in_two_passes,
    network_macs_by_match,
    network_macs_by_recursion,
    network_macs_with_fractions,
    network_macs_by_numpy,
    network_macs_by_a_dictionary,
)

# Exercise 4.7, agrees.


def decimals(printed):
    return len(printed.split(".")[1]) if "." in printed else 0


def agrees_by_fractions(printed, exact):
    off = abs(Fraction(printed) - Fraction(str(exact)))
    return off < Fraction(1, 10 ** decimals(printed))


def agrees_by_decimal(printed, exact):
    number = decimal.Decimal(printed)
    unit = decimal.Decimal(1).scaleb(number.as_tuple().exponent)
    return abs(number - decimal.Decimal(str(exact))) < unit


def agrees_by_decimal_of_repr(printed, exact):
    unit = decimal.Decimal(10) ** -len(printed.partition(".")[2])
    return bool(abs(decimal.Decimal(printed) - decimal.Decimal(repr(exact))) < unit)


def agrees_by_fractions_scaled(printed, exact):
    scale = 10 ** decimals(printed)
    return abs(Fraction(printed) * scale - Fraction(f"{exact}") * scale) < 1


def agrees_by_two_bounds(printed, exact):
    number, unit = Fraction(printed), Fraction(1, 10 ** decimals(printed))
    return number - unit < Fraction(str(exact)) < number + unit


def agrees_with_if(printed, exact):
    unit = decimal.Decimal(1)
    if "." in printed:
        unit /= 10 ** len(printed[printed.index(".") + 1 :])
    difference = decimal.Decimal(str(exact)) - decimal.Decimal(printed)
    if difference < 0:
        difference = -difference
    return difference < unit


def agrees_in_whole_numbers(printed, exact):
    """Write both with as many digits behind the point, and leave the point out."""
    digits = f"{decimal.Decimal(str(exact)):f}"
    places = max(decimals(printed), decimals(digits))
    number, other = (
        int(text.replace(".", "") + "0" * (places - decimals(text))) for text in (printed, digits)
    )
    return abs(number - other) < 10 ** (places - decimals(printed))


def agrees_by_numpy(printed, exact):
    off = np.abs(decimal.Decimal(printed) - decimal.Decimal(str(exact)))
    return np.bool_(off < decimal.Decimal(10) ** -decimals(printed))


def agrees_by_two_roundings(printed, exact):
    """Round down and up, exactly."""
    scale = 10 ** decimals(printed)
    scaled = Fraction(str(exact)) * scale
    return Fraction(printed) * scale in {math.floor(scaled), math.ceil(scaled)}


AGREES = styles(
    agrees_by_two_roundings,
    agrees_by_fractions,
    agrees_by_decimal,
    agrees_by_decimal_of_repr,
    agrees_by_fractions_scaled,
    agrees_by_two_bounds,
    agrees_with_if,
    agrees_in_whole_numbers,
    agrees_by_numpy,
)

# Exercise 4.8, mobilenet_params.


def network_params(layers, classifier_bias=True, per_channel=2):
    params = 0
    for kind, m, n, _ in layers:
        if kind == "standard":
            params += 9 * m * n + per_channel * n
        elif kind == "separable":
            params += 9 * m + per_channel * m + m * n + per_channel * n
        else:
            params += m * n + (n if classifier_bias else 0)
    return params


def network_params_in_parts(layers, classifier_bias=True, per_channel=2):
    weights, channels, biases = 0, 0, 0
    for layer in layers:
        if layer.kind == "linear":
            weights += layer.in_channels * layer.out_channels
            biases += layer.out_channels
        elif layer.kind == "separable":
            weights += params_by_stages(layer.in_channels, layer.out_channels, 3)
            channels += layer.in_channels + layer.out_channels
        else:
            weights += layer.in_channels * layer.out_channels * 9
            channels += layer.out_channels
    return weights + per_channel * channels + classifier_bias * biases


def network_params_by_match(layers, classifier_bias=True, per_channel=2):
    total = 0
    for layer in layers:
        match layer:
            case ("linear", m, n, _):
                total += (m + classifier_bias) * n
            case ("standard", m, n, _):
                total += (9 * m + per_channel) * n
            case ("separable", m, n, _):
                total += (9 + per_channel) * m + (m + per_channel) * n
    return total


def network_params_by_a_dictionary(layers, classifier_bias=True, per_channel=2):
    norm, bias = per_channel, int(classifier_bias)
    of = {
        "standard": lambda m, n: n * (9 * m + norm),
        "separable": lambda m, n: m * (9 + norm) + n * (m + norm),
        "linear": lambda m, n: n * (m + bias),
    }
    return sum(of[kind](m, n) for kind, m, n, _ in layers)


def network_params_of_torch(layers, classifier_bias=True, per_channel=2):
    """Take the norms' two learned and two running numbers, as many as are asked for."""
    norms, others = [], []
    with torch.device("meta"):
        for kind, m, n, _ in layers:
            if kind == "linear":
                others.append(torch.nn.Linear(m, n, bias=classifier_bias))
                continue
            if kind == "separable":
                others.append(torch.nn.Conv2d(m, m, 3, groups=m, bias=False))
                norms.append(m)
            others.append(torch.nn.Conv2d(m, n, 3 if kind == "standard" else 1, bias=False))
            norms.append(n)
    weights = sum(p.numel() for layer in others for p in layer.parameters())
    return weights + per_channel * sum(norms)


def network_params_by_numpy(layers, classifier_bias=True, per_channel=2):
    table = np.array([(m, n) for _, m, n, _ in layers])
    kinds = np.array([layer.kind for layer in layers])
    m, n = table.T
    params = np.where(kinds == "standard", 9 * m * n + per_channel * n, 0)
    params += np.where(kinds == "separable", 9 * m + m * n + per_channel * (m + n), 0)
    params += np.where(kinds == "linear", m * n + classifier_bias * n, 0)
    return params.sum()


def network_params_by_reduce(layers, classifier_bias=True, per_channel=2):
    def add(total, layer):
        kind, m, n, _ = layer
        if kind == "linear":
            return total + m * n + n * bool(classifier_bias)
        own = 9 * m * n if kind == "standard" else 9 * m + m * n
        channels = n if kind == "standard" else m + n
        return total + own + per_channel * channels

    return functools.reduce(add, layers, 0)


def network_params_minus_the_bias(layers, classifier_bias=True, per_channel=2):
    total = network_params(layers, True, per_channel)
    return total if classifier_bias else total - layers[-1].out_channels


NETWORK_PARAMS = styles(
    network_params,
    network_params_in_parts,
    network_params_by_match,
    network_params_by_a_dictionary,
    network_params_of_torch,
    network_params_by_numpy,
    network_params_by_reduce,
    network_params_minus_the_bias,
)

RIGHT = {
    "grouped_macs": GROUPED,
    "separable_macs": SEPARABLE,
    "reduction_ratio": RATIO,
    "filters_needed": NEEDED,
    "separable_params": PARAMS,
    "mobilenet_macs": NETWORK_MACS,
    "agrees": AGREES,
    "mobilenet_params": NETWORK_PARAMS,
}
