"""Memory for activations: which tensors are alive when, and how large they are together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dwsep_helpers.kernels.arguments import real_number
from dwsep_helpers.kernels.shapes import mapping, sequence

Step = tuple[str, Sequence[str]]
"""What a step of a plan makes, and what it reads: names of tensors."""


def lifetimes(steps: Sequence[Step]) -> dict[str, tuple[int, int]]:
    """Return the first and the last step at which each tensor has to be in memory.

    A tensor that no step makes is the plan's input, there from the first step. One that no step
    reads is a result, and stays to the end.

    Parameters
    ----------
    steps : sequence of (str, sequence of str)
        In the order in which they run.

    Raises
    ------
    TypeError
        If what a step reads is no sequence of names.
    ValueError
        If there are no steps, a tensor is made twice, or read before it is made.

    Examples
    --------
    >>> lifetimes([("wide", ["x"]), ("y", ["wide"])])
    {'x': (0, 0), 'wide': (0, 1), 'y': (1, 1)}
    """
    steps = sequence("steps", steps)
    if not steps:
        raise ValueError("steps is empty, and a plan has one at least")
    for number, step in enumerate(steps):
        if len(sequence(f"steps[{number}]", step)) != 2:
            raise ValueError(f"steps[{number}] is {step!r}; it should be what it makes and reads")
    found: dict[str, tuple[int, int]] = {}
    made = {name: number for number, (name, _) in reversed([*enumerate(steps)])}
    if len(made) < len(steps):
        raise ValueError("steps makes a tensor twice")
    for number, (output, inputs) in enumerate(steps):
        for name in sequence(f"steps[{number}][1]", inputs):
            first = made.get(name, 0)
            if name in made and first >= number:
                raise ValueError(f"step {number} reads {name!r}, which step {first} makes")
            found[name] = first, number
        found[output] = number, len(steps) - 1
    return found


def peak_memory(sizes: Mapping[str, int], steps: Sequence[Step]) -> int:
    """Return the most bytes that a plan needs at once.

    A step needs all it reads and what it makes; a tensor's bytes are free once the last step that
    reads it has run.

    Parameters
    ----------
    sizes : mapping of str to int
        Bytes of each tensor.
    steps : sequence of (str, sequence of str)
        What each step makes and what it reads, in order.

    Raises
    ------
    TypeError, ValueError
        As for :func:`lifetimes`; also if a tensor has no size, or one that is no number.

    Notes
    -----
    That is a lower bound for a memory plan: tensors of different sizes may leave gaps. R. David et
    al., "TensorFlow Lite Micro", arXiv:2010.08678.

    Examples
    --------
    >>> sizes = {"x": 10, "wide": 60, "y": 10}
    >>> peak_memory(sizes, [("wide", ["x"]), ("y", ["wide"])])
    70
    >>> peak_memory({**sizes, "sum": 10}, [("wide", ["x"]), ("y", ["wide"]), ("sum", ["x", "y"])])
    80
    """
    return max(needed(sizes, steps))


def needed(sizes: Mapping[str, int], steps: Sequence[Step]) -> list[int]:
    """Return the bytes that each step of a plan needs; all else as for :func:`peak_memory`.

    Examples
    --------
    >>> needed({"x": 10, "wide": 60, "y": 5}, [("wide", ["x"]), ("y", ["wide"])])
    [70, 65]
    """
    spans = lifetimes(steps)
    if missing := sorted(spans.keys() - mapping("sizes", sizes).keys()):
        raise ValueError(f"sizes has no {missing[0]!r}, which steps make or read")
    sizes = {name: real_number(f"sizes[{name!r}]", sizes[name]) for name in spans}
    return [
        sum(sizes[name] for name, (first, last) in spans.items() if first <= number <= last)
        for number in range(len(steps))
    ]
