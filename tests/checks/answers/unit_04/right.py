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


# Exercise 4.1, standard_macs.


def standard_by_formula(in_channels, out_channels, kernel_size, input_size, stride=1, padding=0):
    d_p = side(input_size, kernel_size, stride, padding)
    return out_channels * d_p**2 * kernel_size**2 * in_channels


def standard_step_by_step(in_channels, out_channels, kernel_size, input_size, stride=1, padding=0):
    one_value = kernel_size * kernel_size * in_channels
    one_filter = one_value * side(input_size, kernel_size, stride, padding) ** 2
    return out_channels * one_filter


def standard_with_the_helper(
    in_channels, out_channels, kernel_size, input_size, stride=1, padding=0
):
    d_p = conv_output_size(input_size, kernel_size, stride=stride, padding=padding)
    return in_channels * out_channels * (kernel_size * d_p) ** 2


def standard_by_prod(in_channels, out_channels, kernel_size, input_size, stride=1, padding=0):
    d_p = side(input_size, kernel_size, stride, padding)
    return math.prod([in_channels, out_channels, kernel_size, kernel_size, d_p, d_p])


def standard_by_numpy(in_channels, out_channels, kernel_size, input_size, stride=1, padding=0):
    d_p = side(input_size, kernel_size, stride, padding)
    return np.prod([in_channels, out_channels, kernel_size**2, d_p**2])


def standard_by_positions(in_channels, out_channels, kernel_size, input_size, stride=1, padding=0):
    macs = 0
    starts = range(0, input_size + 2 * padding - kernel_size + 1, stride)
    for _ in starts:
        for _ in starts:
            macs += kernel_size**2 * in_channels
    return macs * out_channels


def standard_by_torch(in_channels, out_channels, kernel_size, input_size, stride=1, padding=0):
    with torch.device("meta"):
        x = torch.zeros(1, 1, input_size + 2 * padding, input_size + 2 * padding)
        windows = x.unfold(2, kernel_size, stride).unfold(3, kernel_size, stride)
    return windows.numel() * in_channels * out_channels


def standard_by_floor(in_channels, out_channels, kernel_size, input_size, stride=1, padding=0):
    d_p = math.floor((input_size - kernel_size + 2 * padding) / stride + 1)
    return int(out_channels * d_p**2 * kernel_size**2 * in_channels)


STANDARD = styles(
    standard_by_formula,
    standard_step_by_step,
    standard_with_the_helper,
    standard_by_prod,
    standard_by_numpy,
    standard_by_positions,
    standard_by_torch,
    standard_by_floor,
)

# Exercise 4.2, depthwise_macs. Whoever counts a standard layer of one channel may reuse it.


def from_standard(standard):
    @functools.wraps(standard)
    def depthwise(channels, kernel_size, input_size, stride=1, padding=0):
        return standard(1, channels, kernel_size, input_size, stride, padding)

    return depthwise


def one_channel_times(channels, kernel_size, input_size, stride=1, padding=0):
    one = standard_by_formula(1, 1, kernel_size, input_size, stride, padding)
    return channels * one


def depthwise_by_formula(channels, kernel_size, input_size, stride=1, padding=0):
    d_p = side(input_size, kernel_size, stride, padding)
    return channels * kernel_size**2 * d_p**2


def standard_over_channels(channels, kernel_size, input_size, stride=1, padding=0):
    every = standard_by_formula(channels, channels, kernel_size, input_size, stride, padding)
    return every // channels


DEPTHWISE = {name: from_standard(function) for name, function in STANDARD.items()} | styles(
    one_channel_times, depthwise_by_formula, standard_over_channels
)

# Exercise 4.3, pointwise_macs.


def pointwise_by_formula(in_channels, out_channels, size):
    return in_channels * out_channels * size**2


def pointwise_by_squares(in_channels, out_channels, size):
    return size * size * (in_channels * out_channels)


def pointwise_from_standard(in_channels, out_channels, size):
    return standard_by_formula(in_channels, out_channels, 1, size)


def pointwise_by_keywords(in_channels, out_channels, size):
    return standard_step_by_step(
        in_channels=in_channels, out_channels=out_channels, kernel_size=1, input_size=size
    )


def pointwise_by_prod(in_channels, out_channels, size):
    return math.prod((in_channels, out_channels, size, size))


def pointwise_by_pow(in_channels, out_channels, size):
    return int(pow(size, 2) * in_channels * out_channels)


def pointwise_by_numpy(in_channels, out_channels, size):
    return np.full((size, size), in_channels).sum() * out_channels


def pointwise_by_matrix(in_channels, out_channels, size):
    weight, pixels = np.empty((out_channels, in_channels)), np.empty((in_channels, size**2))
    return len(weight) * pixels.size


POINTWISE = styles(
    pointwise_by_formula,
    pointwise_by_squares,
    pointwise_from_standard,
    pointwise_by_keywords,
    pointwise_by_prod,
    pointwise_by_pow,
    pointwise_by_numpy,
    pointwise_by_matrix,
)

# Exercise 4.4, separable_macs.


def separable_by_stages(in_channels, out_channels, kernel_size, input_size, stride=1, padding=0):
    filtering = depthwise_by_formula(in_channels, kernel_size, input_size, stride, padding)
    d_p = side(input_size, kernel_size, stride, padding)
    return filtering + pointwise_by_formula(in_channels, out_channels, d_p)


def separable_factored(in_channels, out_channels, kernel_size, input_size, stride=1, padding=0):
    d_p = side(input_size, kernel_size, stride, padding)
    return in_channels * d_p**2 * (kernel_size**2 + out_channels)


