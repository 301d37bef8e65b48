"""Answers to the exercises of unit 05."""

from answers.unit_05.right import RIGHT
from answers.unit_05.wrong import WRONG

__all__ = ["RIGHT", "WRONG"]
