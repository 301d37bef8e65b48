"""The exercises of unit 02: depthwise convolution."""

EXERCISES = ()
