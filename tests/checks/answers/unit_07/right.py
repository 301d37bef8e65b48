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

# Exercise 7.4, amdahl.


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

# Exercise 7.5, best_design.


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
    "amdahl": AMDAHL,
    "best_design": DESIGN,
}
