"""Answers to the exercises of unit 03."""

from answers.unit_03.right import RIGHT
from answers.unit_03.wrong import WRONG

__all__ = ["RIGHT", "WRONG"]
