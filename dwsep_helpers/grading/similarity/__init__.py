"""Whose code is alike: what is compared, and what is shown of it."""
