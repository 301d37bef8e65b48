"""Where a depthwise layer's time goes: what oneDNN's log says is read as it says it."""

import pytest

from dwsep_helpers import cost
from dwsep_helpers.hardware import layouts
from dwsep_helpers.papers import MOBILENET_V1

LOG = """\
onednn_verbose,v1,info,oneDNN v3.12.0 (commit 80afa71)
onednn_verbose,v1,primitive,info,template:operation,engine,primitive,exec_time
onednn_verbose,v1,primitive,exec,cpu,reorder,jit:blk,undef,src:a dst:b,attr,,1x32x112x112,0.054
onednn_verbose,v1,primitive,exec,cpu,reorder,jit:blk,undef,src:a dst:b,attr,,32x1x1x3x3,0.001
onednn_verbose,v1,primitive,exec,cpu,convolution,jit_dw,forward,src:a,attr,alg:direct,g32mb1_ic32,0.1
onednn_verbose,v1,primitive,exec,cpu,reorder,jit:blk,undef,src:b dst:a,attr,,1x32x112x112,0.041
"""


def test_copies_of_maps_and_computing_are_told_apart():
    assert layouts.log_times(LOG) == pytest.approx({"copies": 0.095, "kernel": 0.1})
    assert layouts.log_times("") == {"copies": 0, "kernel": 0}


def test_the_shapes_are_those_of_mobilenet():
    shapes = layouts.depthwise_shapes()
    assert len(shapes) == 13
    macs = [
        parts["depthwise"].macs
        for parts in cost.layer_costs(MOBILENET_V1).values()
        if "depthwise" in parts
    ]
    assert [c * 9 * (-(-rows // stride)) ** 2 for c, rows, stride in shapes] == macs


def test_a_small_recording_has_parts_that_fit_into_the_whole(capfd):
    (row,) = layouts.depthwise_times([(16, 28, 1)], rounds=3)
    print("printing goes on")
    assert capfd.readouterr().out == "printing goes on\n"
    assert row["nhwc_copies_ms"] == 0
    assert all(value >= 0 for value in row.values())
