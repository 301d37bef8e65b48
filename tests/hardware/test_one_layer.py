"""Our integer layers, held against LiteRT's kernels on the same layers: to the bit."""

import numpy as np
import pytest

from dwsep_helpers import hardware
from dwsep_helpers.hardware import one_layer
from dwsep_helpers.kernels import depthwise_int8, fixed_point, pointwise_int8

pytest.importorskip("ai_edge_litert")


def ours(layer):
    numbers = layer.x, layer.weight, layer.bias, *fixed_point(layer.factors)
    zero_points = layer.x_zero_point, layer.y_zero_point
    if layer.is_depthwise:
        return depthwise_int8(*numbers, *zero_points, layer.stride, layer.padding)
    return pointwise_int8(*numbers, *zero_points)


@pytest.mark.parametrize("kind", ["depthwise", "pointwise"])
def test_a_thousand_layers_equal_the_runtimes_to_the_bit(kind):
    clipped = inside = 0
    for layer in one_layer.drawn(kind, 1000, seed=1):
        found = ours(layer)
        np.testing.assert_array_equal(found, one_layer.run(layer))
        clipped += np.isin(found, [-128, 127]).sum()
        inside += found.size
    assert 0.05 < clipped / inside < 0.8  # most numbers tell, and some are clipped


def test_xnnpack_differs_by_one_step_in_a_few_numbers_of_a_thousand():
    table = hardware.recorded("rounding")
    for kind in ("depthwise", "pointwise"):
        row = table.one(kind=kind, kernels="XNNPACK")
        assert row["most"] == 1
        assert 0.001 < row["apart"] / row["numbers"] < 0.002
        layers = [*one_layer.drawn(kind, 40, seed=2)]
        off = np.concatenate(
            [
                (one_layer.run(layer, "XNNPACK").astype(int) - one_layer.run(layer)).ravel()
                for layer in layers
            ]
        )
        assert np.abs(off).max() <= 1
        assert np.count_nonzero(off) < 0.01 * off.size


def test_layers_are_drawn_anew_by_seed_and_alike_by_the_same():
    first, again, other = (
        next(one_layer.drawn("depthwise", 1, seed)).x.tobytes() for seed in (3, 3, 4)
    )
    assert first == again != other
