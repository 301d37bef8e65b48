"""Answers to the exercises of unit 01."""

from answers.unit_01.right import RIGHT
from answers.unit_01.wrong import WRONG

__all__ = ["RIGHT", "WRONG"]
