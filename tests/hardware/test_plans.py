"""Plans of MobileNets, against the networks' own maps, and Vela's estimates."""

import numpy as np
import pytest
import torch

from dwsep_helpers import hardware
from dwsep_helpers.cost import profile
from dwsep_helpers.hardware import peak_memory, plans
from dwsep_helpers.mobilenet import MobileNetV1
from dwsep_helpers.mobilenet.inverted import EFFICIENTNET_LITE0, MOBILENET_V2, MobileNetV2


def maps_of(network, resolution):
    """Return the elements of each convolution's output, in order."""
    found, hooks = [], []
    for part in network.modules():
        if isinstance(part, torch.nn.Conv2d):
            hooks.append(part.register_forward_hook(lambda part, xs, y: found.append(y.numel())))
    with torch.inference_mode():
        network.eval()(torch.zeros(1, 3, resolution, resolution))
    return found


@pytest.mark.parametrize(("width", "resolution"), [(1.0, 64), (0.25, 96)])
def test_maps_of_v1_are_the_networks(width, resolution):
    sizes, steps = plans.mobilenet_v1(width, resolution)
    network = MobileNetV1(10, width_multiplier=width)
    assert [sizes[name] for name, _ in steps] == maps_of(network, resolution)


@pytest.mark.parametrize("design", [plans.MOBILENET_V2, EFFICIENTNET_LITE0])
def test_maps_of_inverted_residuals_are_the_networks(design):
    sizes, steps = plans.mobilenet_v2(64, design)
    made = [sizes[name] for name, _ in steps if not name.endswith("sum")]
    assert made == maps_of(MobileNetV2(design=design), 64)


def test_macs_of_a_plan_are_those_of_cost():
    maps = plans._v2(plans.MOBILENET_V2)
    macs = sum(plans._macs(maps, plans._sizes(maps, 224)))
    assert macs + 1280 * 1000 == profile(MobileNetV2(), (1, 3, 224, 224)).total.macs


def test_velas_sram_is_the_peak_where_channels_come_in_sixteens():
    """Vela pads channels to multiples of 16, and keeps a few kB more."""
    for row in hardware.recorded("designs").rows:
        peak = peak_memory(*plans.mobilenet_v1(row["width"], row["resolution"]))
        more = row["npu_sram_bytes"] / peak
        assert 1 <= more < (1.02 if row["width"] in (0.5, 1) else 1.35)


def test_in_place_leaves_out_depthwise_maps_of_stride_1():
    sizes, steps = plans.in_place(plans.mobilenet_v2())
    left = [name for name, _ in steps if name.endswith("depthwise")]
    assert left == [f"{n} depthwise" for n in (2, 4, 7, 14)]
    assert set(sizes) >= {name for _, inputs in steps for name in inputs}
    late = [("14 depthwise", ["14 expand"]), ("14 project", ["14 depthwise"])]
    assert [step for step in steps if step[0] in ("14 depthwise", "14 project")] == late


def test_patches_take_less_memory_and_more_macs():
    peaks, growths = zip(
        *((peak_memory(*plan), growth) for plan, growth in map(plans.by_patches, (1, 2, 4))),
        strict=True,
    )
    assert sorted(peaks, reverse=True) == list(peaks)
    assert sorted(growths) == list(growths)
    assert growths[0] == 1
    assert peaks[2] < 2**19 < peak_memory(*plans.mobilenet_v1())


def test_a_patch_is_as_large_as_what_its_maps_read():
    """3×3 at stride 1 needs one more on each side, at stride 2 twice as many and one."""
    (sizes, _), _ = plans.by_patches(4, blocks=2)
    assert sizes["2 expand"] == 96 * (2 * 14 + 1) ** 2
    assert sizes["1 project"] == 16 * 29**2
    assert sizes["stem"] == 32 * 31**2


def test_at_the_border_a_patch_needs_less():
    """Two patches in a row: each has one side where nothing but padding lies."""
    (sizes, _), _ = plans.by_patches(2, blocks=2)
    assert sizes["stem"] == 32 * 58**2


@pytest.mark.parametrize(("grid", "blocks"), [(2, 3), (4, 4), (4, 5), (7, 2), (8, 4), (28, 4)])
def test_growth_counts_what_patches_compute_again(grid, blocks):
    """Each row of patches asks for rows of the map before, pixel by pixel."""
    layers = [(3, 32, 3, 2, False)]  # channels in, channels out, kernel, stride, depthwise
    channels = 32
    for block in MOBILENET_V2.blocks():
        wide = channels * block.expansion
        layers += [(channels, wide, 1, 1, False)] * (block.expansion != 1)
        layers += [(wide, wide, 3, block.stride, True), (wide, block.out_channels, 1, 1, False)]
        channels = block.out_channels
    layers.append((channels, 1280, 1, 1, False))
    early = 1 + 3 * blocks - 1  # the first block doesn't widen
    sides = [224]
    for *_, stride, _ in layers:
        sides.append(-(-sides[-1] // stride))
    per_pixel = [k * k * c_out * (1 if dw else c_in) for c_in, c_out, k, _, dw in layers]
    macs = [each * side**2 for each, side in zip(per_pixel, sides[1:], strict=True)]
    rows = [0] * early
    for patch in np.array_split(np.arange(sides[early]), grid):
        needed = {*patch.tolist()}
        for layer in reversed(range(early)):
            rows[layer] += len(needed)
            _, _, k, stride, _ = layers[layer]
            reached = {r * stride - k // 2 + i for r in needed for i in range(k)}
            needed = {r for r in reached if 0 <= r < sides[layer]}
    again = [each * count**2 for each, count in zip(per_pixel, rows, strict=False)]
    _, growth = plans.by_patches(grid, blocks)
    assert growth == pytest.approx((sum(again) + sum(macs[early:])) / sum(macs))


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((0,), "grid must be at least 1, got 0"),
        ((29,), "grid must be at most 28, got 29"),
        ((4.0,), r"grid must be an integer, got 4\.0"),
        ((4, 17), "blocks must be at most 16, got 17"),
        ((4, None), "blocks must be an integer, got None"),
    ],
)
def test_patches_that_there_cant_be_are_named(arguments, message):
    with pytest.raises((TypeError, ValueError), match=message):
        plans.by_patches(*arguments)
