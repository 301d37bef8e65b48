"""Exercise 2.3: the depthwise layer without loops over the image or its channels."""

from dataclasses import replace

from dwsep_helpers.checks.cases import layer, listed
from dwsep_helpers.checks.demands import Vectorized
from dwsep_helpers.checks.exercise import Case
from dwsep_helpers.checks.inputs import generator
from dwsep_helpers.checks.unit_02.depthwise_conv2d import depthwise_conv2d


def _image_of(channels: int, height: int, width: int) -> Case:
    says = "small and large images, few and many channels"
    x = (2, channels, height, width)
    return layer(generator(), says, x, (2, 2, 2), True, 1, 1, depthwise=True)


_SIZES = _image_of(2, 5, 6), _image_of(2, 13, 16), _image_of(11, 5, 6)

depthwise_conv2d_vectorized = replace(
    depthwise_conv2d,
    number="2.3",
    name="depthwise_conv2d_vectorized",
    points=3,
    cases=listed(depthwise_conv2d.cases, *_SIZES),
    strict=listed(depthwise_conv2d.strict, *_SIZES),
    demand=Vectorized(*_SIZES),
)
