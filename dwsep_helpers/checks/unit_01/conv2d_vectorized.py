"""Exercise 1.7: the layer without loops over the image."""

from __future__ import annotations

from dataclasses import replace

from dwsep_helpers.checks.cases import LayerRow
from dwsep_helpers.checks.demands import Vectorized
from dwsep_helpers.checks.exercise import Case
from dwsep_helpers.checks.inputs import generator
from dwsep_helpers.checks.unit_01.conv2d import cases, conv2d, layer, strict


def _image_of(height: int, width: int) -> Case:
    row: LayerRow = ("a small and a large image", (2, 2, height, width), (2, 2, 2), True, 1, 1, {})
    return layer(generator(), row)


_SMALL, _LARGE = _image_of(5, 6), _image_of(13, 16)

conv2d_vectorized = replace(
    conv2d,
    number="1.7",
    name="conv2d_vectorized",
    cases=lambda rng: [*cases(rng), _SMALL, _LARGE],
    strict=lambda rng: [*strict(rng), _SMALL, _LARGE],
    demand=Vectorized(_SMALL, _LARGE),
)
