"""Steps gone wrong around the edge: how large the answer is, and where the zeros lie."""

from collections.abc import Callable

import numpy as np

from dwsep_helpers.checks.exercise import Row
from dwsep_helpers.checks.inputs import Pair
from dwsep_helpers.checks.recipes.steps import Look, positions, read_at, windows_from

# Takes the image's sides, kernel, stride and padding, all pairs; returns rows and columns.
Count = Callable[[Pair, Pair, Pair, Pair], Pair]
Zeros = tuple[Pair, Pair]  # before and after the rows, before and after the columns


def _each(count: Callable[[int, int, int, int], int]) -> Count:
    """Return what counts along both axes alike."""
    return lambda d, k, s, p: (count(d[0], k[0], s[0], p[0]), count(d[1], k[1], s[1], p[1]))


_right = _each(positions)


def _once(size: int, taps: int, stride: int, padding: int) -> int:
    return (size + padding - taps) // stride + 1


def _as_many_columns_as_rows(weight: np.ndarray) -> np.ndarray:
    """Read a kernel to where its columns would end if it were square."""
    rows, columns = weight.shape[-2:]
    if rows > columns:
        raise IndexError("index is out of bounds")
    return weight[..., :rows]


def sliced(
    count: Count = _right,
    zeros: Callable[[Pair], Zeros] = lambda p: ((p[0], p[0]), (p[1], p[1])),
    kernel: Callable[[Pair], Pair] = lambda k: k,
) -> Look:
    """Return the step that cuts windows out by slices, at so many positions.

    Where there are too many, a slice ends with the padded image. What is left of it is multiplied
    with the kernel if it is as long, or a single cell, which NumPy repeats; else NumPy raises.

    Parameters
    ----------
    count : callable
        How many rows and columns there are.
    zeros : callable
        How many zeros are put around the image for a padding.
    kernel : callable
        How large windows are for a kernel.
    """

    def look(x: np.ndarray, padding: Pair, taps: Pair, stride: Pair) -> np.ndarray:
        sides = x.shape[2], x.shape[3]
        many = count(sides, taps, stride, padding)
        if min(many) < 1:  # no window is cut out
            return np.zeros((*x.shape[:2], *many, *taps))
        axes = zip(sides, kernel(taps), taps, stride, zeros(padding), many, strict=True)
        return read_at(x, *(_along(*axis) for axis in axes))

    return look


def _along(size: int, window: int, taps: int, stride: int, zeros: Pair, many: int) -> np.ndarray:
    """Return the cell of x that each tap meets at each position along an axis."""
    before, after = zeros
    cells = windows_from(-before, stride, many, window)
    left = (cells < size + after).sum(axis=1)[:, None]
    if taps == 1 == window:
        return cells
    if not np.isin(left, (1, taps)).all():
        raise ValueError("operands could not be broadcast together")
    return np.where(left == 1, cells[:, :1], windows_from(-before, stride, many, taps))


def _large_array(x: np.ndarray, padding: Pair, taps: Pair, stride: Pair) -> np.ndarray:
    """Find windows right, and nothing behind them, at as many positions as x has cells."""
    found = []
    for size, *axis in zip(x.shape[2:], taps, stride, padding, strict=True):
        many = positions(size, *axis)
        if many > size:
            raise IndexError("index is out of bounds")
        cells = np.full((size, axis[0]), size)
        cells[:many] = windows_from(-axis[2], axis[1], many, axis[0])
        found.append(cells)
    return read_at(x, *found)


