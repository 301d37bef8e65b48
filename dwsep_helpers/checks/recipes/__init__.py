"""Ways to an answer in steps, so that a mistake is the way with one step gone wrong."""
