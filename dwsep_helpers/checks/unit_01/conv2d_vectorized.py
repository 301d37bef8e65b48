"""Exercise 1.7: the layer without loops over the image."""

from dataclasses import replace

from dwsep_helpers.checks.cases import layer, listed
from dwsep_helpers.checks.demands import Vectorized
from dwsep_helpers.checks.exercise import Case
from dwsep_helpers.checks.inputs import generator
from dwsep_helpers.checks.unit_01.conv2d import conv2d


def _image_of(height: int, width: int) -> Case:
    says = "a small and a large image"
    return layer(generator(), says, (2, 2, height, width), (2, 2, 2), True, 1, 1)


_SIZES = _image_of(5, 6), _image_of(13, 16)

conv2d_vectorized = replace(
    conv2d,
    number="1.7",
    name="conv2d_vectorized",
    points=3,
    cases=listed(conv2d.cases, *_SIZES),
    strict=listed(conv2d.strict, *_SIZES),
    demand=Vectorized(*_SIZES),
)
