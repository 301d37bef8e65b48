"""Answers to the exercises of unit 07."""

from answers.unit_07.right import RIGHT
from answers.unit_07.wrong import WRONG

__all__ = ["RIGHT", "WRONG"]
