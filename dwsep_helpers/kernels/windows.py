"""Reading what the kernel sees, piece by piece: no padded copy, no full im2col."""

from collections.abc import Callable, Iterator

import numpy as np

# Bytes of scratch that a kernel may fill before it computes with it. Large enough that few NumPy
# calls are made, small enough for the cache: a 3x3 convolution, 64 -> 64 channels on 224x224, took
# 136 ms with 0.5 MB, 80 ms with 1 or 2 MB and 110 ms with 4 MB or all 115 MB of im2col.
WORKSPACE = 2 * 2**20


def read(x: np.ndarray, top: int, left: int, steps: tuple[int, int], out: np.ndarray) -> None:
    """Sample ``out[..., r, c] = x[..., top + steps[0] * r, left + steps[1] * c]``.

    Indices outside ``x`` read as zero: that is all there is to padding.
    """
    rows, x_rows = _inside(top, steps[0], x.shape[-2], out.shape[-2])
    columns, x_columns = _inside(left, steps[1], x.shape[-1], out.shape[-1])
    out[..., : rows.start, :] = 0
    out[..., rows.stop :, :] = 0
    out[..., rows, : columns.start] = 0
    out[..., rows, columns.stop :] = 0
    out[..., rows, columns] = x[..., x_rows, x_columns]


def _inside(start: int, step: int, size: int, count: int) -> tuple[slice, slice]:
    """Which of ``count`` samples lie inside an axis of ``size``, and where they lie there."""
    first = max(0, -(start // step))  # start + step * first >= 0
    stop = max(first, min(count, (size - 1 - start) // step + 1))
    begin = start + step * first
    return slice(first, stop), slice(begin, begin + step * (stop - first), step)


def tiles(
    height: int, width: int, workspace: Callable[[int, int], int]
) -> Iterator[tuple[slice, slice]]:
    """Cut a map into (rows, columns), so that each piece needs at most `WORKSPACE` bytes.

    ``workspace(rows, columns)`` is what a piece needs. Rows are cut first; columns where a
    single row is too much.

    >>> list(tiles(3, 4, workspace=lambda rows, columns: rows * columns * WORKSPACE // 8))
    [(slice(0, 2, None), slice(0, 4, None)), (slice(2, 3, None), slice(0, 4, None))]
    """
    pieces = [1, 1]
    for axis, length in enumerate((height, width)):
        while pieces[axis] < length and workspace(*_sizes((height, width), pieces)) > WORKSPACE:
            pieces[axis] = min(2 * pieces[axis], length)
    most_rows, most_columns = _sizes((height, width), pieces)
    for rows in cut(height, most_rows):
        for columns in cut(width, most_columns):
            yield rows, columns


def _sizes(lengths: tuple[int, int], pieces: list[int]) -> list[int]:
    return [-(-length // count) for length, count in zip(lengths, pieces, strict=True)]


def cut(length: int, at_most: int) -> Iterator[slice]:
    """Cut a length into slices of ``at_most`` each; the last may be shorter."""
    for start in range(0, length, at_most):
        yield slice(start, min(start + at_most, length))


def span(rows: slice, columns: slice, width: int) -> slice:
    """Where a piece made by `tiles` lies in the flattened map; it is whole rows or part of one."""
    return slice(rows.start * width + columns.start, (rows.stop - 1) * width + columns.stop)
