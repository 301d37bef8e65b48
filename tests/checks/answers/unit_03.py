"""Answers to the exercises of unit 03."""

RIGHT = {}
WRONG = {}
