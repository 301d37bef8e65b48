"""Answers to the exercises of unit 02."""

from answers.unit_02.right import RIGHT
from answers.unit_02.wrong import WRONG

__all__ = ["RIGHT", "WRONG"]
