"""The exercises of unit 06: what holds a layer back, eight-bit numbers, and a design."""

EXERCISES = ()