def separable_by_sum(in_channels, out_channels, kernel_size, input_size, stride=1, padding=0):
    positions = side(input_size, kernel_size, stride, padding) ** 2
    return sum(in_channels * positions * each for each in (kernel_size**2, out_channels))


def separable_with_the_helper(
    in_channels, out_channels, kernel_size, input_size, stride=1, padding=0
):
    d_p = conv_output_size(input_size, kernel_size, stride, padding)
    return d_p * d_p * in_channels * (kernel_size * kernel_size + out_channels)


def separable_by_ratio(in_channels, out_channels, kernel_size, input_size, stride=1, padding=0):
    standard = standard_by_formula(
        in_channels, out_channels, kernel_size, input_size, stride, padding
    )
    return int(standard * (Fraction(1, out_channels) + Fraction(1, kernel_size**2)))


def separable_by_channels(in_channels, out_channels, kernel_size, input_size, stride=1, padding=0):
    d_p = side(input_size, kernel_size, stride, padding)
    macs = 0
    for _ in range(in_channels):
        macs += kernel_size**2 * d_p**2
    for _ in range(out_channels):
        macs += in_channels * d_p**2
    return macs


def separable_by_numpy(in_channels, out_channels, kernel_size, input_size, stride=1, padding=0):
    d_p = side(input_size, kernel_size, stride, padding)
    stages = np.array([kernel_size**2, out_channels]) * in_channels * d_p**2
    return stages.sum()


def separable_from_standards(
    in_channels, out_channels, kernel_size, input_size, stride=1, padding=0
):
    d_p = side(input_size, kernel_size, stride, padding)
    return standard_by_formula(
        1, in_channels, kernel_size, input_size, stride, padding
    ) + standard_by_formula(in_channels, out_channels, 1, d_p)


SEPARABLE = styles(
    separable_by_stages,
    separable_factored,
    separable_by_sum,
    separable_with_the_helper,
    separable_by_ratio,
    separable_by_channels,
    separable_by_numpy,
    separable_from_standards,
)

# Exercise 4.5, reduction_ratio.


def ratio_by_terms(out_channels, kernel_size):
    return Fraction(1, out_channels) + Fraction(1, kernel_size**2)


def ratio_over_one_line(out_channels, kernel_size):
    return Fraction(out_channels + kernel_size**2, out_channels * kernel_size**2)


def ratio_of_costs(out_channels, kernel_size):
    sizes = (5, out_channels, kernel_size, 12)
    return Fraction(separable_by_stages(*sizes), standard_by_formula(*sizes))


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
    ratio_by_division,
    ratio_by_powers,
    ratio_inverted,
    ratio_by_text,
    ratio_whole_where_it_is,
)

# Exercise 4.6, filters_needed.


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
    needed_by_next,
    needed_in_whole_numbers,
    needed_by_divmod,
    needed_rounding_up,
    needed_by_numpy,
)

# Exercise 4.7, separable_params.


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

# Exercise 4.8, mobilenet_macs.


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
        layer = standard_by_formula if kind == "standard" else separable_by_stages
        macs += layer(in_channels, out_channels, 3, size, stride, 1)
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
    widths += [round(width_multiplier * layer.out_channels) for layer in layers[:-1]]
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

# Exercise 4.9, agrees.


def decimals(printed):
    return len(printed.split(".")[1]) if "." in printed else 0


def agrees_within_a_unit(printed, exact):
    return abs(float(printed) - exact) < 10 ** -decimals(printed)


def agrees_scaled(printed, exact):
    scale = 10 ** decimals(printed)
    return abs(int(printed.replace(".", "")) - exact * scale) < 1


def agrees_by_decimal(printed, exact):
    number = decimal.Decimal(printed)
    unit = decimal.Decimal(1).scaleb(number.as_tuple().exponent)
    return abs(number - decimal.Decimal(exact)) < unit


def agrees_by_fractions(printed, exact):
    return abs(Fraction(printed) - Fraction(exact)) < Fraction(1, 10 ** decimals(printed))


def agrees_by_three_roundings(printed, exact):
    scale = 10 ** decimals(printed)
    candidates = {math.floor(exact * scale), round(exact * scale), math.ceil(exact * scale)}
    return round(float(printed) * scale) in candidates


def agrees_by_two_bounds(printed, exact):
    unit = 0.1 ** decimals(printed)
    return float(printed) - unit < exact < float(printed) + unit


def agrees_with_if(printed, exact):
    unit = 1
    if "." in printed:
        unit = 10.0 ** -len(printed[printed.index(".") + 1 :])
    difference = exact - float(printed)
    if difference < 0:
        difference = -difference
    return difference < unit


def agrees_by_numpy(printed, exact):
    return np.abs(np.float64(printed) - exact) < 10.0 ** -decimals(printed)


AGREES = styles(
    agrees_within_a_unit,
    agrees_scaled,
    agrees_by_decimal,
    agrees_by_fractions,
    agrees_by_three_roundings,
    agrees_by_two_bounds,
    agrees_with_if,
    agrees_by_numpy,
)

# Exercise 4.10, mobilenet_params.


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
    "standard_macs": STANDARD,
    "depthwise_macs": DEPTHWISE,
    "pointwise_macs": POINTWISE,
    "separable_macs": SEPARABLE,
    "reduction_ratio": RATIO,
    "filters_needed": NEEDED,
    "separable_params": PARAMS,
    "mobilenet_macs": NETWORK_MACS,
    "agrees": AGREES,
    "mobilenet_params": NETWORK_PARAMS,
}
