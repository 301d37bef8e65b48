"""MobileNets as plans for memory: which step makes which map, of how many bytes in int8.

A plan is what :func:`~dwsep_helpers.hardware.peak_memory` takes: bytes by name, and steps.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from dwsep_helpers.hardware.memory import Step
from dwsep_helpers.kernels.shapes import integer
from dwsep_helpers.mobilenet.inverted import MOBILENET_V2, Design
from dwsep_helpers.papers import MOBILENET_V1

Plan = tuple[dict[str, int], list[Step]]
"""Bytes by name, and steps."""


class _Map(NamedTuple):
    """What a layer makes."""

    name: str
    channels: int
    kernel_size: int = 1
    stride: int = 1
    adds: str = ""  # the map that is added to the one before; such a step has no weights
    depthwise: bool = False


def mobilenet_v1(width: float = 1.0, resolution: int = 224) -> Plan:
    """Return MobileNetV1's plan, layer after layer, up to its last map.

    Examples
    --------
    >>> sizes, steps = mobilenet_v1()
    >>> steps[:2], sizes["stem"]
    ([('stem', ['image']), ('1 depthwise', ['stem'])], 401408)
    """
    return _plan(_v1(width), resolution)


def mobilenet_v2(resolution: int = 224, design: Design = MOBILENET_V2) -> Plan:
    """Return the plan of MobileNetV2, or another network of inverted residuals.

    Examples
    --------
    >>> sizes, steps = mobilenet_v2()
    >>> [step for step in steps if "sum" in step[0]][0]
    ('3 sum', ['3 project', '2 project'])
    """
    return _plan(_v2(design), resolution)


def in_place(plan: Plan) -> Plan:
    """Return a plan whose depthwise layers of stride 1 write over what they read.

    Each channel of a depthwise layer is read by itself: once it is filtered, it is free. A place
    for one channel is left beside.

    Notes
    -----
    J. Lin et al., "MCUNet", arXiv:2007.10319.

    Examples
    --------
    >>> sizes = {"x": 20, "1 depthwise": 20, "y": 5}
    >>> in_place((sizes, [("1 depthwise", ["x"]), ("y", ["1 depthwise"])]))[1]
    [('y', ['x'])]
    """
    sizes, steps = plan
    takes = {
        output: inputs[0]
        for output, inputs in steps
        if output.endswith("depthwise") and sizes[output] == sizes[inputs[0]]
    }
    kept: list[Step] = [
        (output, [takes.get(name, name) for name in inputs])
        for output, inputs in steps
        if output not in takes
    ]
    return {name: size for name, size in sizes.items() if name not in takes}, kept


def by_patches(grid: int, blocks: int = 4, resolution: int = 224) -> tuple[Plan, float]:
    """Return MobileNetV2's plan with its first blocks run patch by patch, and its MACs' growth.

    Parameters
    ----------
    grid : int
        Rows, and columns, of patches; at most as many as the map has that is put together.
    blocks : int
        So many blocks run for one patch before the next; their last map is put together whole.
    resolution : int

    Returns
    -------
    plan : tuple
        Its first steps are those of one patch, the largest.
    growth : float
        How many times the network's MACs there are: patches overlap, as kernels reach further.

    Raises
    ------
    TypeError
        If the grid or the blocks are no integer.
    ValueError
        If there are no such blocks, or not as many rows as patches.

    Notes
    -----
    J. Lin et al., "MCUNetV2", arXiv:2110.15352.

    Examples
    --------
    >>> plan, growth = by_patches(1)
    >>> growth
    1.0
    """
    maps, most = _v2(MOBILENET_V2), len([*MOBILENET_V2.blocks()]) - 1
    blocks = integer("blocks", blocks, at_least=1, at_most=most)
    stop = next(n for n, one in enumerate(maps) if one.name.startswith(f"{blocks + 1} "))
    whole = _sizes(maps, resolution)
    grid = integer("grid", grid, at_least=1, at_most=whole[stop - 1])
    lengths = _lengths(maps[:stop], [resolution, *whole], grid)
    early, (sizes, steps) = maps[:stop], _plan(maps, resolution)
    final = early[-1].name
    largest = (max(each) for each in lengths)
    of_patch = {one.name: one.channels * n**2 for one, n in zip(early, largest, strict=True)}
    sizes |= {**of_patch, final: 0, "put together": sizes[final]}
    steps[stop - 1] = final, [*steps[stop - 1][1], "image"]
    steps[stop:] = [
        (y, ["put together" if x == final else x for x in inputs]) for y, inputs in steps[stop:]
    ]
    macs, more = _macs(maps, whole), _macs(early, [sum(each) for each in lengths])
    return (sizes, steps), (sum(more) + sum(macs[stop:])) / sum(macs)


def _lengths(maps: Sequence[_Map], sizes: Sequence[int], grid: int) -> list[list[int]]:
    """Return, for each map, how many of its rows each row of patches needs.

    What would lie outside of a map is padding, and nobody computes it. ``sizes`` begins with the
    image's.
    """
    cuts = [n * sizes[len(maps)] // grid for n in range(grid + 1)]
    needed = [*pairwise(cuts)]
    found = []
    for one, size in zip(reversed(maps), reversed(sizes[: len(maps)]), strict=True):
        found.append([stop - start for start, stop in needed])
        pad = one.kernel_size // 2
        needed = [
            (
                max(start * one.stride - pad, 0),
                min((stop - 1) * one.stride - pad + one.kernel_size, size),
            )
            for start, stop in needed
        ]
    return found[::-1]


def _v1(width: float) -> list[_Map]:
    stem, *blocks, _ = MOBILENET_V1.thinner(width)
    maps = [_Map("stem", stem.out_channels, 3, stem.stride)]
    for n, (_, c_in, c_out, stride) in enumerate(blocks, 1):
        maps += [_Map(f"{n} depthwise", c_in, 3, stride, depthwise=True)]
        maps += [_Map(f"{n} pointwise", c_out)]
    return maps


def _v2(design: Design) -> list[_Map]:
    maps = [_Map("stem", design.stem, 3, 2)]
    for n, block in enumerate(design.blocks(), 1):
        wide, before = block.in_channels * block.expansion, maps[-1].name
        if block.expansion != 1:
            maps.append(_Map(f"{n} expand", wide))
        maps.append(_Map(f"{n} depthwise", wide, block.kernel_size, block.stride, depthwise=True))
        maps.append(_Map(f"{n} project", block.out_channels))
        if block.stride == 1 and block.in_channels == block.out_channels:
            maps.append(_Map(f"{n} sum", block.out_channels, adds=before))
    return [*maps, _Map("head", design.head)]


def _sizes(maps: Sequence[_Map], resolution: int) -> list[int]:
    """Return each map's rows, and columns."""
    found, size = [], resolution
    for one in maps:
        size = -(-size // one.stride)
        found.append(size)
    return found


def _plan(maps: Sequence[_Map], resolution: int) -> Plan:
    sizes, before = {"image": 3 * resolution**2}, "image"
    steps: list[Step] = []
    for one, size in zip(maps, _sizes(maps, resolution), strict=True):
        sizes[one.name] = one.channels * size**2
        steps.append((one.name, [before, one.adds] if one.adds else [before]))
        before = one.name
    return sizes, steps


def _macs(maps: Sequence[_Map], sizes: Sequence[int]) -> list[int]:
    found, before = [], 3
    for one, size in zip(maps, sizes, strict=True):
        reads = 1 if one.depthwise else before
        products = 0 if one.adds else one.kernel_size**2 * reads * one.channels
        found.append(products * size**2)
        before = one.channels
    return found
