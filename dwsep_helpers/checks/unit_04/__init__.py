"""The exercises of unit 04: costs, derived and held against the papers."""

EXERCISES = ()
