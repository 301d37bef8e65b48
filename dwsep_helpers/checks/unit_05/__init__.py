"""The exercises of unit 05: MobileNet built, folded and judged."""

EXERCISES = ()
