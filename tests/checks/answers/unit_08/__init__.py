"""Answers to the exercises of unit 08."""

from answers.unit_08.right import RIGHT
from answers.unit_08.wrong import WRONG

__all__ = ["RIGHT", "WRONG"]
