"""The bank of known mistakes: one module for each family of functions.

Each bank is a tuple of :class:`~dwsep_helpers.checks.exercise.Mistake`. Where two mistakes give
the same answers in every case, the first one is named.
"""