# fmt: off
ROWS: tuple[Row, ...] = (
    ("kernel-rows-for-both-sides",
     {"look": sliced(lambda d, k, s, p: _right(d, (k[0], k[0]), s, p))},
     "You count columns with the kernel's number of rows; W_out should follow from its number of "
     "columns."),
    ("kernel-columns-for-both-sides",
     {"look": sliced(lambda d, k, s, p: _right(d, (k[1], k[1]), s, p))},
     "You count rows with the kernel's number of columns; H_out should follow from its number of "
     "rows."),
    ("kernel-sides-swapped", {"look": sliced(lambda d, k, s, p: _right(d, k[::-1], s, p))},
     "You count rows with the kernel's columns and columns with its rows; each should go with "
     "its own."),
    ("kernel-taken-as-square",
     {"look": sliced(
         lambda d, k, s, p: _right(d, (k[0], k[0]), s, p), kernel=lambda k: (k[0], k[0]))},
     "You take the kernel to be square; its rows and columns should be counted separately."),
    ("image-taken-as-square",
     {"look": sliced(lambda d, k, s, p: _right((d[0], d[0]), k, s, p))},
     "You take the image to be square; its rows and columns should be counted separately."),
    ("kernel-columns-counted-like-rows", {"filters": _as_many_columns_as_rows},
     "You loop over as many columns of the kernel as it has rows; each of its numbers should be "
     "read once."),
    ("output-array-as-large-as-image", {"look": _large_array},
     "You store the sums in an array as large as the image, so zeros are left over; it should be "
     "as large as there are positions."),
    ("windows-over-the-edge", {"look": sliced(lambda d, k, s, p: d)},
     "You begin a window at every cell of the image, so the last ones hang over its edge; all of "
     "the kernel should fit."),
    # With the zeros in their places.
    ("padding-forgotten-in-h-out",
     {"look": sliced(lambda d, k, s, p: _right(d, k, s, (0, p[1])))},
     "You count the rows of the answer without the padding; it should add rows as it adds columns.",
     3),
    ("padding-forgotten-in-w-out",
     {"look": sliced(lambda d, k, s, p: _right(d, k, s, (p[0], 0)))},
     "You count the columns of the answer without the padding; it should add columns as it adds "
     "rows.", 3),
    ("padding-forgotten-in-output-size",
     {"look": sliced(lambda d, k, s, p: _right(d, k, s, (0, 0)))},
     "You pad the image, and count positions as if it weren't; H_out and W_out should be those of "
     "the padded image.", 3),
    ("padding-counted-once-in-h-out",
     {"look": sliced(lambda d, k, s, p: (_once(d[0], k[0], s[0], p[0]), _right(d, k, s, p)[1]))},
     "You count rows with the padding of one end; H_out should grow at both, as W_out does.", 3),
    ("padding-counted-once-in-w-out",
     {"look": sliced(lambda d, k, s, p: (_right(d, k, s, p)[0], _once(d[1], k[1], s[1], p[1])))},
     "You count columns with the padding of one end; W_out should grow at both, as H_out does.", 3),
    ("padding-swapped-in-output-size",
     {"look": sliced(lambda d, k, s, p: _right(d, k, s, p[::-1]))},
     "You count rows with the columns' padding and columns with the rows'; the first of the pair "
     "should be for rows.", 3),
    ("padding-of-rows-in-both-sizes",
     {"look": sliced(lambda d, k, s, p: _right(d, k, s, (p[0], p[0])))},
     "You count columns with the rows' padding; W_out should follow from the second of the pair.",
     3),
    ("padding-of-columns-in-both-sizes",
     {"look": sliced(lambda d, k, s, p: _right(d, k, s, (p[1], p[1])))},
     "You count rows with the columns' padding; H_out should follow from the first of the pair.",
     3),
    ("kernel-forgotten-in-output-size",
     {"look": sliced(_each(lambda d, k, s, p: (d + 2 * p) // s))},
     "You leave the kernel out of H_out and W_out; all of it should fit in.", 3),
    # With the right size.
    ("zeros-swapped",
     {"look": sliced(zeros=lambda p: ((p[1], p[1]), (p[0], p[0])))},
     "You put the columns' zeros above and below; the first of the pair should be for rows."),
    ("zeros-of-rows-on-all-sides",
     {"look": sliced(zeros=lambda p: ((p[0], p[0]), (p[0], p[0])))},
     "You put as many zeros left and right as above and below; columns should get the second of "
     "the pair."),
    ("zeros-of-columns-on-all-sides",
     {"look": sliced(zeros=lambda p: ((p[1], p[1]), (p[1], p[1])))},
     "You put as many zeros above and below as left and right; rows should get the first of the "
     "pair."),
    ("zeros-before-only", {"look": sliced(zeros=lambda p: ((p[0], 0), (p[1], 0)))},
     "You put zeros above and on the left alone, so the last windows hang over the edge; all four "
     "sides should be padded."),
    ("zeros-after-only", {"look": sliced(zeros=lambda p: ((0, p[0]), (0, p[1])))},
     "You put zeros below and on the right alone, so the last windows hang over the edge; all four "
     "sides should be padded."),
)
# fmt: on
ON_THE_PLANE = (
    "kernel-rows-for-both-sides kernel-columns-for-both-sides kernel-sides-swapped "
    "kernel-taken-as-square image-taken-as-square kernel-columns-counted-like-rows "
    "output-array-as-large-as-image windows-over-the-edge"
)
PADDED = (
    "kernel-rows-for-both-sides kernel-columns-for-both-sides kernel-sides-swapped "
    "image-taken-as-square output-array-as-large-as-image padding-forgotten-in-h-out "
    "padding-forgotten-in-w-out padding-forgotten-in-output-size padding-counted-once-in-h-out "
    "padding-counted-once-in-w-out "
    "padding-swapped-in-output-size padding-of-rows-in-both-sizes "
    "padding-of-columns-in-both-sizes kernel-forgotten-in-output-size zeros-swapped "
    "zeros-of-rows-on-all-sides zeros-of-columns-on-all-sides zeros-before-only zeros-after-only"
)
