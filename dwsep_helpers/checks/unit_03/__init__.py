"""The exercises of unit 03: pointwise and depthwise separable convolution."""

EXERCISES = ()
