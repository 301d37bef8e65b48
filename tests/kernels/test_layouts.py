"""Where numbers lie in memory, and how far layers see: as torch has it."""

import itertools

import numpy as np
import pytest
import torch

from dwsep_helpers import kernels

SHAPE = (2, 3, 4, 5)
FORMATS = {"NCHW": torch.contiguous_format, "NHWC": torch.channels_last}


@pytest.mark.parametrize("layout", FORMATS)
def test_an_offset_is_torchs(layout):
    x = torch.empty(SHAPE).contiguous(memory_format=FORMATS[layout])
    for index in itertools.product(*map(range, SHAPE)):
        offset = sum(place * step for place, step in zip(index, x.stride(), strict=True))
        assert kernels.element_offset(index, SHAPE, layout) == offset


@pytest.mark.parametrize("layout", ["".join(order) for order in itertools.permutations("NCHW")])
def test_offsets_number_an_array_from_first_to_last(layout):
    offsets = [
        kernels.element_offset(index, SHAPE, layout)
        for index in itertools.product(*map(range, SHAPE))
    ]
    assert sorted(offsets) == list(range(120))


@pytest.mark.parametrize("axes", [*itertools.permutations(range(4))])
def test_loops_walk_through_memory_in_order(axes):
    x = np.arange(120).reshape(5, 2, 4, 3).transpose(axes)
    order = kernels.loop_order([stride // x.itemsize for stride in x.strides])
    assert x.transpose(order).ravel().tolist() == list(range(120))


def test_axes_of_the_same_stride_stay_in_order():
    assert kernels.loop_order((1, 1, 5)) == (2, 0, 1)


@pytest.mark.parametrize(
    ("layers", "sees"),
    [
        ([(3, 1, 1)], 3),
        ([(3, 1, 1), (3, 1, 1)], 5),
        ([(3, 2, 1), (3, 1, 1)], 7),
        ([(3, 1, 2), (2, 3, 1), (5, 2, 1)], 18),
        ([(1, 1, 1), (4, 2, 3), (3, 1, 2)], 18),
    ],
)
def test_an_output_depends_on_as_many_pixels_as_it_sees(layers, sees):
    assert kernels.receptive_field(*zip(*layers, strict=True)) == sees
    x = torch.zeros(1, 1, 1, 99, requires_grad=True)
    y = x
    for kernel, stride, dilation in layers:
        y = torch.nn.functional.conv2d(
            y, torch.ones(1, 1, 1, kernel), stride=stride, dilation=dilation
        )
    y[0, 0, 0, 0].backward()
    (touched,) = torch.nonzero(x.grad[0, 0, 0], as_tuple=True)
    assert touched.max() - touched.min() + 1 == sees


@pytest.mark.parametrize(
    ("call", "error", "named"),
    [
        (lambda: kernels.element_offset((0, 0, 0), SHAPE, "NCHW"), ValueError, "index has 3"),
        (
            lambda: kernels.element_offset((0, 3, 0, 0), SHAPE, "NCHW"),
            ValueError,
            r"index\[1\] is 3",
        ),
        (lambda: kernels.element_offset((0, 0, 0, -1), SHAPE, "NHWC"), ValueError, r"index\[3\]"),
        (lambda: kernels.element_offset((0, 0, 0, 0), SHAPE, "NHW"), ValueError, "'NHW'"),
        (lambda: kernels.element_offset((0, 0, 0.0, 0), SHAPE, "NCHW"), TypeError, r"index\[2\]"),
        (lambda: kernels.loop_order((4, 0)), ValueError, r"strides\[1\]"),
        (lambda: kernels.receptive_field([3], [1], []), ValueError, "1 kernels, 1 strides and 0"),
        (lambda: kernels.receptive_field([3, 0], [1, 1], [1, 1]), ValueError, r"kernels\[1\]"),
    ],
)
def test_bad_arguments_are_named(call, error, named):
    with pytest.raises(error, match=named):
        call()
