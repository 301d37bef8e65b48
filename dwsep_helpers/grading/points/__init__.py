"""Points of a class: what they are, what being late costs, and where they go."""
