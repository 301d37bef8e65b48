"""Where the numbers of an array lie in memory, one behind the other."""

from __future__ import annotations

from collections.abc import Sequence

from dwsep_helpers.kernels.shapes import integers

AXES = "NCHW"
"""Names of an array's axes, in the order in which indices and shapes give them."""


def element_offset(index: Sequence[int], shape: Sequence[int], layout: str) -> int:
    """Count the numbers that lie in memory before one of an array's.

    Parameters
    ----------
    index, shape : sequence of 4 int
        The element's place, and how many places there are: image, channel, row and column. Both
        are in this order, whatever the layout.
    layout : str
        The axes from the one that changes slowest in memory to the one that changes fastest:
        ``"NCHW"``, ``"NHWC"`` or another order of these letters.

    Returns
    -------
    int
        0 for the first element; as many numbers, not bytes, as lie before it.

    Raises
    ------
    TypeError
        If an index or a size is not an integer.
    ValueError
        If the layout has other letters, there are not four indices and sizes, or an index lies
        outside of the array.

    Notes
    -----
    PyTorch calls the second layout ``torch.channels_last``; its documentation on memory formats
    has the strides of both.

    Examples
    --------
    >>> element_offset((0, 1, 0, 2), (1, 2, 2, 3), "NCHW")
    8
    >>> element_offset((0, 1, 0, 2), (1, 2, 2, 3), "NHWC")
    5
    """
    if not isinstance(layout, str) or sorted(layout) != sorted(AXES):
        raise ValueError(f"layout is {layout!r}; it should have the letters N, C, H and W")
    index = integers("index", index, at_least=0)
    shape = integers("shape", shape, at_least=1)
    for name, values in (("index", index), ("shape", shape)):
        if len(values) != len(AXES):
            raise ValueError(f"{name} has {len(values)} numbers, and there are 4 axes")
    offset = 0
    for axis in map(AXES.index, layout):
        if index[axis] >= shape[axis]:
            raise ValueError(f"index[{axis}] is {index[axis]}, and shape[{axis}] is {shape[axis]}")
        offset = offset * shape[axis] + index[axis]
    return offset


def loop_order(strides: Sequence[int]) -> tuple[int, ...]:
    """Return in which order loops over an array's axes walk through memory without leaps.

    Parameters
    ----------
    strides : sequence of int
        For each axis, how many numbers lie between two neighbours along it, as a torch tensor's
        ``stride()`` says; positive.

    Returns
    -------
    tuple of int
        The axes, the outermost loop's first. Of axes with the same stride the first comes first.

    Raises
    ------
    TypeError
        If a stride is not an integer.
    ValueError
        If a stride isn't positive.

    Examples
    --------
    >>> loop_order((6, 1, 6, 2))  # channels lie next to each other
    (0, 2, 3, 1)
    """
    steps = integers("strides", strides, at_least=1)
    return tuple(sorted(range(len(steps)), key=lambda axis: -steps[axis]))
