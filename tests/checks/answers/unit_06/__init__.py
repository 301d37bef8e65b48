"""Answers to the exercises of unit 06."""

from answers.unit_06.right import RIGHT
from answers.unit_06.wrong import WRONG

__all__ = ["RIGHT", "WRONG"]
